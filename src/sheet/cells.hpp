#pragma once
// "B12" and back.
#include <optional>
#include <string>
#include <string_view>

namespace sheet {

inline constexpr int excel_rows = 1'048'576;
inline constexpr int excel_columns = 16'384;

struct CellName {
  int row = 0;     // from 1
  int column = 0;  // from 0
};

std::optional<CellName> parse_cell_name(std::string_view name);
std::string column_letters(int column);
std::string cell_name(int row, int column);

}  // namespace sheet
