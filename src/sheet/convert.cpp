#include "sheet/convert.hpp"

#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "sheet/archive.hpp"
#include "sheet/cells.hpp"

namespace sheet {

namespace {

constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
                                         "\n";
constexpr std::string_view main_names = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view package_names = "http://schemas.openxmlformats.org/package/2006";
constexpr std::string_view office_relations =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml";

// Style 1 is number format 49, "@": digits stay text when somebody edits the cell.
constexpr std::string_view styles =
    R"(<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">)"
    R"(<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>)"
    R"(<fills count="2"><fill><patternFill patternType="none"/></fill>)"
    R"(<fill><patternFill patternType="gray125"/></fill></fills>)"
    R"(<borders count="1"><border/></borders>)"
    R"(<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>)"
    R"(<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>)"
    R"(<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>)"
    R"(</styleSheet>)";

std::string sheet_xml(const Sheet& sheet) {
  auto xml = fmt::format(R"({}<worksheet xmlns="{}"><sheetData>)", declaration, main_names);
  for (const auto& row : sheet.rows) {
    xml += fmt::format(R"(<row r="{}">)", row.number);
    for (std::size_t column = 0; column < row.cells.size(); ++column)
      if (!row.cells[column].empty())
        xml += fmt::format(R"(<c r="{}" s="1" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>)",
                           cell_name(row.number, static_cast<int>(column)),
                           base::markup_escaped(row.cells[column].text));
    xml += "</row>";
  }
  return xml + "</sheetData></worksheet>";
}

}  // namespace

base::Result<std::string> to_xlsx(const Workbook& book) {
  std::map<std::string, std::string> parts;
  std::string types, sheets, relations;
  for (std::size_t i = 0; i < book.sheets.size(); ++i) {
    const auto n = i + 1;
    parts[fmt::format("xl/worksheets/sheet{}.xml", n)] = sheet_xml(book.sheets[i]);
    types += fmt::format(
        R"(<Override PartName="/xl/worksheets/sheet{}.xml" ContentType="{}.worksheet+xml"/>)", n, sheet_type);
    sheets += fmt::format(R"(<sheet name="{}" sheetId="{}" r:id="rId{}"/>)",
                          base::markup_escaped(book.sheets[i].name), n, n);
    relations +=
        fmt::format(R"(<Relationship Id="rId{}" Type="{}/worksheet" Target="worksheets/sheet{}.xml"/>)", n,
                    office_relations, n);
  }
  relations +=
      fmt::format(R"(<Relationship Id="rIdStyles" Type="{}/styles" Target="styles.xml"/>)", office_relations);
  parts["xl/styles.xml"] = std::string(declaration) + std::string(styles);
  parts["xl/workbook.xml"] =
      fmt::format(R"({}<workbook xmlns="{}" xmlns:r="{}"><sheets>{}</sheets></workbook>)", declaration,
                  main_names, office_relations, sheets);
  parts["xl/_rels/workbook.xml.rels"] =
      fmt::format(R"({}<Relationships xmlns="{}/relationships">{}</Relationships>)", declaration,
                  package_names, relations);
  parts["_rels/.rels"] = fmt::format(
      R"({}<Relationships xmlns="{}/relationships"><Relationship Id="rId1" Type="{}/officeDocument" )"
      R"(Target="xl/workbook.xml"/></Relationships>)",
      declaration, package_names, office_relations);
  parts["[Content_Types].xml"] = fmt::format(
      R"({}<Types xmlns="{}/content-types">)"
      R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
      R"(<Default Extension="xml" ContentType="application/xml"/>)"
      R"(<Override PartName="/xl/workbook.xml" ContentType="{}.sheet.main+xml"/>)"
      R"(<Override PartName="/xl/styles.xml" ContentType="{}.styles+xml"/>{}</Types>)",
      declaration, package_names, sheet_type, sheet_type, types);
  return Archive::rewrite({}, parts);
}

}  // namespace sheet
