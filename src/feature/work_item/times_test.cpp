// When plans fall due, by the civil day: daily, twice a day, weekly, monthly, once; nothing is made up for.
#include <gtest/gtest.h>

#include "feature/work_item/plan_record.hpp"

namespace feature::work_item {
namespace {

base::Instant at(std::string_view day, int hour, int minute = 0) {
  return base::start_of(*base::parse_day(day)) + (hour * 60 + minute) * base::minute_ms;
}
PlanRow plan(Rhythm rhythm, base::Instant created) {
  PlanRow row;
  row.rhythm = rhythm;
  row.at_minute = 8 * 60;
  row.created = created;
  return row;
}

TEST(WorkTimes, TwiceADayComesMorningAndEvening) {  // practice 21
  auto row = plan(Rhythm::twice_daily, at("2020-02-11", 9));
  row.second_minute = 16 * 60;
  EXPECT_EQ(newest_time(row, at("2020-02-11", 15)), std::nullopt) << "not before the plan was made";
  EXPECT_EQ(time_after(row, at("2020-02-11", 9)), at("2020-02-11", 16));
  EXPECT_EQ(newest_time(row, at("2020-02-11", 16)), at("2020-02-11", 16));
  EXPECT_EQ(time_after(row, at("2020-02-11", 16)), at("2020-02-12", 8));
  EXPECT_EQ(newest_time(row, at("2020-02-20", 7)), at("2020-02-19", 16))
      << "only the newest after a long sleep";
}

TEST(WorkTimes, WeeklyAndMonthlyKeepTheirDay) {
  auto weekly = plan(Rhythm::weekly, at("2020-02-11", 9));  // a Tuesday
  weekly.on_day = 1;
  EXPECT_EQ(time_after(weekly, at("2020-02-11", 9)), at("2020-02-17", 8));
  EXPECT_EQ(time_after(weekly, at("2020-02-17", 8)), at("2020-02-24", 8));
  auto monthly = plan(Rhythm::monthly, at("2020-02-11", 9));
  monthly.on_day = 28;
  EXPECT_EQ(time_after(monthly, at("2020-02-11", 9)), at("2020-02-28", 8));
  EXPECT_EQ(time_after(monthly, at("2020-02-28", 8)), at("2020-03-28", 8));
  EXPECT_EQ(newest_time(monthly, at("2020-03-29", 8)), at("2020-03-28", 8));
}

TEST(WorkTimes, OnceHasNoOtherTime) {
  const auto row = plan(Rhythm::once, at("2020-02-11", 9));
  EXPECT_EQ(newest_time(row, at("2020-02-11", 9)), at("2020-02-11", 9));
  EXPECT_EQ(time_after(row, at("2020-02-11", 9)), std::nullopt);
}

}  // namespace
}  // namespace feature::work_item
