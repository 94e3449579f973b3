#pragma once
// Closed vocabularies of office files. Unknown words give the `unknown` value, never a guess.
#include <optional>
#include <string>
#include <string_view>

#include "engine/intake/resident_id.hpp"

namespace engine::intake {

// practice.md 8
enum class Relation {
  unknown,
  head,
  spouse,
  child,
  grandchild,
  parent,
  sibling,
  other_relative,
  tenant,
  co_tenant,
  live_in_worker,
  carer,
  guest,
  other
};
enum class Occupancy { unknown, lived_in, rented, vacant };
enum class Tri { unknown, no, yes };
enum class Rank {  // 职级 of staff
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
enum class Party { unknown, member, probationary, league, other_party, none };
enum class VehicleKind { unknown, car, suv, van, truck, bus, motorcycle, electric_bike, tricycle, other };

Relation parse_relation(std::string_view text);
Sex parse_sex(std::string_view text);  // 男 女 M F male female 1 2
Occupancy parse_occupancy(std::string_view text);
Tri parse_fitted_out(std::string_view text);
Tri parse_yes_no(std::string_view text);
Rank parse_rank(std::string_view text);
Party parse_party(std::string_view text);
int parse_tier(std::string_view text);  // 1..4, 0 when none is read
VehicleKind parse_vehicle_kind(std::string_view text);

}  // namespace engine::intake
