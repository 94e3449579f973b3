#pragma once
// Cell styles with the fill of a bad cell, added behind the styles a workbook has.
#include <map>
#include <pugixml.hpp>

namespace sheet {

class MarkedStyles {
 public:
  explicit MarkedStyles(pugi::xml_document& styles);  // an empty document becomes a minimal one

  int marked(int style);    // the same style with the fill
  int unmarked(int style);  // the style itself, or without our fill when it has it

 private:
  int with_fill(int style, int fill);
  int fill_of_bad_cells();

  pugi::xml_node fills_{}, cell_styles_{};
  int fill_ = -1;
  std::map<std::pair<int, int>, int> added_{};  // style and fill -> new style
  std::map<int, int> unmarked_{};
};

}  // namespace sheet
