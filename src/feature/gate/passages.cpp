// What the gate phone asks and sends.
#include <fmt/format.h>
#include <sodium.h>

#include "feature/gate/board_record.hpp"
#include "feature/gate/routes.hpp"
#include "feature/gate/vehicle_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::int64_t clock_jump_ms = 5 * base::minute_ms;

ListUse shown(std::int64_t household_id, const rule::Use& use) {
  return {household_id, use.exit_at_ms, use.return_at_ms,
          use.persons,  use.counted,    use.closed_without_return};
}

// Only an enrolled phone records passages; an account with gate_decide has no opening.
Result<GateDevice> own_device(db::Scoped& q, const api::Context& c) {
  const auto device = device_of(q, c.who.enrolment);
  if (!device) return base::fail(ErrorKind::forbidden, "not_a_gate_phone");
  return *device;
}

GateRecord record_of(const DecideRequest& in) {
  GateRecord r;
  r.happened_ms = in.now_ms;
  r.direction = in.direction;
  r.holder_kind = in.holder_kind;
  r.pass_text = in.pass_text;
  r.pass_id = in.pass_id;
  r.household_id = in.household_id;
  r.person_ids = in.person_ids;
  r.persons = in.persons;
  r.companions = in.companions;
  r.readings = in.readings;
  r.emergency_reason = in.emergency_reason;
  return r;
}

Result<DecideAnswer> decide_now(api::Context& c, const DecideRequest& in) {
  return c.read([&](db::Scoped& q) -> Result<DecideAnswer> {
    const auto device = own_device(q, c);
    if (!device) return tl::unexpected(device.error());
    auto judged = judge(q, c.services, *device, record_of(in), in.child_alone, c.now);
    DecideAnswer out;
    out.verdict = std::move(judged.verdict);
    out.pass_state = judged.pass_state;
    if (judged.household_id)
      for (const auto& use : judged.uses) out.uses.push_back(shown(*judged.household_id, use));
    out.server_ms = c.now.ms;
    return out;
  });
}

ConfirmStatus status_of(const Entered& entered) {
  if (entered.refused) return ConfirmStatus::refused;
  return entered.status == UploadStatus::duplicate ? ConfirmStatus::duplicate : ConfirmStatus::stored;
}

Result<ConfirmAnswer> confirm(api::Context& c, const GateRecord& in) {
  if (auto problems = check_record(in); !problems.empty()) return base::fail(std::move(problems));
  const auto ids = record_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<ConfirmAnswer> {
    const auto device = own_device(q, c);
    if (!device) return tl::unexpected(device.error());
    // Asked this very moment: the server's clock is the better one.
    auto entered = enter(q, c.services, *device, in, ids, Mode::confirm, c.now, c.now);
    ConfirmAnswer out;
    out.status = status_of(entered);
    out.passage_id = entered.passage_id;
    out.verdict = std::move(entered.verdict);
    out.flags = std::move(entered.flags);
    out.server_ms = c.now.ms;
    return out;
  });
}

struct Parsed {
  std::optional<GateRecord> person{};
  std::optional<VehicleRecord> vehicle{};
  UploadResult bad{};  // when there is neither
};

template <class Record>
base::Problems read(const meta::Json& json, std::optional<Record>& out,
                    base::Problems (*check)(const Record&)) {
  auto record = meta::from_json<Record>(json.text);
  if (!record) return record.error().problems;
  auto problems = check(*record);
  if (problems.empty()) out = std::move(*record);
  return problems;
}

Parsed parse(const meta::Json& json) {
  Parsed out;
  const auto problems = json.text.find("\"vehicle_class\"") != std::string::npos
                            ? read(json, out.vehicle, check_vehicle)
                            : read(json, out.person, check_record);
  if (problems.empty()) return out;
  out.bad.status = UploadStatus::invalid;
  for (const auto& p : problems) out.bad.problems.push_back({p.path, p.code});
  // The number is what the phone finds its record by; read it alone when the rest is unreadable.
  out.bad.seq = sequence_of(json.text);
  return out;
}

Result<VehicleAnswer> confirm_vehicle(api::Context& c, const VehicleRecord& in) {
  if (auto problems = check_vehicle(in); !problems.empty()) return base::fail(std::move(problems));
  const auto ids = vehicle_ids(c.store, in.parties.size());
  return c.write([&](db::Scoped& q) -> Result<VehicleAnswer> {
    const auto device = own_device(q, c);
    if (!device) return tl::unexpected(device.error());
    auto entered = enter_vehicle(q, c.services, *device, in, ids, Mode::confirm, c.now, c.now);
    VehicleAnswer out;
    out.status = status_of(entered);
    out.passage_id = entered.passage_id;
    out.verdict = std::move(entered.vehicle);
    out.flags = std::move(entered.flags);
    out.server_ms = c.now.ms;
    return out;
  });
}

void keep_unreadable(db::Scoped& q, const api::Context& c, const GateDevice& device, const meta::Json& json,
                     std::int64_t id, const UploadResult& bad) {
  std::string digest(16, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(json.text.data()), json.text.size(), nullptr, 0);
  std::string problems;
  for (const auto& p : bad.problems)
    problems += fmt::format("{}{} {}", problems.empty() ? "" : "; ", p.path, p.code);
  const auto sealed = c.services.keys.seal("rejected_record", "payload", id, json.text);
  q.unscoped().run(
      "INSERT INTO rejected_record (id, enrolment_id, compound_id, payload_digest, payload_sealed, "
      "problems, recorded_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
      {id, device.enrolment_id, device.compound_id, db::Blob{digest}, db::Blob{sealed}, problems, c.now});
}

Result<UploadAnswer> upload(api::Context& c, const UploadRequest& in) {
  if (in.records.size() > 200) return base::fail_field("/records", "too_long", {{"max", "200"}});
  std::vector<Parsed> parsed;
  std::vector<VehicleIds> ids;
  for (const auto& json : in.records) {
    parsed.push_back(parse(json));
    const auto& vehicle = parsed.back().vehicle;
    ids.push_back(vehicle_ids(c.store, vehicle ? vehicle->parties.size() : 1));
  }
  const auto offset = c.now.ms - in.client_ms;
  return c.write([&](db::Scoped& q) -> Result<UploadAnswer> {
    const auto device = own_device(q, c);
    if (!device) return tl::unexpected(device.error());
    const bool jumped =
        device->clock_offset_ms != 0 && std::abs(device->clock_offset_ms - offset) > clock_jump_ms;
    const auto more_flags = jumped ? std::vector<std::string>{"clock_jump"} : std::vector<std::string>{};
    UploadAnswer out;
    out.server_ms = c.now.ms;
    for (std::size_t i = 0; i < parsed.size(); ++i) {
      const auto at = [&](std::int64_t phone_ms) { return base::Instant{phone_ms + offset}; };
      if (const auto& vehicle = parsed[i].vehicle) {
        auto entered = enter_vehicle(q, c.services, *device, *vehicle, ids[i], Mode::happened,
                                     at(vehicle->happened_ms), c.now, more_flags);
        out.results.push_back({vehicle->seq, entered.status, entered.passage_id, entered.flags, {}});
      } else if (const auto& person = parsed[i].person) {
        auto entered = enter(q, c.services, *device, *person, ids[i].parties[0], Mode::happened,
                             at(person->happened_ms), c.now, more_flags);
        out.results.push_back({person->seq, entered.status, entered.passage_id, entered.flags, {}});
      } else {
        keep_unreadable(q, c, *device, in.records[i], ids[i].vehicle, parsed[i].bad);
        out.results.push_back(parsed[i].bad);
      }
    }
    q.unscoped().run("UPDATE enrolment SET last_contact_ms = $2, clock_offset_ms = $3 WHERE id = $1",
                     {device->enrolment_id, c.now, offset});
    note_queue(q, device->enrolment_id, in.queue, c.now);
    return out;
  });
}

// The guard calls the duty officer: the clock starts on the office's board as well (practice.md 1). Told
// again, it is the same call.
Result<void> call_duty(api::Context& c, const DutyCall& in) {
  if (in.reasons.size() > 50) return base::fail_field("/reasons", "too_long", {{"max", "50"}});
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<void> {
    const auto device = own_device(q, c);
    if (!device) return tl::unexpected(device.error());
    work_item::Cause cause;
    cause.kind = "refer_call";
    cause.place_id = device->compound_id;
    cause.origin = fmt::format("call:{}:{}", device->enrolment_id, in.key.value);
    cause.opening_id = device->opening_id;
    for (const auto& reason : in.reasons)
      if (rule::from_name<rule::ReasonCode>(reason))
        cause.detail += (cause.detail.empty() ? "" : " ") + reason;
    if (in.household_id)
      q.one(
          "SELECT h.id, h.dwelling_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.id = "
          "$1 AND h.compound_id = $2 AND {scope:p}",
          {*in.household_id, device->compound_id}, [&](const db::Row& r) {
            cause.household_id = r.integer(0);
            cause.place_id = r.integer(1);
          });
    work_item::open(q, cause, id, c.now);
    return {};
  });
}

}  // namespace

RecordIds record_ids(db::Store& store) {
  RecordIds ids{store.next_id(), store.next_id(), store.next_id(), {}};
  for (auto& id : ids.work) id = store.next_id();
  return ids;
}

void passage_routes(api::Router& r) {
  r.post<DecideRequest, DecideAnswer>("/api/gate/decide", Permission::gate_decide,
                                      "May this person cross now", decide_now);
  r.post<GateRecord, ConfirmAnswer>("/api/gate/confirm", Permission::gate_decide,
                                    "Record a passage, decided here and now", confirm);
  r.post<VehicleRecord, VehicleAnswer>("/api/gate/confirm-vehicle", Permission::gate_decide,
                                       "Record a vehicle and everybody in it, decided here and now",
                                       confirm_vehicle);
  r.post<UploadRequest, UploadAnswer>("/api/gate/passages", Permission::gate_decide,
                                      "Passages that happened, decided again under the rules of their time",
                                      upload);
  r.post<DutyCall, void>("/api/gate/call", Permission::gate_decide,
                         "The duty officer is being called about somebody who was referred", call_duty);
}

}  // namespace feature::gate
