// practice.md 3 and 10; XN-39, LZ-04, LZ-22, LZ-23: what is wrong with the openings of a compound.
#include <gtest/gtest.h>

#include <algorithm>

#include "feature/place/opening_service.hpp"

namespace feature::place {
namespace {

using Code = ViolationCode;
constexpr base::Instant now{1'581'379'200'000};

Opening gate(std::int64_t id, OpeningState state = OpeningState::guarded,
             OpeningKind kind = OpeningKind::both) {
  Opening o;
  o.id = meta::Id<Opening>(id);
  o.name = "门";
  o.kind = kind;
  o.state = state;
  return o;
}
// A seal of which everything is known and in order.
Opening sealed(std::int64_t id) {
  auto o = gate(id, OpeningState::sealed);
  o.key_holder = "值班员";
  o.key_phone = "19900000001";
  o.opens_from_inside = true;
  o.seal_method = SealMethod::bolt;
  o.minutes_to_open = 1;
  o.checked = now + -base::day_ms;
  return o;
}
std::vector<Code> codes(const std::vector<Opening>& openings, const std::vector<SealedUnit>& units = {},
                        const PlaceRules& rules = {}) {
  std::vector<Code> out;
  for (const auto& v : check_openings(openings, units, rules, now)) out.push_back(v.code);
  return out;
}
using Codes = std::vector<Code>;

TEST(Openings, OneGuardedOtherSealedIsInOrder) { EXPECT_EQ(codes({gate(1), sealed(2), sealed(3)}), Codes{}); }
TEST(Openings, NoneUnguarded) {
  const auto found = check_openings({gate(1), gate(2, OpeningState::unguarded)}, {}, {}, now);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, Code::unguarded);
  EXPECT_EQ(found[0].opening_id, 2);
}
TEST(Openings, ACompoundWithoutAGuardedOneForPeopleLocksEverybodyIn) {
  EXPECT_EQ(codes({}), Codes{Code::no_guarded});
  EXPECT_EQ(codes({sealed(1)}), Codes{Code::no_guarded});
  EXPECT_EQ(codes({gate(1, OpeningState::guarded, OpeningKind::vehicle)}), Codes{Code::no_guarded});
}
TEST(Openings, OfEachKindAtMostThePolicysNumber) {
  const auto found =
      check_openings({gate(1), gate(2, OpeningState::guarded, OpeningKind::pedestrian)}, {}, {}, now);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, Code::too_many_people);
  EXPECT_EQ(found[0].have, 2);
  EXPECT_EQ(found[0].limit, 1);
  EXPECT_EQ(codes({gate(1), gate(2, OpeningState::guarded, OpeningKind::garage_ramp)}),
            Codes{Code::too_many_vehicles});
  PlaceRules two;
  two.guarded_people_max = 2;
  EXPECT_EQ(codes({gate(1), gate(2, OpeningState::guarded, OpeningKind::pedestrian)}, {}, two), Codes{});
}
TEST(Openings, AReasonedExceptionHoldsUntilItRunsOut) {
  auto second = gate(2, OpeningState::guarded, OpeningKind::pedestrian);
  second.exception_reason = "学校专用";
  second.exception_until = now + 1;
  EXPECT_EQ(codes({gate(1), second}), Codes{});
  second.exception_until = now;
  EXPECT_EQ(codes({gate(1), second}), Codes{Code::too_many_people});
}
TEST(Openings, ASealSaysHowWhoHoldsTheKeyThatItOpensMinutesAndLastCheck) {
  EXPECT_EQ(codes({gate(1), gate(2, OpeningState::sealed)}),
            (Codes{Code::no_key_holder, Code::exit_unknown, Code::seal_method_unknown, Code::minutes_unknown,
                   Code::check_missing}));
  auto no_phone = sealed(2);
  no_phone.key_phone.reset();
  EXPECT_EQ(codes({gate(1), no_phone}), Codes{Code::no_key_holder});
}
TEST(Openings, ABlockedExitIsAViolationAndAFireExitIsNamedSo) {
  auto blocked = sealed(2);
  blocked.opens_from_inside = false;
  EXPECT_EQ(codes({gate(1), blocked}), Codes{Code::exit_blocked});
  blocked.fire_exit = true;
  EXPECT_EQ(codes({gate(1), blocked}), Codes{Code::fire_exit_blocked});
}
TEST(Openings, SlowSealsAndOldChecksAreMeasuredByTheRules) {
  auto slow = sealed(2);
  slow.minutes_to_open = 6;
  EXPECT_EQ(codes({gate(1), slow}), Codes{Code::slow_to_open});
  slow.minutes_to_open = 5;
  slow.checked = now + -7 * base::day_ms;
  EXPECT_EQ(codes({gate(1), slow}), Codes{});
  slow.checked = now + -8 * base::day_ms;
  EXPECT_EQ(codes({gate(1), slow}), Codes{Code::check_overdue});
}
// practice.md 1: entry at night always works; and who is inside must get out.
TEST(Openings, AWayInAtNightAndAWayOut) {
  auto day = gate(1);
  day.open_minute = 360;
  day.close_minute = 1320;
  EXPECT_EQ(codes({day}), Codes{Code::closed_at_night});
  auto whole = gate(1);
  whole.open_minute = 0;
  whole.close_minute = 1440;
  EXPECT_EQ(codes({whole}), Codes{});
  auto in_only = gate(1);
  in_only.direction = OpeningDirection::in;
  EXPECT_EQ(codes({in_only}), Codes{Code::no_way_out});
  auto out_only = gate(1);
  out_only.direction = OpeningDirection::out;
  EXPECT_EQ(codes({out_only}), Codes{Code::no_way_in});
}
// LZ-23: an opening may serve several units, a unit several openings.
TEST(Openings, EverySealedUnitHasAGuardedOpening) {
  const std::vector<SealedUnit> units{{10, {1}}, {11, {1, 2}}, {12, {2}}, {13, {}}};
  const auto found = check_openings({gate(1), sealed(2)}, units, {}, now);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].code, Code::unit_without_opening);
  EXPECT_EQ(found[0].unit_id, 12);
  EXPECT_EQ(found[1].unit_id, 13);
}
TEST(Openings, TheTallyCountsAMixedGateForBoth) {
  const auto t = tally({gate(1), gate(2, OpeningState::guarded, OpeningKind::garage_ramp), sealed(3),
                        gate(4, OpeningState::unguarded)},
                       now);
  EXPECT_EQ(t.guarded_people, 1);
  EXPECT_EQ(t.guarded_vehicles, 2);
  EXPECT_EQ(t.sealed, 1);
  EXPECT_EQ(t.unguarded, 1);
}

}  // namespace
}  // namespace feature::place
