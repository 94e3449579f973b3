// Readings of meters through the endpoints (XN-55): taken once, compared, estimated, and taken back whole.
#include <fmt/format.h>

#include "feature/exchange/fixture.hpp"

namespace feature::exchange::test {
namespace {

class Meters : public OnCompound {
 protected:
  void SetUp() override {
    OnCompound::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    std::string table = "楼栋,单元,房号,装修情况\n";
    for (int room = 1; room <= 20; ++room) table += fmt::format("1,1,{},精装\n", 100 + room);
    take("楼盘表.csv", table);
  }
  // Rooms 101 to 105 stand empty, in the others people live.
  static std::string readings(int from, int until) {
    std::string text = "房号,表类型,表号,抄表日期,读数\n";
    for (int room = 1; room <= 20; ++room)
      for (int day = from; day <= until; ++day) {
        const double use = room <= 5 ? 0.05 * day : (3 + room * 0.2) * day + (day * room) % 3;
        const double water = room <= 5 ? 0 : 0.25 * day;
        const auto date = base::to_string(*base::parse_day("2020-01-05") + day);
        text += fmt::format("1-1-{0},电表,D{0},{1},{2:.2f}\n", 100 + room, date, 500 + use);
        text += fmt::format("1-1-{0},水表,S{0},{1},{2:.2f}\n", 100 + room, date, 80 + water);
      }
    return text;
  }
  std::int64_t estimates(std::string_view which = "lived_in_percent >= 0") {
    return count(fmt::format("SELECT COUNT(*) FROM meter_estimate WHERE {}", which));
  }
};
SHOUWANG_ON_BOTH_STORES(Meters);

TEST_P(Meters, AreEstimatedWhenTakenAndForgottenWhenTakenBack) {
  EXPECT_EQ(estimates(), 0) << "without readings nothing is said: unknown is not vacant";
  const auto import = take("抄表.csv", readings(0, 30));
  EXPECT_EQ(import.kind, Kind::meters);
  EXPECT_EQ(import.fresh, 20 * 31 * 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM meter_reading"), 20 * 31 * 2);
  const auto day = base::parse_day("2020-02-04")->number;
  EXPECT_EQ(estimates(fmt::format("reasons <> '' AND newest_day = {}", day)), 20);
  EXPECT_EQ(estimates("lived_in_percent < 20"), 5);
  EXPECT_EQ(estimates("lived_in_percent > 80"), 15);
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM meter_estimate e JOIN dwelling d ON d.id = e.dwelling_id WHERE d.label IN "
            "('1-1-101', '1-1-105') AND e.lived_in_percent < 20"),
      2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling WHERE occupancy <> 'unknown'"), 0)
      << "evidence only: no dwelling is written";

  const auto again = take("抄表二.csv", readings(29, 31));
  EXPECT_EQ(again.unchanged, 20 * 2 * 2);
  EXPECT_EQ(again.fresh, 20 * 2);

  ask<Import>("POST", path(again) + "/undo", R"({"reason":"错了"})");
  ask<Import>("POST", path(import) + "/undo", R"({"reason":"错了"})");
  EXPECT_EQ(count("SELECT COUNT(*) FROM meter_reading"), 0);
  EXPECT_EQ(estimates(), 0);
}

TEST_P(Meters, AnotherValueOfTheSameDayStaysOut) {
  take("抄表.csv", "房号,表类型,表号,抄表日期,读数\n1-1-106,电表,7,2020-01-20,100\n");
  const auto import = take("抄表二.csv",
                           "房号,表类型,表号,抄表日期,读数\n1-1-106,电表,7,2020-01-20,120\n"
                           "1-1-106,电表,8,2020-01-20,0\n");
  EXPECT_EQ(import.doubtful, 1);
  EXPECT_EQ(import.fresh, 1) << "the new meter has another number";
  EXPECT_EQ(count("SELECT COUNT(*) FROM meter_reading WHERE value = 100"), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM meter_reading WHERE value = 120"), 0);
  EXPECT_EQ(estimates(), 0) << "one reading of a meter is no use per day";
  // Two readings a month apart in one row add the one that is missing.
  const auto month = take("抄表三.csv",
                          "房号,表类型,表号,上次抄表日期,上次读数,抄表日期,本次读数\n"
                          "1-1-106,电表,7,2020-01-20,100,2020-02-10,205\n");
  EXPECT_EQ(month.changed, 1);
  EXPECT_EQ(estimates("electricity_per_day = 5"), 1);
}

}  // namespace
}  // namespace feature::exchange::test
