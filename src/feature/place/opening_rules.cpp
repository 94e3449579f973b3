#include <algorithm>

#include "feature/place/opening_service.hpp"

namespace feature::place {
namespace {

bool for_people(OpeningKind kind) { return kind != OpeningKind::vehicle && kind != OpeningKind::garage_ramp; }
bool for_vehicles(OpeningKind kind) {
  return kind == OpeningKind::vehicle || kind == OpeningKind::both || kind == OpeningKind::garage_ramp;
}
bool guarded(const Opening& o) { return o.state == OpeningState::guarded; }
bool excepted(const Opening& o, base::Instant now) {
  return o.exception_reason && o.exception_until && *o.exception_until > now;
}
bool day_and_night(const Opening& o) {
  return (!o.open_minute && !o.close_minute) ||
         (o.open_minute.value_or(OpenMinute(0)) == 0 && o.close_minute.value_or(CloseMinute(1440)) == 1440);
}

// practice.md 3: how it is sealed, who holds the key, that it opens from inside, minutes to open, last check.
void check_sealed(const Opening& o, const PlaceRules& rules, base::Instant now, std::vector<Violation>& out) {
  const auto add = [&](ViolationCode code, std::optional<std::int64_t> have = {},
                       std::optional<std::int64_t> limit = {}) {
    out.push_back({code, o.id.value, std::nullopt, have, limit});
  };
  if (!o.key_holder || !o.key_phone) add(ViolationCode::no_key_holder);
  if (!o.opens_from_inside)
    add(ViolationCode::exit_unknown);
  else if (!*o.opens_from_inside)
    add(o.fire_exit.value_or(false) ? ViolationCode::fire_exit_blocked : ViolationCode::exit_blocked);
  if (!o.seal_method) add(ViolationCode::seal_method_unknown);
  if (!o.minutes_to_open)
    add(ViolationCode::minutes_unknown);
  else if (*o.minutes_to_open > rules.minutes_to_open_max)
    add(ViolationCode::slow_to_open, o.minutes_to_open->value, rules.minutes_to_open_max.value);
  if (!o.checked) return add(ViolationCode::check_missing);
  const auto days = (now - *o.checked) / base::day_ms;
  if (days > rules.seal_check_days) add(ViolationCode::check_overdue, days, rules.seal_check_days.value);
}

// Entry is never a matter of the hour (practice.md 1), and whoever is inside must get out.
void check_ways(const std::vector<Opening>& openings, std::vector<Violation>& out) {
  bool any = false, in = false, out_way = false, at_night = false;
  for (const auto& o : openings) {
    if (!guarded(o) || !for_people(o.kind)) continue;
    any = true;
    const bool leads_in = o.direction != OpeningDirection::out;
    in = in || leads_in;
    out_way = out_way || o.direction != OpeningDirection::in;
    at_night = at_night || (leads_in && day_and_night(o));
  }
  if (!any) return out.push_back({ViolationCode::no_guarded, {}, {}, {}, {}});
  if (!in) out.push_back({ViolationCode::no_way_in, {}, {}, {}, {}});
  if (!out_way) out.push_back({ViolationCode::no_way_out, {}, {}, {}, {}});
  if (in && !at_night) out.push_back({ViolationCode::closed_at_night, {}, {}, {}, {}});
}

}  // namespace

bool lets_people_through(const Opening& o) { return guarded(o) && for_people(o.kind); }

OpeningTally tally(const std::vector<Opening>& openings, base::Instant now) {
  OpeningTally t;
  for (const auto& o : openings) {
    t.sealed += o.state == OpeningState::sealed;
    t.unguarded += o.state == OpeningState::unguarded;
    t.guarded_people += guarded(o) && for_people(o.kind);
    t.guarded_vehicles += guarded(o) && for_vehicles(o.kind);
    t.excepted += guarded(o) && excepted(o, now);
  }
  return t;
}

std::vector<Violation> check_openings(const std::vector<Opening>& openings,
                                      const std::vector<SealedUnit>& units, const PlaceRules& rules,
                                      base::Instant now) {
  std::vector<Violation> out;
  check_ways(openings, out);
  std::int64_t people = 0, vehicles = 0;
  for (const auto& o : openings) {
    if (o.state == OpeningState::unguarded)
      out.push_back({ViolationCode::unguarded, o.id.value, std::nullopt, std::nullopt, std::nullopt});
    if (o.state == OpeningState::sealed) check_sealed(o, rules, now, out);
    if (!guarded(o) || excepted(o, now)) continue;
    people += for_people(o.kind);
    vehicles += for_vehicles(o.kind);
  }
  if (people > rules.guarded_people_max)
    out.push_back({ViolationCode::too_many_people, {}, {}, people, rules.guarded_people_max.value});
  if (vehicles > rules.guarded_vehicles_max)
    out.push_back({ViolationCode::too_many_vehicles, {}, {}, vehicles, rules.guarded_vehicles_max.value});
  for (const auto& unit : units) {
    const bool served = std::ranges::any_of(openings, [&](const Opening& o) {
      return lets_people_through(o) && std::ranges::find(unit.openings, o.id.value) != unit.openings.end();
    });
    if (!served) out.push_back({ViolationCode::unit_without_opening, {}, unit.id, {}, {}});
  }
  return out;
}

}  // namespace feature::place
