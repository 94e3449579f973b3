#include "sheet/read.hpp"

#include "sheet/archive.hpp"

namespace sheet {

namespace {
constexpr std::string_view zip_mark = "PK";
constexpr std::string_view ole_mark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
// The name of the stream that holds an encrypted workbook, in UTF-16.
constexpr std::string_view encrypted_mark{"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32};
}  // namespace

base::Result<Workbook> read(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.file_bytes) return base::fail(too_large("file", limits.file_bytes));
  if (bytes.starts_with(zip_mark)) return read_xlsx(bytes, limits);
  if (bytes.starts_with(ole_mark)) {
    if (bytes.find(encrypted_mark) != std::string_view::npos)
      return base::fail(base::ErrorKind::invalid, "sheet.encrypted");
    return read_xls(bytes, limits);
  }
  return read_csv(bytes, limits);
}

}  // namespace sheet
