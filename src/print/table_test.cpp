#include "print/table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "print/pdf_tools.hpp"

namespace print {
namespace {

// practice.md 18: the office can print today's list per opening with tick boxes.
TableOptions gate_list() {
  return {.title = "东门 今日出入登记表",
          .subtitle = "春江小区 · 2020-02-11 · 在册412户",
          .created = "2020-02-11T08:00:00",
          .footer = "红星街道春江社区",
          .page_format = "第{page}页",
          .columns = {{.title = "序", .share = 0.6, .kind = Column::Kind::number},
                      {.title = "楼栋单元", .share = 1.6},
                      {.title = "房号", .share = 1},
                      {.title = "住户", .share = 1.2},
                      {.title = "今日可出", .share = 1},
                      {.title = "出", .share = 0.6, .kind = Column::Kind::tick},
                      {.title = "入", .share = 0.6, .kind = Column::Kind::tick},
                      {.title = "体温", .share = 1},
                      {.title = "备注", .share = 2}}};
}

std::vector<std::string> row(int number) {
  return {std::to_string(number),
          "3栋2单元",
          std::to_string(1000 + number),
          "王*明",
          "可出",
          "",
          "",
          "",
          number % 7 == 0 ? "独居老人,下午由社区网格员代购生活用品并送药上门,注意敲门后等候" : ""};
}

base::Result<Printed> print_table(const std::filesystem::path& file, const TableOptions& options, int rows) {
  auto out = Table::open(into_file(file), options);
  if (!out) return base::fail(out.error());
  for (int i = 1; i <= rows; ++i) {
    if (const auto added = out->add(row(i)); !added) return base::fail(added.error());
  }
  return out->finish();
}

TEST(table, repeats_its_heading_and_holds_every_row_once) {
  if (!has_tool("pdftotext")) GTEST_SKIP() << "poppler-utils is not installed";
  const TestFolder folder;
  const auto printed = print_table(folder / "list.pdf", gate_list(), 120);
  ASSERT_TRUE(printed) << printed.error().code;
  EXPECT_GT(printed->pages, 2);
  EXPECT_EQ(printed->missing_glyphs, 0);
  const std::string text = text_of(folder / "list.pdf");
  const auto count = [&text](const std::string& word) {
    int found = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size())) ++found;
    return found;
  };
  EXPECT_EQ(count("东门 今日出入登记表"), printed->pages);
  EXPECT_EQ(count("楼栋单元"), printed->pages);
  EXPECT_EQ(count("3栋2单元"), 120);
  EXPECT_EQ(count("第" + std::to_string(printed->pages) + "页"), 1);
  for (const char* room : {"1001", "1060", "1120"}) EXPECT_EQ(count(room), 1) << room;
  EXPECT_EQ(count("独居老人"), 17);  // the start of a text that takes several lines
  EXPECT_EQ(count("等候"), 17);      // and its end
}

TEST(table, says_of_how_many_pages) {
  if (!has_tool("pdftotext")) GTEST_SKIP() << "poppler-utils is not installed";
  const TestFolder folder;
  TableOptions options = gate_list();
  options.page_format = "第{page}页 共{pages}页";
  for (const int rows : {0, 1, 30, 31, 32, 33, 34, 35, 36, 120}) {
    const auto printed = print_table(folder / "list.pdf", options, rows);
    ASSERT_TRUE(printed) << printed.error().code;
    const std::string text = text_of(folder / "list.pdf");
    for (int page = 1; page <= printed->pages; ++page) {
      const auto line = "第" + std::to_string(page) + "页 共" + std::to_string(printed->pages) + "页";
      EXPECT_NE(text.find(line), std::string::npos) << rows << " rows: " << line;
    }
  }
}

TEST(table, can_lie_on_its_side) {
  if (!has_tool("pdfinfo")) GTEST_SKIP() << "poppler-utils is not installed";
  const TestFolder folder;
  TableOptions options = gate_list();
  options.landscape = true;
  ASSERT_TRUE(print_table(folder / "list.pdf", options, 30));
  EXPECT_NE(output_of("pdfinfo " + quoted(folder / "list.pdf")).find("841.89 x 595.276 pts"),
            std::string::npos);
}

TEST(table, without_rows_is_one_page) {
  std::string text;
  auto out = Table::open(into_string(text), gate_list());
  ASSERT_TRUE(out);
  const auto printed = out->finish();
  ASSERT_TRUE(printed);
  EXPECT_EQ(printed->pages, 1);
}

TEST(table, takes_any_cells) {
  std::string text;
  auto out = Table::open(into_string(text), gate_list());
  ASSERT_TRUE(out);
  ASSERT_TRUE(out->add({}));
  ASSERT_TRUE(out->add(std::vector<std::string>(40, "x")));
  ASSERT_TRUE(out->add({"1", std::string(5000, 'w'), "a\nb", "\xFF\xE6\x9D", "\xE6"}));
  const auto printed = out->finish();
  ASSERT_TRUE(printed);
  EXPECT_EQ(printed->pages, 1);
}

TEST(table, needs_columns) {
  TableOptions options = gate_list();
  options.columns.clear();
  EXPECT_EQ(Table::open([](std::string_view) { return true; }, options).error().code, "table_no_columns");
}

TEST(table, tells_when_nobody_takes_the_bytes) {
  auto out = Table::open([](std::string_view) { return false; }, gate_list());
  ASSERT_TRUE(out);
  EXPECT_EQ(out->finish().error().code, "print_write_failed");
}

}  // namespace
}  // namespace print
