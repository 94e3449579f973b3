// LZ-08, LZ-09, XN-20, XN-21, XN-23, XN-24: who is missing, and what would mend it.
#include "feature/stewardship/checks.hpp"

#include <gtest/gtest.h>

#include "feature/stewardship/service.hpp"

namespace feature::stewardship {
namespace {

using place::CompoundKind;
using place::PlaceRules;
using place::Rank;
using place::ZoneLevel;

const Check& of(const std::vector<Check>& checks, CheckCode code) {
  for (const auto& c : checks)
    if (c.code == code) return c;
  throw std::logic_error("no such check");
}
CompoundFact compound(std::int64_t id, CompoundKind kind = CompoundKind::property_managed) {
  CompoundFact c;
  c.id = id;
  c.community_id = 1;
  c.name = "小区";
  c.kind = kind;
  return c;
}

TEST(Checks, EveryGridHasSomebodyAtEveryTier) {
  Facts facts;
  facts.grids = {{7, 1, "一网格", 100, {0, 0, 0, 0}}, {8, 1, "二网格", 50, {0, 20, 50, 0}}};
  const auto checks = check(facts, {});
  const auto& c = of(checks, CheckCode::grid_tiers);
  EXPECT_EQ(c.total, 8);
  EXPECT_EQ(c.in_order, 6);
  ASSERT_EQ(c.gaps.size(), 2U);
  EXPECT_EQ(c.gaps[0].grid_id, 8);
  EXPECT_EQ(c.gaps[0].tier, 2);
  EXPECT_EQ(c.gaps[0].have, 30) << "dwellings with somebody";
  EXPECT_EQ(c.gaps[0].want_min, 50);
  EXPECT_EQ(c.gaps[1].tier, 3);
}
TEST(Checks, AGridOfNothingIsNotInOrder) {
  Facts facts;
  facts.grids = {{7, 1, "空", 0, {0, 0, 0, 0}}};
  EXPECT_EQ(of(check(facts, {}), CheckCode::grid_tiers).in_order, 0);
}
// Tiers are data, three to six of them.
TEST(Checks, TiersAreThoseOfTheRules) {
  PlaceRules five;
  five.tiers.push_back({5, {}});
  Facts facts;
  facts.grids = {{7, 1, "一网格", 10, {0, 0, 0, 0}}};
  const auto checks = check(facts, five);
  const auto& c = of(checks, CheckCode::grid_tiers);
  EXPECT_EQ(c.total, 5);
  ASSERT_EQ(c.gaps.size(), 1U) << "of a tier nobody was counted for, nobody is there";
  EXPECT_EQ(c.gaps[0].tier, 5);
}
TEST(Checks, RedNeedsASectionHeadAndYellowADeputy) {
  const auto gaps = [](ZoneLevel level, std::vector<Rank> ranks) {
    Facts facts;
    facts.zones = {{5, "3栋", level, std::move(ranks)}};
    return of(check(facts, {}), CheckCode::zone_rank).gaps;
  };
  EXPECT_TRUE(gaps(ZoneLevel::red, {Rank::clerk, Rank::section_head}).empty());
  EXPECT_TRUE(gaps(ZoneLevel::yellow, {Rank::section_deputy}).empty());
  EXPECT_TRUE(gaps(ZoneLevel::none, {}).empty());
  ASSERT_EQ(gaps(ZoneLevel::red, {Rank::section_deputy}).size(), 1U);
  EXPECT_EQ(gaps(ZoneLevel::red, {Rank::section_deputy})[0].code, GapCode::rank_low);
  EXPECT_EQ(gaps(ZoneLevel::red, {Rank::unknown})[0].code, GapCode::rank_unknown);
  EXPECT_EQ(gaps(ZoneLevel::yellow, {})[0].code, GapCode::nobody);
  EXPECT_EQ(gaps(ZoneLevel::yellow, {})[0].zone, ZoneLevel::yellow);
}
TEST(Checks, AnAreaHasOneLeaderAndDeputiesInProportion) {
  EXPECT_EQ(deputies_for(0, {}), 2);
  EXPECT_EQ(deputies_for(20, {}), 2);
  EXPECT_EQ(deputies_for(21, {}), 3);
  EXPECT_EQ(deputies_for(200, {}), 5);
  Facts facts;
  facts.areas = {{1, "东片", 35, 1, 4}, {2, "西片", 35, 0, 3}, {3, "北片", 5, 2, 6}};
  const auto checks = check(facts, {});
  const auto& leaders = of(checks, CheckCode::area_leader);
  EXPECT_EQ(leaders.in_order, 1);
  ASSERT_EQ(leaders.gaps.size(), 2U);
  EXPECT_EQ(leaders.gaps[0].code, GapCode::too_few);
  EXPECT_EQ(leaders.gaps[1].code, GapCode::too_many);
  const auto& deputies = of(checks, CheckCode::area_deputies);
  ASSERT_EQ(deputies.gaps.size(), 2U);
  EXPECT_EQ(deputies.gaps[0].want_min, 4);
  EXPECT_EQ(deputies.gaps[1].code, GapCode::too_many);
}
TEST(Checks, OneToThreeVolunteersFromThreeInputs) {
  auto c = compound(1);
  c.property_level = PropertyLevel::good;
  c.persons = 999;
  c.observed_households = 0;
  EXPECT_EQ(volunteers_for(c, {}).count, 1);
  c.persons = 1000;
  EXPECT_EQ(volunteers_for(c, {}).count, 2);
  c.observed_households = 5;
  EXPECT_EQ(volunteers_for(c, {}).count, 3);
  c.property_level = PropertyLevel::poor;
  EXPECT_EQ(volunteers_for(c, {}).count, 3) << "never more than the rule's maximum";
}
// Unknown is not zero: it adds nobody and is said.
TEST(Checks, UnknownInputsAreNamed) {
  const auto v = volunteers_for(compound(1), {});
  EXPECT_EQ(v.count, 1);
  EXPECT_EQ(v.reasons, (std::vector<std::string>{"property_unknown", "persons_unknown", "observed_unknown"}));
}
TEST(Checks, OneOrTwoGridsPerPropertyCompound) {
  Facts facts;
  facts.compounds = {compound(1), compound(2), compound(3), compound(4, CompoundKind::unmanaged)};
  facts.compounds[1].grids = 2;
  facts.compounds[2].grids = 3;
  const auto checks = check(facts, {});
  const auto& c = of(checks, CheckCode::property_grids);
  EXPECT_EQ(c.total, 3);
  ASSERT_EQ(c.gaps.size(), 2U);
  EXPECT_EQ(c.gaps[0].code, GapCode::too_few);
  EXPECT_EQ(c.gaps[1].code, GapCode::too_many);
}
TEST(Checks, DwellingsInNoGridAreNamedWithTheirDenominator) {
  Facts facts;
  facts.compounds = {compound(1)};
  facts.compounds[0].dwellings = 40;
  facts.compounds[0].uncovered = 12;
  const auto checks = check(facts, {});
  const auto& c = of(checks, CheckCode::grid_cover);
  ASSERT_EQ(c.gaps.size(), 1U);
  EXPECT_EQ(c.gaps[0].have, 28);
  EXPECT_EQ(c.gaps[0].want_min, 40);
}

std::vector<std::string> keys(const std::vector<Suggestion>& suggestions) {
  std::vector<std::string> out;
  for (const auto& s : suggestions) out.push_back(s.key);
  return out;
}
TEST(Suggestions, GridsForCompoundsWithoutAny) {
  Facts facts;
  facts.compounds = {compound(1), compound(2, CompoundKind::scattered_cluster), compound(3)};
  for (auto& c : facts.compounds) {
    c.dwellings = 900;
    c.volunteers_planned = 1;
  }
  facts.compounds[2].grids = 1;
  EXPECT_EQ(keys(suggest(facts, {}, {})), (std::vector<std::string>{"grid:1:2", "grid:2:1"}));
}
TEST(Suggestions, ThePersonOfTheTierWhoCarriesLeastAndTurnsAreTaken) {
  Facts facts;
  facts.grids = {{7, 1, "一", 10, {10, 0, 0, 0}}, {8, 1, "二", 10, {10, 0, 0, 0}}};
  const std::vector<Person> people{
      {1, "甲", Rank::clerk, 1, 3}, {2, "乙", Rank::clerk, 1, 2}, {3, "丙", Rank::clerk, 2, 0}};
  EXPECT_EQ(keys(suggest(facts, people, {})), (std::vector<std::string>{"steward:7:1:2", "steward:8:1:1"}));
}
TEST(Suggestions, AZoneGetsSomebodyOfTheRank) {
  Facts facts;
  facts.zones = {{5, "3栋", ZoneLevel::red, {Rank::clerk}}};
  const std::vector<Person> people{{1, "甲", Rank::section_deputy, 2, 0},
                                   {2, "乙", Rank::division_deputy, 4, 9}};
  const auto found = suggest(facts, people, {});
  ASSERT_EQ(keys(found), std::vector<std::string>{"rank:5:2"});
  EXPECT_EQ(found[0].tier, 4);
  EXPECT_TRUE(keys(suggest(facts, {people[0]}, {})).empty()) << "nobody fits, so nobody is put forward";
}

Candidacy at(int distance, int tier, std::string name) {
  Candidacy c;
  c.steward.tier = tier;
  c.steward.name = std::move(name);
  c.distance = distance;
  return c;
}
TEST(Nearest, TheNearestNodeAnswersForEachTierAndSeveralMayStandThere) {
  const auto answers =
      nearest({at(8, 1, "社区"), at(3, 1, "网格"), at(3, 1, "网格二"), at(4, 2, "楼栋")}, PlaceRules{}.tiers);
  ASSERT_EQ(answers.size(), 4U);
  ASSERT_EQ(answers[0].stewards.size(), 2U);
  EXPECT_EQ(answers[0].stewards[0].name, "网格");
  EXPECT_EQ(answers[1].stewards.at(0).name, "楼栋");
  EXPECT_TRUE(answers[2].stewards.empty()) << "a tier without anybody is there and empty";
}

}  // namespace
}  // namespace feature::stewardship
