#include "sheet/cells.hpp"

#include <algorithm>
#include <charconv>

namespace sheet {

std::optional<CellName> parse_cell_name(std::string_view name) {
  std::size_t letters = 0;
  int column = 0;
  while (letters < name.size() && letters < 4) {
    const char upper = static_cast<char>(name[letters] & ~0x20);
    if (upper < 'A' || upper > 'Z') break;
    column = column * 26 + (upper - 'A' + 1);
    ++letters;
  }
  int row = 0;
  const auto* last = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + letters, last, row);
  if (letters == 0 || column > excel_columns || parsed.ec != std::errc{} || parsed.ptr != last) return {};
  if (row < 1 || row > excel_rows) return {};
  return CellName{row, column - 1};
}

std::string column_letters(int column) {
  std::string letters;
  for (int n = column + 1; n > 0; n = (n - 1) / 26) letters += static_cast<char>('A' + (n - 1) % 26);
  std::ranges::reverse(letters);
  return letters;
}

std::string cell_name(int row, int column) { return column_letters(column) + std::to_string(row); }

}  // namespace sheet
