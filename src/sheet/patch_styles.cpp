#include "sheet/patch_styles.hpp"

#include <array>
#include <string>
#include <string_view>

#include "sheet/xml.hpp"

namespace sheet {

namespace {

// Light red, one step beside Excel's own "bad" so that ours is recognised and taken off again.
constexpr const char* bad_fill_rgb = "FFFFC9CE";

constexpr const char* minimal_styles =
    R"(<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">)"
    R"(<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>)"
    R"(<fills count="2"><fill><patternFill patternType="none"/></fill>)"
    R"(<fill><patternFill patternType="gray125"/></fill></fills>)"
    R"(<borders count="1"><border/></borders>)"
    R"(<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>)"
    R"(<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>)"
    R"(</styleSheet>)";

// The schema fixes the order of these.
constexpr std::array<std::string_view, 6> order{"numFmts", "fonts",        "fills",
                                                "borders", "cellStyleXfs", "cellXfs"};

pugi::xml_node section(pugi::xml_node root, std::string_view name) {
  if (auto found = child(root, name)) return found;
  pugi::xml_node before;
  for (const auto other : order) {
    if (other == name) break;
    if (const auto node = child(root, other)) before = node;
  }
  const auto full = qualified(root, name);
  return before ? root.insert_child_after(full.c_str(), before) : root.prepend_child(full.c_str());
}

int elements(const pugi::xml_node& parent) {
  int count = 0;
  for (const auto& node : parent) count += node.type() == pugi::node_element;
  return count;
}

pugi::xml_node element_at(const pugi::xml_node& parent, int index) {
  for (const auto& node : parent)
    if (node.type() == pugi::node_element && index-- == 0) return node;
  return {};
}

}  // namespace

MarkedStyles::MarkedStyles(pugi::xml_document& styles) {
  if (!styles.document_element()) styles.load_string(minimal_styles);
  const auto root = styles.document_element();
  fills_ = section(root, "fills");
  cell_styles_ = section(root, "cellXfs");
  if (elements(cell_styles_) == 0) append(cell_styles_, "xf");
  int index = 0;
  for (const auto& fill : fills_) {
    if (fill.type() != pugi::node_element) continue;
    const auto colour = child(child(fill, "patternFill"), "fgColor");
    if (colour.attribute("rgb").value() == std::string_view(bad_fill_rgb)) fill_ = index;
    ++index;
  }
}

int MarkedStyles::fill_of_bad_cells() {
  if (fill_ >= 0) return fill_;
  auto pattern = append(append(fills_, "fill"), "patternFill");
  set(pattern, "patternType", "solid");
  set(append(pattern, "fgColor"), "rgb", bad_fill_rgb);
  set(append(pattern, "bgColor"), "indexed", "64");
  fill_ = elements(fills_) - 1;
  set(fills_, "count", std::to_string(fill_ + 1));
  return fill_;
}

int MarkedStyles::marked(int style) { return with_fill(style, fill_of_bad_cells()); }

int MarkedStyles::unmarked(int style) {
  if (const auto known = unmarked_.find(style); known != unmarked_.end()) return known->second;
  const auto node = element_at(cell_styles_, style);
  const bool ours = fill_ >= 0 && node.attribute("fillId").as_int(-1) == fill_;
  return unmarked_[style] = ours ? with_fill(style, 0) : style;
}

int MarkedStyles::with_fill(int style, int fill) {
  if (const auto known = added_.find({style, fill}); known != added_.end()) return known->second;
  auto source = element_at(cell_styles_, style);
  if (!source) source = element_at(cell_styles_, 0);
  auto copy = cell_styles_.append_copy(source);
  set(copy, "fillId", std::to_string(fill));
  set(copy, "applyFill", "1");
  const int index = elements(cell_styles_) - 1;
  set(cell_styles_, "count", std::to_string(index + 1));
  added_[{style, fill}] = index;
  return index;
}

}  // namespace sheet
