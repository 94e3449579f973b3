// What was not recorded is an interval with bounds (practice 6: a missed scan is a missed scan).
#include "engine/contact/infer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace engine::contact {
namespace {

using Stays = std::vector<Stay>;
constexpr Second now = 10'000;

TEST(Infer, ACompletePairIsObserved) {
  const std::vector<Crossing> crossings{{100, true}, {200, false}};
  EXPECT_EQ(stays(crossings, std::nullopt, {}, now, {}), (Stays{{100, 100, 200, 200, Certainty::observed}}));
}

TEST(Infer, AnExitWithoutEntryIsBoundedByWhatCameBefore) {
  const std::vector<Crossing> crossings{{100, true}, {200, false}, {900, false}};
  EXPECT_EQ(stays(crossings, std::nullopt, {}, now, {}),
            (Stays{{100, 100, 200, 200, Certainty::observed}, {200, 900, 900, 900, Certainty::one_end}}));
  EXPECT_EQ(stays(crossings, std::nullopt, {}, now, {.longest_stay_s = 300})[1],
            (Stay{600, 900, 900, 900, Certainty::one_end}));
}

TEST(Infer, AMissedExitEndsSomewhereBeforeTheNextEntry) {
  const std::vector<Crossing> crossings{{100, true}, {900, true}, {950, false}};
  EXPECT_EQ(stays(crossings, std::nullopt, {}, now, {}),
            (Stays{{100, 100, 100, 900, Certainty::one_end}, {900, 900, 950, 950, Certainty::observed}}));
}

TEST(Infer, AResidentIsAtHomeUntilACrossingSaysOtherwise) {
  EXPECT_EQ(stays({}, Span{50, end_of_time}, {}, now, {}), (Stays{{50, 50, 50, now, Certainty::assumed}}));
  const std::vector<Crossing> crossings{{100, false}, {300, true}};
  EXPECT_EQ(stays(crossings, Span{50, end_of_time}, {}, now, {}),
            (Stays{{50, 100, 100, 100, Certainty::one_end}, {300, 300, now, now, Certainty::observed}}));
}

TEST(Infer, AGuestWhoNeverLeftIsBoundedByTheLongestStay) {
  const std::vector<Crossing> crossings{{100, true}};
  EXPECT_EQ(stays(crossings, std::nullopt, {}, now, {.longest_stay_s = 600}),
            (Stays{{100, 100, 100, 700, Certainty::one_end}}));
}

TEST(Infer, AnOfflinePostLowersTheCertaintyOfWhatItTouches) {
  const std::vector<Crossing> crossings{{100, true}, {200, false}, {300, true}, {400, false}};
  const std::vector<Span> gaps{{350, 360}};
  const auto found = stays(crossings, std::nullopt, gaps, now, {});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].certainty, Certainty::observed);
  EXPECT_EQ(found[1].certainty, Certainty::gap);
}

RC_GTEST_PROP(Infer, BoundsAreOrderedAndEveryCrossingEndsOrBeginsAStay, ()) {
  std::vector<Crossing> crossings;
  for (auto left = *rc::gen::inRange(0, 12); left > 0; --left)
    crossings.push_back({*rc::gen::inRange<Second>(1000, 9000), *rc::gen::arbitrary<bool>()});
  std::ranges::stable_sort(crossings, {}, &Crossing::at);
  std::optional<Span> home;
  if (*rc::gen::arbitrary<bool>()) home = Span{*rc::gen::inRange<Second>(0, 1000), end_of_time};
  const InferPolicy policy{*rc::gen::element<Second>(0, 500)};
  const auto found = stays(crossings, home, {}, now, policy);
  for (const auto& s : found) {
    RC_ASSERT(s.from_earliest <= s.from_latest);
    RC_ASSERT(s.from_latest <= s.until_latest);
    RC_ASSERT(s.until_earliest <= s.until_latest);
    RC_ASSERT(s.until_latest <= now);
  }
  for (const auto& c : crossings)
    RC_ASSERT(std::ranges::any_of(
        found, [&](const Stay& s) { return c.in ? s.from_latest == c.at : s.until_latest == c.at; }));
}

}  // namespace
}  // namespace engine::contact
