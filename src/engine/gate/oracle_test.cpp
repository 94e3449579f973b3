// The whole cross product of the discrete facts against a flat table of rules, written from practice.md and
// not from decide.cpp: it sees labels ("the household has one out today"), never uses, readings or clocks.
#include <gtest/gtest.h>

#include <bitset>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "engine/gate/decide.hpp"
#include "engine/gate/names.hpp"

namespace engine::gate {
namespace {

enum class Temp { none, low, unreadable, normal, high, high_high, high_normal };
enum class Quota { untouched, used_and_back, one_out_today, one_out_last_week };
enum class Leave { ordinary, medical, exempt };

struct Labels {
  bool out = true;
  Holder holder{};
  PassState pass{};
  Standing standing{};
  Temp temp{};
  Quota quota{};
  Leave leave{};
  bool child = false, emergency = false, details = false;

  bool lives_here_or_may() const {
    return holder == Holder::household || holder == Holder::resident_member || unconfirmed();
  }
  bool unconfirmed() const {
    return holder == Holder::resident_provisional || holder == Holder::unknown_person;
  }
  bool from_outside() const {
    return !out && (holder == Holder::visitor || (holder == Holder::worker && pass != PassState::valid));
  }
  bool with_a_card_from_here() const {
    return pass != PassState::none && pass != PassState::bad_signature && pass != PassState::other_compound &&
           pass != PassState::unknown;
  }
  bool of_a_household() const {
    return lives_here_or_may() && (holder != Holder::unknown_person || with_a_card_from_here());
  }
  bool card_matters() const { return out && lives_here_or_may() && leave == Leave::ordinary; }
  bool on_quota() const { return out && of_a_household() && leave == Leave::ordinary; }
};

enum class Group { care, standing, residency, pass, quota, steps, note };

struct Rule {
  ReasonCode code;
  Group group;
  Outcome worth;
  bool (*when)(const Labels&);
};

template <PassState state>
bool card_in_the_way(const Labels& l) {
  return l.pass == state && l.card_matters();
}
template <PassState state>
bool card_noted(const Labels& l) {
  return l.pass == state && !l.card_matters();
}

using enum ReasonCode;
constexpr auto allow = Outcome::allow, refer = Outcome::refer, deny = Outcome::deny;

const std::vector<Rule> rules{
    {child_alone, Group::care, refer, [](auto& l) { return l.child; }},
    {may_not_leave, Group::standing, deny,
     [](auto& l) { return l.out && l.leave != Leave::medical && l.standing == Standing::may_not_leave; }},
    {ask_community, Group::standing, refer,
     [](auto& l) { return l.out && l.leave != Leave::medical && l.standing == Standing::ask_community; }},
    {identity_unconfirmed, Group::residency, refer, [](auto& l) { return l.unconfirmed(); }},
    {outsider, Group::residency, refer, [](auto& l) { return l.from_outside(); }},
    {pass_inactive, Group::pass, refer, card_in_the_way<PassState::inactive>},
    {pass_expired, Group::pass, refer, card_in_the_way<PassState::expired>},
    {pass_void, Group::pass, deny, card_in_the_way<PassState::voided>},
    {pass_replaced, Group::pass, deny, card_in_the_way<PassState::replaced>},
    {pass_bad_signature, Group::pass, refer, card_in_the_way<PassState::bad_signature>},
    {pass_other_compound, Group::pass, refer, card_in_the_way<PassState::other_compound>},
    {pass_unknown, Group::pass, refer, card_in_the_way<PassState::unknown>},
    {pass_inactive, Group::note, allow, card_noted<PassState::inactive>},
    {pass_expired, Group::note, allow, card_noted<PassState::expired>},
    {pass_void, Group::note, allow, card_noted<PassState::voided>},
    {pass_replaced, Group::note, allow, card_noted<PassState::replaced>},
    {pass_bad_signature, Group::note, allow, card_noted<PassState::bad_signature>},
    {pass_other_compound, Group::note, allow, card_noted<PassState::other_compound>},
    {pass_unknown, Group::note, allow, card_noted<PassState::unknown>},
    {quota_used, Group::quota, deny,
     [](auto& l) {
       return l.on_quota() && (l.quota == Quota::used_and_back || l.quota == Quota::one_out_today);
     }},
    {persons_out_limit, Group::quota, deny,
     [](auto& l) { return l.on_quota() && l.quota == Quota::one_out_today; }},
    {return_missing, Group::quota, refer,
     [](auto& l) { return l.on_quota() && l.quota == Quota::one_out_last_week; }},
    {temperature_high_twice, Group::steps, refer, [](auto& l) { return l.temp == Temp::high_high; }},
    {outing_exempt, Group::note, allow,
     [](auto& l) { return l.out && l.of_a_household() && l.leave == Leave::exempt; }},
    {outing_not_counted, Group::note, allow,
     [](auto& l) { return l.out && l.of_a_household() && l.leave == Leave::medical; }},
};

struct Question {
  Need need;
  ReasonCode code;
  Group group;
  bool of_the_refused_too;
  bool (*when)(const Labels&);
};

// In the order in which a screen asks.
const std::vector<Question> questions{
    {Need::choose_member, member_unchosen, Group::residency, true,
     [](auto& l) { return l.holder == Holder::household; }},
    {Need::details, details_missing, Group::residency, false,
     [](auto& l) { return (l.unconfirmed() || l.from_outside()) && !l.details; }},
    {Need::temperature, temperature_missing, Group::steps, false,
     [](auto& l) { return l.temp == Temp::none; }},
    {Need::temperature, temperature_low, Group::steps, false, [](auto& l) { return l.temp == Temp::low; }},
    {Need::temperature, temperature_unreadable, Group::steps, false,
     [](auto& l) { return l.temp == Temp::unreadable; }},
    {Need::second_reading, second_reading_due, Group::steps, true,
     [](auto& l) { return l.temp == Temp::high; }},
};

constexpr auto code_count = EnumNames<ReasonCode>::names.size();
using Codes = std::bitset<code_count * 3>;  // code and mode

void mark(Codes& codes, ReasonCode code, Mode mode) {
  codes.set(static_cast<std::size_t>(code) * 3 + static_cast<std::size_t>(mode));
}

struct Expected {
  Outcome outcome = allow;
  Need need = Need::none;
  Codes codes{};
  bool alert = false, consumes = false, promises_day_4 = false;
  friend bool operator==(const Expected&, const Expected&) = default;
};

Mode mode_of(Group group, const Modes& modes) {
  switch (group) {
    case Group::care:
      return Mode::enforce;
    case Group::standing:
      return modes.standing;
    case Group::residency:
      return modes.residency;
    case Group::pass:
      return modes.pass;
    case Group::quota:
      return modes.quota;
    case Group::steps:
      return modes.steps;
    case Group::note:
      break;
  }
  return Mode::record;
}

Expected oracle(const Labels& l, const Modes& modes) {
  Expected e;
  if (l.emergency) mark(e.codes, emergency_release, Mode::record);
  if (l.holder == Holder::vehicle_emergency) mark(e.codes, emergency_vehicle, Mode::record);
  if (e.codes.any()) return e;

  bool care = false;
  for (const auto& rule : rules) {
    if (!rule.when(l)) continue;
    const auto mode = mode_of(rule.group, modes);
    mark(e.codes, rule.code, mode);
    if (rule.code == quota_used) e.promises_day_4 = true;
    if (rule.code == temperature_high_twice) e.alert = true;
    if (mode != Mode::enforce) continue;
    if (rule.worth > e.outcome) e.outcome = rule.worth;
    care = care || rule.code == child_alone || rule.code == temperature_high_twice;
  }
  if (care) e.outcome = refer;
  e.consumes = l.on_quota() && e.outcome != deny;

  for (const auto& q : questions) {
    if (!q.when(l) || (e.outcome == deny && !q.of_the_refused_too)) continue;
    const auto mode = mode_of(q.group, modes);
    mark(e.codes, q.code, mode);
    if (mode != Mode::record && e.need == Need::none) e.need = q.need;
  }
  return e;
}

constexpr std::int64_t day_1 = 18303;
constexpr std::int64_t now_ms = day_1 * base::day_ms;  // 08:00 at UTC+8

Facts facts_of(const Labels& l) {
  Facts f;
  f.direction = l.out ? Direction::out : Direction::in;
  f.now_ms = now_ms;
  f.holder = l.holder;
  f.pass = l.pass;
  f.standing = l.standing;
  f.child_alone = l.child;
  f.details_complete = l.details;
  if (l.emergency) f.emergency = Emergency::fire;
  if (l.leave == Leave::medical) f.errand = Errand::medical;
  if (l.leave == Leave::exempt)
    f.exemption = Exemption{"court", now_ms, now_ms + base::day_ms, 127, 0, 1440, true};
  const auto hour_ago = now_ms - base::hour_ms;
  if (l.quota == Quota::used_and_back) f.uses = {{hour_ago, now_ms, 1, true, false}};
  if (l.quota == Quota::one_out_today) f.uses = {{hour_ago, {}, 1, true, false}};
  if (l.quota == Quota::one_out_last_week) f.uses = {{now_ms - 7 * base::day_ms, {}, 1, true, false}};
  const auto later = now_ms + base::hour_ms;
  const auto first = [](int tenths) { return Reading{0, tenths, now_ms}; };
  if (l.temp == Temp::low) f.readings = {first(340)};
  if (l.temp == Temp::unreadable) f.readings = {first(3650)};
  if (l.temp == Temp::normal) f.readings = {first(365)};
  if (l.temp == Temp::high) f.readings = {first(373)};
  if (l.temp == Temp::high_high) f.readings = {first(373), {0, 375, later}};
  if (l.temp == Temp::high_normal) f.readings = {first(373), {0, 366, later}};
  return f;
}

Expected said(const Verdict& v) {
  Expected e;
  e.outcome = v.outcome;
  e.need = v.need;
  for (const auto& reason : v.reasons) mark(e.codes, reason.code, reason.mode);
  e.alert = v.alert == Alert::fever;
  e.consumes = v.consumes_outing;
  e.promises_day_4 = v.next_outing_day == day_1 + 3;
  return e;
}

// Everything in one mode; each group alone in warn; and in record the two groups that ask questions.
std::vector<Policy> policies() {
  std::vector<Policy> all;
  const auto add = [&](const Modes& modes) { all.emplace_back().modes = modes; };
  const auto add_but = [&](Mode Modes::*group, Mode mode) {
    Modes modes;
    modes.*group = mode;
    add(modes);
  };
  for (const auto mode : {Mode::record, Mode::warn, Mode::enforce}) add({mode, mode, mode, mode, mode, mode});
  for (const auto group : {&Modes::quota, &Modes::pass, &Modes::residency, &Modes::steps, &Modes::standing})
    add_but(group, Mode::warn);
  add_but(&Modes::residency, Mode::record);
  add_but(&Modes::steps, Mode::record);
  return all;
}

template <class E, class Visit>
void each(Visit visit) {
  for (std::size_t i = 0; i < EnumNames<E>::names.size(); ++i) visit(static_cast<E>(i));
}

// Calls visit(Labels) for every combination of one direction.
template <class Visit>
void every_case(bool out, Visit visit) {
  Labels l;
  l.out = out;
  for (int temp = 0; temp < 7; ++temp)
    for (int quota = 0; quota < 4; ++quota)
      for (int leave = 0; leave < 3; ++leave)
        for (int bits = 0; bits < 6; ++bits) {  // an emergency goes before any details
          l.temp = static_cast<Temp>(temp);
          l.quota = static_cast<Quota>(quota);
          l.leave = static_cast<Leave>(leave);
          l.child = (bits & 1) != 0;
          l.details = (bits & 2) != 0;
          l.emergency = (bits & 4) != 0;
          each<Standing>([&](Standing standing) {
            each<Holder>([&](Holder holder) {
              each<PassState>([&](PassState pass) {
                l.standing = standing;
                l.holder = holder;
                l.pass = pass;
                visit(l);
              });
            });
          });
        }
}

void compare_all(bool out) {
  const auto all = policies();
  std::size_t compared = 0, failed = 0;
  every_case(out, [&](const Labels& l) {
    const auto facts = facts_of(l);
    for (const auto& policy : all) {
      ++compared;
      if (said(decide(facts, policy)) == oracle(l, policy.modes)) continue;
      if (++failed <= 5)
        ADD_FAILURE() << (out ? "out " : "in ") << name_of(l.holder) << " pass " << name_of(l.pass)
                      << " standing " << name_of(l.standing) << " temp " << static_cast<int>(l.temp)
                      << " quota " << static_cast<int>(l.quota) << " leave " << static_cast<int>(l.leave)
                      << " child " << l.child << " emergency " << l.emergency << " details " << l.details
                      << " modes q" << static_cast<int>(policy.modes.quota) << " p"
                      << static_cast<int>(policy.modes.pass) << " r"
                      << static_cast<int>(policy.modes.residency) << " s"
                      << static_cast<int>(policy.modes.steps) << " l"
                      << static_cast<int>(policy.modes.standing);
    }
  });
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(compared, 7u * 4 * 3 * 6 * 3 * 7 * 9 * 10);
}

TEST(GateOracle, EveryExitSaysWhatTheTableSays) { compare_all(true); }
TEST(GateOracle, EveryEntrySaysWhatTheTableSays) { compare_all(false); }

}  // namespace
}  // namespace engine::gate
