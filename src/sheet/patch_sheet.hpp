#pragma once
// Edits the cells of one sheet's tree.
#include <map>
#include <pugixml.hpp>
#include <string>

#include "base/error.hpp"
#include "sheet/patch.hpp"
#include "sheet/patch_styles.hpp"

namespace sheet {

class SheetTree {
 public:
  SheetTree(pugi::xml_node worksheet, MarkedStyles& styles);

  // False when the cell holds a formula and a value is given.
  bool apply(const CellPatch& patch);
  void unmark_all();              // takes off the fill of an earlier result
  void clear_column(int column);  // values only
  void widen(int column, int width_chars);
  void finish();  // the sheet's stated dimension

 private:
  pugi::xml_node row(int number);
  pugi::xml_node cell(int row_number, int column);

  pugi::xml_node worksheet_{}, data_{};
  MarkedStyles& styles_;
  std::map<int, pugi::xml_node> rows_{};
  int last_column_ = 0;
};

}  // namespace sheet
