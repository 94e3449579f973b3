// What holds for every facts and every policy (practice.md 1, 2, 6, 7, 11, 16, 17, 24).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/time.hpp"
#include "engine/gate/decide.hpp"
#include "engine/gate/gate_cases.hpp"
#include "engine/gate/names.hpp"

namespace engine::gate {
namespace {

Source shrinking() {
  return [](std::int64_t low, std::int64_t high) { return *rc::gen::inRange(low, high + 1); };
}

std::optional<Mode> mode_of(const Verdict& verdict, ReasonCode code) {
  for (const auto& reason : verdict.reasons)
    if (reason.code == code) return reason.mode;
  return std::nullopt;
}
bool has(const Verdict& verdict, ReasonCode code) { return mode_of(verdict, code).has_value(); }

constexpr ReasonCode of_quota[] = {ReasonCode::quota_used, ReasonCode::persons_over_limit,
                                   ReasonCode::persons_out_limit, ReasonCode::return_missing};

bool touches_quota(const Verdict& verdict) {
  return verdict.next_outing_day || verdict.next_outing_at_ms ||
         std::ranges::any_of(of_quota, [&](auto code) { return has(verdict, code); });
}

bool about_pass(ReasonCode code) { return name_of(code).starts_with("pass_"); }

// The least an exit of a chosen member needs: everything else is as good as it can be.
Facts ready_to_leave(const Source& source) {
  Facts f;
  f.now_ms = any_facts(source).now_ms;
  f.readings = {{0, 365, f.now_ms}};
  return f;
}

RC_GTEST_PROP(GateProperties, EmergencyIsAllowedWithoutAStepWhateverElseHolds, ()) {
  const auto source = shrinking();
  auto facts = any_facts(source);
  facts.emergency = any_of<Emergency>(source);
  const auto verdict = decide(facts, any_policy(source));
  RC_ASSERT(verdict.outcome == Outcome::allow);
  RC_ASSERT(verdict.need == Need::none);
  RC_ASSERT(has(verdict, ReasonCode::emergency_release));
  RC_ASSERT(may_release(verdict));
  RC_ASSERT(!verdict.consumes_outing);
  RC_ASSERT(!touches_quota(verdict));
}

RC_GTEST_PROP(GateProperties, EntryIsNeverDeniedNorStoppedByQuotaOrCard, ()) {
  const auto source = shrinking();
  auto facts = any_facts(source);
  facts.direction = Direction::in;
  const auto policy = any_policy(source);
  const auto verdict = decide(facts, policy);
  RC_ASSERT(verdict.outcome != Outcome::deny);
  RC_ASSERT(!touches_quota(verdict));
  RC_ASSERT(!verdict.consumes_outing);
  RC_ASSERT(!has(verdict, ReasonCode::outside_hours));
  RC_ASSERT(!has(verdict, ReasonCode::curfew));
  for (const auto& reason : verdict.reasons)
    RC_ASSERT(!about_pass(reason.code) || reason.mode == Mode::record);

  // The uses may add the note of an overrun and nothing else.
  auto without = facts;
  without.uses.clear();
  auto expected = decide(without, policy);
  auto found = verdict;
  std::erase(found.reasons, Reason{ReasonCode::overrun, Mode::record});
  RC_ASSERT(found == expected);
}

RC_GTEST_PROP(GateProperties, AResidentsEntryDoesNotDependOnTheCard, ()) {
  const auto source = shrinking();
  auto facts = any_facts(source);
  facts.direction = Direction::in;
  facts.holder = Holder::resident_member;
  const auto policy = any_policy(source);
  const auto with = decide(facts, policy);
  facts.pass = PassState::none;
  const auto without = decide(facts, policy);
  RC_ASSERT(with.outcome == without.outcome);
  RC_ASSERT(with.need == without.need);
}

RC_GTEST_PROP(GateProperties, RecordAndWarnNeverDeny, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  const auto soft = [&] { return any_bool(source) ? Mode::record : Mode::warn; };
  policy.modes = {soft(), soft(), soft(), soft(), soft(), soft()};
  const auto facts = any_facts(source);
  const auto verdict = decide(facts, policy);
  RC_ASSERT(verdict.outcome == (has(verdict, ReasonCode::child_alone) ? Outcome::refer : Outcome::allow));
  for (const auto& reason : verdict.reasons)
    RC_ASSERT(reason.mode != Mode::enforce || reason.code == ReasonCode::child_alone);
}

RC_GTEST_PROP(GateProperties, RecordAsksNothing, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  policy.modes = {Mode::record, Mode::record, Mode::record, Mode::record, Mode::record, Mode::record};
  RC_ASSERT(decide(any_facts(source), policy).need == Need::none);
}

// A new compound: until the chosen day, enforce is warn and the other modes are what they are.
RC_GTEST_PROP(GateProperties, BeforeTheChosenDayEveryGroupOnlyWarns, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  const auto facts = any_facts(source);
  auto soft = policy;
  policy.warn_until_day = 99999;
  soft.warn_until_day.reset();
  for (auto* mode : {&soft.modes.quota, &soft.modes.pass, &soft.modes.residency, &soft.modes.steps,
                     &soft.modes.standing, &soft.modes.hours})
    if (*mode == Mode::enforce) *mode = Mode::warn;
  RC_ASSERT(decide(facts, policy) == decide(facts, soft));
}

// The modes decide what a rule does, never whether it is seen; the verdict names the same facts.
RC_GTEST_PROP(GateProperties, SofterModesNeverMakeTheOutcomeGraver, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  const auto facts = any_facts(source);
  const auto hard = decide(facts, policy);
  Mode* group[] = {&policy.modes.quota, &policy.modes.pass, &policy.modes.residency, &policy.modes.standing,
                   &policy.modes.hours};
  *group[source(0, 4)] = any_bool(source) ? Mode::record : Mode::warn;
  const auto soft = decide(facts, policy);
  RC_ASSERT(soft.outcome <= hard.outcome);
}

RC_GTEST_PROP(GateProperties, CalendarWindowFreesTheThirdDayAfter, ()) {
  const auto source = shrinking();
  Policy policy;
  policy.window_days = static_cast<int>(source(1, 14));
  auto facts = ready_to_leave(source);
  const auto first_day = 18303;
  const auto local_midnight = first_day * base::day_ms - 480 * base::minute_ms;
  const auto exit_minute = source(0, 1439);
  facts.uses = {{local_midnight + exit_minute * base::minute_ms,
                 local_midnight + exit_minute * base::minute_ms + base::hour_ms, 1, true, false}};
  const auto days = source(1, 20);
  const auto now_minute = source(0, 1439);
  facts.now_ms = local_midnight + days * base::day_ms + now_minute * base::minute_ms;
  const auto verdict = decide(facts, policy);
  const bool back_too_late = *facts.uses[0].return_at_ms > facts.now_ms;  // past midnight, not back yet
  RC_PRE(!back_too_late);
  RC_ASSERT(verdict.outcome == (days >= policy.window_days ? Outcome::allow : Outcome::deny));
  if (verdict.outcome == Outcome::deny) RC_ASSERT(*verdict.next_outing_day == first_day + policy.window_days);
}

RC_GTEST_PROP(GateProperties, NextOutingIsTrueToItsWord, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  policy.window_days = static_cast<int>(source(1, 14));
  policy.outings_per_window = static_cast<int>(source(1, 2));
  auto facts = ready_to_leave(source);
  for (int n = 0; n < 2; ++n)
    facts.uses.push_back({facts.now_ms - source(0, base::hour_ms), {}, 1, true, true});
  for (auto n = source(0, 3); n > 0; --n) facts.uses.push_back(any_use(source, facts.now_ms));
  const auto verdict = decide(facts, policy);
  RC_ASSERT(*verdict.next_outing_at_ms > facts.now_ms);
  // Everybody comes home now: at the named instant an outing is free, a moment before it is not.
  for (auto& use : facts.uses)
    if (!use.return_at_ms || *use.return_at_ms > facts.now_ms) {
      use.return_at_ms.reset();
      use.closed_without_return = true;
    }
  std::erase_if(facts.uses, [&](const Use& use) { return use.exit_at_ms > facts.now_ms; });
  facts.now_ms = *verdict.next_outing_at_ms;
  RC_ASSERT(!has(decide(facts, policy), ReasonCode::quota_used));
  facts.now_ms -= 1;
  RC_ASSERT(has(decide(facts, policy), ReasonCode::quota_used));
}

RC_GTEST_PROP(GateProperties, RefundedAndUncountedUsesAreAsIfTheyHadNotBeen, ()) {
  const auto source = shrinking();
  const auto policy = any_policy(source);
  auto facts = any_facts(source);
  const auto before = decide(facts, policy);
  auto use = any_use(source, facts.now_ms);
  if (any_bool(source)) {
    use.counted = false;
  } else {
    use.return_at_ms = use.exit_at_ms + source(0, policy.refund_minutes * base::minute_ms);
    RC_PRE(*use.return_at_ms <= facts.now_ms);
  }
  facts.uses.push_back(use);
  RC_ASSERT(decide(facts, policy) == before);
}

RC_GTEST_PROP(GateProperties, AUseMoreNeverMakesTheOutcomeMilder, ()) {
  const auto source = shrinking();
  const auto policy = any_policy(source);
  auto facts = any_facts(source);
  const auto before = decide(facts, policy);
  facts.uses.push_back(any_use(source, facts.now_ms));
  const auto after = decide(facts, policy);
  RC_ASSERT(after.outcome >= before.outcome);
  if (before.next_outing_at_ms) RC_ASSERT((after.next_outing_at_ms >= before.next_outing_at_ms));
}

RC_GTEST_PROP(GateProperties, TheOrderOfUsesDoesNotMatter, ()) {
  const auto source = shrinking();
  const auto policy = any_policy(source);
  auto facts = any_facts(source);
  const auto before = decide(facts, policy);
  std::ranges::reverse(facts.uses);
  RC_ASSERT(decide(facts, policy) == before);
}

// A late record of something after `now` does not rewrite the verdict of then (practice.md 6).
RC_GTEST_PROP(GateProperties, LaterEventsDoNotRewriteAVerdict, ()) {
  const auto source = shrinking();
  const auto policy = any_policy(source);
  auto facts = any_facts(source);
  const auto before = decide(facts, policy);
  auto use = any_use(source, facts.now_ms);
  use.exit_at_ms = facts.now_ms + source(1, 5 * base::day_ms);
  use.return_at_ms.reset();
  facts.uses.push_back(use);
  RC_ASSERT(decide(facts, policy) == before);
}

RC_GTEST_PROP(GateProperties, ExemptOutingsNeverTouchTheQuota, ()) {
  const auto source = shrinking();
  const auto policy = any_policy(source);
  auto facts = any_facts(source);
  facts.emergency.reset();
  if (any_bool(source)) {
    facts.exemption = Exemption{"livelihood", facts.now_ms, facts.now_ms + 1, 127, 0, 1440};
  } else {
    facts.errand = static_cast<Errand>(source(1, 3));
  }
  const auto verdict = decide(facts, policy);
  RC_ASSERT(!touches_quota(verdict));
  RC_ASSERT(!verdict.consumes_outing);
}

RC_GTEST_PROP(GateProperties, AFeverNeedsTwoReadingsAndThenAlerts, ()) {
  const auto source = shrinking();
  Policy policy;
  policy.fever_at_or_above = any_bool(source);
  policy.second_reading_wait_minutes = static_cast<int>(source(0, 20));
  auto facts = ready_to_leave(source);
  facts.direction = any_of<Direction>(source);
  const auto wait_ms = policy.second_reading_wait_minutes * base::minute_ms;
  const int first = static_cast<int>(source(350, 429));
  const int second = static_cast<int>(source(350, 429));
  const auto high = [&](int tenths) { return policy.fever_at_or_above ? tenths >= 373 : tenths > 373; };

  facts.readings = {{0, first, facts.now_ms}};
  const auto once = decide(facts, policy);
  RC_ASSERT(once.alert == Alert::none);
  RC_ASSERT(once.outcome == Outcome::allow);
  RC_ASSERT((once.need == Need::second_reading) == high(first));
  RC_ASSERT(may_release(once) == !high(first));

  facts.readings.push_back({0, second, facts.now_ms + wait_ms});
  const auto twice = decide(facts, policy);
  RC_ASSERT((twice.alert == Alert::fever) == (high(first) && high(second)));
  RC_ASSERT(!high(first) || (twice.outcome == Outcome::refer) == high(second));

  if (high(first) && policy.second_reading_wait_minutes > 0) {
    facts.readings.back().at_ms -= 1;
    RC_ASSERT(decide(facts, policy).need == Need::second_reading);
  }
}

RC_GTEST_PROP(GateProperties, ABadReadingIsTakenAgain, ()) {
  const auto source = shrinking();
  auto facts = ready_to_leave(source);
  facts.direction = any_of<Direction>(source);
  const bool low = any_bool(source);
  facts.readings = {{0, static_cast<int>(low ? source(-100, 349) : source(430, 5000)), facts.now_ms}};
  const auto verdict = decide(facts, Policy{});
  RC_ASSERT(verdict.need == Need::temperature);
  RC_ASSERT(has(verdict, low ? ReasonCode::temperature_low : ReasonCode::temperature_unreadable));
  RC_ASSERT(verdict.alert == Alert::none);
}

RC_GTEST_PROP(GateProperties, AChildAloneIsReferredNeverSentAway, ()) {
  const auto source = shrinking();
  auto facts = any_facts(source);
  facts.child_alone = true;
  facts.emergency.reset();
  RC_PRE(facts.holder != Holder::vehicle_emergency);
  const auto verdict = decide(facts, any_policy(source));
  RC_ASSERT(verdict.outcome == Outcome::refer);
  RC_ASSERT(verdict.reasons.front() == (Reason{ReasonCode::child_alone, Mode::enforce}));
}

RC_GTEST_PROP(GateProperties, OnDayOneUnknownPeoplePassAsProvisional, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  policy.modes.residency = Mode::enforce;
  policy.warn_until_day = 99999;
  auto facts = any_facts(source);
  facts.holder = any_bool(source) ? Holder::resident_provisional : Holder::unknown_person;
  facts.child_alone = false;
  facts.emergency.reset();
  const auto verdict = decide(facts, policy);
  RC_ASSERT(verdict.outcome == Outcome::allow);
  RC_ASSERT((mode_of(verdict, ReasonCode::identity_unconfirmed) == Mode::warn));
  RC_ASSERT(has(verdict, ReasonCode::details_missing) == !facts.details_complete);
}

// practice.md 16: no smartphone is never a reason to refuse. Whoever can show nothing is looked up.
RC_GTEST_PROP(GateProperties, NothingToShowIsNeverARefusal, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  auto facts = any_facts(source);
  facts.proof = any_bool(source) ? Proof::none : Proof::unable;
  facts.tested_at_ms.reset();
  auto without = policy;
  without.check_out = without.check_in = Check::none;
  const auto asked = decide(facts, policy), unasked = decide(facts, without);
  RC_ASSERT((asked.outcome == Outcome::deny) == (unasked.outcome == Outcome::deny));
  facts.proof = static_cast<Proof>(source(1, 4));
  policy.check_out = policy.check_in = Check::code;
  for (const auto code : {ReasonCode::check_missing, ReasonCode::check_unavailable, ReasonCode::check_old})
    RC_ASSERT(!has(decide(facts, policy), code));
}

// Whoever is told when the next hours begin may go then, as far as the hours go.
RC_GTEST_PROP(GateProperties, TheNextHoursAreTrueToTheirWord, ()) {
  const auto source = shrinking();
  Policy policy;
  policy.utc_offset_minutes = static_cast<int>(source(-12, 14) * 60);
  for (auto n = source(1, 3); n > 0; --n) {
    const auto from = static_cast<int>(source(0, 1438));
    const auto until = static_cast<int>(source(0, 1440));
    policy.out_hours.push_back({static_cast<int>(source(1, 127)), from, from == until ? 1440 : until, {}});
  }
  auto facts = ready_to_leave(source);
  facts.now_ms += source(0, 7 * 1440) * base::minute_ms;
  const auto verdict = decide(facts, policy);
  RC_PRE(has(verdict, ReasonCode::outside_hours));
  RC_ASSERT(*verdict.next_hours_at_ms > facts.now_ms);
  facts.now_ms = *verdict.next_hours_at_ms;
  RC_ASSERT(!has(decide(facts, policy), ReasonCode::outside_hours));
  facts.now_ms -= 1;
  RC_ASSERT(has(decide(facts, policy), ReasonCode::outside_hours));
}

// Those who may not leave, the hours and the curfew say nothing of who comes home, visits or works here.
RC_GTEST_PROP(GateProperties, HoursHoldForExitsOnAHouseholdsQuotaAlone, ()) {
  const auto source = shrinking();
  const auto policy = any_policy(source);
  auto facts = any_facts(source);
  facts.holder = any_bool(source) ? Holder::visitor : Holder::worker;
  const auto verdict = decide(facts, policy);
  RC_ASSERT(!has(verdict, ReasonCode::outside_hours));
  RC_ASSERT(!has(verdict, ReasonCode::curfew));
}

RC_GTEST_PROP(GateProperties, TheAgeOfTheListChangesNothing, ()) {
  const auto source = shrinking();
  const auto policy = any_policy(source);
  auto facts = any_facts(source);
  const auto before = decide(facts, policy);
  facts.list_age_minutes = static_cast<int>(source(0, 100000));
  RC_ASSERT(decide(facts, policy) == before);
}

RC_GTEST_PROP(GateProperties, TheSameInGivesTheSameOut, ()) {
  const auto source = shrinking();
  const auto facts = any_facts(source);
  const auto policy = any_policy(source);
  const auto first = decide(facts, policy);
  decide(any_facts(source), any_policy(source));
  RC_ASSERT(decide(Facts(facts), Policy(policy)) == first);
}

RC_GTEST_PROP(GateProperties, TheVerdictIsOfOnePiece, ()) {
  const auto source = shrinking();
  const auto facts = any_facts(source);
  const auto policy = any_policy(source);
  const auto verdict = decide(facts, policy);
  RC_ASSERT(verdict.policy_version == policy.version);
  RC_ASSERT(verdict.outcome == Outcome::allow || !may_release(verdict));
  RC_ASSERT(verdict.outcome != Outcome::deny || !verdict.consumes_outing);
  RC_ASSERT(verdict.next_outing_day.has_value() == verdict.next_outing_at_ms.has_value());
  RC_ASSERT(!verdict.next_outing_day || has(verdict, ReasonCode::quota_used));
  RC_ASSERT(!verdict.next_hours_at_ms || has(verdict, ReasonCode::outside_hours));
  RC_ASSERT(verdict.second_reading_at_ms.has_value() == (verdict.need == Need::second_reading));
  for (auto a = verdict.reasons.begin(); a != verdict.reasons.end(); ++a)
    RC_ASSERT(std::ranges::find(a + 1, verdict.reasons.end(), a->code, &Reason::code) ==
              verdict.reasons.end());
}

TEST(GatePersons, ChildrenAndOneCarerDoNotCount) {
  const auto counted = [](int persons, int children, int carers) {
    Facts f;
    f.persons = persons;
    f.accompanied_children = children;
    f.carers = carers;
    return counted_persons(f);
  };
  EXPECT_EQ(counted(1, 0, 0), 1);
  EXPECT_EQ(counted(4, 2, 0), 2);
  EXPECT_EQ(counted(4, 0, 2), 3);
  EXPECT_EQ(counted(2, 2, 1), 1);
  EXPECT_EQ(counted(0, -3, -1), 1);
  EXPECT_EQ(counted(1000, 0, 0), persons_max);
}

// Numbers from anywhere: no overflow, no endless loop (the sanitizers watch).
RC_GTEST_PROP(GateProperties, WildNumbersAreSurvived, ()) {
  const auto source = shrinking();
  auto facts = any_facts(source);
  auto policy = any_policy(source);
  constexpr std::int64_t far = (std::int64_t{1} << 53) - 1;
  const auto wild = [&] { return *rc::gen::arbitrary<int>(); };
  facts.now_ms = source(-far, far);
  for (auto& use : facts.uses) use.exit_at_ms = source(-far, far);
  for (auto& use : facts.uses) use.persons = wild();
  for (auto& reading : facts.readings) reading.tenths = wild();
  facts.persons = wild();
  facts.accompanied_children = wild();
  facts.carers = wild();
  policy.window_days = wild();
  policy.outings_per_window = wild();
  policy.persons_per_outing = wild();
  policy.refund_minutes = wild();
  policy.max_minutes_outside = wild();
  policy.second_reading_wait_minutes = wild();
  if (facts.exemption) facts.exemption->weekdays = wild();
  for (auto& hours : policy.out_hours) hours = {wild(), wild(), wild(), {}};
  policy.check_hours = wild();
  facts.tested_at_ms = source(-far, far);
  RC_ASSERT(decide(facts, policy) == decide(facts, policy));
}

// practice.md 24: nothing a guard's screen receives is named after a category or a control level.
TEST(GateNames, NoReasonTellsACategoryOrAControlLevel) {
  for (const auto name : EnumNames<ReasonCode>::names)
    for (const auto word : {"confirmed_", "suspect", "close_contact", "contact_", "fever", "isolat", "observ",
                            "quarant", "case", "positive", "infected", "zone", "control", "health"})
      EXPECT_FALSE(name.find(word) != name.npos) << name;
}

TEST(GatePolicy, TheVersionInForceIsTheLatestThatHasBegun) {
  const auto version = [](std::int64_t number, std::int64_t from_ms) {
    Policy p;
    p.version = number;
    p.effective_from_ms = from_ms;
    return p;
  };
  const std::vector policies{version(3, 200), version(1, 100), version(4, 200), version(2, 300)};
  const auto at = [&](std::int64_t ms) {
    const auto* found = policy_in_force(policies, ms);
    return found ? found->version : 0;
  };
  EXPECT_EQ(at(99), 0);
  EXPECT_EQ(at(100), 1);
  EXPECT_EQ(at(199), 1);
  EXPECT_EQ(at(200), 4);
  EXPECT_EQ(at(299), 4);
  EXPECT_EQ(at(300), 2);
}

}  // namespace
}  // namespace engine::gate
