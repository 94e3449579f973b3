#include "sheet/archive.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <array>

namespace sheet {

using base::ErrorKind;
using base::Result;

base::Error too_large(std::string what, std::uint64_t limit) {
  return {ErrorKind::too_large,
          "sheet.too_large",
          {{"what", std::move(what)}, {"limit", std::to_string(limit)}},
          {},
          {}};
}

base::Error not_a_workbook(std::string cause) {
  return {ErrorKind::invalid, "sheet.not_a_workbook", {}, {}, std::move(cause)};
}

namespace {

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using SourcePtr = std::unique_ptr<zip_source_t, FreeSource>;

// A part's name may differ in case from the relation that names it.
zip_int64_t locate(zip_t* archive, const std::string& part) {
  const auto exact = zip_name_locate(archive, part.c_str(), 0);
  return exact >= 0 ? exact : zip_name_locate(archive, part.c_str(), ZIP_FL_NOCASE);
}

base::Error write_failed(const char* cause) {
  return {ErrorKind::internal, "sheet.write_failed", {}, {}, cause};
}

Result<std::string> read_all(zip_source_t* source) {
  zip_stat_t stat{};
  if (zip_source_stat(source, &stat) < 0 || zip_source_open(source) < 0)
    return base::fail(write_failed("zip source"));
  std::string bytes(stat.size, '\0');
  const auto got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got < 0 || static_cast<zip_uint64_t>(got) != bytes.size()) return base::fail(write_failed("zip read"));
  return bytes;
}

}  // namespace

void Archive::Discard::operator()(zip* archive) const { zip_discard(archive); }

Result<Archive> Archive::open(std::string_view bytes, const Limits& limits) {
  zip_error_t error{};
  auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (!source) return base::fail(not_a_workbook("zip source"));
  auto* opened = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (!opened) {
    zip_source_free(source);
    return base::fail(not_a_workbook(fmt::format("zip error {}", zip_error_code_zip(&error))));
  }
  Archive archive;
  archive.zip_.reset(opened);
  archive.limits_ = limits;
  if (static_cast<std::size_t>(zip_get_num_entries(opened, 0)) > limits.parts)
    return base::fail(too_large("parts", limits.parts));
  return archive;
}

bool Archive::has(const std::string& part) const { return locate(zip_.get(), part) >= 0; }

Result<void> Archive::stream(const std::string& part, const std::function<bool(std::string_view)>& take) {
  const auto index = locate(zip_.get(), part);
  zip_stat_t stat{};
  if (index < 0 || zip_stat_index(zip_.get(), static_cast<zip_uint64_t>(index), 0, &stat) < 0)
    return base::fail(not_a_workbook("no part " + part));
  if (stat.encryption_method != ZIP_EM_NONE) return base::fail(ErrorKind::invalid, "sheet.encrypted");
  const std::unique_ptr<zip_file_t, CloseFile> file{
      zip_fopen_index(zip_.get(), static_cast<zip_uint64_t>(index), 0)};
  if (!file) return base::fail(not_a_workbook("cannot open part " + part));

  // What a part claims of its size proves nothing: what comes out is counted.
  std::array<char, 64 * 1024> buffer{};
  std::uint64_t size = 0;
  for (;;) {
    const auto got = zip_fread(file.get(), buffer.data(), buffer.size());
    if (got < 0) return base::fail(not_a_workbook("damaged part " + part));
    if (got == 0) return {};
    size += static_cast<std::uint64_t>(got);
    inflated_ += static_cast<std::uint64_t>(got);
    if (size > ratio_floor_bytes && size > limits_.ratio * stat.comp_size)
      return base::fail(ErrorKind::too_large, "sheet.zip_bomb", {{"limit", std::to_string(limits_.ratio)}});
    if (size > limits_.part_bytes) return base::fail(too_large("size", limits_.part_bytes));
    if (inflated_ > limits_.inflated_bytes) return base::fail(too_large("size", limits_.inflated_bytes));
    if (!take({buffer.data(), static_cast<std::size_t>(got)})) return {};
  }
}

Result<std::string> Archive::read(const std::string& part, std::uint64_t max_bytes) {
  std::string bytes;
  const auto done = stream(part, [&](std::string_view piece) {
    bytes.append(piece);
    return bytes.size() <= max_bytes;
  });
  if (!done) return base::fail(done.error());
  if (bytes.size() > max_bytes) return base::fail(too_large("size", max_bytes));
  return bytes;
}

Result<std::string> Archive::rewrite(std::string_view bytes,
                                     const std::map<std::string, std::string>& parts) {
  zip_error_t error{};
  const SourcePtr target{zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error)};
  if (!target) return base::fail(write_failed("zip source"));
  zip_source_keep(target.get());  // zip_close gives one reference back, the result is read through ours
  std::unique_ptr<zip_t, Discard> archive{
      zip_open_from_source(target.get(), bytes.empty() ? ZIP_CREATE | ZIP_TRUNCATE : 0, &error)};
  if (!archive) {
    zip_source_free(target.get());
    return base::fail(not_a_workbook("zip open"));
  }
  for (const auto& [name, content] : parts) {
    auto* source = zip_source_buffer(archive.get(), content.data(), content.size(), 0);
    const auto index = locate(archive.get(), name);
    const bool done = index >= 0
                          ? zip_file_replace(archive.get(), static_cast<zip_uint64_t>(index), source, 0) == 0
                          : zip_file_add(archive.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8) >= 0;
    if (!done) {
      zip_source_free(source);
      return base::fail(write_failed("zip part"));
    }
  }
  if (zip_close(archive.get()) < 0) return base::fail(write_failed("zip close"));
  static_cast<void>(archive.release());  // closed
  return read_all(target.get());
}

}  // namespace sheet
