// rules.md sections 0, 3, 6; XN-04; practice 24.
#include "engine/control/clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

namespace engine::control {
namespace {

const base::Day d0{18'300};  // a day under control begins
const std::vector<Stage> fourteen{{14, {}, 0}};
const std::vector<Stage> seven_three{{7, {1, 2, 3, 5, 7}, 1}, {3, {3}, 1}};
const std::vector<Stage> fourteen_seven{{14, {1, 4, 7, 14}, 2}, {7, {}, 0}};

Clock at(const std::vector<Stage>& stages, int day, std::vector<Test> tests = {}, DayZero zero = {},
         std::optional<base::Day> exposed = {}) {
  return clock_of(stages, zero, d0, exposed, tests, d0 + (day - 1));
}

TEST(Clock, FourteenDaysAreFullOnTheFifteenth) {
  EXPECT_EQ(at(fourteen, 14).last_day, d0 + 13);
  EXPECT_FALSE(at(fourteen, 14).full);  // XN-04: the day before the end is not the end
  EXPECT_TRUE(at(fourteen, 15).full);
}

TEST(Clock, TheLastExposureIsDayZeroWhereThePolicySaysSo) {
  const auto clock = at(fourteen, 1, {}, DayZero::exposure_is_zero, d0 + -3);
  EXPECT_EQ(clock.day_one, d0 + -2);
  EXPECT_EQ(clock.last_day, d0 + 11);
  EXPECT_EQ(at(fourteen, 1, {}, DayZero::exposure_is_zero).day_one, d0);  // unknown: the first day
}

TEST(Clock, SevenPlusThreeMovesHomeOnlyAfterTheTestOfDaySeven) {
  const auto held = at(seven_three, 8);
  EXPECT_EQ(held.stage, 0u);
  EXPECT_TRUE(held.held);
  EXPECT_EQ(held.negatives_missing, 1);
  // A sample of day 5 is none of day 7.
  EXPECT_TRUE(at(seven_three, 8, {{d0 + 4, TestResult::negative}}).held);
  const auto home = at(seven_three, 8, {{d0 + 6, TestResult::negative}});
  EXPECT_EQ(home.stage, 1u);
  EXPECT_EQ(home.last_day, d0 + 9);
  EXPECT_FALSE(at(seven_three, 11, {{d0 + 6, TestResult::negative}}).full);
  EXPECT_TRUE(at(seven_three, 11, {{d0 + 6, TestResult::negative}, {d0 + 9, TestResult::negative}}).full);
}

TEST(Clock, ADoubleSampleIsTwo) {
  EXPECT_EQ(at(fourteen_seven, 15, {{d0 + 13, TestResult::negative}}).stage, 0u);
  EXPECT_EQ(at(fourteen_seven, 15, {{d0 + 13, TestResult::negative}, {d0 + 13, TestResult::negative}}).stage,
            1u);
}

TEST(Clock, ATestDayAsksForASampleUntilThereIsOne) {
  EXPECT_TRUE(at(seven_three, 1).test_due);
  EXPECT_FALSE(at(seven_three, 1, {{d0, TestResult::pending}}).test_due);
  EXPECT_TRUE(at(seven_three, 2, {{d0, TestResult::negative}}).test_due);
  EXPECT_FALSE(at(seven_three, 4, {{d0 + 2, TestResult::negative}}).test_due);
}

TEST(Clock, WithoutALengthItEndsWhenSomebodyDecides) {
  const std::vector<Stage> open{{0, {}, 0}};
  EXPECT_FALSE(at(open, 400).full);
  EXPECT_FALSE(at(open, 400).last_day);
  EXPECT_FALSE(at({}, 400).full);
}

// --- properties ---------------------------------------------------------------------------------------
std::vector<Stage> any_stages() {
  std::vector<Stage> stages;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    Stage stage{*rc::gen::inRange(1, 15), {}, *rc::gen::inRange(0, 3)};
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n)
      stage.test_days.push_back(*rc::gen::inRange(1, stage.days + 1));
    stages.push_back(std::move(stage));
  }
  return stages;
}
std::vector<Test> any_tests() {
  std::vector<Test> tests;
  for (int n = *rc::gen::inRange(0, 8); n > 0; --n)
    tests.push_back({d0 + *rc::gen::inRange(-3, 40), static_cast<TestResult>(*rc::gen::inRange(0, 2))});
  return tests;
}
DayZero any_zero() { return static_cast<DayZero>(*rc::gen::inRange(0, 2)); }
std::optional<base::Day> any_exposure() {
  return *rc::gen::arbitrary<bool>() ? std::optional(d0 + *rc::gen::inRange(-5, 1)) : std::nullopt;
}

RC_GTEST_PROP(ClockHolds, StagesFollowOneAnotherWithoutAGap, ()) {
  const auto stages = any_stages();
  const auto plan = plan_of(stages, any_zero(), d0, any_exposure());
  RC_ASSERT(plan.size() == stages.size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    RC_ASSERT(*plan[i].last - plan[i].first + 1 == stages[i].days);
    if (i > 0) RC_ASSERT(plan[i].first == *plan[i - 1].last + 1);
    for (const auto day : plan[i].tests) RC_ASSERT(day >= plan[i].first && day <= *plan[i].last);
  }
}

RC_GTEST_PROP(ClockHolds, TimeNeverGoesBack, ()) {
  const auto stages = any_stages();
  const auto zero = any_zero();
  const auto exposed = any_exposure();
  const auto tests = any_tests();
  Clock before = clock_of(stages, zero, d0, exposed, tests, d0);
  for (int day = 1; day < 60; ++day) {
    const auto now = clock_of(stages, zero, d0, exposed, tests, d0 + day);
    RC_ASSERT(now.stage >= before.stage);
    RC_ASSERT(!before.full || now.full || now.positive);
    RC_ASSERT(now.last_day == before.last_day);
    before = now;
  }
}

// No release without what is demanded: counted here without the code under test.
RC_GTEST_PROP(ClockHolds, FullMeansEveryStageHadItsNegatives, ()) {
  const auto stages = any_stages();
  const auto tests = any_tests();
  const auto today = d0 + *rc::gen::inRange(0, 60);
  const auto clock = clock_of(stages, DayZero::first_day_is_one, d0, {}, tests, today);
  if (!clock.full) return;
  auto first = d0;
  for (const auto& stage : stages) {
    auto from = first + (stage.days - 1);
    if (!stage.test_days.empty()) from = first + (*std::ranges::max_element(stage.test_days) - 1);
    const auto negatives = std::ranges::count_if(tests, [&](const Test& t) {
      return t.result == TestResult::negative && t.day >= from && t.day <= today;
    });
    RC_ASSERT(negatives >= stage.leave_negatives);
    first = first + stage.days;
  }
  RC_ASSERT(today >= first);
}

RC_GTEST_PROP(ClockHolds, APositiveSampleIsNeverFull, ()) {
  auto tests = any_tests();
  tests.push_back({d0 + *rc::gen::inRange(0, 20), TestResult::positive});
  RC_ASSERT(!clock_of(any_stages(), DayZero::first_day_is_one, d0, {}, tests, d0 + 59).full);
}

RC_GTEST_PROP(ClockHolds, ANegativeSampleNeverMakesItLater, ()) {
  const auto stages = any_stages();
  auto tests = any_tests();
  const auto today = d0 + *rc::gen::inRange(0, 60);
  const auto without = clock_of(stages, DayZero::first_day_is_one, d0, {}, tests, today);
  tests.push_back({d0 + *rc::gen::inRange(0, 40), TestResult::negative});
  const auto with = clock_of(stages, DayZero::first_day_is_one, d0, {}, tests, today);
  RC_ASSERT(with.stage >= without.stage);
  RC_ASSERT(!without.full || with.full);
}

}  // namespace
}  // namespace engine::control
