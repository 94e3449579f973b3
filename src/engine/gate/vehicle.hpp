#pragma once
// The decision about a vehicle and everybody in it (XN-42; LZ-25, 35, 36; practice.md 1, 2, 4). Pure, like
// decide(), which it asks for each party: those of one household who ride together are one outing, anybody
// else is a party of their own. web/src/shared/vehicle.ts is its twin; tests/vectors/vehicle.json holds the
// two together.
//
// Always true: a vehicle of the emergency services passes at once, without a plate and without occupants; an
// entry is never denied, for whoever is in the car may live here and may always walk in.
#include <vector>

#include "engine/gate/decide.hpp"

namespace engine::gate {

// What a vehicle is for. The first four never wait (practice.md 2); which of the others may come in is the
// policy's.
enum class VehicleClass : std::uint8_t {
  police,
  fire,
  ambulance,
  rescue,
  refuse,
  supplies,
  resident,
  outside
};

// The registry's words for what it is.
enum class VehicleKind : std::uint8_t {
  unknown,
  car,
  suv,
  van,
  truck,
  bus,
  motorcycle,
  electric_bike,
  tricycle,
  other,
};

enum class PlateState : std::uint8_t {
  missing,  // not asked yet
  none,     // it has none: e-bike, tricycle, a car without
  odd,      // written down, of no legal form: doubtful, kept as it is
  legal,    // an ordinary, new energy, special or temporary plate
};

struct VehicleFacts {
  Direction direction = Direction::out;
  std::int64_t now_ms = 0;
  VehicleClass vehicle_class = VehicleClass::outside;
  VehicleKind kind = VehicleKind::car;
  PlateState plate = PlateState::legal;
  bool listed = false;           // the plate is on the compound's list
  std::vector<Facts> parties{};  // direction and now_ms are those of the vehicle
};

enum class VehicleNeed : std::uint8_t { none, plate, occupants, party };  // party: what its verdict needs

// The order in which a guard should look at them.
enum class VehicleReasonCode : std::uint8_t {
  emergency_vehicle,  // note
  exit_only,          // may not come in by the rule: refer, the persons may walk in
  outsider_in_car,    // somebody from outside in a resident's car (LZ-36): refer
  plate_missing,
  occupants_missing,
  cannot_return,     // note, said before it leaves (practice.md 4)
  plate_none,        // note
  plate_odd,         // note
  plate_not_listed,  // note: said to be a resident's, not on the list
};

struct VehicleReason {
  VehicleReasonCode code{};
  Mode mode = Mode::record;
  friend bool operator==(const VehicleReason&, const VehicleReason&) = default;
};

struct VehicleVerdict {
  Outcome outcome = Outcome::allow;
  VehicleNeed need = VehicleNeed::none;
  int need_party = 0;
  std::vector<VehicleReason> reasons{};  // of the vehicle; those of persons are in their party's verdict
  std::vector<Verdict> parties{};
  std::int64_t policy_version = 0;
  friend bool operator==(const VehicleVerdict&, const VehicleVerdict&) = default;
};

VehicleVerdict decide_vehicle(const VehicleFacts& facts, const Policy& policy);

// Nothing enforced stands in the way, of the vehicle or of anybody in it.
bool may_release(const VehicleVerdict& verdict);

}  // namespace engine::gate
