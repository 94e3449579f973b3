#pragma once
// A sheet as a table of cells: merged ranges resolved, places filled into the rows they belong to.
#include <map>
#include <string>
#include <vector>

#include "engine/intake/analyse.hpp"
#include "sheet/workbook.hpp"

namespace engine::intake {

// Cells with merged ranges seen from any of their cells.
class MergedSheet {
 public:
  explicit MergedSheet(const sheet::Sheet& sheet);

  const sheet::Cell& own(int row, int column) const;  // what stands in the cell itself
  // What a person sees there: the first cell of the merged range when there is one.
  // Ranges beginning above `first_row` do not reach into it.
  const sheet::Cell& seen(int row, int column, int first_row = 1) const;
  const sheet::Range* merge_at(int row, int column) const;
  const sheet::Sheet& sheet() const { return *sheet_; }

 private:
  const sheet::Sheet* sheet_;
  std::map<int, std::vector<const sheet::Range*>> by_column_{};  // ranges by first column, then first row
};

// The rows of a recognised table that hold records, in order. Blank rows, totals, notes and repeated
// headers are left out.
std::vector<int> record_rows(const MergedSheet& cells, const Layout& layout);

// Phase, building and stair of each record row, as written, from the direction that contradicts itself least.
struct FilledPlaces {
  struct Place {
    std::string phase{}, building{}, stair{};
  };
  std::vector<Place> places{};  // parallel to the record rows
  bool shifted = false;         // the merged ranges do not fit the rows they should name
};
FilledPlaces fill_places(const MergedSheet& cells, const Layout& layout, const std::vector<int>& rows);

}  // namespace engine::intake
