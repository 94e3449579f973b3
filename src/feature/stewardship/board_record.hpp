#pragma once
// The responsibility board: what the rules ask for, what is there, and what would mend it.
#include "feature/stewardship/record.hpp"

namespace feature::stewardship {

enum class CheckCode {
  grid_tiers,
  zone_rank,
  area_leader,
  area_deputies,
  volunteers,
  property_grids,
  grid_cover
};
enum class GapCode {
  nobody,        // no one at this tier
  too_few,       // fewer than wanted
  too_many,      // more than wanted
  rank_low,      // someone, but of too low a rank
  rank_unknown,  // someone whose rank nobody recorded
  uncovered      // dwellings in no grid
};
struct Gap {
  GapCode code = GapCode::nobody;
  std::optional<std::int64_t> place_id{}, grid_id{};
  std::string name{};
  std::optional<int> tier{};
  std::optional<place::ZoneLevel> zone{};
  std::optional<std::int64_t> have{}, want_min{}, want_max{};
};
struct Check {
  CheckCode code = CheckCode::grid_tiers;
  std::int64_t total = 0, in_order = 0;  // the second of the first
  std::vector<Gap> gaps{};
};

enum class SuggestionKind { grid, volunteers, steward, rank };
struct Suggestion {
  std::string key{};  // the same as long as the suggestion stands
  SuggestionKind kind = SuggestionKind::grid;
  std::int64_t place_id = 0;
  std::string name{};  // of the place or grid
  std::optional<std::int64_t> grid_id{}, staff_id{};
  std::optional<std::string> staff_name{};
  std::optional<int> tier{};
  std::int64_t count = 1;  // grids, volunteers, or dwellings that get somebody
  std::vector<std::string> reasons{};
};
struct VolunteerNeed {
  std::int64_t compound_id = 0;
  std::string name{};
  PropertyLevel property_level = PropertyLevel::unknown;
  std::optional<std::int64_t> persons{}, observed_households{}, planned{};
  std::int64_t volunteers = 0, suggested = 0;
};
struct Board {
  std::int64_t place_id = 0;
  std::string place_name{};
  meta::Instant as_of_ms{};
  std::int64_t rules_version = 0;
  std::vector<place::TierRule> tiers{};
  std::vector<Check> checks{};
  std::vector<VolunteerNeed> compounds{};
  std::vector<Suggestion> suggestions{};
};
struct Accept {
  std::int64_t place_id = 0;
  std::vector<std::string> keys{};
};
struct Accepted {
  std::int64_t accepted = 0, gone = 0;  // gone: no longer suggested
};

}  // namespace feature::stewardship

META_ENUM(feature::stewardship::CheckCode, "grid_tiers", "zone_rank", "area_leader", "area_deputies",
          "volunteers", "property_grids", "grid_cover")
META_ENUM(feature::stewardship::GapCode, "nobody", "too_few", "too_many", "rank_low", "rank_unknown",
          "uncovered")
META_ENUM(feature::stewardship::SuggestionKind, "grid", "volunteers", "steward", "rank")
META_DESCRIBE(feature::stewardship::Gap, "Gap", "", code, place_id, grid_id, name, tier, zone, have, want_min,
              want_max)
META_DESCRIBE(feature::stewardship::Check, "Check", "", code, total, in_order, gaps)
META_DESCRIBE(feature::stewardship::Suggestion, "Suggestion", "", key, kind, place_id, name, grid_id,
              staff_id, staff_name, tier, count, reasons)
META_DESCRIBE(feature::stewardship::VolunteerNeed, "VolunteerNeed", "", compound_id, name, property_level,
              persons, observed_households, planned, volunteers, suggested)
META_DESCRIBE(feature::stewardship::Board, "StewardshipBoard", "", place_id, place_name, as_of_ms,
              rules_version, tiers, checks, compounds, suggestions)
META_DESCRIBE(feature::stewardship::Accept, "AcceptSuggestions", "", place_id, keys)
META_DESCRIBE(feature::stewardship::Accepted, "AcceptedSuggestions", "", accepted, gone)
