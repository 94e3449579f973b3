#include "sheet/patch_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sheet/cells.hpp"
#include "sheet/xml.hpp"

namespace sheet {

namespace {

bool is(const pugi::xml_node& node, std::string_view name) { return local_name(node.name()) == name; }

int column_of(const pugi::xml_node& cell) {
  const auto name = parse_cell_name(cell.attribute("r").value());
  return name ? name->column : -1;
}

void clear_value(pugi::xml_node cell) {
  for (const auto* part : {"v", "is"})
    while (auto node = child(cell, part)) cell.remove_child(node);
  cell.remove_attribute("t");
}

void write_text(pugi::xml_node cell, const std::string& text) {
  clear_value(cell);
  if (text.empty()) return;
  set(cell, "t", "inlineStr");
  auto node = append(append(cell, "is"), "t");
  set(node, "xml:space", "preserve");
  node.append_child(pugi::node_pcdata).set_value(text.c_str());
}

void write_number(pugi::xml_node cell, double number) {
  clear_value(cell);
  append(cell, "v").append_child(pugi::node_pcdata).set_value(fmt::format("{}", number).c_str());
}

// XML 1.0 cannot hold control characters; a problem text may quote a cell that had some.
std::string printable(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; });
  return text;
}

}  // namespace

SheetTree::SheetTree(pugi::xml_node worksheet, MarkedStyles& styles)
    : worksheet_(worksheet), data_(child(worksheet, "sheetData")), styles_(styles) {
  // Rows and cells may leave out where they are; from here on each says it.
  int number = 0;
  for (auto row_node : data_) {
    if (!is(row_node, "row")) continue;
    number = row_node.attribute("r").as_int(number + 1);
    set(row_node, "r", std::to_string(number));
    rows_.emplace(number, row_node);
    int column = -1;
    for (auto cell_node : row_node) {
      if (!is(cell_node, "c")) continue;
      const int stated = column_of(cell_node);
      column = stated >= 0 ? stated : column + 1;
      set(cell_node, "r", cell_name(number, column));
      last_column_ = std::max(last_column_, column);
    }
  }
}

pugi::xml_node SheetTree::row(int number) {
  const auto at = rows_.lower_bound(number);
  if (at != rows_.end() && at->first == number) return at->second;
  const auto name = qualified(data_, "row");
  auto node = at == rows_.end() ? data_.append_child(name.c_str())
                                : data_.insert_child_before(name.c_str(), at->second);
  set(node, "r", std::to_string(number));
  rows_.emplace(number, node);
  return node;
}

pugi::xml_node SheetTree::cell(int row_number, int column) {
  auto row_node = row(row_number);
  row_node.remove_attribute("spans");  // only a hint, and now perhaps a wrong one
  last_column_ = std::max(last_column_, column);
  const auto name = qualified(row_node, "c");
  pugi::xml_node node;
  for (auto other : row_node) {
    if (!is(other, "c")) continue;
    const int at = column_of(other);
    if (at == column) return other;
    if (at > column) {
      node = row_node.insert_child_before(name.c_str(), other);
      break;
    }
  }
  if (!node) node = row_node.append_child(name.c_str());
  set(node, "r", cell_name(row_number, column));
  return node;
}

bool SheetTree::apply(const CellPatch& patch) {
  auto node = cell(patch.row, patch.column);
  if (const auto* text = std::get_if<std::string>(&patch.value)) {
    if (child(node, "f")) return false;
    write_text(node, printable(*text));
  } else if (const auto* number = std::get_if<double>(&patch.value)) {
    if (child(node, "f")) return false;
    write_number(node, *number);
  }
  if (patch.mark_bad) set(node, "s", std::to_string(styles_.marked(node.attribute("s").as_int(0))));
  return true;
}

void SheetTree::unmark_all() {
  for (const auto& [number, row_node] : rows_)
    for (auto node : row_node) {
      const int style = node.attribute("s").as_int(0);
      const int plain = styles_.unmarked(style);
      if (plain != style) set(node, "s", std::to_string(plain));
    }
}

void SheetTree::clear_column(int column) {
  for (const auto& [number, row_node] : rows_)
    for (auto node : row_node)
      if (is(node, "c") && column_of(node) == column) clear_value(node);
}

// Columns to the right may be described, even hidden, in one range up to the edge of the sheet.
void SheetTree::widen(int column, int width_chars) {
  auto columns = child(worksheet_, "cols");
  if (!columns) columns = worksheet_.insert_child_before(qualified(worksheet_, "cols").c_str(), data_);
  const int number = column + 1;
  pugi::xml_node after;  // the first range right of the column
  for (auto node = columns.first_child(); node;) {
    const auto next = node.next_sibling();
    const int first = node.attribute("min").as_int(), last = node.attribute("max").as_int();
    if (first > number && !after) after = node;
    if (first <= number && number <= last) {
      if (last > number) {
        after = columns.insert_copy_after(node, node);
        set(after, "min", std::to_string(number + 1));
      }
      if (first < number)
        set(node, "max", std::to_string(number - 1));
      else
        columns.remove_child(node);
    }
    node = next;
  }
  const auto name = qualified(columns, "col");
  auto own = after ? columns.insert_child_before(name.c_str(), after) : columns.append_child(name.c_str());
  set(own, "min", std::to_string(number));
  set(own, "max", std::to_string(number));
  set(own, "width", std::to_string(width_chars));
  set(own, "customWidth", "1");
}

void SheetTree::finish() {
  auto dimension = child(worksheet_, "dimension");
  if (!dimension || rows_.empty()) return;
  set(dimension, "ref", "A1:" + cell_name(rows_.rbegin()->first, last_column_));
}

}  // namespace sheet
