// What a tightening is (practice.md 4), parameter by parameter, and what holds for any two policies.
#include "engine/gate/compare.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/gate/decide.hpp"
#include "engine/gate/gate_cases.hpp"

namespace engine::gate {
namespace {

std::vector<Difference> changed(void (*change)(Policy&)) {
  Policy after;
  change(after);
  return differences(Policy{}, after);
}
std::vector<Difference> taken_back(void (*change)(Policy&)) {
  Policy before;
  change(before);
  return differences(before, Policy{});
}

struct Step {
  const char* field;
  void (*tighten)(Policy&);
};
const Step steps[] = {
    {"window_kind", [](Policy& p) { p.window_kind = WindowKind::rolling; }},
    {"window_days", [](Policy& p) { p.window_days = 4; }},
    {"outings_per_window", [](Policy& p) { p.outings_per_window = 0; }},
    {"persons_per_outing", [](Policy& p) { p.persons_per_outing = 0; }},
    {"refund_minutes", [](Policy& p) { p.refund_minutes = 5; }},
    {"max_minutes_outside", [](Policy& p) { p.max_minutes_outside = 120; }},
    {"overrun_costs_outing", [](Policy& p) { p.overrun_costs_outing = true; }},
    {"exemption_kinds", [](Policy& p) { p.exemption_kinds.pop_back(); }},
    {"exemption_terms", [](Policy& p) { p.exemption_terms = {ExemptionTerms{"court"}}; }},
    {"exemption_terms",
     [](Policy& p) {
       p.exemption_terms = {{"court", false, {}, 18303}};
     }},
    {"exemption_terms",
     [](Policy& p) {
       p.exemption_terms = {{"court", false, {}, {}, 31}};
     }},
    {"lookup_satisfies_pass", [](Policy& p) { p.lookup_satisfies_pass = false; }},
    {"fever_threshold_tenths", [](Policy& p) { p.fever_threshold_tenths = 372; }},
    {"low_threshold_tenths", [](Policy& p) { p.low_threshold_tenths = 351; }},
    {"highest_plausible_tenths", [](Policy& p) { p.highest_plausible_tenths = 420; }},
    {"second_reading_wait_minutes", [](Policy& p) { p.second_reading_wait_minutes = 11; }},
    {"disinfection_required", [](Policy& p) { p.disinfection_required = true; }},
    {"registration_required_out", [](Policy& p) { p.registration_required_out = true; }},
    {"registration_required_in", [](Policy& p) { p.registration_required_in = true; }},
    {"check_out", [](Policy& p) { p.check_out = Check::code_or_test; }},
    {"check_in", [](Policy& p) { p.check_in = Check::test; }},
    {"check_hours", [](Policy& p) { p.check_hours = 24; }},
    {"out_hours",
     [](Policy& p) {
       p.out_hours = {{127, 480, 720, {}}};
     }},
    {"out_hours",
     [](Policy& p) {
       p.out_hours = {{127, 480, 720, {7}}};
     }},
    {"curfew",
     [](Policy& p) {
       p.curfew = DayHours{127, 1350, 360, {}};
     }},
    {"visitors", [](Policy& p) { p.visitors = EntryRule::refer; }},
    {"deliveries", [](Policy& p) { p.deliveries = EntryRule::refer; }},
    {"outsiders", [](Policy& p) { p.outsiders = EntryRule::refer; }},
    {"filing_required", [](Policy& p) { p.filing_required = true; }},
    {"level_rights.home_monitoring",
     [](Policy& p) { p.level_rights.home_monitoring = Standing::may_not_leave; }},
    {"level_rights.self_monitoring",
     [](Policy& p) { p.level_rights.self_monitoring = Standing::ask_community; }},
    {"level_covers_household", [](Policy& p) { p.level_covers_household = true; }},
    {"notice_minutes", [](Policy& p) { p.notice_minutes = 0; }},
};

TEST(GateCompare, EachParameterHasADirection) {
  for (const auto& step : steps) {
    EXPECT_EQ(changed(step.tighten), (std::vector{Difference{step.field, Effect::tighter}})) << step.field;
    EXPECT_EQ(taken_back(step.tighten), (std::vector{Difference{step.field, Effect::looser}})) << step.field;
  }
}

TEST(GateCompare, LooserParameters) {
  EXPECT_EQ(changed([](Policy& p) { p.warn_until_day = 18310; }),
            (std::vector{Difference{"warn_until_day", Effect::looser}}));
  EXPECT_EQ(changed([](Policy& p) { p.modes.hours = Mode::warn; }),
            (std::vector{Difference{"modes.hours", Effect::looser}}));
  EXPECT_EQ(changed([](Policy& p) { p.window_days = 0; }),
            (std::vector{Difference{"window_days", Effect::looser}}));
  EXPECT_FALSE(tightens(changed([](Policy& p) { p.normal_without_reading_allowed = true; })));
}

// Other hours of the same length take something from somebody.
TEST(GateCompare, MovedHoursAreATightening) {
  Policy before, after;
  before.out_hours = {{127, 480, 600, {}}};
  after.out_hours = {{127, 540, 660, {}}};
  EXPECT_TRUE(tightens(differences(before, after)));
  after.out_hours = {{127, 480, 540, {}}, {127, 540, 660, {}}};
  EXPECT_EQ(differences(before, after), (std::vector{Difference{"out_hours", Effect::looser}}));
}

TEST(GateCompare, ACodeInsteadOfATestIsATighteningBothWays) {
  Policy code, test;
  code.check_in = Check::code;
  test.check_in = Check::test;
  EXPECT_TRUE(tightens(differences(code, test)));
  EXPECT_TRUE(tightens(differences(test, code)));
}

Source shrinking() {
  return [](std::int64_t low, std::int64_t high) { return *rc::gen::inRange(low, high + 1); };
}

RC_GTEST_PROP(GateCompareProperties, NothingChangedIsNoDifference, ()) {
  const auto source = shrinking();
  auto policy = any_policy(source);
  auto later = policy;
  later.version += 1;
  later.effective_from_ms += 1;
  RC_ASSERT(differences(policy, later).empty());
}

// What the comparison is for: a version that is no tightening stops nobody whom the one before let go.
RC_GTEST_PROP(GateCompareProperties, WhoeverCouldLeaveStillCanUnlessItIsATightening, ()) {
  const auto source = shrinking();
  auto before = any_policy(source);
  auto after = before;
  const auto other = any_policy(source);
  // A few parameters of another policy, so that a looser one is not too rare.
  if (any_bool(source)) after.window_days = other.window_days;
  if (any_bool(source)) after.outings_per_window = other.outings_per_window;
  if (any_bool(source)) after.persons_per_outing = other.persons_per_outing;
  if (any_bool(source)) after.out_hours = other.out_hours;
  if (any_bool(source)) after.curfew = other.curfew;
  if (any_bool(source)) after.exemption_terms = other.exemption_terms;
  if (any_bool(source)) after.check_out = other.check_out;
  if (any_bool(source)) after.visitors = other.visitors;
  if (any_bool(source)) after.modes = other.modes;
  if (any_bool(source)) after.warn_until_day = other.warn_until_day;
  RC_PRE(!tightens(differences(before, after)));
  const auto facts = any_facts(source);
  RC_ASSERT(decide(facts, after).outcome <= decide(facts, before).outcome);
}

}  // namespace
}  // namespace engine::gate
