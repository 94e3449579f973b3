#pragma once
// Gate: vehicles. A vehicle passage is one row; those who rode in it are passages of persons that point to
// it, one for each party, so that outings, presence and the ledger of persons know them by themselves.
#include "engine/gate/vehicle.hpp"
#include "engine/gate/vehicle_names.hpp"
#include "feature/gate/record.hpp"

namespace feature::gate {

// --- stored ----------------------------------------------------------------------------------------
struct VehiclePassageRow {
  meta::Id<VehiclePassageRow> id;
  std::int64_t compound_id = 0, opening_id = 0;
  meta::Instant happened{}, recorded{};
  std::int64_t device_ms = 0;
  rule::Direction direction = rule::Direction::out;
  PassageResult result = PassageResult::passed;
  rule::VehicleClass vehicle_class = rule::VehicleClass::outside;
  rule::VehicleKind vehicle_kind = rule::VehicleKind::car;
  std::string plate{};  // empty: none, or not asked of an emergency vehicle
  bool plate_doubtful = false;
  std::optional<std::int64_t> vehicle_id{};  // of the registry, when the plate is known there
  int persons = 0;
  std::string steps{};
  std::optional<std::string> reason{};
  rule::Outcome outcome = rule::Outcome::allow;
  std::string reasons{}, flags{};
  std::int64_t policy_version = 0;
  bool offline = false;
  std::int64_t list_age_s = 0;
  std::optional<std::int64_t> enrolment_id{}, account_id{}, reverses_id{};
};

// --- from the phone --------------------------------------------------------------------------------
// Those of one household who ride together, or one person from elsewhere. The driver's party comes first.
struct Party {
  rule::Holder holder_kind = rule::Holder::resident_member;
  std::optional<std::int64_t> household_id{}, dwelling_id{};
  std::vector<std::int64_t> person_ids{};
  meta::Int<0, rule::persons_max> persons = 1;     // without accompanied children
  meta::Int<0, rule::persons_max> companions = 0;  // accompanied children
  std::optional<meta::Text<1, 40>> relation{};
  std::optional<Claim> claim{};
  bool visit_approved = false;
  std::vector<rule::Reading> readings{};
};
// Told apart from a GateRecord by its class; both number their records in one row.
struct VehicleRecord {
  meta::Int<1, base::max_id> seq = 1;
  std::int64_t happened_ms = 0;
  rule::Direction direction = rule::Direction::out;
  PassageResult result = PassageResult::passed;
  rule::VehicleClass vehicle_class = rule::VehicleClass::outside;
  rule::VehicleKind vehicle_kind = rule::VehicleKind::car;
  std::optional<meta::Text<1, 20>> plate{};  // empty: it has none
  std::vector<Party> parties{};
  std::vector<meta::Text<1, 40>> steps{};
  std::optional<meta::Note> note{};
  rule::Outcome outcome = rule::Outcome::allow;
  std::vector<meta::Text<1, 40>> reasons{};
  std::int64_t policy_version = 0;
  bool offline = false;
  meta::Int<0, base::max_id> list_age_s = 0;
};

struct VehicleAnswer {
  ConfirmStatus status = ConfirmStatus::stored;
  std::optional<std::int64_t> passage_id{};
  rule::VehicleVerdict verdict{};
  std::vector<std::string> flags{};
  std::int64_t server_ms = 0;
};

// --- ledger ----------------------------------------------------------------------------------------
struct Occupant {
  std::int64_t passage_id = 0;
  std::string name{};  // masked; empty: nobody knows
  rule::Holder holder_kind = rule::Holder::resident_member;
  std::optional<std::string> label{};
  std::optional<int> temperature_tenths{};
  TemperatureNote temperature_note = TemperatureNote::none;
};
struct VehiclePassage {
  meta::Id<VehiclePassageRow> id;
  meta::Instant happened{}, recorded{};
  std::int64_t opening_id = 0;
  std::string opening_name{};
  rule::Direction direction = rule::Direction::out;
  PassageResult passage_result = PassageResult::passed;
  std::string plate{};
  bool plate_doubtful = false;
  rule::VehicleClass vehicle_class = rule::VehicleClass::outside;
  rule::VehicleKind vehicle_kind = rule::VehicleKind::car;
  std::optional<std::string> label{};  // of the registered vehicle
  std::string driver{};                // masked
  int persons = 0;
  std::vector<Occupant> occupants{};  // the driver first
  std::string occupant_lines{};       // the same as text: name and temperature, for the printed ledger
  rule::Outcome outcome = rule::Outcome::allow;
  std::vector<std::string> vehicle_reasons{}, flags{};
  std::int64_t policy_version = 0;
  bool offline = false;
  std::string device_label{};
  bool taken_back = false;
  std::optional<std::int64_t> reverses_id{};
  std::optional<std::string> note{};
};
struct VehiclePassageQuery {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> opening_id{};
  std::optional<rule::Direction> direction{};
  std::optional<rule::VehicleClass> vehicle_class{};
  std::optional<std::int64_t> from_ms{}, until_ms{};
  std::optional<meta::Text<1, 20>> q{};  // part of a plate
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

}  // namespace feature::gate

#define SW_GATE_ENUM(E)                                                            \
  template <>                                                                      \
  struct meta::EnumNames<engine::gate::E> {                                        \
    static constexpr auto names = engine::gate::EnumNames<engine::gate::E>::names; \
  };
SW_GATE_ENUM(VehicleClass)
SW_GATE_ENUM(VehicleKind)
SW_GATE_ENUM(VehicleNeed)
SW_GATE_ENUM(VehicleReasonCode)
#undef SW_GATE_ENUM

META_DESCRIBE(engine::gate::VehicleReason, "VehicleReason", "", code, mode)
META_DESCRIBE(engine::gate::VehicleVerdict, "VehicleVerdict", "", outcome, need, need_party, reasons, parties,
              policy_version)
META_DESCRIBE(feature::gate::VehicleAnswer, "VehicleAnswer", "", status, passage_id, verdict, flags,
              server_ms)
META_DESCRIBE(feature::gate::Party, "Party", "", holder_kind, household_id, dwelling_id, person_ids, persons,
              companions, relation, claim, visit_approved, readings)
META_DESCRIBE(feature::gate::VehicleRecord, "VehicleRecord", "", seq, happened_ms, direction, result,
              vehicle_class, vehicle_kind, plate, parties, steps, note, outcome, reasons, policy_version,
              offline, list_age_s)
META_DESCRIBE(feature::gate::Occupant, "Occupant", "", passage_id, name, holder_kind, label,
              temperature_tenths, temperature_note)
META_DESCRIBE(feature::gate::VehiclePassageQuery, "VehiclePassageQuery", "", compound_id, opening_id,
              direction, vehicle_class, from_ms, until_ms, q, limit, cursor)

namespace meta {
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::gate::VehiclePassageRow> {
  using T = feature::gate::VehiclePassageRow;
  static constexpr std::string_view name = "VehiclePassageStored", table = "vehicle_passage";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     F(compound_id),
                                     F(opening_id),
                                     AT(happened),
                                     AT(recorded),
                                     F(device_ms),
                                     F(direction),
                                     F(result),
                                     F(vehicle_class),
                                     F(vehicle_kind),
                                     F(plate),
                                     F(plate_doubtful),
                                     F(vehicle_id),
                                     F(persons),
                                     F(steps),
                                     F(reason),
                                     F(outcome),
                                     F(reasons),
                                     F(flags),
                                     F(policy_version),
                                     F(offline),
                                     F(list_age_s),
                                     F(enrolment_id),
                                     F(account_id),
                                     F(reverses_id)};
};
template <>
struct Describe<feature::gate::VehiclePassage> {
  using T = feature::gate::VehiclePassage;
  static constexpr std::string_view name = "VehiclePassage", table = "";
  static constexpr std::array fields{F(id),
                                     AT(happened),
                                     F(opening_id),
                                     F(opening_name),
                                     F(direction),
                                     F(passage_result),
                                     F(plate),
                                     F(plate_doubtful),
                                     F(vehicle_class),
                                     F(vehicle_kind),
                                     F(label),
                                     F(driver),
                                     F(persons),
                                     F(occupants),
                                     F(occupant_lines),
                                     F(outcome),
                                     F(vehicle_reasons),
                                     F(flags),
                                     F(policy_version),
                                     F(offline),
                                     F(device_label),
                                     AT(recorded),
                                     F(taken_back),
                                     F(reverses_id),
                                     F(note)};
};
#undef F
#undef AT
}  // namespace meta
