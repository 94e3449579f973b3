// The office's board of its gates: who is silent, how many pass, who is turned back and why.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "feature/gate/routes.hpp"
#include "feature/gate/watch.hpp"
#include "feature/place/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// From here on, readings that are all the same are no accident (practice.md 15).
constexpr std::int64_t alike_from = 20;

struct Tally {
  std::map<std::string, std::int64_t> refusals{};
  std::map<int, std::int64_t> readings{};
};

void add_phones(db::Scoped& q, std::int64_t compound, const place::PlaceRules& rules, base::Instant now,
                std::map<std::int64_t, GateWatch*>& gates) {
  q.run(
      "SELECT e.opening_id, e.id, e.label, e.last_contact_ms, e.list_generated_ms, e.queue, "
      "e.queue_since_ms, e.waiting FROM enrolment e JOIN place p ON p.id = e.compound_id WHERE "
      "e.compound_id = $1 AND e.state = 'active' AND {scope:p} ORDER BY e.id",
      {compound}, [&](const db::Row& r) {
        const auto gate = gates.find(r.integer(0));
        if (gate == gates.end()) return;
        GatePhone phone;
        phone.id = r.integer(1);
        phone.label = r.str(2);
        phone.last_contact_ms = r.maybe_integer(3);
        phone.list_generated_ms = r.maybe_integer(4);
        phone.queue = r.maybe_integer(5);
        phone.queue_since_ms = r.maybe_integer(6);
        phone.waiting = r.maybe_integer(7);
        phone.troubles = troubles_of(phone, rules, now);
        if (phone.waiting) gate->second->waiting = gate->second->waiting.value_or(0) + *phone.waiting;
        gate->second->phones.push_back(std::move(phone));
      });
}

void count_crossing(const db::Row& r, GateWatch& gate, Tally& tally, base::Instant start) {
  if (r.text(2) == "turned_back") {
    ++gate.turned_back;
    for (const auto& code : base::words_of(r.text(4))) ++tally.refusals[code];
  } else {
    const auto hour = static_cast<std::size_t>((r.instant(3) - start) / base::hour_ms);
    if (hour < gate.hours.size()) ++gate.hours[hour];
    ++(r.text(1) == "out" ? gate.out_today : gate.in_today);
    // Passed although the rules said no, and not an emergency: by somebody's word.
    if (r.text(6) != "allow" && r.is_null(7)) ++gate.overrides;
  }
  if (!r.is_null(5)) ++tally.readings[static_cast<int>(r.integer(5))];
}

void finish(GateWatch& gate, const Tally& tally) {
  for (const auto& [code, count] : tally.refusals) gate.refusals.push_back({code, count});
  std::ranges::stable_sort(gate.refusals, std::ranges::greater{}, &CodeCount::count);
  for (const auto& [tenths, count] : tally.readings) {
    gate.readings += count;
    if (count <= gate.same_readings) continue;
    gate.same_readings = count;
    gate.same_tenths = tenths;
  }
  gate.readings_alike = gate.readings >= alike_from && gate.same_readings * 2 > gate.readings;
}

void count_today(db::Scoped& q, std::int64_t compound, base::Instant now,
                 std::map<std::int64_t, GateWatch*>& gates) {
  const auto start = base::start_of(base::civil_day(now));
  const auto hours = static_cast<std::size_t>((now - start) / base::hour_ms) + 1;
  std::map<std::int64_t, Tally> tallies;
  for (auto& [id, gate] : gates) gate->hours.assign(hours, 0);
  q.run(
      "SELECT g.opening_id, g.direction, g.result, g.happened_ms, g.reasons, g.temperature_tenths, "
      "g.outcome, g.emergency_reason FROM passage g JOIN place p ON p.id = g.compound_id WHERE "
      "g.compound_id = $1 AND g.happened_ms >= $2 AND g.happened_ms <= $3 AND g.result IN ('passed', "
      "'turned_back') AND {scope:p}",
      {compound, start, now}, [&](const db::Row& r) {
        if (const auto gate = gates.find(r.integer(0)); gate != gates.end())
          count_crossing(r, *gate->second, tallies[r.integer(0)], start);
      });
  for (auto& [id, gate] : gates) finish(*gate, tallies[id]);
}

Result<GatesBoard> board(api::Context& c, const place::CompoundQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<GatesBoard> {
    const auto compound = place::find_compound(q, in.compound_id);
    if (!compound) return base::fail(ErrorKind::not_found, "not_found");
    GatesBoard out;
    out.as_of_ms = c.now.ms;
    q.run(
        "SELECT o.id, o.name, o.state FROM opening o JOIN place p ON p.id = o.compound_id WHERE "
        "o.compound_id = $1 AND o.valid_until_ms IS NULL AND {scope:p} AND (o.state <> 'sealed' OR EXISTS "
        "(SELECT 1 FROM enrolment e WHERE e.opening_id = o.id AND e.state = 'active')) ORDER BY o.id",
        {in.compound_id}, [&](const db::Row& r) {
          GateWatch gate;
          gate.opening_id = r.integer(0);
          gate.opening_name = r.str(1);
          meta::parse_enum(r.text(2), gate.state);
          out.gates.push_back(std::move(gate));
        });
    std::map<std::int64_t, GateWatch*> gates;
    for (auto& gate : out.gates) gates[gate.opening_id] = &gate;
    add_phones(q, in.compound_id, place::rules_at(q, *compound, c.now).params, c.now, gates);
    count_today(q, in.compound_id, c.now, gates);
    return out;
  });
}

}  // namespace

void board_routes(api::Router& r) {
  r.get<place::CompoundQuery, GatesBoard>(
      "/api/gates/board", Permission::passage_read,
      "Each gate of a compound today: phones, crossings, refusals, waiting", board);
}

}  // namespace feature::gate
