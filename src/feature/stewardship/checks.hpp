#pragma once
// The checks as pure functions over facts; every number comes from the place's rules.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "feature/stewardship/board_record.hpp"

namespace feature::stewardship {

struct GridFact {
  std::int64_t id = 0, place_id = 0;
  std::string name{};
  std::int64_t units = 0;               // its dwellings, or its places where no dwelling is recorded
  std::vector<std::int64_t> without{};  // by tier, first tier first: units without anybody
};
struct ZoneFact {
  std::int64_t place_id = 0;
  std::string name{};
  place::ZoneLevel level = place::ZoneLevel::none;
  std::vector<place::Rank> ranks{};  // of the stewards of the place, of its grid and up to its compound
};
struct AreaFact {
  std::int64_t id = 0;
  std::string name{};
  std::int64_t compounds = 0, leaders = 0, deputies = 0;
};
struct CompoundFact {
  std::int64_t id = 0, community_id = 0;  // 0: stands in no community
  std::string name{};
  place::CompoundKind kind = place::CompoundKind::unmanaged;
  std::int64_t dwellings = 0, uncovered = 0, grids = 0, volunteers = 0;
  std::optional<std::int64_t> persons{};  // registered; nobody knows before the first household
  PropertyLevel property_level = PropertyLevel::unknown;
  std::optional<std::int64_t> observed_households{}, volunteers_planned{};
};
struct Facts {
  std::vector<GridFact> grids{};
  std::vector<ZoneFact> zones{};
  std::vector<AreaFact> areas{};
  std::vector<CompoundFact> compounds{};
};

std::vector<Check> check(const Facts& facts, const place::PlaceRules& rules);

// XN-24: from property level, occupancy and households under observation. An unknown input adds nobody and is
// named among the reasons.
struct Volunteers {
  std::int64_t count = 0;
  std::vector<std::string> reasons{};
};
Volunteers volunteers_for(const CompoundFact& compound, const place::PlaceRules& rules);
// XN-21: in proportion to the area's compounds, within the bounds.
std::int64_t deputies_for(std::int64_t compounds, const place::PlaceRules& rules);
// LZ-08: how many grids a compound would be cut into.
std::int64_t grids_for(const CompoundFact& compound, const place::PlaceRules& rules);

struct Person {
  std::int64_t id = 0;
  std::string name{};
  place::Rank rank = place::Rank::unknown;
  int tier = 0;
  std::int64_t places = 0;
};
// What would close the gaps: grids for compounds without any, planned volunteers, and for a grid without a
// tier or a zone without the rank the person of the right tier or rank who carries least.
std::vector<Suggestion> suggest(const Facts& facts, const std::vector<Person>& people,
                                const place::PlaceRules& rules);

}  // namespace feature::stewardship
