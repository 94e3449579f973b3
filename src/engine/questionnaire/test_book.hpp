#pragma once
// Forms for tests, written as a person writes them: a sheet is rows of cells.
#include <string>
#include <utility>
#include <vector>

#include "sheet/workbook.hpp"

namespace engine::questionnaire::test {

using Cells = std::vector<std::vector<std::string>>;

inline sheet::Sheet sheet_of(const std::string& name, const Cells& cells) {
  sheet::Sheet sheet;
  sheet.name = name;
  int number = 0;
  for (const auto& row : cells) {
    sheet::Row made;
    made.number = ++number;
    for (const auto& text : row) {
      sheet::Cell cell;
      cell.kind = text.empty() ? sheet::CellKind::empty : sheet::CellKind::text;
      cell.text = text;
      made.cells.push_back(std::move(cell));
    }
    sheet.rows.push_back(std::move(made));
  }
  return sheet;
}

inline sheet::Workbook book_of(const std::vector<std::pair<std::string, Cells>>& sheets) {
  sheet::Workbook book;
  for (const auto& [name, cells] : sheets) book.sheets.push_back(sheet_of(name, cells));
  return book;
}

}  // namespace engine::questionnaire::test
