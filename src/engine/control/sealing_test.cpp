// rules.md section 5; practice 5.
#include "engine/control/sealing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace engine::control {
namespace {

Home observed(std::int64_t household, std::int64_t stair, std::int64_t building = 1) {
  return {household, 1000 + household, stair, building, true, 0};
}
Home ill(std::int64_t household, std::int64_t stair, int cases = 1, std::int64_t building = 1) {
  return {household, 1000 + household, stair, building, false, cases};
}

TEST(Sealing, OneTwoThreeObservedHouseholdsSealHouseholdStairBuilding) {
  auto one = propose(std::vector{observed(1, 11)}, {});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].reach, Reach::household);
  EXPECT_EQ(one[0].place, 1001);
  auto two = propose(std::vector{observed(1, 11), observed(2, 11)}, {});
  ASSERT_EQ(two.size(), 1u);
  EXPECT_EQ(two[0].reach, Reach::stair);
  EXPECT_EQ(two[0].place, 11);
  auto three = propose(std::vector{observed(1, 11), observed(2, 11), observed(3, 11)}, {});
  ASSERT_EQ(three.size(), 1u);
  EXPECT_EQ(three[0].reach, Reach::building);
  EXPECT_EQ(three[0].place, 1);
  EXPECT_EQ(three[0].observed, 3);
}

TEST(Sealing, OneCaseSealsTheStairAndTwoTheBuilding) {
  EXPECT_EQ(propose(std::vector{ill(1, 11)}, {})[0].reach, Reach::stair);
  EXPECT_EQ(propose(std::vector{ill(1, 11), ill(2, 11)}, {})[0].reach, Reach::building);
  EXPECT_EQ(propose(std::vector{ill(1, 11, 2)}, {})[0].reach, Reach::building);
}

TEST(Sealing, StairsAreCountedByThemselves) {
  const auto two = propose(std::vector{observed(1, 11), observed(2, 12), ill(3, 13)}, {});
  ASSERT_EQ(two.size(), 3u);
  EXPECT_EQ(two[0].place, 13);
  EXPECT_EQ(two[1].place, 1001);
  EXPECT_EQ(two[2].place, 1002);
}

TEST(Sealing, ABuildingWithoutStairsIsOneRange) {
  const auto two = propose(std::vector{observed(1, 0), observed(2, 0)}, {});
  ASSERT_EQ(two.size(), 1u);
  EXPECT_EQ(two[0].reach, Reach::building);
  EXPECT_EQ(propose(std::vector{observed(1, 0)}, {})[0].reach, Reach::household);
}

TEST(Sealing, AHouseholdIsCountedOnceAndZeroIsNever) {
  EXPECT_EQ(propose(std::vector{observed(1, 11), observed(1, 11)}, {})[0].reach, Reach::household);
  Ladder never{};
  never.stair_cases = never.building_cases = 0;
  EXPECT_TRUE(propose(std::vector{ill(1, 11, 5)}, never).empty());
}

std::vector<Home> any_homes() {
  return *rc::gen::container<std::vector<Home>>(rc::gen::apply(
      [](int household, int stair, int building, bool seen, int cases) {
        // A household lives in one place.
        const std::int64_t b = 1 + building, s = stair == 0 ? 0 : b * 10 + stair;
        const auto own = s * 100 + b * 10'000 + household;
        return Home{own, 1'000'000 + own, s, b, seen, cases};
      },
      rc::gen::inRange(0, 5), rc::gen::inRange(0, 3), rc::gen::inRange(0, 3), rc::gen::arbitrary<bool>(),
      rc::gen::inRange(0, 3)));
}

RC_GTEST_PROP(Sealing, ReachesWhatAPlainCountReaches, ()) {
  const auto homes = any_homes();
  const auto found = propose(homes, {});
  std::set<std::int64_t> sealed;
  for (const auto& one : found) sealed.insert(one.place);
  for (const auto& home : homes) {
    std::set<std::int64_t> observed_here;
    int cases_here = 0;
    bool building = false;
    for (const auto& start : homes) {
      if (start.building != home.building) continue;
      std::set<std::int64_t> seen;
      int cases = 0;
      for (const auto& other : homes)
        if (other.building == start.building && other.stair == start.stair) {
          if (other.observed) seen.insert(other.household);
          cases += other.cases;
        }
      building |= seen.size() >= 3 || cases >= 2 || (start.stair == 0 && (seen.size() >= 2 || cases >= 1));
      if (start.stair == home.stair) {
        observed_here = seen;
        cases_here = cases;
      }
    }
    const bool stair = home.stair != 0 && (observed_here.size() >= 2 || cases_here >= 1);
    RC_ASSERT(sealed.contains(home.building) == building);
    if (home.stair != 0) RC_ASSERT(sealed.contains(home.stair) == (stair && !building));
    RC_ASSERT(sealed.contains(home.dwelling) ==
              (observed_here.contains(home.household) && !stair && !building));
  }
}

}  // namespace
}  // namespace engine::control
