// Issue "meters": the table of a utility with a column for each day (XN-55), with the headers offices make of
// it.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "engine/intake/day_header.hpp"
#include "engine/intake/test_tables.hpp"

namespace engine::intake::test {
namespace {

base::Day day(std::string_view text) { return *base::parse_day(text); }

TEST(DayHeader, InTheWaysOfficesWriteIt) {
  const auto wanted = day("2020-02-01");
  for (const auto* header : {"2020-02-01",
                             "2020-02-01 00:00",
                             "2020/2/1",
                             "2020.2.1",
                             "20200201",
                             "２０２０－０２－０１",
                             "2020年2月1日",
                             "2020年02月01日",
                             "2月1日",
                             "02月01日",
                             "2月1号",
                             "2/1",
                             "2.1",
                             "02-01",
                             "43862",
                             "2020-02-01(kWh)",
                             "2020/2/1（周六）",
                             "2月1日周六",
                             "2月1日 星期六",
                             "2月1日读数",
                             "2020-02-01日冻结示数",
                             "电表2月1日",
                             "2020-02-01/电",
                             "2020-02-01/水表读数",
                             "2020年2月/1日",
                             "2020年/2月1日",
                             "2月/1日",
                             "2月/1",
                             " 2020-02-01 : "}) {
    EXPECT_TRUE(is_day_header(header)) << header;
    EXPECT_EQ(parse_day_header(header, {}, today), wanted) << header;
  }
  EXPECT_EQ(parse_day_header("12月31日", {}, today), day("2019-12-31")) << "the last such day";
  EXPECT_TRUE(is_day_header("1日"));
  EXPECT_EQ(parse_day_header("1日", "锦绣花园2020年2月电表", today), wanted);
  EXPECT_EQ(parse_day_header("1日", "锦绣花园电表", today), std::nullopt) << "of no month";
  EXPECT_EQ(parse_day_header("30日", "2020年2月", today), std::nullopt) << "no such day";
}

TEST(DayHeader, NotWhatOnlyLooksLikeOne) {
  for (const auto* header : {"",         "房号",           "1-1-101",     "101",
                             "1204.5",   "2020",           "2020年",      "2020年2月",
                             "2月",      "2月1日-2月15日", "2020-02-30",  "2020-02-01 至 2020-02-15",
                             "1单元",    "2号楼",          "1",           "32日",
                             "上次读数", "序号1",          "13900000815", "2020-02-01返乡"})
    EXPECT_FALSE(is_day_header(header)) << header;
}

RC_GTEST_PROP(DayHeader, AnyTextIsReadOrNot, (const std::string& header, const std::string& titles)) {
  const auto found = parse_day_header(header, titles, today);
  if (found && is_day_header(header)) RC_ASSERT(base::parts_of(*found).year >= 1990);
}
RC_GTEST_PROP(DayHeader, EveryDayIsFoundAgain, ()) {
  const auto any = day("2000-01-01") + *rc::gen::inRange(0, 36'000);
  RC_ASSERT(parse_day_header(base::to_string(any), {}, today) == any);
  const auto p = base::parts_of(any);
  const auto written =
      std::to_string(p.year) + "年" + std::to_string(p.month) + "月" + std::to_string(p.day) + "日";
  RC_ASSERT(parse_day_header(written + "读数", {}, today) == any);
}

TEST(MeterDays, AColumnForEachDay) {
  const auto known = index_of({"1-1-101", "1-1-102", "1-1-103"});
  const auto a = run(book({table({{"锦绣花园电表抄表明细"},
                                  {"户号", "房号", "表号", "2020-02-01", "2020/2/2", "2月3日", "43865"},
                                  {"5100001", "1-1-101", "D-1", "100", "1,104.5", "", "112"},
                                  {"5100002", "1-1-102", "D-2", "7", "坏", "-", "#N/A"},
                                  {"5100003", "1-1-103", "D-3", "", "", "", ""},
                                  {"5100009", "9-9-999", "D-9", "1", "2", "3", "4"},
                                  {"合计", "", "", "107", "", "", ""}})}),
                     &known);
  ASSERT_EQ(a.layout.kind, Kind::meters);
  EXPECT_EQ(a.layout.header_row, 2);
  EXPECT_EQ(field_of(a, 0), Field::ignored) << "the utility's number of the household is no room";
  EXPECT_EQ(field_of(a, 1), Field::room);
  for (int column = 3; column < 7; ++column) EXPECT_EQ(field_of(a, column), Field::day_reading);
  ASSERT_EQ(a.meters.size(), 4u);
  const std::vector<MeterReading> first{{Meter::electricity, "D-1", day("2020-02-01"), 100, false},
                                        {Meter::electricity, "D-1", day("2020-02-02"), 1104.5, false},
                                        {Meter::electricity, "D-1", day("2020-02-04"), 112, false}};
  EXPECT_EQ(a.meters[0].readings, first) << "an empty cell is a missing day";
  EXPECT_EQ(a.meters[0].columns, (std::vector{3, 4, 6}));
  EXPECT_EQ(a.meters[0].status, RowStatus::fresh);
  // What cannot be read is named by row and column, and the other days are taken.
  EXPECT_EQ(a.meters[1].readings.size(), 1u);
  EXPECT_EQ(a.meters[1].status, RowStatus::doubtful);
  ASSERT_EQ(a.meters[1].issues.size(), 2u);
  EXPECT_EQ(a.meters[1].row, 4);
  EXPECT_EQ(a.meters[1].issues[0], (Issue{4, "intake.reading_unreadable", {{"text", "坏"}}}));
  EXPECT_EQ(a.meters[1].issues[1], (Issue{6, "intake.reading_unreadable", {{"text", "#N/A"}}}));
  EXPECT_EQ(a.meters[2].status, RowStatus::wrong);
  EXPECT_TRUE(has_issue(a.meters[2], "intake.reading_missing"));
  EXPECT_TRUE(has_issue(a.meters[3], "intake.room_unknown"));
  EXPECT_TRUE(a.meters[3].readings.empty());
  EXPECT_EQ(a.counts.readings, 4);
}

TEST(MeterDays, DaysUnderTheMonthOfTheTitle) {
  const auto a = run(book({table({{"锦绣花园2020年1月水表读数"},
                                  {"楼栋", "单元", "房号", "1日", "2日", "31日"},
                                  {"1", "1", "101", "10", "10.5", "22"},
                                  {"楼栋", "单元", "房号", "1日", "2日", "31日"},
                                  {"1", "1", "102", "3", "", "4"}})}));
  ASSERT_EQ(a.layout.kind, Kind::meters);
  ASSERT_EQ(a.meters.size(), 2u) << "a repeated header is no record";
  ASSERT_EQ(a.meters[0].readings.size(), 3u);
  EXPECT_EQ(a.meters[0].readings[2], (MeterReading{Meter::water, "", day("2020-01-31"), 22, false}));
  EXPECT_EQ(a.meters[1].readings.size(), 2u);
}

TEST(MeterDays, BothMetersUnderEachDay) {
  const auto a = run(book({table({{"房号", "2020-02-01", "", "2020-02-02", ""},
                                  {"", "电表", "水表", "电表", "水表"},
                                  {"1-1-101", "100", "20", "105", "20.4"},
                                  {"1-1-102", "50", "", "51", "9"}},
                                 {{1, 1, 1, 2}, {1, 1, 3, 4}, {1, 2, 0, 0}})}));
  ASSERT_EQ(a.layout.kind, Kind::meters);
  EXPECT_EQ(a.layout.header_row, 2);
  ASSERT_EQ(a.meters.size(), 2u);
  ASSERT_EQ(a.meters[0].readings.size(), 4u);
  EXPECT_EQ(a.meters[0].readings[3], (MeterReading{Meter::water, "", day("2020-02-02"), 20.4, false}));
  EXPECT_EQ(a.meters[1].readings.size(), 3u);
}

TEST(MeterDays, EachRowItsMeterAndUnit) {
  const auto a =
      run(book({table({{"房号", "表类型", "计量单位", "是否估抄", "2020-02-01(周六)", "2020-02-02(周日)"},
                       {"1-1-101", "电表", "度", "", "100", "105"},
                       {"1-1-101", "水表", "升", "估抄", "2500", "2600"},
                       {"1-1-102", "燃气表", "", "", "1", "2"},
                       {"1-1-103", "水表", "加仑", "", "1", ""},
                       {"1-1-101", "电表", "度", "", "100", "105"},
                       {"1-1-101", "电表", "度", "", "100", "106"}})}));
  ASSERT_EQ(a.meters.size(), 6u);
  EXPECT_EQ(a.meters[0].readings[1], (MeterReading{Meter::electricity, "", day("2020-02-02"), 105, false}))
      << "the day of the week is no unit";
  EXPECT_EQ(a.meters[1].readings[0], (MeterReading{Meter::water, "", day("2020-02-01"), 2.5, true}));
  EXPECT_TRUE(has_issue(a.meters[2], "intake.meter_unknown"));
  EXPECT_TRUE(has_issue(a.meters[3], "intake.unit_unknown"));
  EXPECT_EQ(a.meters[4].duplicate_of, 2);
  EXPECT_EQ(a.counts.readings, 4);
}

TEST(MeterDays, TheSameDayTwice) {
  const auto a = run(book({table({{"房号", "电表2020-02-01", "电表2月1日", "电表2020-02-02"},
                                  {"1-1-101", "100", "100", "105"},
                                  {"1-1-102", "50", "51", "52"}})}));
  ASSERT_EQ(a.meters.size(), 2u);
  EXPECT_EQ(a.meters[0].readings.size(), 2u);
  EXPECT_TRUE(a.meters[0].issues.empty());
  EXPECT_EQ(a.meters[1].issues, (std::vector<Issue>{{2, "intake.reading_twice", {{"text", "51"}}}}));
}

TEST(MeterDays, WhatWasUsedIsNoReading) {
  EXPECT_EQ(code_of(book({table({{"房号", "2月1日用电量", "2月2日用电量"}, {"1-1-101", "5", "6"}})})),
            "intake.usage_not_readings");
  EXPECT_EQ(
      code_of(book({table({{"锦绣花园日用电量"}, {"房号", "2月1日", "2月2日"}, {"1-1-101", "5", "6"}})})),
      "intake.usage_not_readings");
  EXPECT_EQ(
      code_of(book({table({{"水电用量抄表单(电表)"}, {"房号", "2月1日", "2月2日"}, {"1-1-101", "5", "6"}})})),
      "");
}

TEST(MeterDays, OtherTablesStayWhatTheyAre) {
  const auto roster = run(book({table(
      {{"房号", "姓名", "与户主关系", "2月1日", "2月2日"}, {"1-1-101", "王芳", "户主", "36.5", "36.6"}})}));
  EXPECT_EQ(roster.layout.kind, Kind::roster) << "temperatures of persons";
  const auto plain =
      run(book({table({{"房号", "表类型", "抄表日期", "读数"}, {"1-1-101", "电", "2020-02-01", "2"}})}));
  EXPECT_EQ(plain.meters.at(0).readings.size(), 1u);
}

}  // namespace
}  // namespace engine::intake::test
