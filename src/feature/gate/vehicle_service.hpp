#pragma once
// How a vehicle and everybody in it enter the ledger.
#include <string>
#include <vector>

#include "engine/intake/plate.hpp"
#include "feature/gate/service.hpp"
#include "feature/gate/vehicle_record.hpp"

namespace feature::gate {

// Ids a record may need; taken before the closure.
struct VehicleIds {
  std::int64_t vehicle = 0;
  std::vector<RecordIds> parties{};  // as many as the record has
};
struct EnteredVehicle : Entered {
  rule::VehicleVerdict vehicle{};
};
// Decided under the rules of the time, or of the exit of a vehicle that comes back. confirm: what is not
// releasable is refused and leaves nothing; happened: it is kept and flagged. passage_id is the vehicle's.
EnteredVehicle enter_vehicle(db::Scoped& q, const core::Services& services, const GateDevice& device,
                             const VehicleRecord& record, const VehicleIds& ids, Mode mode,
                             base::Instant happened, base::Instant now,
                             const std::vector<std::string>& more_flags = {});
// Cross-field rules; the paths name the party.
base::Problems check_vehicle(const VehicleRecord& record);

// Every number a record may need, taken before the closure.
VehicleIds vehicle_ids(db::Store& store, std::size_t parties);

rule::PlateState plate_state(const engine::intake::Plate& plate, rule::VehicleKind kind);

}  // namespace feature::gate
