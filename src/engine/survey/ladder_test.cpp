#include "engine/survey/ladder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

namespace {

using namespace engine::survey;
using base::hour_ms;

const base::Instant morning = *base::parse_iso("2020-02-11T01:00:00.000Z");  // 09:00 in Shanghai
base::Instant half_days_later(int n) { return morning + n * 12 * hour_ms; }
Attempt silent(Contact contact, base::Instant at) { return {contact, false, at, {}}; }

// XN-52: fitted out, then occupied, then people; each answer may end it.
TEST(Finding, IsAskedInTheOrderOfElimination) {
  EXPECT_EQ(next_question({}), Question::fitted_out);
  EXPECT_EQ(next_question({Seen::no}), Question::none);
  EXPECT_EQ(outcome_of({Seen::no}), Outcome::not_fitted_out);
  EXPECT_EQ(next_question({Seen::yes}), Question::occupied);
  EXPECT_EQ(outcome_of({Seen::yes, Seen::no}), Outcome::vacant);
  EXPECT_EQ(next_question({Seen::yes, Seen::yes}), Question::people);
  EXPECT_EQ(outcome_of({Seen::yes, Seen::yes}), Outcome::open);
  EXPECT_EQ(outcome_of({Seen::yes, Seen::yes, 3}), Outcome::occupied);
  EXPECT_EQ(outcome_of({Seen::unknown, Seen::yes, 3}), Outcome::occupied);
}

TEST(Finding, DoesNotContradictItself) {
  EXPECT_FALSE(possible({Seen::no, Seen::yes}));
  EXPECT_FALSE(possible({Seen::yes, Seen::no, 2}));
  EXPECT_TRUE(possible({Seen::yes, Seen::no, 0}));
  EXPECT_EQ(merged({Seen::no}, {Seen::unknown, Seen::yes, 2}), (Finding{Seen::unknown, Seen::yes, 2}));
  EXPECT_EQ(merged({Seen::yes, Seen::yes, 2}, {Seen::unknown, Seen::no}), (Finding{Seen::yes, Seen::no}));
}

// XN-56: three knocks on different half-days, then phone, SMS, WeChat, then the register.
TEST(Ladder, IsClimbedByUnansweredTries) {
  std::vector<Attempt> all;
  const auto now = [&] { return standing_of(all, usual_ladder()); };
  EXPECT_EQ(now().next, Contact::knock);
  EXPECT_FALSE(now().not_before);
  all.push_back(silent(Contact::knock, morning));
  EXPECT_EQ(now().tried, 1);
  EXPECT_EQ(now().not_before, morning + 3 * hour_ms) << "from noon on";
  all.push_back(silent(Contact::knock, morning + hour_ms));
  EXPECT_EQ(now().tried, 1) << "the same half-day";
  all.push_back(silent(Contact::knock, half_days_later(1)));
  all.push_back(silent(Contact::knock, half_days_later(2)));
  EXPECT_EQ(now().next, Contact::phone);
  EXPECT_EQ(now().unanswered_knocks, 3);
  EXPECT_FALSE(now().not_before);
  all.push_back(silent(Contact::phone, half_days_later(2)));
  EXPECT_EQ(now().next, Contact::sms);
  all.push_back(silent(Contact::sms, half_days_later(2)));
  EXPECT_EQ(now().next, Contact::wechat);
  all.push_back(silent(Contact::wechat, half_days_later(3)));
  EXPECT_EQ(now().stage, Stage::exhausted);
  EXPECT_EQ(now().settled, half_days_later(3));
  all.push_back({Contact::phone, true, half_days_later(5), {Seen::yes, Seen::yes, 2}});
  EXPECT_EQ(now().stage, Stage::resolved) << "somebody came home after all";
  EXPECT_EQ(now().settled, half_days_later(5));
  EXPECT_EQ(now().settled_by, Contact::phone);
}

TEST(Ladder, MayBeginWithTheTelephone) {  // practice.md 22: the order is policy
  const auto ladder = parse_ladder("phone:2 knock:1");
  ASSERT_TRUE(ladder);
  EXPECT_EQ(to_text(*ladder), "phone:2 knock:1");
  EXPECT_EQ(standing_of({silent(Contact::phone, morning)}, *ladder).next, Contact::phone);
  EXPECT_EQ(
      standing_of({silent(Contact::phone, morning), silent(Contact::phone, half_days_later(1))}, *ladder)
          .next,
      Contact::knock);
  for (const auto* bad : {"", "knock", "knock:0", "knock:10", "bell:1", "knock:1 knock:2", "knock:1,phone:1"})
    EXPECT_FALSE(parse_ladder(bad)) << bad;
}

Attempt any_attempt() {
  const auto three = [] { return static_cast<Seen>(*rc::gen::inRange(0, 3)); };
  Finding f{three(), three(), {}};
  if (*rc::gen::inRange(0, 3) == 0) f.persons = *rc::gen::inRange(0, 6);
  if (!possible(f)) f = {};
  return {static_cast<Contact>(*rc::gen::inRange(0, 4)), *rc::gen::inRange(0, 2) == 1,
          morning + std::int64_t{*rc::gen::inRange(0, 200)} * hour_ms, f};
}
std::vector<Attempt> any_attempts() {
  std::vector<Attempt> all(static_cast<std::size_t>(*rc::gen::inRange(0, 14)));
  for (auto& a : all) a = any_attempt();
  return all;
}

RC_GTEST_PROP(Ladder, StandsTheSameInWhateverOrderRecordsArrive, (unsigned seed)) {
  auto all = any_attempts();
  const auto first = standing_of(all, usual_ladder());
  std::ranges::shuffle(all, std::mt19937(seed));
  const auto again = standing_of(all, usual_ladder());
  RC_ASSERT(first.stage == again.stage && first.next == again.next && first.finding == again.finding &&
            first.not_before == again.not_before && first.settled == again.settled &&
            first.settled_by == again.settled_by && first.tried == again.tried);
}

RC_GTEST_PROP(Ladder, HoldsWhatItPromises, ()) {
  const auto all = any_attempts();
  const auto s = standing_of(all, usual_ladder());
  RC_ASSERT(possible(s.finding));
  RC_ASSERT((s.stage == Stage::resolved) == (next_question(s.finding) == Question::none));
  RC_ASSERT((s.stage == Stage::open) == !s.settled.has_value());
  RC_ASSERT(s.settled_by.has_value() == (s.stage == Stage::resolved));
  if (s.stage == Stage::open && s.not_before) {
    for (const auto& a : all) RC_ASSERT(a.answered || a.contact != s.next || a.at < *s.not_before);
  }
}

// However often nobody answers, a door ends in the register and never hangs between.
RC_GTEST_PROP(Ladder, EndsWhenItsNextStepIsAlwaysTaken, ()) {
  std::vector<Attempt> all;
  auto at = morning;
  int steps = 0;
  for (;; ++steps) {
    RC_ASSERT(steps <= 6);
    const auto s = standing_of(all, usual_ladder());
    if (s.stage != Stage::open) break;
    at = std::max(at, s.not_before.value_or(at)) + std::int64_t{*rc::gen::inRange(0, 600)} * base::minute_ms;
    all.push_back(silent(s.next, at));
  }
  RC_ASSERT(steps == 6);
}

// XN-54: each stair is walked to its end before the next, in one direction.
RC_GTEST_PROP(WalkingOrder, GoesStairByStairInOneDirection, (bool down)) {
  std::vector<Door> doors(static_cast<std::size_t>(*rc::gen::inRange(0, 30)));
  std::int64_t id = 0;
  for (auto& d : doors) {
    d.id = ++id;
    d.building = std::to_string(*rc::gen::inRange(0, 3));
    d.stair = std::to_string(*rc::gen::inRange(0, 3));
    d.floor = *rc::gen::inRange(-1, 7);
    d.room = std::to_string(*rc::gen::inRange(0, 4));
  }
  in_walking_order(doors, down ? Direction::top_down : Direction::bottom_up);
  for (std::size_t i = 1; i < doors.size(); ++i) {
    const auto &a = doors[i - 1], &b = doors[i];
    const auto stair_a = a.building + "/" + a.stair, stair_b = b.building + "/" + b.stair;
    RC_ASSERT(stair_a <= stair_b);
    if (stair_a != stair_b) continue;
    RC_ASSERT((down ? *a.floor >= *b.floor : *a.floor <= *b.floor));
    RC_ASSERT(a.floor != b.floor || a.room <= b.room);
  }
}

}  // namespace
