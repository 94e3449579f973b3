#pragma once
// What a workbook or CSV file says, as a person sees it. Formulas, macros, links and images are not
// read: a formula cell gives the value the office program stored for it.
#include <cstddef>
#include <string>
#include <vector>

namespace sheet {

enum class CellKind { empty, text, number, date, boolean, error };

struct Cell {
  CellKind kind = CellKind::empty;
  std::string text{};           // as seen; a date is "2020-01-25" or "2020-01-25 08:30", an error "#N/A"
  double number = 0;            // number, date (days of the 1900 system) and boolean; else 0
  std::string raw{};            // the digits as the file stores a number ("4.2E+17"); empty for text
  bool precision_lost = false;  // a number of 1e15 or more: beyond 15 digits office programs round
  bool empty() const { return text.empty(); }
};

struct Row {
  int number = 0;  // as shown at the left edge, from 1
  bool hidden = false;
  std::vector<Cell> cells{};  // cells[0] is column A; may be shorter than its neighbours
  // An absent cell reads as empty. `column` counts from 0.
  const Cell& at(std::size_t column) const;
};

// A merged range, rows from 1, columns from 0, both ends included.
struct Range {
  int first_row = 0, last_row = 0;
  int first_column = 0, last_column = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

struct Sheet {
  std::string name{};
  bool hidden = false;
  std::vector<Row> rows{};  // ascending by number; rows without content are absent
  std::vector<Range> merges{};
  const Row* find(int row_number) const;  // nullptr when absent
  std::size_t width() const;              // columns of the widest row
};

enum class Format { xlsx, csv, xls };

struct Workbook {
  Format format = Format::xlsx;
  std::vector<Sheet> sheets{};  // in the order of the tabs; chart and dialog sheets are left out
};

}  // namespace sheet
