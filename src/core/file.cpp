#include "core/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <system_error>

#include "api/url.hpp"
#include "base/log.hpp"
#include "core/photo.hpp"
#include "meta/sql.hpp"

namespace core {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Result;

constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t address_bytes = 32;
constexpr std::int64_t sweep_after_hours = 24;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string address_of(std::string_view sealed) {
  std::string hash(address_bytes, '\0');
  crypto_generichash(bytes(hash), hash.size(), bytes(sealed), sealed.size(), nullptr, 0);
  std::string out;
  for (const char c : hash) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

// Bound to the file's id: under another row the bytes do not open.
std::string seal(std::string_view plain, std::string_view key, std::int64_t id) {
  const auto bound = std::to_string(id);
  std::string out = random_bytes(nonce_bytes);
  out.resize(nonce_bytes + plain.size() + tag_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(out) + nonce_bytes, nullptr, bytes(plain), plain.size(),
                                             bytes(bound), bound.size(), nullptr, bytes(out), bytes(key));
  return out;
}

std::optional<std::string> unseal(std::string_view sealed, std::string_view key, std::int64_t id) {
  if (sealed.size() < nonce_bytes + tag_bytes || key.size() != key_bytes) return std::nullopt;
  const auto bound = std::to_string(id);
  std::string out(sealed.size() - nonce_bytes - tag_bytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(out), nullptr, nullptr, bytes(sealed) + nonce_bytes,
                                                 sealed.size() - nonce_bytes, bytes(bound), bound.size(),
                                                 bytes(sealed), bytes(key)) != 0)
    return std::nullopt;
  return out;
}

bool write_all(int file, std::string_view rest) {
  while (!rest.empty()) {
    const auto written = ::write(file, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool sync_folder(const fs::path& path) {
  const int handle = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = handle >= 0 && ::fsync(handle) == 0;
  if (handle >= 0) ::close(handle);
  return done;
}

Result<std::string> without_what_does_not_show(Media media, std::string_view whole) {
  if (media == Media::pdf) return std::string(whole);
  auto plain = media == Media::jpeg ? plain_jpeg(whole) : plain_png(whole);
  if (!plain) return base::fail(ErrorKind::invalid, "file.damaged");
  return std::move(*plain);
}

// The name it came with, ending as what it is.
std::string saved_name(const StoredFile& file) {
  auto stem = file.name.substr(0, file.name.rfind('.'));
  if (stem.empty()) stem = "file";
  return fmt::format("{}.{}", stem, file.media == Media::jpeg ? "jpg" : meta::name_of(file.media));
}

constexpr std::string_view media_types[] = {"application/pdf", "image/jpeg", "image/png"};

}  // namespace

bool write_durably(const fs::path& path, std::string_view content) {
  const auto temporary = path.string() + ".part";
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool written = write_all(file, content) && ::fsync(file) == 0;
  const bool closed = ::close(file) == 0;
  if (written && closed && ::rename(temporary.c_str(), path.c_str()) == 0)
    return sync_folder(path.parent_path());
  const int reason = errno;
  fs::remove(temporary, ignored);
  errno = reason;
  return false;
}

fs::path kept_folder(const fs::path& data_directory) { return data_directory / "files" / "kept"; }

std::optional<Media> media_of(std::string_view content) {
  if (content.starts_with("%PDF-")) return Media::pdf;
  if (content.starts_with("\xFF\xD8\xFF")) return Media::jpeg;
  if (content.starts_with("\x89PNG\r\n\x1A\n")) return Media::png;
  return std::nullopt;
}

Result<StoredFile> keep_file(const Services& services, std::int64_t id, const FileOf& of,
                             std::string_view content, std::int64_t account, base::Instant now) {
  if (content.empty()) return base::fail(ErrorKind::invalid, "file.empty");
  const auto media = media_of(content);
  if (!media) return base::fail(ErrorKind::invalid, "file.kind", {{"allowed", "PDF, JPEG, PNG"}});
  const auto plain = without_what_does_not_show(*media, content);
  if (!plain) return tl::unexpected(plain.error());
  auto key = random_bytes(key_bytes);
  const auto sealed = seal(*plain, key, id);
  StoredFile file;
  file.id = meta::Id<StoredFile>(id);
  file.owner = of.owner;
  file.owner_id = of.owner_id;
  file.address = address_of(sealed);
  file.name = of.name;
  file.media = *media;
  file.size_bytes = static_cast<std::int64_t>(plain->size());
  file.key_sealed.value = services.keys.seal("stored_file", "key", id, key);
  file.created_by = account;
  file.created = now;
  sodium_memzero(key.data(), key.size());
  if (!write_durably(kept_folder(services.data_directory) / file.address, sealed)) {
    base::Error error{ErrorKind::internal, "file.cannot_keep"};
    error.cause = std::generic_category().message(errno);
    return base::fail(std::move(error));
  }
  return file;
}

Result<std::string> kept_file(const Services& services, const StoredFile& file) {
  std::ifstream in(kept_folder(services.data_directory) / file.address, std::ios::binary);
  const std::string sealed{std::istreambuf_iterator<char>(in), {}};
  auto key = services.keys.unseal("stored_file", "key", file.id.value, file.key_sealed.value);
  auto plain = key ? unseal(sealed, *key, file.id.value) : std::nullopt;
  if (key) sodium_memzero(key->data(), key->size());
  if (!plain) return base::fail(ErrorKind::conflict, "file.lost");
  return std::move(*plain);
}

void drop_file(const Services& services, const std::string& address) {
  std::error_code ignored;
  if (!address.empty()) fs::remove(kept_folder(services.data_directory) / address, ignored);
}

std::vector<StoredFile> files_of(db::Scoped& q, std::string_view owner, std::int64_t owner_id) {
  std::vector<StoredFile> out;
  q.unscoped().run(
      fmt::format("SELECT {} FROM stored_file f WHERE f.owner = $1 AND f.owner_id = $2 ORDER BY f.id DESC",
                  meta::column_list(meta::record_of<StoredFile>(), "f")),
      {owner, owner_id}, [&](const db::Row& r) { out.push_back(meta::load<StoredFile>(r)); });
  return out;
}

std::vector<std::string> let_go(db::Scoped& q, const std::vector<std::int64_t>& files) {
  std::vector<std::string> addresses;
  auto& c = q.unscoped();
  c.run("DELETE FROM stored_file WHERE id " + c.in_list(1) + " RETURNING address", {db::json_array(files)},
        [&](const db::Row& r) { addresses.push_back(r.str(0)); });
  return addresses;
}

api::Response file_answer(const StoredFile& file, std::string content) {
  api::Response response;
  response.set("Content-Type", std::string(media_types[static_cast<std::size_t>(file.media)]));
  response.set("Content-Disposition",
               fmt::format("attachment; filename=\"file.{}\"; filename*=UTF-8''{}", meta::name_of(file.media),
                           api::percent_encode(saved_name(file))));
  response.set("Content-Security-Policy", "sandbox; default-src 'none'");
  response.body = std::move(content);
  return response;
}

Result<std::int64_t> sweep_files(db::Store& store, const Services& services) {
  std::error_code error;
  std::vector<fs::path> old;
  const auto before = fs::file_time_type::clock::now() - std::chrono::hours(sweep_after_hours);
  for (const auto& entry : fs::directory_iterator(kept_folder(services.data_directory), error))
    if (entry.is_regular_file(error) && entry.last_write_time(error) < before) old.push_back(entry.path());
  std::int64_t swept = 0;
  for (const auto& path : old) {
    const auto named = store.read([&](db::Connection& c) -> Result<std::int64_t> {
      return c.count("SELECT COUNT(*) FROM stored_file WHERE address = $1", {path.filename().string()});
    });
    if (!named) return tl::unexpected(named.error());
    if (*named == 0 && fs::remove(path, error)) ++swept;
  }
  if (swept > 0) base::log::info("files.swept", {{"files", swept}});
  return swept;
}

}  // namespace core
