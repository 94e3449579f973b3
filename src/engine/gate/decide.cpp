#include "engine/gate/decide.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "engine/gate/civil.hpp"
#include "engine/gate/quota.hpp"
#include "engine/gate/readings.hpp"

namespace engine::gate {
namespace {

// What an enforced reason does to the outcome. A card the office has withdrawn is a decided fact; every
// other trouble with a card or a name is somebody's to clear up.
Outcome weight(ReasonCode code) {
  switch (code) {
    case ReasonCode::may_not_leave:
    case ReasonCode::pass_void:
    case ReasonCode::pass_replaced:
    case ReasonCode::quota_used:
    case ReasonCode::persons_over_limit:
    case ReasonCode::persons_out_limit:
    case ReasonCode::outside_hours:
      return Outcome::deny;
    case ReasonCode::child_alone:
    case ReasonCode::ask_community:
    case ReasonCode::identity_unconfirmed:
    case ReasonCode::outsider:
    case ReasonCode::pass_missing:
    case ReasonCode::pass_inactive:
    case ReasonCode::pass_expired:
    case ReasonCode::pass_bad_signature:
    case ReasonCode::pass_other_compound:
    case ReasonCode::pass_unknown:
    case ReasonCode::return_missing:
    case ReasonCode::curfew:
    case ReasonCode::filing_missing:
    case ReasonCode::check_unavailable:
    case ReasonCode::check_old:
    case ReasonCode::temperature_high_twice:
      return Outcome::refer;
    default:
      return Outcome::allow;
  }
}

bool enforced(const Verdict& verdict, ReasonCode code) {
  return std::ranges::find(verdict.reasons, Reason{code, Mode::enforce}) != verdict.reasons.end();
}

// The gravest reason decides, but a child alone and a fever are taken care of and not sent away.
Outcome outcome_of(const Verdict& verdict) {
  auto outcome = Outcome::allow;
  for (const auto& reason : verdict.reasons)
    if (reason.mode == Mode::enforce) outcome = std::max(outcome, weight(reason.code));
  const bool care =
      enforced(verdict, ReasonCode::child_alone) || enforced(verdict, ReasonCode::temperature_high_twice);
  return care ? Outcome::refer : outcome;
}

std::optional<ReasonCode> trouble_with(PassState pass) {
  switch (pass) {
    case PassState::inactive:
      return ReasonCode::pass_inactive;
    case PassState::expired:
      return ReasonCode::pass_expired;
    case PassState::voided:
      return ReasonCode::pass_void;
    case PassState::replaced:
      return ReasonCode::pass_replaced;
    case PassState::bad_signature:
      return ReasonCode::pass_bad_signature;
    case PassState::other_compound:
      return ReasonCode::pass_other_compound;
    case PassState::unknown:
      return ReasonCode::pass_unknown;
    case PassState::none:
    case PassState::valid:
      break;
  }
  return std::nullopt;
}

// Lives here or may: all but visitors and workers.
bool of_the_compound(Holder holder) {
  return holder == Holder::household || holder == Holder::resident_member ||
         holder == Holder::resident_provisional || holder == Holder::unknown_person;
}

// Whether this person goes out on a household's quota. Somebody unknown does so with its card in hand.
bool draws_on_household(const Facts& facts) {
  if (facts.holder != Holder::unknown_person) return of_the_compound(facts.holder);
  constexpr std::array known_card{PassState::valid, PassState::inactive, PassState::expired,
                                  PassState::voided, PassState::replaced};
  return std::ranges::find(known_card, facts.pass) != known_card.end();
}

int crossing(const Facts& facts) { return std::clamp(facts.persons, 1, persons_max); }

// Of DayHours, Exemption and ExemptionTerms alike.
template <class Hours>
bool at_its_hours(const Hours& hours, std::int64_t now_ms, int utc_offset_minutes) {
  const auto today = civil_day(now_ms, utc_offset_minutes);
  const int minute = minute_of_day(now_ms, utc_offset_minutes);
  const auto on = [&](std::int64_t day) { return (hours.weekdays >> weekday(day) & 1) != 0; };
  if (hours.from_minute <= hours.until_minute)
    return on(today) && hours.from_minute <= minute && minute < hours.until_minute;
  return (on(today) && minute >= hours.from_minute) || (on(today - 1) && minute < hours.until_minute);
}

bool meets(const Exemption& exemption, const ExemptionTerms& terms, const Policy& policy,
           std::int64_t now_ms) {
  const auto today = civil_day(now_ms, policy.utc_offset_minutes);
  return (!terms.certificate_needed || exemption.certificate) && terms.from_day.value_or(today) <= today &&
         today <= terms.until_day.value_or(today) && at_its_hours(terms, now_ms, policy.utc_offset_minutes);
}

bool honoured(const Exemption& exemption, const Policy& policy, std::int64_t now_ms) {
  const auto terms = std::ranges::find(policy.exemption_terms, exemption.kind, &ExemptionTerms::kind);
  return std::ranges::find(policy.exemption_kinds, exemption.kind) != policy.exemption_kinds.end() &&
         exemption.valid_from_ms <= now_ms && now_ms < exemption.valid_until_ms &&
         at_its_hours(exemption, now_ms, policy.utc_offset_minutes) &&
         (terms == policy.exemption_terms.end() || meets(exemption, *terms, policy, now_ms));
}

// When one of these hours begins next, within a week.
std::optional<std::int64_t> next_begin(const std::vector<DayHours>& all, std::int64_t now_ms,
                                       int utc_offset_minutes) {
  std::optional<std::int64_t> next;
  const auto today = civil_day(now_ms, utc_offset_minutes);
  for (auto day = today; day <= today + 7; ++day)
    for (const auto& hours : all) {
      const auto begin = start_of_day(day, utc_offset_minutes) + hours.from_minute * base::minute_ms;
      const bool on = (hours.weekdays >> weekday(day) & 1) != 0;
      if (on && begin > now_ms && (!next || begin < *next)) next = begin;
    }
  return next;
}

class Decision {
 public:
  Decision(const Facts& facts, const Policy& policy)
      : facts_(facts),
        policy_(policy),
        leaving_(facts.direction == Direction::out),
        persons_(crossing(facts)),
        only_warns_(policy.warn_until_day &&
                    civil_day(facts.now_ms, policy.utc_offset_minutes) < *policy.warn_until_day),
        exempt_(facts.exemption && honoured(*facts.exemption, policy, facts.now_ms)) {
    verdict_.policy_version = policy.version;
  }

  Verdict run() {
    if (released_at_once()) return std::move(verdict_);
    if (facts_.child_alone) add(ReasonCode::child_alone, Mode::enforce);
    standing();
    residency();
    pass();
    if (on_quota()) quota();
    if (on_quota()) hours();
    readings();
    steps();
    notes();
    verdict_.outcome = outcome_of(verdict_);
    verdict_.consumes_outing = on_quota() && verdict_.outcome != Outcome::deny;
    return std::move(verdict_);
  }

 private:
  bool on_quota() const {
    return leaving_ && draws_on_household(facts_) && facts_.errand == Errand::ordinary && !exempt_;
  }

  // Each code once.
  void add(ReasonCode code, Mode mode) {
    if (std::ranges::find(verdict_.reasons, code, &Reason::code) == verdict_.reasons.end())
      verdict_.reasons.push_back({code, mode});
  }
  void note(ReasonCode code) { add(code, Mode::record); }
  Mode in_force(Mode group) const { return only_warns_ && group == Mode::enforce ? Mode::warn : group; }
  void rule(ReasonCode code, Mode group) { add(code, in_force(group)); }

  // The first question asked is the one on the screen.
  void ask(Need need, ReasonCode code, Mode group, int person = 0) {
    rule(code, group);
    if (in_force(group) == Mode::record || verdict_.need != Need::none) return;
    verdict_.need = need;
    verdict_.need_person = person;
  }

  bool released_at_once() {
    if (facts_.emergency) note(ReasonCode::emergency_release);
    if (facts_.holder == Holder::vehicle_emergency) note(ReasonCode::emergency_vehicle);
    return !verdict_.reasons.empty();
  }

  void standing() {
    const bool approved = facts_.errand == Errand::medical || facts_.errand == Errand::testing;
    if (!leaving_ || approved) return;
    if (facts_.standing == Standing::may_not_leave) rule(ReasonCode::may_not_leave, policy_.modes.standing);
    if (facts_.standing == Standing::ask_community) rule(ReasonCode::ask_community, policy_.modes.standing);
  }

  bool unconfirmed() const {
    return facts_.holder == Holder::resident_provisional || facts_.holder == Holder::unknown_person;
  }
  // Comes in without living here; a worker's own pass is the permission.
  bool comes_from_outside() const {
    return !leaving_ && (facts_.holder == Holder::visitor ||
                         (facts_.holder == Holder::worker && facts_.pass != PassState::valid));
  }

  void residency() {
    if (unconfirmed()) rule(ReasonCode::identity_unconfirmed, policy_.modes.residency);
    if (comes_from_outside() && !admitted()) rule(ReasonCode::outsider, policy_.modes.residency);
  }

  bool admitted() const {
    const auto entry = facts_.entrant == Entrant::visitor    ? policy_.visitors
                       : facts_.entrant == Entrant::delivery ? policy_.deliveries
                                                             : policy_.outsiders;
    return entry == EntryRule::allow || (entry == EntryRule::approval && facts_.visit_approved);
  }

  // A card matters to an ordinary exit alone; everywhere else its state is only kept.
  void pass() {
    const bool matters =
        leaving_ && of_the_compound(facts_.holder) && facts_.errand == Errand::ordinary && !exempt_;
    const auto mode = matters ? policy_.modes.pass : Mode::record;
    if (const auto trouble = trouble_with(facts_.pass)) rule(*trouble, mode);
    if (matters && facts_.holder == Holder::resident_member && facts_.pass == PassState::none &&
        !policy_.lookup_satisfies_pass)
      rule(ReasonCode::pass_missing, mode);
  }

  void quota() {
    const auto mode = policy_.modes.quota;
    auto state = quota_state(facts_.uses, policy_, facts_.now_ms);
    if (state.used) {
      rule(ReasonCode::quota_used, mode);
      verdict_.next_outing_at_ms = state.free_at_ms;
      if (state.free_at_ms)
        verdict_.next_outing_day =
            static_cast<std::int32_t>(civil_day(*state.free_at_ms, policy_.utc_offset_minutes));
    }
    // Whoever stands at the gate is not out, whatever scan was missed.
    if (facts_.presence == Presence::outside) {
      if (state.out_in_window > 0)
        --state.out_in_window;
      else if (state.out_before > 0)
        --state.out_before;
    }
    const int going = counted_persons(facts_);
    const int limit = policy_.persons_per_outing;
    if (going > limit) rule(ReasonCode::persons_over_limit, mode);
    if (state.out_in_window > 0 && state.out_in_window + going > limit)
      rule(ReasonCode::persons_out_limit, mode);
    else if (state.out_before > 0 && state.out_in_window + state.out_before + going > limit)
      rule(ReasonCode::return_missing, mode);
  }

  void hours() {
    const auto within = [&](const DayHours& h) {
      return at_its_hours(h, facts_.now_ms, policy_.utc_offset_minutes);
    };
    if (!policy_.out_hours.empty() && std::ranges::none_of(policy_.out_hours, within)) {
      rule(ReasonCode::outside_hours, policy_.modes.hours);
      verdict_.next_hours_at_ms = next_begin(policy_.out_hours, facts_.now_ms, policy_.utc_offset_minutes);
    }
    if (policy_.curfew && within(*policy_.curfew)) rule(ReasonCode::curfew, policy_.modes.hours);
  }

  void readings() {
    const bool required = leaving_ ? policy_.temperature_required_out : policy_.temperature_required_in;
    for (int person = 0; person < persons_; ++person) {
      results_.push_back(read_person(facts_.readings, person, policy_));
      if (!required && results_.back().state < ReadingState::normal)
        results_.back().state = ReadingState::normal;
      if (results_.back().state != ReadingState::high_twice) continue;
      rule(ReasonCode::temperature_high_twice, policy_.modes.steps);
      verdict_.alert = Alert::fever;
    }
  }

  // Who is refused is asked nothing more; but the member chosen may be one who is free to go, and a high
  // reading is followed up in any case.
  void steps() {
    const bool goes_on = outcome_of(verdict_) != Outcome::deny;
    if (facts_.holder == Holder::household)
      ask(Need::choose_member, ReasonCode::member_unchosen, policy_.modes.residency);
    if (goes_on) {
      if ((unconfirmed() || comes_from_outside()) && !facts_.details_complete)
        ask(Need::details, ReasonCode::details_missing, policy_.modes.residency);
      if (!leaving_ && policy_.filing_required && facts_.filing == Filing::missing)
        ask(Need::filing, ReasonCode::filing_missing, policy_.modes.residency);
      if ((leaving_ ? policy_.registration_required_out : policy_.registration_required_in) &&
          !facts_.registered && !facts_.details_complete)
        ask(Need::registration, ReasonCode::registration_missing, policy_.modes.steps);
      check();
      for (int person = 0; person < persons_; ++person) measure(person);
    }
    for (int person = 0; person < persons_; ++person) measure_again(person);
    if (goes_on && policy_.disinfection_required && !facts_.disinfected)
      ask(Need::disinfection, ReasonCode::disinfection_missing, policy_.modes.steps);
  }

  void check() {
    const auto kind = leaving_ ? policy_.check_out : policy_.check_in;
    const bool shown = facts_.proof != Proof::none && facts_.proof != Proof::unable;
    const auto age_ms = facts_.now_ms - facts_.tested_at_ms.value_or(0);
    const bool tested = facts_.tested_at_ms && age_ms >= 0 && age_ms <= policy_.check_hours * base::hour_ms;
    if (kind == Check::none || (shown && kind != Check::test) || (tested && kind != Check::code)) return;
    if (facts_.proof == Proof::unable)
      rule(ReasonCode::check_unavailable, policy_.modes.steps);
    else if (kind != Check::code && facts_.tested_at_ms)
      rule(ReasonCode::check_old, policy_.modes.steps);
    else
      ask(Need::check, ReasonCode::check_missing, policy_.modes.steps);
  }

  void measure(int person) {
    const auto state = results_[static_cast<std::size_t>(person)].state;
    if (state >= ReadingState::normal) return;
    const auto code = state == ReadingState::missing ? ReasonCode::temperature_missing
                      : state == ReadingState::low   ? ReasonCode::temperature_low
                                                     : ReasonCode::temperature_unreadable;
    ask(Need::temperature, code, policy_.modes.steps, person);
  }

  void measure_again(int person) {
    const auto& result = results_[static_cast<std::size_t>(person)];
    if (result.state != ReadingState::second_due) return;
    ask(Need::second_reading, ReasonCode::second_reading_due, policy_.modes.steps, person);
    if (verdict_.need == Need::second_reading && verdict_.need_person == person)
      verdict_.second_reading_at_ms = result.second_at_ms;
  }

  void notes() {
    if (leaving_ && draws_on_household(facts_)) {
      if (exempt_) note(ReasonCode::outing_exempt);
      if (facts_.errand != Errand::ordinary) note(ReasonCode::outing_not_counted);
      if (facts_.exemption && !exempt_) note(ReasonCode::exemption_not_valid);
    }
    if (!leaving_ && draws_on_household(facts_) && overrunning(facts_.uses, policy_, facts_.now_ms))
      note(ReasonCode::overrun);
    if (leaving_ && facts_.presence == Presence::outside) note(ReasonCode::already_outside);
    if (!leaving_ && facts_.presence == Presence::inside) note(ReasonCode::already_inside);
  }

  const Facts& facts_;
  const Policy& policy_;
  const bool leaving_;
  const int persons_;
  const bool only_warns_;
  const bool exempt_;
  std::vector<ReadingResult> results_;  // one a person
  Verdict verdict_;
};

}  // namespace

Verdict decide(const Facts& facts, const Policy& policy) { return Decision(facts, policy).run(); }

int counted_persons(const Facts& facts) {
  const int persons = crossing(facts);
  const int children = std::clamp(facts.accompanied_children, 0, persons);
  return std::max(1, persons - children - std::clamp(facts.carers, 0, 1));
}

bool may_release(const Verdict& verdict) {
  return std::ranges::find(verdict.reasons, Mode::enforce, &Reason::mode) == verdict.reasons.end();
}

const Policy* policy_in_force(std::span<const Policy> policies, std::int64_t at_ms) {
  const Policy* found = nullptr;
  for (const auto& policy : policies) {
    if (policy.effective_from_ms > at_ms) continue;
    if (!found || std::tie(policy.effective_from_ms, policy.version) >
                      std::tie(found->effective_from_ms, found->version))
      found = &policy;
  }
  return found;
}

}  // namespace engine::gate
