#include "sheet/table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sheet/test_book.hpp"

using namespace sheet;

namespace {

const TableSpec spec{
    "花名/册", "锦绣花园花名册", {{"姓名", 10}, {"身份证号码", 20}, {"人数", 6}, {"日期", 12}, {"面积", 8}}};

std::vector<Value> sample() {
  return {std::string("=HYPERLINK(\"http://x\")"), std::string("510503196308141405"), std::int64_t{3},
          base::parse_day("2020-01-25").value(), 85.6};
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST(Table, XlsxKeepsTextAsText) {
  const auto path = std::filesystem::path(testing::TempDir()) / "table_test.xlsx";
  {
    auto table = xlsx_table(path, spec).value();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(table->row(sample()));
    ASSERT_TRUE(table->row(std::vector<Value>{std::monostate{}, std::int64_t{1'234'567'890'123'456'789}}));
    EXPECT_EQ(table->row(std::vector<Value>(6)).error().code, "sheet.too_many_values");
    ASSERT_TRUE(table->finish());
  }
  const auto bytes = file_text(path);
  std::filesystem::remove(path);
  const auto book = read(bytes).value();
  const auto& sheet = book.sheets.at(0);
  EXPECT_EQ(sheet.name, "花名_册");
  EXPECT_EQ(sheet.find(1)->at(0).text, "锦绣花园花名册");
  EXPECT_EQ(sheet.merges.at(0), (Range{1, 1, 0, 4}));
  EXPECT_EQ(sheet.find(2)->at(1).text, "身份证号码");
  const auto* row = sheet.find(3);
  EXPECT_EQ(row->at(0).kind, CellKind::text);
  EXPECT_EQ(row->at(0).text, "=HYPERLINK(\"http://x\")");
  EXPECT_EQ(row->at(1).kind, CellKind::text);
  EXPECT_EQ(row->at(1).text, "510503196308141405");
  EXPECT_EQ(row->at(2).number, 3);
  EXPECT_EQ(row->at(3).text, "2020-01-25");
  EXPECT_EQ(row->at(4).number, 85.6);
  EXPECT_EQ(sheet.find(6)->at(1).text, "1234567890123456789");
  auto archive = Archive::open(bytes, {}).value();
  const auto xml = archive.read("xl/worksheets/sheet1.xml", 1 << 20).value();
  EXPECT_EQ(xml.find("<f>"), std::string::npos);
  EXPECT_NE(xml.find("state=\"frozen\""), std::string::npos);
  EXPECT_NE(xml.find("ySplit=\"2\""), std::string::npos);
}

TEST(Table, XlsxOnAnUnwritablePathFails) {
  auto table = xlsx_table("/nonexistent/folder/x.xlsx", spec);
  const bool failed = !table || !(*table)->finish();
  EXPECT_TRUE(failed);
}

TEST(Table, CsvIsHarmlessAndReadsBack) {
  std::ostringstream out;
  auto table = csv_table(out, spec).value();
  ASSERT_TRUE(table->row(sample()));
  ASSERT_TRUE(table->row(std::vector<Value>{std::string("-1"), std::string("0830"), std::int64_t{-2}}));
  EXPECT_EQ(table->row(std::vector<Value>(6)).error().code, "sheet.too_many_values");
  ASSERT_TRUE(table->finish());
  const auto text = out.str();
  EXPECT_TRUE(text.starts_with("\xEF\xBB\xBF姓名,身份证号码,人数,日期,面积\r\n"));
  EXPECT_NE(text.find("\"'=HYPERLINK(\"\"http://x\"\")\",\"\t510503196308141405\",3,2020-01-25,85.6\r\n"),
            std::string::npos)
      << text;
  const auto sheet = read(text).value().sheets.at(0);
  EXPECT_EQ(sheet.find(2)->at(0).text, "=HYPERLINK(\"http://x\")");
  EXPECT_EQ(sheet.find(2)->at(1).text, "510503196308141405");
  EXPECT_EQ(sheet.find(3)->at(0).text, "-1");
  EXPECT_EQ(sheet.find(3)->at(1).text, "0830");
}
