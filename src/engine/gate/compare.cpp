#include "engine/gate/compare.hpp"

#include <algorithm>
#include <bitset>
#include <limits>
#include <set>

#include "engine/gate/subject.hpp"

namespace engine::gate {
namespace {

constexpr int week_minutes = 7 * 1440;
using Week = std::bitset<week_minutes>;

template <class Hours>
Week minutes_of(const Hours& hours) {
  Week week;
  const bool over_night = hours.from_minute > hours.until_minute;
  const int length = std::clamp(hours.until_minute - hours.from_minute + (over_night ? 1440 : 0), 0, 1440);
  for (int day = 0; day < 7; ++day)
    if ((hours.weekdays >> day & 1) != 0)
      for (int n = 0; n < length; ++n)
        week.set(static_cast<std::size_t>((day * 1440 + std::clamp(hours.from_minute, 0, 1440) + n) %
                                          week_minutes));
  return week;
}

// Minutes of a week in which a household of this place may go out.
Week open_minutes(const Policy& policy, std::int64_t place) {
  const auto here = policy_for(policy, {place});
  Week open;
  for (const auto& hours : here.out_hours) open |= minutes_of(hours);
  return here.out_hours.empty() ? ~Week{} : open;
}
Week curfew_free_minutes(const Policy& policy, std::int64_t place) {
  const auto here = policy_for(policy, {place});
  return here.curfew ? ~minutes_of(*here.curfew) : ~Week{};
}

class Comparison {
 public:
  Comparison(const Policy& before, const Policy& after) : before_(before), after_(after) {}
  std::vector<Difference> found{};

  // Values whose larger one is tighter.
  template <class T>
  void more(const char* field, const T& before, const T& after) {
    if (before != after) found.push_back({field, after > before ? Effect::tighter : Effect::looser});
  }
  template <class T>
  void less(const char* field, const T& before, const T& after) {
    more(field, after, before);
  }
  template <class T>
  void more(const char* field, T Policy::*member) {
    more(field, before_.*member, after_.*member);
  }
  template <class T>
  void less(const char* field, T Policy::*member) {
    less(field, before_.*member, after_.*member);
  }
  // Several parts under one name: tighter in any of them is tighter.
  void parts(const char* field, bool tighter, bool looser) {
    if (tighter || looser) found.push_back({field, tighter ? Effect::tighter : Effect::looser});
  }

  void quota();
  void exemptions();
  void steps();
  void hours(const char* field, Week (*free)(const Policy&, std::int64_t));
  void entry();
  void levels();
  void modes();

 private:
  const Policy& before_;
  const Policy& after_;
};

void Comparison::quota() {
  more("window_kind", &Policy::window_kind);
  more("window_days", &Policy::window_days);
  less("outings_per_window", &Policy::outings_per_window);
  less("persons_per_outing", &Policy::persons_per_outing);
  less("refund_minutes", &Policy::refund_minutes);
  constexpr int ever = std::numeric_limits<int>::max();
  less("max_minutes_outside", before_.max_minutes_outside.value_or(ever),
       after_.max_minutes_outside.value_or(ever));
  more("overrun_costs_outing", &Policy::overrun_costs_outing);
}

// What a kind is worth: nothing when it is not honoured.
struct Worth {
  bool honoured = false, without_certificate = true;
  std::int32_t from_day = std::numeric_limits<std::int32_t>::min();
  std::int32_t until_day = std::numeric_limits<std::int32_t>::max();
  Week week = ~Week{};
};
Worth worth_of(const Policy& policy, const std::string& kind) {
  Worth w;
  w.honoured = std::ranges::find(policy.exemption_kinds, kind) != policy.exemption_kinds.end();
  const auto terms = std::ranges::find(policy.exemption_terms, kind, &ExemptionTerms::kind);
  if (terms == policy.exemption_terms.end()) return w;
  w.without_certificate = !terms->certificate_needed;
  w.from_day = terms->from_day.value_or(w.from_day);
  w.until_day = terms->until_day.value_or(w.until_day);
  w.week = minutes_of(*terms);
  return w;
}
// Whether `a` allows something that `b` does not.
bool allows_more(const Worth& a, const Worth& b) {
  if (!a.honoured) return false;
  return !b.honoured || (a.without_certificate && !b.without_certificate) || a.from_day < b.from_day ||
         a.until_day > b.until_day || (a.week & ~b.week).any();
}

void Comparison::exemptions() {
  bool kinds_fewer = false, kinds_more = false, terms_tighter = false, terms_looser = false;
  std::set<std::string> kinds(before_.exemption_kinds.begin(), before_.exemption_kinds.end());
  kinds.insert(after_.exemption_kinds.begin(), after_.exemption_kinds.end());
  for (const auto& kind : kinds) {
    const auto was = worth_of(before_, kind), is = worth_of(after_, kind);
    if (was.honoured != is.honoured) {
      (was.honoured ? kinds_fewer : kinds_more) = true;
      continue;
    }
    terms_tighter = terms_tighter || allows_more(was, is);
    terms_looser = terms_looser || allows_more(is, was);
  }
  parts("exemption_kinds", kinds_fewer, kinds_more);
  parts("exemption_terms", terms_tighter, terms_looser);
}

void Comparison::steps() {
  less("lookup_satisfies_pass", &Policy::lookup_satisfies_pass);
  more("temperature_required_out", &Policy::temperature_required_out);
  more("temperature_required_in", &Policy::temperature_required_in);
  less("normal_without_reading_allowed", &Policy::normal_without_reading_allowed);
  less("fever_threshold_tenths", &Policy::fever_threshold_tenths);
  more("fever_at_or_above", &Policy::fever_at_or_above);
  more("low_threshold_tenths", &Policy::low_threshold_tenths);
  less("highest_plausible_tenths", &Policy::highest_plausible_tenths);
  more("second_reading_wait_minutes", &Policy::second_reading_wait_minutes);
  more("disinfection_required", &Policy::disinfection_required);
  more("registration_required_out", &Policy::registration_required_out);
  more("registration_required_in", &Policy::registration_required_in);
  // A code instead of a test takes the test away from those who have no code, and the other way round.
  const auto check = [&](const char* field, Check Policy::*member) {
    const auto was = before_.*member, is = after_.*member;
    if (was != is)
      found.push_back({field, is == Check::none || (is == Check::code_or_test && was != Check::none)
                                  ? Effect::looser
                                  : Effect::tighter});
  };
  check("check_out", &Policy::check_out);
  check("check_in", &Policy::check_in);
  less("check_hours", &Policy::check_hours);
}

void Comparison::hours(const char* field, Week (*free)(const Policy&, std::int64_t)) {
  std::set<std::int64_t> places{0};  // 0: a place that no hours name
  for (const auto* policy : {&before_, &after_}) {
    for (const auto& h : policy->out_hours) places.insert(h.places.begin(), h.places.end());
    if (policy->curfew) places.insert(policy->curfew->places.begin(), policy->curfew->places.end());
  }
  bool tighter = false, looser = false;
  for (const auto place : places) {
    const auto was = free(before_, place), is = free(after_, place);
    tighter = tighter || (was & ~is).any();
    looser = looser || (is & ~was).any();
  }
  parts(field, tighter, looser);
}

void Comparison::entry() {
  more("visitors", &Policy::visitors);
  more("deliveries", &Policy::deliveries);
  more("outsiders", &Policy::outsiders);
  more("filing_required", &Policy::filing_required);
}

int strictness(Standing standing) {
  return standing == Standing::may_leave ? 0 : standing == Standing::ask_community ? 1 : 2;
}

void Comparison::levels() {
  const auto level = [&](const char* field, Standing LevelRights::*member) {
    more(field, strictness(before_.level_rights.*member), strictness(after_.level_rights.*member));
  };
  level("level_rights.central_observation", &LevelRights::central_observation);
  level("level_rights.home_observation", &LevelRights::home_observation);
  level("level_rights.home_monitoring", &LevelRights::home_monitoring);
  level("level_rights.health_monitoring", &LevelRights::health_monitoring);
  level("level_rights.self_monitoring", &LevelRights::self_monitoring);
  more("level_covers_household", &Policy::level_covers_household);
}

void Comparison::modes() {
  less("notice_minutes", &Policy::notice_minutes);
  constexpr auto at_once = std::numeric_limits<std::int32_t>::min();
  less("warn_until_day", before_.warn_until_day.value_or(at_once), after_.warn_until_day.value_or(at_once));
  const auto mode = [&](const char* field, Mode Modes::*member) {
    more(field, before_.modes.*member, after_.modes.*member);
  };
  mode("modes.quota", &Modes::quota);
  mode("modes.pass", &Modes::pass);
  mode("modes.residency", &Modes::residency);
  mode("modes.steps", &Modes::steps);
  mode("modes.standing", &Modes::standing);
  mode("modes.hours", &Modes::hours);
}

}  // namespace

std::vector<Difference> differences(const Policy& before, const Policy& after) {
  Comparison c(before, after);
  c.quota();
  c.exemptions();
  c.steps();
  c.hours("out_hours", open_minutes);
  c.hours("curfew", curfew_free_minutes);
  c.entry();
  c.levels();
  c.modes();
  return std::move(c.found);
}

bool tightens(const std::vector<Difference>& differences) {
  return std::ranges::find(differences, Effect::tighter, &Difference::effect) != differences.end();
}

}  // namespace engine::gate
