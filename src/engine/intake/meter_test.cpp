// Issue "meters": daily counters, two readings about a month apart, units, changed meters, guesses, missing
// days.
#include "engine/intake/test_tables.hpp"

namespace engine::intake::test {
namespace {

TEST(Meters, DailyCountersByMeterAndDay) {
  const auto known = index_of({"1-1-101", "1-1-102"});
  const auto a = run(book({table({{"楼栋", "单元", "房号", "表类型", "表号", "抄表日期", "读数", "是否估抄"},
                                  {"1", "1", "101", "电表", "D-1", "2020-01-15", "1,204.5", "否"},
                                  {"1", "1", "101", "电表", "D-1", "2020-01-16", "1209", "估抄"},
                                  {"1", "1", "101", "水表", "S-1", "2020-01-16", "33.2", ""},
                                  {"1", "1", "101", "水表", "S-1", "2020-01-16", "33.2", ""},
                                  {"1", "1", "102", "电表", "D-2", "2020-01-16", "", ""},
                                  {"1", "1", "102", "燃气表", "G-2", "2020-01-16", "9", ""},
                                  {"1", "1", "102", "电表", "D-2", "昨天", "9", ""},
                                  {"1", "1", "102", "电表", "D-2", "2020-01-17", "九", ""},
                                  {"9", "1", "999", "电表", "D-9", "2020-01-16", "9", ""}})}),
                     &known);
  ASSERT_EQ(a.layout.kind, Kind::meters);
  const auto& m = a.meters;
  ASSERT_EQ(m.size(), 9u);
  const auto day = [](std::string_view text) { return *base::parse_day(text); };
  ASSERT_EQ(m[0].readings.size(), 1u);
  EXPECT_EQ(m[0].readings[0], (MeterReading{Meter::electricity, "D-1", day("2020-01-15"), 1204.5, false}));
  EXPECT_TRUE(m[1].readings[0].estimated);
  EXPECT_EQ(m[2].readings[0].meter, Meter::water);
  EXPECT_EQ(m[3].duplicate_of, 4);
  EXPECT_TRUE(has_issue(m[4], "intake.reading_missing")) << "a day nobody read is no reading";
  EXPECT_TRUE(has_issue(m[5], "intake.meter_unknown"));
  EXPECT_TRUE(has_issue(m[6], "intake.day_unreadable"));
  EXPECT_TRUE(has_issue(m[7], "intake.reading_unreadable"));
  EXPECT_TRUE(has_issue(m[8], "intake.room_unknown"));
  for (std::size_t i = 4; i < m.size(); ++i) {
    EXPECT_EQ(m[i].status, RowStatus::wrong) << i;
    EXPECT_TRUE(m[i].readings.empty()) << i;
  }
  EXPECT_EQ(a.counts.readings, 3);
  EXPECT_EQ(a.counts.unknown_room_rows, 1);
}

TEST(Meters, TwoReadingsAMonthApartAndUnits) {
  const auto a =
      run(book({table({{"锦绣花园水表抄表单"},
                       {"房号", "表号", "上次抄表日期", "上次读数", "抄表日期", "本次读数", "计量单位"},
                       {"1-1-101", "77", "2020-01-10", "100", "2020-02-09", "108", "吨"},
                       {"1-1-102", "78", "", "", "2020-02-09", "2500", "升"},
                       {"1-1-103", "79", "2020-01-10", "5", "2020-02-09", "6", "加仑"}})}));
  ASSERT_EQ(a.layout.kind, Kind::meters);
  ASSERT_EQ(a.meters.size(), 3u);
  ASSERT_EQ(a.meters[0].readings.size(), 2u);
  EXPECT_EQ(a.meters[0].readings[0].meter, Meter::water) << "the title says so";
  EXPECT_EQ(a.meters[0].readings[1].value, 100);
  ASSERT_EQ(a.meters[1].readings.size(), 1u);
  EXPECT_DOUBLE_EQ(a.meters[1].readings[0].value, 2.5);
  EXPECT_TRUE(has_issue(a.meters[2], "intake.unit_unknown"));
}

TEST(Meters, BothMetersBesideEachOther) {
  const auto a = run(book({table({{"房号", "抄表日期", "电表读数(MWh)", "水表读数(m3)"},
                                  {"1-1-101", "2020-02-01", "1.5", "12"},
                                  {"1-1-102", "2020-02-01", "", "13"}})}));
  ASSERT_EQ(a.layout.kind, Kind::meters);
  ASSERT_EQ(a.meters[0].readings.size(), 2u);
  EXPECT_DOUBLE_EQ(a.meters[0].readings[0].value, 1500);
  EXPECT_EQ(a.meters[0].readings[1].meter, Meter::water);
  EXPECT_EQ(a.meters[1].readings.size(), 1u);
  Overrides meters;
  meters.kind = Kind::meters;
  EXPECT_EQ(code_of(book({table({{"房号", "表类型", "读数"}, {"1-1-101", "电", "2"}})}), meters),
            "intake.column_missing")
      << "a reading without a day says nothing";
}

}  // namespace
}  // namespace engine::intake::test
