// The ledger of vehicles (LZ-35): plate, class, driver and everybody in it with their temperature.
#include <fmt/format.h>

#include <map>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/gate/entering.hpp"
#include "feature/gate/routes.hpp"
#include "feature/gate/vehicle_record.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto vehicle_columns = db::ScopedSql(
    "SELECT g.id, g.happened_ms, g.recorded_ms, g.opening_id, o.name, g.direction, g.result, g.plate, "
    "g.plate_doubtful, g.vehicle_class, g.vehicle_kind, v.label, g.persons, g.outcome, g.reasons, g.flags, "
    "g.policy_version, g.offline, e.label, (SELECT COUNT(*) FROM vehicle_passage w WHERE w.compound_id = "
    "g.compound_id AND w.happened_ms >= g.happened_ms AND w.reverses_id = g.id), g.reverses_id, g.reason "
    "FROM vehicle_passage g JOIN place p ON p.id = g.compound_id LEFT JOIN opening o ON o.id = g.opening_id "
    "LEFT JOIN enrolment e ON e.id = g.enrolment_id LEFT JOIN vehicle v ON v.id = g.vehicle_id WHERE "
    "{scope:p}");

VehiclePassage load_vehicle(const db::Row& r) {
  VehiclePassage v;
  v.id = meta::Id<VehiclePassageRow>(r.integer(0));
  v.happened = r.instant(1);
  v.recorded = r.instant(2);
  v.opening_id = r.integer(3);
  v.opening_name = r.str(4);
  meta::parse_enum(r.text(5), v.direction);
  meta::parse_enum(r.text(6), v.passage_result);
  v.plate = r.str(7);
  v.plate_doubtful = r.boolean(8);
  meta::parse_enum(r.text(9), v.vehicle_class);
  meta::parse_enum(r.text(10), v.vehicle_kind);
  v.label = r.maybe_text(11);
  v.persons = static_cast<int>(r.integer(12));
  meta::parse_enum(r.text(13), v.outcome);
  v.vehicle_reasons = base::words_of(r.text(14));
  v.flags = base::words_of(r.text(15));
  v.policy_version = r.integer(16);
  v.offline = r.boolean(17);
  v.device_label = r.str(18);
  v.taken_back = r.integer(19) > 0;
  v.reverses_id = r.maybe_integer(20);
  v.note = r.maybe_text(21);
  return v;
}

struct Ride {  // one party in a vehicle
  std::int64_t passage_id = 0, vehicle_id = 0;
  rule::Holder holder = rule::Holder::resident_member;
  std::vector<std::string> person_ids{};
  int persons = 1;
  std::vector<rule::Reading> readings{};
  std::optional<std::string> label{}, guest{};
};

std::vector<Ride> rides_of(db::Scoped& q, const std::string& vehicles) {
  std::vector<Ride> rides;
  q.run(
      "SELECT g.id, g.vehicle_passage_id, g.holder_kind, g.person_ids, g.persons + g.companions, g.readings, "
      "d.label, gu.name_masked FROM passage g JOIN place p ON p.id = g.compound_id LEFT JOIN dwelling d ON "
      "d.id = g.dwelling_id LEFT JOIN guest gu ON gu.id = g.guest_id WHERE g.vehicle_passage_id {in:1} AND "
      "g.reverses_id IS NULL AND {scope:p} ORDER BY g.id",
      {vehicles}, [&](const db::Row& r) {
        Ride ride;
        ride.passage_id = r.integer(0);
        ride.vehicle_id = r.integer(1);
        meta::parse_enum(r.text(2), ride.holder);
        ride.person_ids = base::words_of(r.text(3));
        ride.persons = static_cast<int>(r.integer(4));
        if (auto readings = meta::from_json<std::vector<rule::Reading>>(r.text(5)))
          ride.readings = std::move(*readings);
        ride.label = r.maybe_text(6);
        ride.guest = r.maybe_text(7);
        rides.push_back(std::move(ride));
      });
  return rides;
}

std::map<std::string, std::string> masked_names(db::Scoped& q, const std::vector<Ride>& rides) {
  std::vector<std::int64_t> ids;
  for (const auto& ride : rides)
    for (const auto& id : ride.person_ids) ids.push_back(std::atoll(id.c_str()));
  std::map<std::string, std::string> names;
  if (ids.empty()) return names;
  q.run(
      "SELECT pe.id, pe.name FROM residence r JOIN person pe ON pe.id = r.person_id JOIN place p ON p.id = "
      "r.dwelling_id WHERE r.person_id {in:1} AND {scope:p}",
      {db::json_array(ids)},
      [&](const db::Row& r) { names[std::to_string(r.integer(0))] = core::mask_name(r.text(1)); });
  return names;
}

Occupant occupant(const Ride& ride, int person, const std::map<std::string, std::string>& names) {
  Occupant o;
  o.passage_id = ride.passage_id;
  o.holder_kind = ride.holder;
  o.label = ride.label;
  const auto at = static_cast<std::size_t>(person);
  if (at < ride.person_ids.size()) {
    if (const auto found = names.find(ride.person_ids[at]); found != names.end()) o.name = found->second;
  } else if (person == 0 && ride.guest) {
    o.name = *ride.guest;
  }
  for (const auto& reading : ride.readings)
    if (reading.person == person) {
      o.temperature_tenths = reading.tenths;
      o.temperature_note =
          reading.tenths ? TemperatureNote::reading : TemperatureNote::below_threshold_no_reading;
    }
  return o;
}

std::string line_of(const std::vector<Occupant>& occupants) {
  std::string out;
  for (const auto& o : occupants) {
    out += (out.empty() ? "" : "; ") + (o.name.empty() ? std::string("*") : o.name);
    if (o.label) out += " " + *o.label;
    if (o.temperature_tenths) out += fmt::format(" {:.1f}", *o.temperature_tenths / 10.0);
  }
  return out;
}

void add_occupants(db::Scoped& q, std::vector<VehiclePassage>& items) {
  std::vector<std::int64_t> ids;
  std::map<std::int64_t, VehiclePassage*> by_id;
  for (auto& item : items) {
    ids.push_back(item.id.value);
    by_id[item.id.value] = &item;
  }
  if (ids.empty()) return;
  const auto rides = rides_of(q, db::json_array(ids));
  const auto names = masked_names(q, rides);
  for (const auto& ride : rides)
    // The line of an emergency vehicle has nobody in it.
    if (ride.holder != rule::Holder::vehicle_emergency)
      for (int person = 0; person < ride.persons; ++person)
        by_id.at(ride.vehicle_id)->occupants.push_back(occupant(ride, person, names));
  for (auto& item : items) {
    if (!item.occupants.empty()) item.driver = item.occupants.front().name;
    item.occupant_lines = line_of(item.occupants);
  }
}

Result<api::Page<VehiclePassage>> list_vehicle_passages(api::Context& c, const VehiclePassageQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<VehiclePassage>> {
    auto sql = vehicle_columns.with(" AND g.compound_id = {arg}");
    std::vector<db::Arg> args{in.compound_id};
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.opening_id) add(" AND g.opening_id = {arg}", *in.opening_id);
    if (in.direction) add(" AND g.direction = {arg}", meta::name_of(*in.direction));
    if (in.vehicle_class) add(" AND g.vehicle_class = {arg}", meta::name_of(*in.vehicle_class));
    if (in.from_ms) add(" AND g.happened_ms >= {arg}", *in.from_ms);
    if (in.until_ms) add(" AND g.happened_ms < {arg}", *in.until_ms);
    const auto like = in.q ? "%" + *in.q + "%" : std::string{};
    if (in.q) add(" AND g.plate LIKE {arg}", like);
    auto page = api::fetch_page<VehiclePassage>(q, sql, args, in.limit, in.cursor,
                                                {" AND (g.happened_ms, g.id) < ({arg}, {arg})",
                                                 " ORDER BY g.happened_ms DESC, g.id DESC LIMIT {arg}"},
                                                load_vehicle, [](const db::Row& r) {
                                                  return api::SortKey{r.integer(1), r.integer(0)};
                                                });
    if (page) add_occupants(q, page->items);
    return page;
  });
}

// What was written stays; a reversing row takes the vehicle and everybody in it back.
Result<VehiclePassage> reverse(api::Context& c, const Correction& in) {
  const auto id = c.store.next_id();
  std::vector<std::int64_t> ids(rule::persons_max);
  for (auto& each : ids) each = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<VehiclePassage> {
    // Taken first, so that of two corrections the second finds the first.
    q.unscoped().run("UPDATE vehicle_passage SET result = result WHERE id = $1", {c.id()});
    std::optional<VehiclePassageRow> original;
    q.one(
        "SELECT g.id, g.compound_id, g.opening_id, g.happened_ms, g.recorded_ms, g.device_ms, g.direction, "
        "g.result, g.vehicle_class, g.vehicle_kind, g.plate, g.plate_doubtful, g.vehicle_id, g.persons, "
        "g.steps, g.reason, g.outcome, g.reasons, g.flags, g.policy_version, g.offline, g.list_age_s, "
        "g.enrolment_id, g.account_id, g.reverses_id FROM vehicle_passage g JOIN place p ON p.id = "
        "g.compound_id WHERE g.id = $1 AND {scope:p}",
        {c.id()}, [&](const db::Row& r) { original = meta::load<VehiclePassageRow>(r); });
    if (!original) return base::fail(ErrorKind::not_found, "not_found");
    if (original->reverses_id) return base::fail(ErrorKind::conflict, "is_a_correction");
    if (q.unscoped().count("SELECT COUNT(*) FROM vehicle_passage WHERE compound_id = $1 AND happened_ms >= "
                           "$2 AND reverses_id = $3",
                           {original->compound_id, original->happened, original->id}) > 0)
      return base::fail(ErrorKind::conflict, "already_corrected");
    auto row = *original;
    row.id = meta::Id<VehiclePassageRow>(id);
    row.happened = row.recorded = c.now;
    row.device_ms = c.now.ms;
    row.result = PassageResult::reversed;
    row.steps = row.reasons = row.flags = "";
    row.outcome = rule::Outcome::allow;
    row.reason = in.reason;
    row.enrolment_id.reset();
    row.account_id = c.who.account;
    row.reverses_id = original->id.value;
    core::append(q, row);
    reverse_riders(q, original->id.value, id, ids, in.reason, c.who.account, c.now);
    core::audit(q, c,
                {"vehicle_passage.reversed", "vehicle_passage", original->id.value, original->compound_id});
    core::note_change(q, "passage", original->compound_id, id, c.now);
    std::vector<VehiclePassage> shown;
    q.one(vehicle_columns.with(" AND g.id = {arg}"), {id},
          [&](const db::Row& r) { shown.push_back(load_vehicle(r)); });
    add_occupants(q, shown);
    return shown.front();
  });
}

}  // namespace

void vehicle_routes(api::Router& r) {
  core::list<list_vehicle_passages>(r, "/api/vehicle-passages", Permission::passage_read,
                                    "The ledger of vehicles with those who rode in them, newest first",
                                    Permission::passage_export);
  r.post<Correction, VehiclePassage>("/api/vehicle-passages/{id}/reverse", Permission::passage_write,
                                     "Take the passage of a vehicle and of everybody in it back", reverse);
}

}  // namespace feature::gate
