// Nearest and newest, for each kind of subject, and the reason for every candidate that does not hold.
#include "engine/gate/subject.hpp"

#include <gtest/gtest.h>

namespace engine::gate {
namespace {

constexpr std::int64_t dwelling = 1, stair = 2, building = 3, compound = 5, community = 6, district = 9;

Standpoint here() {
  Standpoint at;
  at.chain = {dwelling, stair, building, compound, community, district};
  at.compound_kind = "unmanaged";
  return at;
}
Candidate rule(std::int64_t version, Subject subject, std::int64_t from = 0) {
  return {std::move(subject), version, from};
}

struct Said {
  std::int64_t version;
  Why why;
  friend bool operator==(const Said&, const Said&) = default;
};
std::vector<Said> said(const std::vector<Candidate>& candidates, const Standpoint& at) {
  std::vector<Said> out;
  for (const auto& w : weigh(candidates, at, 100)) out.push_back({candidates[w.candidate].version, w.why});
  return out;
}
std::int64_t chosen(const std::vector<Candidate>& candidates, const Standpoint& at) {
  const auto all = said(candidates, at);
  return all.empty() || all.front().why != Why::chosen ? 0 : all.front().version;
}

TEST(GateSubject, TheNearestPlaceWinsAndOfItsVersionsTheNewest) {
  const std::vector rules{rule(1, {district}), rule(2, {compound}, 10), rule(3, {compound}, 50),
                          rule(4, {compound}, 101)};
  EXPECT_EQ(said(rules, here()),
            (std::vector<Said>{{3, Why::chosen}, {2, Why::older}, {1, Why::farther}, {4, Why::not_begun}}));
}

TEST(GateSubject, OfTwoThatBeginTogetherTheHigherVersion) {
  EXPECT_EQ(chosen({rule(2, {compound}, 50), rule(3, {compound}, 50)}, here()), 3);
}

TEST(GateSubject, ABuildingsOwnRuleGoesBeforeTheCompounds) {
  EXPECT_EQ(chosen({rule(1, {compound}), rule(2, {building})}, here()), 2);
  EXPECT_EQ(said({rule(2, {4})}, here()), (std::vector<Said>{{2, Why::other_place}}));
}

// XN-22, LZ-28: the district's rule for a level holds where the level was given, before the compound's own.
TEST(GateSubject, AZoneLevelIsAsNearAsThePlaceThatWasGivenIt) {
  auto at = here();
  at.zone_level = "red";
  at.zone_place = building;
  const std::vector rules{rule(1, {district, "red"}), rule(2, {compound}), rule(3, {district, "yellow"})};
  EXPECT_EQ(said(rules, at), (std::vector<Said>{{1, Why::chosen}, {2, Why::farther}, {3, Why::other_zone}}));
  at.zone_place = district;
  EXPECT_EQ(chosen(rules, at), 2);
  at.zone_place = compound;  // at the same distance the level goes first
  EXPECT_EQ(chosen(rules, at), 1);
  EXPECT_EQ(chosen({rule(1, {district, "red"}), rule(4, {community, "red"})}, at), 4);
}

TEST(GateSubject, AKindOfCompoundIsAsNearAsThePlaceItWasWrittenFor) {
  const std::vector rules{rule(1, {district, "", "unmanaged"}), rule(2, {district}), rule(3, {compound}),
                          rule(4, {compound, "", "property_managed"})};
  EXPECT_EQ(
      said(rules, here()),
      (std::vector<Said>{{3, Why::chosen}, {1, Why::farther}, {2, Why::farther}, {4, Why::other_kind}}));
  EXPECT_EQ(chosen({rules[0], rules[1]}, here()), 1);
}

TEST(GateSubject, ASealedUnitHoldsThroughItsMember) {
  auto at = here();
  const std::vector rules{rule(1, {compound, "", "", 70}), rule(2, {building})};
  EXPECT_EQ(said(rules, at), (std::vector<Said>{{2, Why::chosen}, {1, Why::other_unit}}));
  at.units = {{70, stair}};
  EXPECT_EQ(chosen(rules, at), 1);
  at.units = {{70, compound}};
  EXPECT_EQ(chosen(rules, at), 2);
}

TEST(GateSubject, WithoutARuleNobodyIsChosen) { EXPECT_EQ(chosen({}, here()), 0); }

TEST(GateSubject, HoursThatNameTheBuildingGoBeforeThoseForAll) {
  Policy policy;
  policy.out_hours = {{127, 480, 600, {building}}, {127, 600, 720, {4}}, {127, 840, 900, {}}};
  EXPECT_EQ(policy_for(policy, here().chain).out_hours, (std::vector<DayHours>{{127, 480, 600, {}}}));
  EXPECT_EQ(policy_for(policy, {8, compound}).out_hours, (std::vector<DayHours>{{127, 840, 900, {}}}));
  policy.out_hours.pop_back();
  EXPECT_TRUE(policy_for(policy, {8, compound}).out_hours.empty());
  policy.curfew = DayHours{127, 1320, 360, {stair}};
  EXPECT_EQ(policy_for(policy, here().chain).curfew, (DayHours{127, 1320, 360, {}}));
  EXPECT_FALSE(policy_for(policy, {8, compound}).curfew);
}

}  // namespace
}  // namespace engine::gate
