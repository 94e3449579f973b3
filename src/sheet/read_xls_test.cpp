// Old workbooks are read in a process of its own, so that a damaged one hurts nobody (practice 2).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "sheet/patch.hpp"
#include "sheet/read.hpp"
#include "sheet/test_book.hpp"
#include "sheet/test_xls.hpp"
#include "sheet/xls_child.hpp"
#include "sheet/xls_stream.hpp"

namespace sheet {
namespace {

xls::Book roster() {
  xls::Book b;
  b.sheet(u"名册");
  b.text(0, 0, u"房号");
  b.text(0, 1, u"姓名");
  b.text(0, 2, u"身份证");
  b.text(2, 0, u"1-1-101");
  b.text(2, 1, u"王芳");
  b.number(2, 2, 4.20106199001011e17);
  b.number(2, 3, 43855, xls::Book::day);
  b.number(2, 4, 89.5);
  b.text(2, 5, u"00123");
  return b;
}

const Row& row_of(const Workbook& book, std::size_t sheet, int number) {
  const auto* row = book.sheets.at(sheet).find(number);
  static const Row absent{};
  return row ? *row : absent;
}

TEST(ReadXls, SaysWhatTheSheetShows) {
  const auto book = read(roster().file());
  ASSERT_TRUE(book) << book.error().code << " " << book.error().cause;
  EXPECT_EQ(book->format, Format::xls);
  ASSERT_EQ(book->sheets.size(), 1u);
  EXPECT_EQ(book->sheets[0].name, "名册");
  ASSERT_EQ(book->sheets[0].rows.size(), 2u) << "the empty row is absent";
  EXPECT_EQ(row_of(*book, 0, 1).at(2).text, "身份证");
  const auto& row = row_of(*book, 0, 3);
  EXPECT_EQ(row.at(1).text, "王芳");
  EXPECT_TRUE(row.at(2).precision_lost) << "an identity number that became a number";
  EXPECT_EQ(row.at(3).kind, CellKind::date);
  EXPECT_EQ(row.at(3).text, "2020-01-25");
  EXPECT_EQ(row.at(4).text, "89.5");
  EXPECT_EQ(row.at(5).kind, CellKind::text);
  EXPECT_EQ(row.at(5).text, "00123") << "digits kept as text keep their zeros";
}

TEST(ReadXls, FormulasDatesAndSeveralSheets) {
  xls::Book b;
  b.sheet(u"一");
  b.formula(0, 0, 42.0);
  b.formula(0, 1, u"1栋");
  b.number(1, 0, 43855.354166666664, xls::Book::day_and_clock);
  b.number(1, 1, 43855, xls::Book::chinese_day);
  b.number(1, 2, 0.5, xls::Book::clock);
  b.number(1, 3, 43855, xls::Book::day_and_clock);
  b.sheet(u"空");
  b.sheet(u"三");
  b.number(9, 0, -7);
  const auto book = read(b.file());
  ASSERT_TRUE(book) << book.error().code << " " << book.error().cause;
  ASSERT_EQ(book->sheets.size(), 3u);
  EXPECT_EQ(row_of(*book, 0, 1).at(0).text, "42");
  EXPECT_EQ(row_of(*book, 0, 1).at(1).text, "1栋");
  EXPECT_EQ(row_of(*book, 0, 2).at(0).text, "2020-01-25 08:30");
  EXPECT_DOUBLE_EQ(row_of(*book, 0, 2).at(0).number, 43855 + 8.5 / 24);
  EXPECT_EQ(row_of(*book, 0, 2).at(1).text, "2020-01-25");
  EXPECT_EQ(row_of(*book, 0, 2).at(2).text, "12:00");
  EXPECT_EQ(row_of(*book, 0, 2).at(3).text, "2020-01-25");
  EXPECT_EQ(book->sheets[1].name, "空");
  EXPECT_TRUE(book->sheets[1].rows.empty());
  EXPECT_EQ(row_of(*book, 2, 10).at(0).text, "-7");
}

TEST(ReadXls, MergedRangesAndWhatIsHidden) {
  xls::Book b;
  b.sheet(u"名册");
  b.hide_row(2);
  b.text(1, 0, u"1栋");
  b.text(2, 1, u"101");
  b.merge(1, 3, 0, 0);
  b.sheet(u"旧");
  b.hide_sheet();
  b.number(2, 0, 1);
  const auto book = read(b.file());
  ASSERT_TRUE(book) << book.error().code << " " << book.error().cause;
  EXPECT_EQ(book->sheets.at(0).merges, (std::vector<Range>{{2, 4, 0, 0}}));
  EXPECT_FALSE(row_of(*book, 0, 2).hidden);
  EXPECT_TRUE(row_of(*book, 0, 3).hidden);
  EXPECT_FALSE(book->sheets.at(0).hidden);
  EXPECT_TRUE(book->sheets.at(1).hidden);
  EXPECT_FALSE(row_of(*book, 1, 3).hidden) << "of the other sheet";
}

// In the test's own process, where a sanitizer sees it.
TEST(XlsStream, DamageStaysWithinTheFile) {
  std::mt19937 random(7);
  xls::Book b;
  b.sheet(u"名册");
  for (unsigned i = 0; i < 40; ++i) b.formula(i, 0, u"1栋"), b.formula(i, 1, 1.0 * i);
  b.merge(1, 3, 0, 0);
  const auto whole = b.file();
  std::size_t followed = 0;
  for (int i = 0; i < 3000; ++i) {
    auto damaged = whole;
    const auto end = i % 2 ? damaged.size() : 2048;
    for (int n = 1 + static_cast<int>(random() % 8); n > 0; --n)
      damaged[random() % end] = static_cast<char>(random() % 3 ? random() : 0xFF);
    if (i % 5 == 0) damaged.resize(random() % damaged.size());
    if (const auto extras = prepare_xls(damaged)) followed += extras->sheets.size();
  }
  EXPECT_GT(followed, 100u);
}

TEST(ReadXls, ItsProblemsComeBackAsXlsx) {
  const auto patched =
      patch(roster().file(), {{"名册", {{3, 1, std::string("?"), true}}, 1, {{3, "号码损坏"}}}});
  ASSERT_TRUE(patched) << patched.error().code;
  const auto again = read(*patched);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->format, Format::xlsx);
  EXPECT_EQ(again->sheets[0].find(3)->at(0).text, "1-1-101");
  EXPECT_EQ(again->sheets[0].find(3)->at(1).text, "?");
}

TEST(ReadXls, TheLimitsOfOtherWorkbooksHold) {
  const auto code = [](const Limits& limits) {
    const auto book = read(roster().file(), limits);
    if (book) return std::string();
    const auto& error = book.error();
    return error.code + (error.params.empty() ? "" : " " + error.params.front().second);
  };
  EXPECT_EQ(code({.rows = 1}), "sheet.too_large rows");
  EXPECT_EQ(code({.columns = 5}), "sheet.too_large columns");
  EXPECT_EQ(code({.cells = 8}), "sheet.too_large cells");
  EXPECT_EQ(code({.sheets = 0}), "sheet.too_large sheets");
  EXPECT_EQ(code({.text_bytes = 20}), "sheet.too_large text");
  EXPECT_EQ(code({.rows = 2, .columns = 6, .cells = 9, .sheets = 1}), "");
}

TEST(ReadXls, ASheetThatClaimsMoreThanItHolds) {
  xls::Book b;
  b.sheet(u"名册");
  b.text(4, 2, u"王芳");
  b.claim(65536, 256);
  const auto book = read(b.file());
  ASSERT_TRUE(book) << book.error().code << " " << book.error().cause;
  EXPECT_EQ(row_of(*book, 0, 5).at(2).text, "王芳");
  b.claim(0xFFFFFFFF, 0xFFFF);
  const auto absurd = read(b.file());
  if (!absurd) {
    EXPECT_EQ(absurd.error().code, "sheet.old_format");
  }
}

TEST(ReadXls, PasswordsAndOtherFilesByThatName) {
  EXPECT_EQ(read(roster().file(true)).error().code, "sheet.encrypted");
  const auto renamed = read(test::zipped(test::parts_of("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")));
  ASSERT_TRUE(renamed);
  EXPECT_EQ(renamed->format, Format::xlsx) << "known by its content";
  EXPECT_EQ(read_xls("PK\x03\x04").error().code, "sheet.old_format");
  EXPECT_EQ(read_xls("").error().code, "sheet.old_format");
}

void is_read_or_refused(const std::string& bytes, const std::string& what) {
  const auto begin = std::chrono::steady_clock::now();
  const auto book = read(bytes);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(25)) << what;
  if (book) return;
  const auto& code = book.error().code;
  EXPECT_TRUE(code == "sheet.old_format" || code == "sheet.encrypted" || code == "sheet.too_large")
      << what << " " << code;
}

TEST(ReadXls, DamageIsAnErrorAndNothingWorse) {
  const auto whole = roster().file();
  for (std::size_t size = 8; size < whole.size(); size += 397)
    is_read_or_refused(whole.substr(0, size), "cut to " + std::to_string(size));
  // The header, the table and the directory one by one: what made FreeXL read beyond its buffers.
  for (std::size_t at = 8; at < 1536; at += 11) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(~damaged[at]);
    is_read_or_refused(damaged, "changed at " + std::to_string(at));
  }
  auto long_name = whole;
  long_name.replace(1024 + 64, 2, "\x16\xFF");  // of the first directory entry: 65,302 bytes in 64
  is_read_or_refused(long_name, "a name beyond its entry");
  EXPECT_TRUE(read(whole)) << "and the next file is read";
}

TEST(ReadXls, RandomDamage) {
  std::mt19937 random(20200125);
  const auto whole = roster().file();
  for (int i = 0; i < 120; ++i) {
    auto damaged = whole;
    for (int n = 1 + static_cast<int>(random() % 8); n > 0; --n)
      damaged[8 + random() % (whole.size() - 8)] = static_cast<char>(random());
    is_read_or_refused(damaged, "random " + std::to_string(i));
  }
}

// What the process of the library may not do, tried in a process of the test.
TEST(ReadXlsChild, HasNoRights) {
  GTEST_FLAG_SET(death_test_style, "fast");
  const auto confined = [](auto&& then) {
    if (!confine()) ::_exit(99);
    then();
    ::_exit(0);
  };
  EXPECT_EXIT(confined([] { ::socket(AF_INET, SOCK_STREAM, 0); }), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT(confined([] { ::execl("/bin/true", "true", nullptr); }), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT(confined([] { ::kill(::getppid(), 0); }), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT(confined([] { ::unlink("/tmp/nothing-of-that-name"); }), testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT(confined([] { ::open("/tmp/nothing-of-that-name", O_RDWR | O_CREAT, 0600); }),
              testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT(confined([] { static_cast<void>(!::write(STDERR_FILENO, "x", 1)); }),
              testing::KilledBySignal(SIGSYS), "");
  EXPECT_EXIT(confined([] { ::_exit(::fork() == 0 ? 1 : 2); }), testing::KilledBySignal(SIGSYS), "");
  // One file, and its number is never free again.
  EXPECT_EXIT(confined([] {
                const int first = ::open("/proc/self/stat", O_RDONLY);
                const bool closed = ::close(first) == 0;
                const int second = ::open("/proc/self/stat", O_RDONLY);
                ::_exit(first >= 0 && !closed && second < 0 ? 7 : 8);
              }),
              testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace sheet
