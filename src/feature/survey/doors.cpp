// The worklist of a round: its dwellings minus what is settled, in walking order (XN-51, XN-54).
#include <algorithm>

#include "core/keyring.hpp"
#include "core/services.hpp"
#include "feature/meter/service.hpp"
#include "feature/survey/rounds.hpp"
#include "feature/survey/routes.hpp"

namespace feature::survey {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t doors_max = 5000;

constexpr auto doors_of_round = db::ScopedSql(
    "SELECT p.id, p.compound_id, d.building, d.stair, d.floor, d.room, d.label, v.state, v.outcome, "
    "v.next_contact, v.not_before_ms, v.unanswered_knocks, v.fitted_out, v.occupied, v.persons, (SELECT "
    "COUNT(*) FROM residence n WHERE n.dwelling_id = p.id AND n.valid_until_ms IS NULL), (SELECT "
    "MIN(pe.name) FROM residence n JOIN person pe ON pe.id = n.person_id WHERE n.dwelling_id = p.id AND "
    "n.relation = 'head' AND n.valid_until_ms IS NULL), v.last_ms, COALESCE(ph.sort, ''), COALESCE(b.sort, "
    "''), COALESCE(s.sort, ''), p.sort, m.lived_in_percent, m.reasons FROM place p JOIN dwelling d ON d.id "
    "= p.id LEFT JOIN place ph ON ph.id = p.phase_id LEFT JOIN place b ON b.id = p.building_id LEFT JOIN "
    "place s ON s.id = p.stair_id LEFT JOIN survey_visit v ON v.round_id = $1 AND v.dwelling_id = p.id "
    "LEFT JOIN meter_estimate m ON m.dwelling_id = p.id "
    "WHERE " DWELLING_OF_ROUND);

template <class E>
std::optional<E> maybe(const db::Row& r, int column) {
  E value{};
  if (r.is_null(column) || !meta::parse_enum(r.text(column), value)) return std::nullopt;
  return value;
}

Door load_door(const db::Row& r, const RoundRow& round) {
  Door d;
  d.round_id = round.id.value;
  d.dwelling_id = r.integer(0);
  d.compound_id = r.integer(1);
  d.building = r.str(2);
  d.stair = r.str(3);
  if (!r.is_null(4)) d.floor = static_cast<int>(r.integer(4));
  d.room = r.str(5);
  d.label = r.str(6);
  d.state = maybe<DoorState>(r, 7).value_or(DoorState::untried);
  d.outcome = maybe<rule::Outcome>(r, 8).value_or(rule::Outcome::open);
  d.next_contact = maybe<rule::Contact>(r, 9);
  if (d.state == DoorState::untried) {
    const auto ladder = rule::parse_ladder(round.ladder);
    if (ladder) d.next_contact = ladder->front().contact;
  }
  d.not_before_ms = r.maybe_instant(10);
  d.unanswered_knocks = r.integer(11);
  d.fitted_out = maybe<Tri>(r, 12).value_or(Tri::unknown);
  d.occupied = maybe<Tri>(r, 13).value_or(Tri::unknown);
  d.persons = r.maybe_integer(14);
  d.on_file = r.integer(15);
  if (!r.is_null(16)) d.head = core::mask_name(r.text(16));
  d.last_ms = r.maybe_instant(17);
  d.lived_in_percent = r.maybe_integer(22);
  if (!r.is_null(23)) d.meter_reasons = meter::reasons_in(r.text(23));
  return d;
}

Result<DoorList> list_doors(api::Context& c, const DoorQuery& in) {
  if (!in.compound_id && !in.building_id) return base::fail_field("/compound_id", "required");
  return c.read([&](db::Scoped& q) -> Result<DoorList> {
    const auto round = find_round(q, in.round_id);
    if (!round) return base::fail_field("/round_id", "not_found");
    auto sql = doors_of_round;
    std::vector<db::Arg> args{in.round_id};
    if (in.building_id) {
      sql = sql.with(" AND p.building_id = {arg}");
      args.emplace_back(*in.building_id);
    } else {
      sql = sql.with(" AND p.compound_id = {arg}");
      args.emplace_back(*in.compound_id);
    }
    if (!in.all.value_or(false)) sql = sql.with(" AND (v.state IS NULL OR v.state = 'open')");
    std::vector<rule::Door> order;
    std::map<std::int64_t, Door> doors;
    q.run(sql.with(" ORDER BY p.id LIMIT 5001"), args, [&](const db::Row& r) {
      auto door = load_door(r, *round);
      order.push_back({door.dwelling_id, r.str(18) + "/" + r.str(19), r.str(20), door.floor, r.str(21)});
      doors.emplace(door.dwelling_id, std::move(door));
    });
    if (order.size() > doors_max) return base::fail_field("/building_id", "survey.too_many_doors");
    rule::in_walking_order(order, round->direction);
    DoorList out;
    for (const auto& d : order) out.items.push_back(std::move(doors.at(d.id)));
    return out;
  });
}

}  // namespace

void door_routes(api::Router& r) {
  r.get<DoorQuery, DoorList>("/api/survey-doors", Permission::work_read,
                             "Doors of a round that are still to be visited, in walking order", list_doors);
}

}  // namespace feature::survey
