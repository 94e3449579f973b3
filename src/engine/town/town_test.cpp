#include "engine/town/town.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/intake/resident_id.hpp"
#include "engine/town/office_files.hpp"

namespace engine::town {
namespace {

constexpr std::uint64_t seed = 20200211;
const base::Day today = *base::day_from_parts(2020, 2, 11);

Totals total(const Plan& plan, std::initializer_list<CompoundKind> kinds) {
  Totals t;
  for (const auto& c : plan.compounds) {
    if (std::find(kinds.begin(), kinds.end(), c.kind) == kinds.end()) continue;
    ++t.compounds;
    t.buildings += static_cast<int>(c.buildings.size());
    t.households += c.households();
  }
  return t;
}

// LZ-07: the roll-ups of the real subdistrict.
TEST(Town, HasTheTotalsOfTheRealSubdistrictWhateverTheSeed) {
  for (const std::uint64_t s : {seed, std::uint64_t{1}, std::uint64_t{99}}) {
    const auto made = plan(s);
    const auto managed = total(made, {CompoundKind::property_managed});
    EXPECT_EQ(managed.compounds, 82);
    EXPECT_EQ(managed.buildings, 1085);
    EXPECT_EQ(managed.households, 35976);
    const auto others = total(made, {CompoundKind::owners_committee, CompoundKind::unmanaged});
    EXPECT_EQ(others.compounds, 33);
    EXPECT_EQ(others.buildings, 285);
    EXPECT_EQ(others.households, 4268);
    const auto single = total(made, {CompoundKind::scattered_cluster});
    EXPECT_EQ(single.buildings, 206);
    EXPECT_EQ(single.households, 3392);
    EXPECT_EQ(managed.households + others.households + single.households, 43636);
    int guarded = 0;
    std::set<std::string> names;
    for (const auto& c : made.compounds) {
      EXPECT_GE(c.guarded, 1) << c.name;  // XN-39, LZ-04
      guarded += c.guarded;
      EXPECT_TRUE(names.insert(c.name).second) << c.name;
      EXPECT_LT(static_cast<std::size_t>(c.community), made.communities.size());
    }
    EXPECT_EQ(guarded, checkpoints);  // LZ-14
  }
}

TEST(Town, HasBuildingsThatHoldTheirHouseholds) {
  for (const auto& c : plan(seed).compounds)
    for (const auto& b : c.buildings) {
      EXPECT_GE(b.households, 1) << c.name << " " << b.name;
      EXPECT_GT(b.rooms(), b.households) << c.name << " " << b.name;
      EXPECT_LE(b.floors, 40);
    }
}

TEST(Town, IsTheSameFromTheSameSeed) {
  const auto one = plan(seed), other = plan(seed);
  ASSERT_EQ(one.compounds.size(), other.compounds.size());
  const auto a = homes(one.compounds[3], seed, today), b = homes(other.compounds[3], seed, today);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].households.size(), b[i].households.size());
    for (std::size_t h = 0; h < a[i].households.size(); ++h)
      EXPECT_EQ(a[i].households[h].front().document, b[i].households[h].front().document);
  }
}

TEST(Town, FillsEveryBuildingWithExactlyItsHouseholdsOfPeopleWhoCannotExist) {
  const auto made = plan(seed);
  std::size_t persons = 0, households = 0;
  for (const auto& c : made.compounds) {
    std::map<int, int> by_building;
    for (const auto& h : homes(c, seed, today)) {
      by_building[h.building] += static_cast<int>(h.households.size());
      for (const auto& household : h.households) {
        ++households;
        persons += household.size();
        for (const auto& p : household) {
          ASSERT_EQ(p.document.substr(0, 6), "000000");
          ASSERT_EQ(intake::check_character(p.document.substr(0, 17)), p.document.back());
        }
      }
    }
    for (std::size_t i = 0; i < c.buildings.size(); ++i)
      ASSERT_EQ(by_building[static_cast<int>(i)], c.buildings[i].households) << c.name << " " << i;
  }
  EXPECT_EQ(households, 43636u);
  // Households of 2020 had 2.62 persons (the census of that year).
  EXPECT_NEAR(static_cast<double>(persons) / 43636, 2.62, 0.25);
}

}  // namespace
}  // namespace engine::town
