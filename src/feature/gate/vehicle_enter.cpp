// How a vehicle enters the ledger: one row for it and one passage for each party in it, all at once.
#include <algorithm>

#include "engine/gate/vehicle.hpp"
#include "engine/intake/plate.hpp"
#include "feature/gate/alerts.hpp"
#include "feature/gate/entering.hpp"
#include "feature/gate/vehicle_service.hpp"

namespace feature::gate {
namespace {

namespace intake = engine::intake;

// A party as the record it would be if it walked; the same rules, rows and flags then hold for it.
GateRecord on_foot(const VehicleRecord& r, const Party& party) {
  GateRecord out;
  out.seq = r.seq;
  out.happened_ms = r.happened_ms;
  out.direction = r.direction;
  out.result = r.result;
  out.holder_kind = party.holder_kind;
  out.household_id = party.household_id;
  out.dwelling_id = party.dwelling_id;
  out.person_ids = party.person_ids;
  out.persons = party.persons;
  out.companions = party.companions;
  out.relation = party.relation;
  out.claim = party.claim;
  out.readings = party.readings;
  out.steps = r.steps;
  if (party.visit_approved) out.steps.emplace_back("visit_approved");
  out.policy_version = r.policy_version;
  out.offline = r.offline;
  out.list_age_s = r.list_age_s;
  return out;
}

struct KnownVehicle {
  std::optional<std::int64_t> id{};
  base::Instant rules_at{};  // what left returns under the rule of its exit (practice.md 4)
};

KnownVehicle known_vehicle(db::Scoped& q, const GateDevice& device, const std::string& plate,
                           rule::Direction direction, base::Instant at) {
  KnownVehicle out{std::nullopt, at};
  if (plate.empty()) return out;
  q.one(
      "SELECT v.id FROM vehicle v JOIN place p ON p.id = v.compound_id WHERE v.compound_id = $1 AND "
      "v.plate = $2 AND v.valid_until_ms IS NULL AND {scope:p} ORDER BY v.id LIMIT 1",
      {device.compound_id, plate}, [&](const db::Row& r) { out.id = r.integer(0); });
  if (direction == rule::Direction::in)
    q.one(
        "SELECT v.direction, v.happened_ms FROM vehicle_passage v JOIN place p ON p.id = v.compound_id "
        "WHERE v.compound_id = $1 AND v.plate = $2 AND v.happened_ms < $3 AND v.result = 'passed' AND "
        "{scope:p} AND NOT EXISTS (SELECT 1 FROM vehicle_passage w WHERE w.plate = v.plate AND "
        "w.reverses_id = v.id) ORDER BY v.happened_ms DESC, v.id DESC LIMIT 1",
        {device.compound_id, plate, at}, [&](const db::Row& r) {
          if (r.text(0) == "out") out.rules_at = r.instant(1);
        });
  return out;
}

// Households in one order, so that two cars with the same people never wait for each other.
void guard_households(db::Scoped& q, const VehicleRecord& r, std::int64_t compound_id) {
  std::vector<std::int64_t> ids;
  for (const auto& party : r.parties)
    if (party.household_id) ids.push_back(*party.household_id);
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  for (const auto id : ids) guard_household(q, id, compound_id);
}

std::vector<std::string> own_flags(const rule::VehicleVerdict& verdict, const VehicleRecord& r) {
  std::vector<std::string> flags;
  const bool agreed = std::ranges::any_of(r.steps, [](const auto& s) { return s.ends_with("_agreed"); });
  if (r.result == PassageResult::passed && !agreed)
    for (const auto& reason : verdict.reasons)
      if (reason.mode == rule::Mode::enforce) flags.emplace_back(rule::name_of(reason.code));
  return flags;
}

void add_once(std::vector<std::string>& flags, const std::vector<std::string>& more) {
  for (const auto& flag : more)
    if (std::ranges::find(flags, flag) == flags.end()) flags.push_back(flag);
}

VehiclePassageRow row_of(const VehicleRecord& r, const rule::VehicleVerdict& verdict,
                         const intake::Plate& plate, const GateDevice& device, base::Instant happened,
                         base::Instant now) {
  VehiclePassageRow v;
  v.compound_id = device.compound_id;
  v.opening_id = device.opening_id;
  v.happened = happened;
  v.recorded = now;
  v.device_ms = r.happened_ms;
  v.direction = r.direction;
  v.result = r.result;
  v.vehicle_class = r.vehicle_class;
  v.vehicle_kind = r.vehicle_kind;
  v.plate = plate.number;
  v.plate_doubtful = plate_state(plate, r.vehicle_kind) == rule::PlateState::odd;
  for (const auto& party : r.parties) v.persons += static_cast<int>(party.persons + party.companions);
  v.steps = joined(r.steps, [](const auto& s) { return std::string(s); });
  if (r.note) v.reason = *r.note;
  v.outcome = verdict.outcome;
  v.reasons = joined(verdict.reasons, [](const auto& x) { return std::string(rule::name_of(x.code)); });
  v.policy_version = verdict.policy_version;
  v.offline = r.offline;
  v.list_age_s = r.list_age_s;
  v.enrolment_id = device.enrolment_id;
  return v;
}

rule::VehicleClass class_of(const std::optional<std::string>& emergency) {
  if (emergency == "fire") return rule::VehicleClass::fire;
  if (emergency == "police") return rule::VehicleClass::police;
  return emergency == "medical" || emergency == "childbirth" ? rule::VehicleClass::ambulance
                                                             : rule::VehicleClass::rescue;
}

}  // namespace

rule::PlateState plate_state(const intake::Plate& plate, rule::VehicleKind kind) {
  if (plate.kind == intake::PlateKind::none) return rule::PlateState::none;
  // The plates of e-bikes are each city's own.
  const bool odd = plate.kind == intake::PlateKind::other && kind != rule::VehicleKind::electric_bike;
  return odd ? rule::PlateState::odd : rule::PlateState::legal;
}

base::Problems check_vehicle(const VehicleRecord& r) {
  base::Problems problems;
  if (r.result == PassageResult::reversed || r.result == PassageResult::closed)
    problems.push_back({"/result", "not_allowed", {{"allowed", "passed, turned_back"}}});
  if (r.parties.size() > static_cast<std::size_t>(rule::persons_max))
    problems.push_back({"/parties", "too_long", {{"max", std::to_string(rule::persons_max)}}});
  if (r.steps.size() > 49) problems.push_back({"/steps", "too_long", {{"max", "49"}}});
  for (std::size_t i = 0; i < r.parties.size(); ++i)
    for (auto& p : check_record(on_foot(r, r.parties[i]))) {
      if (p.path == "/result" || p.path == "/steps") continue;
      p.path = "/parties/" + std::to_string(i) + p.path;
      problems.push_back(std::move(p));
    }
  return problems;
}

VehicleIds vehicle_ids(db::Store& store, std::size_t parties) {
  VehicleIds ids{store.next_id(), {}};
  for (std::size_t i = 0; i < parties; ++i) {
    ids.parties.push_back(record_ids(store));
    ids.parties.back().vehicle = ids.vehicle;
  }
  return ids;
}

EnteredVehicle enter_vehicle(db::Scoped& q, const core::Services& services, const GateDevice& device,
                             const VehicleRecord& r, const VehicleIds& ids, Mode mode, base::Instant happened,
                             base::Instant now, const std::vector<std::string>& more_flags) {
  const auto digest = digest_of(r);
  auto number = take_number(q, device, r.seq, digest, ids.vehicle, now);
  if (number.before) return {*std::move(number.before), {}};
  guard_households(q, r, device.compound_id);

  const auto plate = intake::parse_plate(r.plate ? std::string_view(*r.plate) : std::string_view{});
  const auto known = known_vehicle(q, device, plate.number, r.direction, happened);
  rule::VehicleFacts facts;
  facts.direction = r.direction;
  facts.now_ms = happened.ms;
  facts.vehicle_class = r.vehicle_class;
  facts.kind = r.vehicle_kind;
  facts.plate = plate_state(plate, r.vehicle_kind);
  facts.listed = known.id.has_value();
  std::vector<GateRecord> walking;
  std::vector<Ground> grounds;
  for (const auto& party : r.parties) {
    walking.push_back(on_foot(r, party));
    grounds.push_back(ground_of(q, services, device, walking.back(), happened, Guard::none));
    // A child with a driver of another household is not alone.
    if (r.parties.size() > 1) grounds.back().facts.child_alone = false;
    facts.parties.push_back(grounds.back().facts);
  }
  EnteredVehicle out;
  auto& verdict = out.vehicle;
  verdict = rule::decide_vehicle(facts, policy_at(q, device.compound_id, std::nullopt, known.rules_at));
  if (mode == Mode::confirm && r.result == PassageResult::passed && !rule::may_release(verdict)) {
    give_back_number(q, device, r.seq, digest);
    out.refused = true;
    return out;
  }
  // An emergency vehicle is not asked who is in it; whoever was noted passes with it.
  verdict.parties.resize(r.parties.size(), rule::Verdict{.policy_version = verdict.policy_version});
  if (mode == Mode::happened) out.flags = own_flags(verdict, r);
  std::vector<PassageRow> rows;
  for (std::size_t i = 0; i < walking.size(); ++i) {
    auto flags = flags_of(verdict.parties[i], walking[i], mode, happened, now);
    auto row = gate::row_of(grounds[i], verdict.parties[i], walking[i], device, ids.parties[i].passage,
                            happened, now);
    row.flags = joined(flags, [](const std::string& s) { return s; });
    row.vehicle_passage_id = ids.vehicle;
    if (walking[i].claim) {
      add_guest(q, services, device, walking[i], grounds[i].dwelling_id, ids.parties[i].guest, now);
      row.guest_id = ids.parties[i].guest;
    }
    rows.push_back(std::move(row));
    add_once(out.flags, flags);
  }
  add_once(out.flags, more_flags);
  if (number.conflict) out.flags.emplace_back("seq_conflict");

  auto vehicle = row_of(r, verdict, plate, device, happened, now);
  vehicle.id = meta::Id<VehiclePassageRow>(ids.vehicle);
  vehicle.vehicle_id = known.id;
  vehicle.flags = joined(out.flags, [](const std::string& s) { return s; });
  core::append(q, vehicle);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    core::append(q, rows[i]);
    raise_alerts(q, rows[i], verdict.parties[i], ids.parties[i], now);
  }
  if (!vehicle.flags.empty()) keep_answer(q, device, r.seq, digest, vehicle.flags);
  core::note_change(q, "passage", device.compound_id, ids.vehicle, now);
  out.passage_id = ids.vehicle;
  out.status = status_of(number.conflict, out.flags);
  return out;
}

void append_emergency_vehicle(db::Scoped& q, const PassageRow& passage, std::int64_t id) {
  VehiclePassageRow v;
  v.id = meta::Id<VehiclePassageRow>(id);
  v.compound_id = passage.compound_id;
  v.opening_id = passage.opening_id;
  v.happened = passage.happened;
  v.recorded = passage.recorded;
  v.device_ms = passage.device_ms;
  v.direction = passage.direction;
  v.result = passage.result;
  v.vehicle_class = class_of(passage.emergency_reason);
  v.vehicle_kind = rule::VehicleKind::unknown;
  v.reasons = rule::name_of(rule::VehicleReasonCode::emergency_vehicle);
  v.flags = passage.flags;
  v.policy_version = passage.policy_version;
  v.offline = passage.offline;
  v.list_age_s = passage.list_age_s;
  v.enrolment_id = passage.enrolment_id;
  core::append(q, v);
}

}  // namespace feature::gate
