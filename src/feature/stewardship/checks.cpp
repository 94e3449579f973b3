#include "feature/stewardship/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace feature::stewardship {
namespace {

using place::PlaceRules;
using place::Rank;

void count(Check& check, bool in_order) {
  ++check.total;
  check.in_order += in_order;
}

// LZ-09 格格有人: every tier of every grid.
Check grid_tiers(const Facts& facts, const PlaceRules& rules) {
  Check check{CheckCode::grid_tiers};
  for (const auto& g : facts.grids)
    for (std::size_t t = 0; t < rules.tiers.size(); ++t) {
      const auto without = t < g.without.size() ? g.without[t] : g.units;
      count(check, without == 0 && g.units > 0);
      if (without == 0 && g.units > 0) continue;
      check.gaps.push_back({GapCode::nobody,
                            g.place_id,
                            g.id,
                            g.name,
                            static_cast<int>(t) + 1,
                            {},
                            g.units - without,
                            g.units,
                            {}});
    }
  return check;
}

Rank wanted_rank(place::ZoneLevel level, const PlaceRules& rules) {
  return level == place::ZoneLevel::red ? rules.red_rank_min : rules.yellow_rank_min;
}
Rank best(const ZoneFact& z) { return z.ranks.empty() ? Rank::unknown : *std::ranges::max_element(z.ranks); }

// XN-23: red needs 正科 or above, yellow 副科.
Check zone_rank(const Facts& facts, const PlaceRules& rules) {
  Check check{CheckCode::zone_rank};
  for (const auto& z : facts.zones) {
    if (z.level == place::ZoneLevel::none) continue;
    const bool fits = best(z) >= wanted_rank(z.level, rules);
    count(check, fits);
    if (fits) continue;
    const auto code = z.ranks.empty()            ? GapCode::nobody
                      : best(z) == Rank::unknown ? GapCode::rank_unknown
                                                 : GapCode::rank_low;
    check.gaps.push_back(
        {code, z.place_id, {}, z.name, {}, z.level, static_cast<std::int64_t>(z.ranks.size()), {}, {}});
  }
  return check;
}

// Between two bounds, or named as too few or too many.
void within(Check& check, std::int64_t place, const std::string& name, std::int64_t have, std::int64_t min,
            std::int64_t max) {
  const bool fits = have >= min && have <= max;
  count(check, fits);
  if (!fits)
    check.gaps.push_back(
        {have < min ? GapCode::too_few : GapCode::too_many, place, {}, name, {}, {}, have, min, max});
}

}  // namespace

std::int64_t deputies_for(std::int64_t compounds, const PlaceRules& rules) {
  const auto wanted = (compounds + rules.compounds_per_deputy - 1) / rules.compounds_per_deputy;
  return std::clamp<std::int64_t>(wanted, rules.deputies_min, rules.deputies_max);
}

std::int64_t grids_for(const CompoundFact& c, const PlaceRules& rules) {
  if (c.kind != place::CompoundKind::property_managed) return 1;
  const auto wanted = (c.dwellings + rules.grid_dwellings_max - 1) / rules.grid_dwellings_max;
  return std::clamp<std::int64_t>(wanted, std::max<std::int64_t>(1, rules.property_grids_min),
                                  std::max<std::int64_t>(1, rules.property_grids_max));
}

Volunteers volunteers_for(const CompoundFact& c, const PlaceRules& rules) {
  Volunteers v{rules.volunteers_min, {}};
  const auto add = [&](bool known, bool more, const char* more_reason, const char* unknown_reason) {
    if (!known) v.reasons.emplace_back(unknown_reason);
    if (known && more) {
      ++v.count;
      v.reasons.emplace_back(more_reason);
    }
  };
  add(c.property_level != PropertyLevel::unknown,
      c.property_level == PropertyLevel::poor || c.property_level == PropertyLevel::none, "property_poor",
      "property_unknown");
  add(c.persons.has_value(), c.persons.value_or(0) >= rules.persons_many, "persons_many", "persons_unknown");
  add(c.observed_households.has_value(), c.observed_households.value_or(0) >= rules.observed_many,
      "observed_many", "observed_unknown");
  v.count = std::min<std::int64_t>(v.count, rules.volunteers_max);
  return v;
}

std::vector<Check> check(const Facts& facts, const PlaceRules& rules) {
  Check leaders{CheckCode::area_leader}, deputies{CheckCode::area_deputies},
      volunteers{CheckCode::volunteers}, grids{CheckCode::property_grids}, cover{CheckCode::grid_cover};
  for (const auto& a : facts.areas) {
    within(leaders, a.id, a.name, a.leaders, rules.area_leaders, rules.area_leaders);
    const auto wanted = deputies_for(a.compounds, rules);
    within(deputies, a.id, a.name, a.deputies, wanted, rules.deputies_max);
  }
  for (const auto& c : facts.compounds) {
    within(volunteers, c.id, c.name, c.volunteers, c.volunteers_planned.value_or(rules.volunteers_min),
           rules.volunteers_max);
    if (c.kind == place::CompoundKind::property_managed)
      within(grids, c.id, c.name, c.grids, rules.property_grids_min, rules.property_grids_max);
    if (c.dwellings == 0) continue;
    count(cover, c.uncovered == 0);
    if (c.uncovered > 0)
      cover.gaps.push_back(
          {GapCode::uncovered, c.id, {}, c.name, {}, {}, c.dwellings - c.uncovered, c.dwellings, {}});
  }
  return {grid_tiers(facts, rules), zone_rank(facts, rules), std::move(leaders), std::move(deputies),
          std::move(volunteers),    std::move(grids),        std::move(cover)};
}

namespace {

// Who carries least among those that fit; each suggestion counts as carried for the next.
Person* least(std::vector<Person>& people, auto fits) {
  Person* found = nullptr;
  for (auto& p : people)
    if (fits(p) && (!found || p.places < found->places)) found = &p;
  if (found) ++found->places;
  return found;
}

void suggest_people(const Facts& facts, std::vector<Person> people, const PlaceRules& rules,
                    std::vector<Suggestion>& out) {
  for (const auto& g : facts.grids)
    for (std::size_t t = 0; t < rules.tiers.size(); ++t) {
      const auto without = t < g.without.size() ? g.without[t] : g.units;
      if (without == 0 && g.units > 0) continue;
      const int tier = static_cast<int>(t) + 1;
      const auto* who = least(people, [&](const Person& p) { return p.tier == tier; });
      if (!who) continue;
      out.push_back({fmt::format("steward:{}:{}:{}", g.id, tier, who->id),
                     SuggestionKind::steward,
                     g.place_id,
                     g.name,
                     g.id,
                     who->id,
                     who->name,
                     tier,
                     without,
                     {"carries_least"}});
    }
  for (const auto& z : facts.zones) {
    if (z.level == place::ZoneLevel::none) continue;
    const auto wanted = wanted_rank(z.level, rules);
    if (best(z) >= wanted) continue;
    const auto* who = least(people, [&](const Person& p) { return p.rank >= wanted; });
    if (!who) continue;
    const int tier = who->tier > 0 ? who->tier : static_cast<int>(rules.tiers.size());
    out.push_back({fmt::format("rank:{}:{}", z.place_id, who->id),
                   SuggestionKind::rank,
                   z.place_id,
                   z.name,
                   {},
                   who->id,
                   who->name,
                   tier,
                   1,
                   {"rank_fits", "carries_least"}});
  }
}

}  // namespace

std::vector<Suggestion> suggest(const Facts& facts, const std::vector<Person>& people,
                                const PlaceRules& rules) {
  std::vector<Suggestion> out;
  for (const auto& c : facts.compounds) {
    if (c.grids == 0 && c.dwellings > 0 && c.community_id != 0) {
      const auto n = grids_for(c, rules);
      out.push_back({fmt::format("grid:{}:{}", c.id, n),
                     SuggestionKind::grid,
                     c.id,
                     c.name,
                     {},
                     {},
                     {},
                     {},
                     n,
                     {c.kind == place::CompoundKind::property_managed ? "property_compound" : "adjacent"}});
    }
    const auto wanted = volunteers_for(c, rules);
    if (c.volunteers_planned != wanted.count)
      out.push_back({fmt::format("volunteers:{}:{}", c.id, wanted.count),
                     SuggestionKind::volunteers,
                     c.id,
                     c.name,
                     {},
                     {},
                     {},
                     {},
                     wanted.count,
                     wanted.reasons});
  }
  suggest_people(facts, people, rules, out);
  return out;
}

}  // namespace feature::stewardship
