#include "sheet/workbook.hpp"

#include <algorithm>

namespace sheet {

const Cell& Row::at(std::size_t column) const {
  static const Cell absent{};
  return column < cells.size() ? cells[column] : absent;
}

const Row* Sheet::find(int row_number) const {
  const auto at = std::ranges::lower_bound(rows, row_number, {}, &Row::number);
  return at != rows.end() && at->number == row_number ? &*at : nullptr;
}

std::size_t Sheet::width() const {
  std::size_t widest = 0;
  for (const auto& row : rows) widest = std::max(widest, row.cells.size());
  return widest;
}

}  // namespace sheet
