// rules.md section 2.
#include "engine/control/community.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace engine::control {
namespace {

const base::Day today{18'300};

Community of(std::vector<Confirmed> cases) { return state_of(cases, {}, today); }

TEST(CommunityState, TwoInOneStairAreAnOutbreakAndOneIsACase) {
  EXPECT_EQ(of({}).state, CommunityState::no_case);
  EXPECT_EQ(of({{11, 1, today, false}}).state, CommunityState::cases);
  EXPECT_EQ(of({{11, 1, today, false}, {11, 1, today + -3, false}}).state, CommunityState::outbreak);
  EXPECT_EQ(of({{0, 1, today, false}, {0, 1, today + -3, false}}).state, CommunityState::outbreak);
  EXPECT_EQ(of({{0, 1, today, true}, {0, 2, today, false}}).state, CommunityState::cases);
}

TEST(CommunityState, ScatteredCasesOfUnknownSourceOrTwoOutbreaksAreSpread) {
  EXPECT_EQ(of({{11, 1, today, false}, {21, 2, today, false}}).state, CommunityState::spread);
  EXPECT_EQ(of({{11, 1, today, true}, {21, 2, today, true}}).state, CommunityState::cases);
  const Confirmed a{11, 1, today, true}, b{21, 2, today, true};
  EXPECT_EQ(of({a, a, b, b}).state, CommunityState::spread);
  EXPECT_EQ(of({{11, 1, today, false}, {11, 1, today, true}, {21, 2, today, false}}).state,
            CommunityState::spread)
      << "a contact who falls ill takes nothing away";
}

TEST(CommunityState, FourteenDaysWithoutANewCaseClearIt) {
  const auto last = of({{11, 1, today + -13, false}});
  EXPECT_EQ(last.state, CommunityState::cases);
  EXPECT_EQ(last.clear_from, today + 1);
  const auto clear = of({{11, 1, today + -14, false}});
  EXPECT_EQ(clear.state, CommunityState::no_case);
  EXPECT_FALSE(clear.clear_from);
  EXPECT_EQ(of({{11, 1, today + 1, false}}).cases, 0);
}

RC_GTEST_PROP(CommunityState, AnotherCaseNeverMakesItMilder, ()) {
  const auto cases = *rc::gen::container<std::vector<Confirmed>>(rc::gen::apply(
      [](int stair, int building, int ago, bool known) {
        return Confirmed{building * 10 + stair, building, today + -ago, known};
      },
      rc::gen::inRange(0, 3), rc::gen::inRange(1, 4), rc::gen::inRange(-1, 20), rc::gen::arbitrary<bool>()));
  auto more = cases;
  more.push_back({*rc::gen::inRange(0, 40), 1, today, *rc::gen::arbitrary<bool>()});
  RC_ASSERT(state_of(more, {}, today).state >= state_of(cases, {}, today).state);
  RC_ASSERT(state_of(more, {}, today).cases == state_of(cases, {}, today).cases + 1);
}

}  // namespace
}  // namespace engine::control
