#pragma once
// The numbers of places and responsibilities are policy: dated versions on a place, the nearest one holds.
#include <optional>
#include <string>
#include <vector>

#include "meta/describe.hpp"

namespace feature::place {

// Lowest first; the words stored for staff.
enum class Rank {
  unknown,
  none,
  clerk,
  section_deputy,
  section_head,
  division_deputy,
  division_head,
  bureau_deputy,
  bureau_head
};

struct TierRule {
  meta::Int<1, 6> number = 1;
  std::optional<meta::Text<1, 30>> name{};  // none: the usual word for the number
};

using Count = meta::Int<0, 1000>;
using Many = meta::Int<1, 1000000>;
struct PlaceRules {
  Count guarded_people_max = 1, guarded_vehicles_max = 1;  // practice.md 10
  Count seal_check_days = 7, minutes_to_open_max = 5;
  std::vector<TierRule> tiers{{1, {}}, {2, {}}, {3, {}}, {4, {}}};                 // three to six
  Rank red_rank_min = Rank::section_head, yellow_rank_min = Rank::section_deputy;  // XN-23
  Count area_leaders = 1, deputies_min = 2, deputies_max = 5;                      // XN-20, 21
  Many compounds_per_deputy = 10;
  Count volunteers_min = 1, volunteers_max = 3;  // XN-24
  Many persons_many = 1000, observed_many = 5;   // each adds a volunteer, as does a poor property company
  Count property_grids_min = 1, property_grids_max = 2;  // LZ-08
  Many grid_dwellings_max = 500;                         // a suggested grid has at most this many
  // What is noticed by itself; 0: not watched.
  Count gate_silent_minutes = 15, gate_list_hours = 24, gate_queue_minutes = 30;  // a gate's phone
  Count exits_day_max = 8, visitors_day_max = 10, nobody_out_days = 0;            // of a household
};

struct PlaceRuleRow {
  meta::Id<PlaceRuleRow> id;
  std::int64_t place_id = 0;
  std::int64_t version = 1;
  meta::Instant effective_from{};
  meta::Json params{};
  std::optional<std::string> note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};
struct PlaceRulesShown {
  std::int64_t place_id = 0;  // where the version in force was made
  std::string place_name{};
  std::int64_t version = 0;  // 0: built in, nobody has made one
  meta::Instant effective_from_ms{};
  std::optional<std::string> note{};
  PlaceRules params{};
};
struct NewPlaceRules {
  std::int64_t place_id = 0;
  std::optional<meta::Instant> effective_from_ms{};
  std::optional<meta::Note> note{};
  PlaceRules params{};
};

}  // namespace feature::place

META_ENUM(feature::place::Rank, "unknown", "none", "clerk", "section_deputy", "section_head",
          "division_deputy", "division_head", "bureau_deputy", "bureau_head")
META_DESCRIBE(feature::place::TierRule, "TierRule", "", number, name)
META_DESCRIBE(feature::place::PlaceRules, "PlaceRules", "", guarded_people_max, guarded_vehicles_max,
              seal_check_days, minutes_to_open_max, tiers, red_rank_min, yellow_rank_min, area_leaders,
              deputies_min, deputies_max, compounds_per_deputy, volunteers_min, volunteers_max, persons_many,
              observed_many, property_grids_min, property_grids_max, grid_dwellings_max, gate_silent_minutes,
              gate_list_hours, gate_queue_minutes, exits_day_max, visitors_day_max, nobody_out_days)
META_DESCRIBE(feature::place::PlaceRulesShown, "PlaceRulesShown", "", place_id, place_name, version,
              effective_from_ms, note, params)
META_DESCRIBE(feature::place::NewPlaceRules, "NewPlaceRules", "", place_id, effective_from_ms, note, params)

template <>
struct meta::Describe<feature::place::PlaceRuleRow> {
  using T = feature::place::PlaceRuleRow;
  static constexpr std::string_view name = "PlaceRuleStored", table = "place_rule";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::place_id>("place_id"),
                                     field<&T::version>("version"),
                                     field<&T::effective_from>("effective_from_ms"),
                                     field<&T::params>("params"),
                                     field<&T::note>("note"),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms")};
};
