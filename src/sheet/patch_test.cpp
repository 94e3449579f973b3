#include "sheet/patch.hpp"

#include <gtest/gtest.h>

#include "sheet/test_book.hpp"

using namespace sheet;
using test::parts_of;
using test::zipped;

namespace {

Limits wide_limits() { return {}; }

std::string part(const std::string& bytes, const std::string& name) {
  auto archive = Archive::open(bytes, wide_limits());
  return archive.value().read(name, 1 << 20).value();
}

Sheet sheet_of(const std::string& bytes) { return read(bytes).value().sheets.at(0); }

const std::string rows =
    R"(<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>房号</t>
      </is></c></row>
    <row><c s="1" t="inlineStr"><is><t>王芳</t></is></c></row>
    <row r="5"><c r="C5"><f>1+1</f><v>2</v></c></row>)";

}  // namespace

TEST(Patch, WritesProblemsBesideTheRowsAndMarksCells) {
  auto parts = parts_of("</sheetData>");
  parts["xl/worksheets/sheet1.xml"] =
      R"(<worksheet xmlns="m"><dimension ref="A1:C5"/><cols><col min="1" max="16384"
      hidden="1"/></cols><sheetData>)" +
      rows + "</sheetData><legacyDrawing/></worksheet>";
  parts["xl/styles.xml"] =
      R"(<styleSheet><fills count="1"><fill/></fills><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="49"
      fillId="0"/></cellXfs></styleSheet>)";
  parts["xl/vbaProject.bin"] = "macro";
  const auto before = zipped(parts);
  SheetPatch errors{"表", {{2, 0, {}, true}, {2, 1, std::string("1-1-101"), true}}, 1, {}};
  errors.notes = {{2, "房号 <不> 存在"}, {4, "缺姓名"}};
  const auto after = patch(before, {errors}).value();

  const auto sheet = sheet_of(after);
  EXPECT_EQ(sheet.find(1)->at(3).text, result_header);
  EXPECT_EQ(sheet.find(2)->at(0).text, "王芳");
  EXPECT_EQ(sheet.find(2)->at(1).text, "1-1-101");
  EXPECT_EQ(sheet.find(2)->at(3).text, "房号 <不> 存在");
  EXPECT_EQ(sheet.find(4)->at(3).text, "缺姓名");
  EXPECT_EQ(sheet.find(5)->at(2).text, "2");
  EXPECT_EQ(part(after, "xl/vbaProject.bin"), "macro");
  EXPECT_EQ(part(after, "_rels/.rels"), part(before, "_rels/.rels"));
  const auto xml = part(after, "xl/worksheets/sheet1.xml");
  EXPECT_NE(xml.find("<f>1+1</f>"), std::string::npos);
  EXPECT_NE(xml.find("<legacyDrawing"), std::string::npos);
  EXPECT_NE(xml.find(R"(ref="A1:D5")"), std::string::npos);
  EXPECT_NE(xml.find(R"(<col min="4" max="4" width="42" customWidth="1"/><col min="5" max="16384")"),
            std::string::npos);
  const auto styles = part(after, "xl/styles.xml");
  EXPECT_NE(styles.find("FFFFC9CE"), std::string::npos);
  // The marked cell keeps its number format.
  EXPECT_NE(styles.find(R"(<xf numFmtId="49" fillId="1" applyFill="1"/>)"), std::string::npos) << styles;
  EXPECT_NE(part(after, "xl/workbook.xml").find("fullCalcOnLoad=\"1\""), std::string::npos);
}

TEST(Patch, ASecondRoundReplacesTheFirst) {
  auto parts = parts_of(rows);
  parts["xl/styles.xml"] =
      R"(<styleSheet><fills count="1"><fill/></fills><cellXfs count="1"><xf numFmtId="0"/></cellXfs>
      </styleSheet>)";
  SheetPatch first{"表", {{2, 0, {}, true}}, 1, {{2, "坏"}}};
  SheetPatch second{"表", {{5, 2, {}, true}}, 1, {{5, "另"}}};
  const auto once = patch(zipped(parts), {first}).value();
  const auto twice = patch(once, {second}).value();
  const auto sheet = sheet_of(twice);
  EXPECT_EQ(sheet.width(), 4u);
  EXPECT_TRUE(sheet.find(2)->at(3).empty());
  EXPECT_EQ(sheet.find(5)->at(3).text, "另");
  const auto style_of = [&](const std::string& bytes, const std::string& cell) {
    const auto xml = part(bytes, "xl/worksheets/sheet1.xml");
    const auto at = xml.find("r=\"" + cell + "\"");
    const auto tag = xml.substr(xml.rfind('<', at), xml.find('>', at) - xml.rfind('<', at));
    const auto s = tag.find(" s=\"");
    return s == std::string::npos ? "" : tag.substr(s + 4, tag.find('"', s + 4) - s - 4);
  };
  EXPECT_EQ(style_of(once, "A2"), "1");
  const auto styles = part(twice, "xl/styles.xml");
  EXPECT_EQ(style_of(twice, "A2"), "2");  // the first, without our fill
  EXPECT_NE(styles.find(R"(<xf numFmtId="0" fillId="1" applyFill="1"/><xf numFmtId="0" fillId="0")"),
            std::string::npos);
  EXPECT_EQ(style_of(twice, "C5"), "3");
  EXPECT_EQ(styles.find("<fill>"), styles.rfind("<fill>"));  // our fill is there once
}

TEST(Patch, AFormulaIsNeverOverwritten) {
  const auto result = patch(zipped(parts_of(rows)), {{"表", {{5, 2, 3.0, false}}, 0, {}}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "sheet.formula_cell");
  EXPECT_EQ(patch(zipped(parts_of(rows)), {{"别的", {}, 0, {}}}).error().code, "sheet.no_such_sheet");
  EXPECT_EQ(patch(zipped(parts_of(rows)), {{"表", {{0, 0, {}, true}}, 0, {}}}).error().code,
            "sheet.no_such_cell");
}

TEST(Patch, FillsAForm) {
  const auto after = patch(zipped(parts_of(rows)),
                           {{"表", {{1, 2, std::string("人数"), false}, {3, 2, 17.0, false}}, 0, {}}});
  const auto sheet = sheet_of(after.value());
  EXPECT_EQ(sheet.find(1)->at(2).text, "人数");
  EXPECT_EQ(sheet.find(3)->at(2).number, 17);
  EXPECT_EQ(sheet.width(), 3u);
}

// A workbook without a styles part gets one with its type and relation.
TEST(Patch, AddsStylesWhenThereAreNone) {
  auto parts = parts_of(rows);
  const auto at = parts["xl/_rels/workbook.xml.rels"].find("<Relationship Id=\"rId9\"");
  parts["xl/_rels/workbook.xml.rels"] =
      parts["xl/_rels/workbook.xml.rels"].substr(0, at) + "</Relationships>";
  const auto after = patch(zipped(parts), {{"表", {{2, 0, {}, true}}, 0, {}}}).value();
  EXPECT_NE(part(after, "xl/styles.xml").find("FFFFC9CE"), std::string::npos);
  EXPECT_NE(part(after, "[Content_Types].xml").find("/xl/styles.xml"), std::string::npos);
  EXPECT_NE(part(after, "xl/_rels/workbook.xml.rels").find("styles.xml"), std::string::npos);
  EXPECT_TRUE(patch(after, {{"表", {{2, 0, {}, true}}, 0, {}}}));
}

TEST(Patch, CsvBecomesAWorkbook) {
  const auto after = patch("车牌,车主\n川E1,\"510503196308141400\"\n",
                           {{"Sheet1", {{2, 0, {}, true}}, 1, {{2, "车牌不对"}}}});
  const auto book = read(after.value()).value();
  EXPECT_EQ(book.format, Format::xlsx);
  const auto& sheet = book.sheets.at(0);
  EXPECT_EQ(sheet.find(2)->at(1).text, "510503196308141400");
  EXPECT_EQ(sheet.find(2)->at(1).kind, CellKind::text);
  EXPECT_EQ(sheet.find(2)->at(2).text, "车牌不对");
}
