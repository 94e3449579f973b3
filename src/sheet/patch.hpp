#pragma once
// Writes into a copy of somebody's workbook: every part stays byte for byte as it was except the sheet
// that is patched, its styles and the recalculation mark. Used for import errors beside the bad cells
// and for filling superiors' forms.
//
// Errors beside those of read.hpp:
//   sheet.no_such_sheet   params: sheet
//   sheet.no_such_cell    params: sheet; a row or column outside the sheet
//   sheet.formula_cell    params: sheet, row, column; a formula is never overwritten
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "sheet/read.hpp"

namespace sheet {

// The header of the column that is added at the right for problem texts.
inline constexpr std::string_view result_header = "导入结果";

struct CellPatch {
  int row = 0;                                                // from 1
  int column = 0;                                             // from 0
  std::variant<std::monostate, std::string, double> value{};  // monostate leaves the value as it is
  bool mark_bad = false;                                      // light red fill
};

struct RowNote {
  int row = 0;  // from 1
  std::string text{};
};

struct SheetPatch {
  std::string sheet{};  // its name
  std::vector<CellPatch> cells{};
  int header_row = 0;  // where the result column's header goes; 0 adds no such column
  std::vector<RowNote> notes{};
};

// `bytes` is a workbook or CSV file; the answer is always an .xlsx.
base::Result<std::string> patch(std::string_view bytes, const std::vector<SheetPatch>& patches,
                                const Limits& limits = {});

}  // namespace sheet
