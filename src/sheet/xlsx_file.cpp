#include "sheet/xlsx_file.hpp"

namespace sheet {

namespace {

constexpr std::size_t max_sheet_name_chars = 31;
constexpr std::size_t max_cell_chars = 32'767;

// Characters as Excel counts them: UTF-16 units.
std::string cut(const std::string& text, std::size_t max_chars) {
  std::size_t chars = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;
    chars += byte >= 0xF0 ? 2 : 1;
    if (chars > max_chars) return text.substr(0, i);
  }
  return text;
}

}  // namespace

base::Error write_failed(lxw_error error) {
  return {base::ErrorKind::internal, "sheet.write_failed", {}, {}, lxw_strerror(error)};
}

std::string legal_sheet_name(const std::string& name) {
  auto legal = cut(name, max_sheet_name_chars);
  for (char& c : legal)
    if (std::string_view("[]:*?/\\'").find(c) != std::string_view::npos) c = '_';
  return legal.empty() ? "Sheet1" : legal;
}

std::string legal_cell_text(const std::string& text) { return cut(text, max_cell_chars); }

}  // namespace sheet
