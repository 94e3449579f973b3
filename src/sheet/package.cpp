#include "sheet/package.hpp"

#include <map>

namespace sheet {

using base::Result;

namespace {

// "../x" and "/xl/x" against the folder of the part that names it.
std::string resolve(std::string_view folder, std::string_view target) {
  std::string path;
  if (target.starts_with('/')) {
    path = target.substr(1);
  } else {
    path = std::string(folder);
    while (target.starts_with("../") || target.starts_with("./")) {
      if (target.starts_with("../")) {
        if (!path.empty()) path.pop_back();
        path.erase(path.rfind('/') + 1);
      }
      target.remove_prefix(target.find('/') + 1);
    }
    path += target;
  }
  return path;
}

std::string folder_of(std::string_view part) { return std::string(part.substr(0, part.rfind('/') + 1)); }

std::string relations_of(std::string_view part) {
  const auto folder = folder_of(part);
  return folder + "_rels/" + std::string(part.substr(folder.size())) + ".rels";
}

struct Relation {
  std::string type;  // last word of the type's address: worksheet, styles, sharedStrings
  std::string part;
};
using Relations = std::map<std::string, Relation>;

Result<Relations> read_relations(Archive& archive, const std::string& part, std::string_view folder) {
  pugi::xml_document document;
  if (auto done = load_xml(archive, part, max_index_bytes, document); !done) return base::fail(done.error());
  Relations relations;
  for (const auto& node : document.document_element()) {
    if (node.attribute("TargetMode").value() == std::string_view("External")) continue;
    const std::string type = node.attribute("Type").value();
    relations[node.attribute("Id").value()] = {type.substr(type.rfind('/') + 1),
                                               resolve(folder, node.attribute("Target").value())};
  }
  return relations;
}

std::string_view local_attribute(const pugi::xml_node& node, std::string_view prefixed_name) {
  for (const auto& attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    if (name != local_name(name) && local_name(name) == prefixed_name) return attribute.value();
  }
  return {};
}

}  // namespace

Result<Package> open_package(Archive& archive, const Limits& limits) {
  // An encrypted workbook is not a zip at all; a zip without these is something else.
  if (!archive.has("_rels/.rels")) return base::fail(not_a_workbook("no relations"));
  const auto roots = read_relations(archive, "_rels/.rels", "");
  if (!roots) return base::fail(roots.error());
  Package package;
  for (const auto& [id, relation] : *roots)
    if (relation.type == "officeDocument") package.workbook = relation.part;
  if (package.workbook.empty()) return base::fail(not_a_workbook("no document"));

  package.relations = relations_of(package.workbook);
  const auto relations = read_relations(archive, package.relations, folder_of(package.workbook));
  if (!relations) return base::fail(relations.error());
  for (const auto& [id, relation] : *relations) {
    if (relation.type == "styles" && archive.has(relation.part)) package.styles = relation.part;
    if (relation.type == "sharedStrings" && archive.has(relation.part))
      package.shared_strings = relation.part;
  }

  pugi::xml_document document;
  if (auto done = load_xml(archive, package.workbook, max_index_bytes, document); !done)
    return base::fail(done.error());
  const auto root = document.document_element();
  if (local_name(root.name()) != "workbook") return base::fail(not_a_workbook("no workbook element"));
  const std::string_view system = child(root, "workbookPr").attribute("date1904").value();
  package.days_from_1904 = system == "1" || system == "true";
  for (const auto& node : child(root, "sheets")) {
    const auto relation = relations->find(std::string(local_attribute(node, "id")));
    if (relation == relations->end() || relation->second.type != "worksheet") continue;
    if (package.sheets.size() >= limits.sheets) return base::fail(too_large("sheets", limits.sheets));
    const std::string_view state = node.attribute("state").value();
    package.sheets.push_back(
        {node.attribute("name").value(), relation->second.part, state == "hidden" || state == "veryHidden"});
  }
  if (package.sheets.empty()) return base::fail(not_a_workbook("no sheets"));
  return package;
}

Result<std::vector<NumberFormat>> read_formats(Archive& archive, const Package& package) {
  std::vector<NumberFormat> formats;
  if (package.styles.empty()) return formats;
  pugi::xml_document document;
  if (auto done = load_xml(archive, package.styles, max_index_bytes, document); !done)
    return base::fail(done.error());
  const auto root = document.document_element();
  std::map<int, NumberFormat> own;
  for (const auto& node : child(root, "numFmts"))
    if (node.type() == pugi::node_element)
      own[node.attribute("numFmtId").as_int()] = parse_format(node.attribute("formatCode").value());
  for (const auto& node : child(root, "cellXfs")) {
    if (node.type() != pugi::node_element) continue;  // indented parts have blanks between
    const int id = node.attribute("numFmtId").as_int();
    const auto found = own.find(id);
    formats.push_back(found != own.end() ? found->second : builtin_format(id));
  }
  return formats;
}

}  // namespace sheet
