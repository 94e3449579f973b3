#include "sheet/patch.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "sheet/cells.hpp"
#include "sheet/convert.hpp"
#include "sheet/package.hpp"
#include "sheet/patch_sheet.hpp"

namespace sheet {

using base::ErrorKind;
using base::Result;

namespace {

// The tree of a sheet takes several times its text.
constexpr std::uint64_t max_patched_bytes = 48u << 20;
constexpr int result_width_chars = 42;

using Files = std::map<std::string, std::string>;  // changed parts

// Where the result goes: the column of an earlier result, else right of everything.
struct ResultColumn {
  int column = 0;
  bool earlier = false;
};
ResultColumn result_column(const Sheet& sheet, int header_row) {
  if (const auto* header = sheet.find(header_row))
    for (std::size_t i = 0; i < header->cells.size(); ++i)
      if (header->cells[i].text == result_header) return {static_cast<int>(i), true};
  int column = static_cast<int>(sheet.width());
  for (const auto& merge : sheet.merges) column = std::max(column, merge.last_column + 1);
  return {column, false};
}

Result<void> apply(const Sheet& sheet, const SheetPatch& patch, SheetTree& tree) {
  if (patch.header_row > 0) {
    const auto result = result_column(sheet, patch.header_row);
    if (result.earlier) {
      tree.clear_column(result.column);
      tree.unmark_all();
    } else {
      tree.widen(result.column, result_width_chars);
    }
    tree.apply({patch.header_row, result.column, std::string(result_header), false});
    for (const auto& note : patch.notes) tree.apply({note.row, result.column, note.text, false});
  }
  for (const auto& cell : patch.cells)
    if (!tree.apply(cell))
      return base::fail(ErrorKind::invalid, "sheet.formula_cell",
                        {{"sheet", sheet.name},
                         {"row", std::to_string(cell.row)},
                         {"column", std::to_string(cell.column)}});
  tree.finish();
  return {};
}

// Totals over patched cells must not keep their old values.
Result<void> demand_recalculation(Archive& archive, const Package& package, Files& files) {
  pugi::xml_document document;
  if (auto done = load_xml(archive, package.workbook, max_index_bytes, document); !done) return done;
  auto root = document.document_element();
  auto setting = child(root, "calcPr");
  if (!setting) {
    pugi::xml_node before;  // the schema fixes the order
    for (const auto* name : {"sheets", "functionGroups", "externalReferences", "definedNames"})
      if (const auto node = child(root, name)) before = node;
    setting = root.insert_child_after(qualified(root, "calcPr").c_str(), before);
  }
  set(setting, "fullCalcOnLoad", "1");
  files[package.workbook] = save_xml(document);
  return {};
}

// A workbook without styles gets the part, its content type and its relation.
Result<std::string> add_styles_part(Archive& archive, const Package& package, Files& files) {
  const auto folder = package.workbook.substr(0, package.workbook.rfind('/') + 1);
  pugi::xml_document types, relations;
  if (auto done = load_xml(archive, "[Content_Types].xml", max_index_bytes, types); !done)
    return base::fail(done.error());
  auto type = append(types.document_element(), "Override");
  set(type, "PartName", "/" + folder + "styles.xml");
  set(type, "ContentType", "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml");
  if (auto done = load_xml(archive, package.relations, max_index_bytes, relations); !done)
    return base::fail(done.error());
  auto relation = append(relations.document_element(), "Relationship");
  set(relation, "Id", "rIdResultStyles");
  set(relation, "Type", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles");
  set(relation, "Target", "styles.xml");
  files["[Content_Types].xml"] = save_xml(types);
  files[package.relations] = save_xml(relations);
  return folder + "styles.xml";
}

bool writes_values(const SheetPatch& patch) {
  return std::ranges::any_of(
      patch.cells, [](const auto& cell) { return !std::holds_alternative<std::monostate>(cell.value); });
}

bool in_range(const SheetPatch& patch) {
  const auto row_fits = [](int row) { return row >= 1 && row <= excel_rows; };
  return patch.header_row >= 0 && patch.header_row <= excel_rows &&
         std::ranges::all_of(patch.notes, [&](const auto& note) { return row_fits(note.row); }) &&
         std::ranges::all_of(patch.cells, [&](const auto& cell) {
           return row_fits(cell.row) && cell.column >= 0 && cell.column < static_cast<int>(max_columns);
         });
}

Result<std::string> patch_xlsx(std::string_view bytes, const Workbook& book,
                               const std::vector<SheetPatch>& patches, const Limits& limits) {
  auto archive = Archive::open(bytes, limits);
  if (!archive) return base::fail(archive.error());
  auto package = open_package(*archive, limits);
  if (!package) return base::fail(package.error());

  Files files;
  pugi::xml_document styles_document;
  if (!package->styles.empty())
    if (auto done = load_xml(*archive, package->styles, max_index_bytes, styles_document); !done)
      return base::fail(done.error());
  MarkedStyles styles(styles_document);

  bool values = false;
  std::map<std::string, std::unique_ptr<pugi::xml_document>> trees;
  for (const auto& patch : patches) {
    const auto sheet = std::ranges::find(book.sheets, patch.sheet, &Sheet::name);
    if (sheet == book.sheets.end())
      return base::fail(ErrorKind::invalid, "sheet.no_such_sheet", {{"sheet", patch.sheet}});
    if (!in_range(patch))
      return base::fail(ErrorKind::invalid, "sheet.no_such_cell", {{"sheet", patch.sheet}});
    const auto& part = package->sheets[static_cast<std::size_t>(sheet - book.sheets.begin())].part;
    auto& tree = trees[part];
    if (!tree) {
      tree = std::make_unique<pugi::xml_document>();
      if (auto done = load_xml(*archive, part, max_patched_bytes, *tree); !done)
        return base::fail(done.error());
      if (!child(tree->document_element(), "sheetData")) return base::fail(not_a_workbook("no sheet data"));
    }
    SheetTree editable(tree->document_element(), styles);
    if (auto done = apply(*sheet, patch, editable); !done) return base::fail(done.error());
    values = values || writes_values(patch);
  }
  for (const auto& [part, tree] : trees) files[part] = save_xml(*tree);

  if (package->styles.empty()) {
    auto added = add_styles_part(*archive, *package, files);
    if (!added) return added;
    package->styles = *added;
  }
  files[package->styles] = save_xml(styles_document);
  if (values)
    if (auto done = demand_recalculation(*archive, *package, files); !done) return base::fail(done.error());
  return Archive::rewrite(bytes, files);
}

}  // namespace

Result<std::string> patch(std::string_view bytes, const std::vector<SheetPatch>& patches,
                          const Limits& limits) {
  auto book = read(bytes, limits);
  if (!book) return base::fail(book.error());
  if (book->format == Format::xlsx) return patch_xlsx(bytes, *book, patches, limits);
  const auto converted = to_xlsx(*book);
  if (!converted) return converted;
  book->format = Format::xlsx;
  return patch_xlsx(*converted, *book, patches, limits);
}

}  // namespace sheet
