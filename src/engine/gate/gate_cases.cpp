#include "engine/gate/gate_cases.hpp"

#include <string>

#include "base/time.hpp"

namespace engine::gate {
namespace {

// Calls of a source stand in statements of their own: the order of operands is the compiler's choice.
constexpr std::int64_t morning_ms = 18303 * base::day_ms;  // 2020-02-11 08:00 at UTC+8

// Round distances into the past, give or take a millisecond: where off-by-one lives.
std::int64_t before(const Source& source, std::int64_t now_ms) {
  const std::int64_t units[] = {base::minute_ms, 10 * base::minute_ms, base::hour_ms, base::day_ms};
  const auto unit = units[source(0, 3)];
  const auto count = source(0, 8);
  return now_ms - unit * count + source(-1, 1);
}

Exemption any_exemption(const Source& source, std::int64_t now_ms) {
  const char* kinds[] = {"medical", "livelihood", "court", "friend_of_the_guard"};
  Exemption e;
  e.kind = kinds[source(0, 3)];
  e.valid_from_ms = before(source, now_ms);
  e.valid_until_ms = now_ms + source(-1, 3) * base::day_ms;
  if (any_bool(source)) e.weekdays = static_cast<int>(source(0, 127));
  if (any_bool(source)) {
    e.from_minute = static_cast<int>(60 * source(0, 24));
    e.until_minute = static_cast<int>(60 * source(0, 24));
  }
  e.certificate = any_bool(source);
  return e;
}

DayHours any_hours(const Source& source) {
  DayHours h;
  if (any_bool(source)) h.weekdays = static_cast<int>(source(0, 127));
  h.from_minute = static_cast<int>(60 * source(0, 24));
  h.until_minute = static_cast<int>(60 * source(0, 24));
  return h;
}

ExemptionTerms any_terms(const Source& source) {
  ExemptionTerms t;
  t.kind = any_bool(source) ? "medical" : "court";
  t.certificate_needed = any_bool(source);
  if (any_bool(source)) t.from_day = static_cast<std::int32_t>(18303 + source(-1, 1));
  if (any_bool(source)) t.until_day = static_cast<std::int32_t>(18303 + source(-1, 1));
  if (any_bool(source)) t.until_minute = static_cast<int>(60 * source(0, 24));
  return t;
}

// What came after the first rules: hours, registration, codes and tests, entry, filing.
void add_later_rules(const Source& source, Policy& p) {
  for (auto n = seldom(source, 3) ? source(1, 2) : 0; n > 0; --n) p.out_hours.push_back(any_hours(source));
  if (seldom(source, 4)) p.curfew = any_hours(source);
  p.registration_required_out = seldom(source, 4);
  p.registration_required_in = seldom(source, 4);
  if (seldom(source, 3)) p.check_out = any_of<Check>(source);
  if (seldom(source, 3)) p.check_in = any_of<Check>(source);
  if (any_bool(source)) p.check_hours = static_cast<int>(24 * source(0, 3));
  if (any_bool(source)) p.visitors = any_of<EntryRule>(source);
  if (any_bool(source)) p.deliveries = any_of<EntryRule>(source);
  if (any_bool(source)) p.outsiders = any_of<EntryRule>(source);
  p.filing_required = any_bool(source);
  if (seldom(source, 3)) p.exemption_terms = {any_terms(source)};
}

void add_later_facts(const Source& source, Facts& f) {
  f.registered = any_bool(source);
  f.entrant = any_of<Entrant>(source);
  if (any_bool(source)) f.proof = any_of<Proof>(source);
  if (seldom(source, 3)) f.tested_at_ms = f.now_ms - source(-1, 4) * 24 * base::hour_ms + source(-1, 1);
  if (seldom(source, 3)) f.filing = any_of<Filing>(source);
}

Reading any_reading(const Source& source, std::int64_t now_ms) {
  const int tenths[] = {0, 36, 349, 350, 365, 372, 373, 374, 429, 430, 3650, 380};
  Reading r;
  if (any_bool(source)) r.person = static_cast<int>(source(0, 2));
  if (!seldom(source, 8)) r.tenths = tenths[source(0, 11)];
  r.at_ms = now_ms + source(-2, 2) * 5 * base::minute_ms;
  r.at_ms += source(-1, 1);
  return r;
}

Modes any_modes(const Source& source) {
  if (any_bool(source)) return {};
  return {any_of<Mode>(source), any_of<Mode>(source), any_of<Mode>(source),
          any_of<Mode>(source), any_of<Mode>(source), any_of<Mode>(source)};
}

}  // namespace

Use any_use(const Source& source, std::int64_t now_ms) {
  Use use;
  use.exit_at_ms = before(source, now_ms);
  if (seldom(source, 6)) use.exit_at_ms += base::hour_ms;
  if (any_bool(source)) {
    const auto outside_ms = source(-1, 30) * 5 * base::minute_ms;
    use.return_at_ms = use.exit_at_ms + outside_ms + source(-1, 1);
  }
  use.persons = static_cast<int>(source(1, 3));
  use.counted = !seldom(source, 4);
  use.closed_without_return = seldom(source, 4);
  return use;
}

Policy any_policy(const Source& source) {
  const int offsets[] = {480, 0, 345, -570};
  Policy p;
  p.version = source(1, 9);
  if (seldom(source, 4)) p.utc_offset_minutes = offsets[source(0, 3)];
  p.window_kind = any_of<WindowKind>(source);
  if (any_bool(source)) p.window_days = static_cast<int>(source(0, 7));
  if (any_bool(source)) p.outings_per_window = static_cast<int>(source(0, 3));
  if (any_bool(source)) p.persons_per_outing = static_cast<int>(source(0, 3));
  if (seldom(source, 3)) p.refund_minutes = static_cast<int>(source(0, 30));
  if (any_bool(source)) p.max_minutes_outside = static_cast<int>(60 * source(1, 3));
  p.overrun_costs_outing = any_bool(source);
  p.lookup_satisfies_pass = any_bool(source);
  p.temperature_required_out = !seldom(source, 4);
  p.temperature_required_in = !seldom(source, 4);
  p.normal_without_reading_allowed = any_bool(source);
  p.fever_at_or_above = any_bool(source);
  if (any_bool(source)) p.second_reading_wait_minutes = static_cast<int>(source(0, 15));
  p.disinfection_required = seldom(source, 4);
  if (seldom(source, 4)) p.warn_until_day = static_cast<std::int32_t>(18303 + source(-2, 2));
  p.modes = any_modes(source);
  add_later_rules(source, p);
  return p;
}

Facts any_facts(const Source& source) {
  Facts f;
  f.direction = any_of<Direction>(source);
  f.now_ms = morning_ms + source(-3, 16) * base::hour_ms;
  f.now_ms += source(-1, 1);
  if (any_bool(source)) f.holder = any_of<Holder>(source);
  if (any_bool(source)) f.pass = any_of<PassState>(source);
  if (seldom(source, 4)) f.standing = any_of<Standing>(source);
  if (seldom(source, 4)) f.errand = any_of<Errand>(source);
  f.presence = any_of<Presence>(source);
  if (seldom(source, 16)) f.emergency = any_of<Emergency>(source);
  if (seldom(source, 4)) f.exemption = any_exemption(source, f.now_ms);
  if (seldom(source, 3)) {
    f.persons = static_cast<int>(source(0, 3));
    f.accompanied_children = static_cast<int>(source(0, 2));
    f.carers = static_cast<int>(source(0, 2));
  }
  f.child_alone = seldom(source, 8);
  f.details_complete = any_bool(source);
  f.visit_approved = any_bool(source);
  f.disinfected = any_bool(source);
  for (auto n = source(0, 3); n > 0; --n) f.uses.push_back(any_use(source, f.now_ms));
  for (auto n = source(0, 4); n > 0; --n) f.readings.push_back(any_reading(source, f.now_ms));
  if (seldom(source, 4)) f.list_age_minutes = static_cast<int>(source(0, 6000));
  add_later_facts(source, f);
  return f;
}

std::vector<PassageEvent> any_passages(const Source& source) {
  std::vector<PassageEvent> events;
  const auto key = [](std::int64_t n) { return "p" + std::to_string(n); };
  for (auto n = source(0, 9); n > 0; --n) {
    PassageEvent e;
    e.key = key(source(1, 12));
    e.kind = any_bool(source) ? any_of<PassageKind>(source) : PassageKind::exit;
    e.at_ms = morning_ms + source(0, 20) * 30 * base::minute_ms;
    e.person = source(0, 2);
    if (e.kind == PassageKind::exit) e.persons = static_cast<int>(source(1, 2));
    if (e.kind == PassageKind::exit) e.counted = !seldom(source, 4);
    if (e.kind == PassageKind::close || e.kind == PassageKind::reversal) e.ref = key(source(1, 12));
    events.push_back(e);
  }
  return events;
}

}  // namespace engine::gate
