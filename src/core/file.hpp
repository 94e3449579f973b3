#pragma once
// Files people bring: scans, photos. What lies in <data>/files/kept/ is sealed with a key of its own that
// stands in the file's row, and is named by the hash of the sealed bytes: whoever copies it can check it and
// read nothing. Without the row the bytes are worth nothing, so an erasure is the removal of the row.
//
//   auto kept = core::keep_file(services, store.next_id(), {"organisation_document", id, name}, bytes, ...);
//   ... in the write: core::append(q, *kept);        // the row; the bytes are on disk already
//   ... after a write that failed: core::drop_file(services, kept->address);
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"
#include "base/error.hpp"
#include "core/services.hpp"
#include "db/scoped.hpp"
#include "db/store.hpp"
#include "meta/describe.hpp"

namespace core {

enum class Media { pdf, jpeg, png };

struct StoredFile {
  meta::Id<StoredFile> id;
  std::string owner{};  // the table of the record it belongs to
  std::int64_t owner_id = 0;
  std::string address{};  // hexadecimal
  std::string name{};     // as it was called where it came from
  Media media = Media::pdf;
  std::int64_t size_bytes = 0;
  meta::Bytes key_sealed{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};

struct FileOf {
  std::string owner{};
  std::int64_t owner_id = 0;
  std::string name{};
};

// By what is in it, never by its name.
std::optional<Media> media_of(std::string_view bytes);

// Durable when it returns. From photos everything is taken that does not show: place, time and device, but
// not which way is up. Errors: invalid "file.kind" {allowed}, "file.empty", "file.damaged", internal
// "file.cannot_keep".
base::Result<StoredFile> keep_file(const Services& services, std::int64_t id, const FileOf& of,
                                   std::string_view bytes, std::int64_t account, base::Instant now);
// Error: conflict "file.lost" when it is gone or does not open.
base::Result<std::string> kept_file(const Services& services, const StoredFile& file);
void drop_file(const Services& services, const std::string& address);

// The files of a record, newest first; for records found through a scoped query in the same closure.
std::vector<StoredFile> files_of(db::Scoped& q, std::string_view owner, std::int64_t owner_id);
// Takes the rows and returns the addresses, to be dropped when that is committed.
std::vector<std::string> let_go(db::Scoped& q, const std::vector<std::int64_t>& files);

// To be saved, never shown: it cannot run as a page of ours.
api::Response file_answer(const StoredFile& file, std::string bytes);

std::filesystem::path kept_folder(const std::filesystem::path& data_directory);
// What no row names, because a crash came between the bytes and their row, and is older than a day.
base::Result<std::int64_t> sweep_files(db::Store& store, const Services& services);

// For others who keep bytes: temporary name, fsync, rename, fsync of the folder. False with errno.
bool write_durably(const std::filesystem::path& path, std::string_view bytes);

}  // namespace core

META_ENUM(core::Media, "pdf", "jpeg", "png")

template <>
struct meta::Describe<core::StoredFile> {
  using T = core::StoredFile;
  static constexpr std::string_view name = "StoredFile", table = "stored_file";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::owner>("owner"),
                                     field<&T::owner_id>("owner_id"),
                                     field<&T::address>("address"),
                                     field<&T::name>("name"),
                                     field<&T::media>("media"),
                                     field<&T::size_bytes>("size_bytes"),
                                     field<&T::key_sealed>("key_sealed", {.shown = false}),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms")};
};
