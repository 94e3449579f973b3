#include "engine/occupancy/occupancy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace {

using namespace engine::occupancy;

const base::Day first_day = *base::parse_day("2020-01-15");

// Generated truth. Its assumptions: a household uses about 5 kWh and 0.28 cubic metres a day, differing by a
// factor of 1.7 either way, days by a third; one in twelve is frugal (a third of it), one in ten is away for
// some days. Of the empty dwellings half have everything off, the others a fridge, a router or a light (0.2
// to 1.6 kWh a day); one in ten has water dripping, one in fifteen is being fitted out. Cold days make
// heating in half of the households. Counters show 0.01 kWh and 0.01 cubic metres daily, whole ones where
// they are read twice.
struct Truth {
  std::vector<Use> uses{};
  std::vector<bool> lived{};
};
struct Town {
  int dwellings = 600, days = 31;
  double vacant = 0.2, season = 1;
  bool daily = true;
};

Truth generate(const Town& town, unsigned seed) {
  std::mt19937 dice(seed);
  const auto uniform = [&] { return std::uniform_real_distribution<>(0, 1)(dice); };
  const auto factor = [&](double log_deviation) {
    return std::exp(std::normal_distribution<>(0, log_deviation)(dice));
  };
  Truth truth;
  for (int d = 0; d < town.dwellings; ++d) {
    const bool lived = uniform() >= town.vacant;
    double power = 5 * factor(0.53), water = 0.28 * factor(0.53), noise = 0.33;
    if (lived && uniform() < 1.0 / 12) power /= 3, water /= 3;
    const bool heats = lived && uniform() < 0.5;
    if (heats) power *= town.season;
    int away_from = town.days, away_until = town.days;
    if (lived && uniform() < 0.1) {
      away_from = static_cast<int>(uniform() * town.days);
      away_until = away_from + 3 + static_cast<int>(uniform() * 12);
    }
    if (!lived) {
      power = uniform() < 0.5 ? 0.03 : 0.2 + 1.4 * uniform();
      water = uniform() < 0.1 ? 0.02 + 0.06 * uniform() : 0;
      noise = 0.08;
      if (uniform() < 1.0 / 15) power = 2 * factor(0.4), water = 0.05, noise = 0.5;
    }
    std::vector<Reading> readings;
    double kwh = 1000 + 9000 * uniform(), m3 = 100 + 900 * uniform();
    const double step = town.daily ? 0.01 : 1;
    const auto shown = [&](double v) { return std::floor(v / step) * step; };
    for (int day = 0; day <= town.days; ++day) {
      if (town.daily || day == 0 || day == town.days) {
        if (!town.daily || uniform() > 0.03)  // a day is missing now and then
          readings.push_back({Meter::electricity, 1, first_day + day, shown(kwh)});
        readings.push_back({Meter::water, 2, first_day + day, shown(m3)});
      }
      const bool away = day >= away_from && day < away_until;
      kwh += away ? 0.6 : power * factor(noise);
      m3 += away ? 0 : water * factor(lived ? 0.5 : 0.1);
    }
    truth.uses.push_back(use_of(readings));
    truth.lived.push_back(lived);
  }
  return truth;
}

struct Score {
  double auc = 0, calibration = 0, precision = 0, recall = 0;
};
Score score(const Truth& truth) {
  const auto estimates = estimate(truth.uses);
  Score s;
  double pairs = 0, right = 0, found = 0, said = 0, vacant = 0;
  std::array<double, 10> told{}, true_share{};
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    const double p = estimates[i].lived_in;
    const auto bin = std::min<std::size_t>(9, static_cast<std::size_t>(p * 10));
    told[bin] += p;
    true_share[bin] += truth.lived[i];
    vacant += !truth.lived[i];
    said += p < 0.5;
    found += p < 0.5 && !truth.lived[i];
    if (truth.lived[i]) continue;
    for (std::size_t j = 0; j < estimates.size(); ++j) {
      if (!truth.lived[j]) continue;
      ++pairs;
      right += p < estimates[j].lived_in ? 1 : p == estimates[j].lived_in ? 0.5 : 0;
    }
  }
  s.auc = right / pairs;
  for (std::size_t b = 0; b < told.size(); ++b)
    s.calibration += std::abs(told[b] - true_share[b]) / static_cast<double>(estimates.size());
  s.precision = said > 0 ? found / said : 1;
  s.recall = found / vacant;
  return s;
}

Score mean_score(const Town& town) {
  Score sum;
  constexpr int towns = 8;
  for (unsigned seed = 1; seed <= towns; ++seed) {
    const auto one = score(generate(town, seed));
    sum.auc += one.auc / towns;
    sum.calibration += one.calibration / towns;
    sum.precision += one.precision / towns;
    sum.recall += one.recall / towns;
  }
  return sum;
}
void say(const char* what, const Score& s) {
  ::testing::Test::RecordProperty(what, std::to_string(s.auc));
  std::printf("%s: area %.3f, calibration %.3f, precision %.3f, recall %.3f\n", what, s.auc, s.calibration,
              s.precision, s.recall);
}

TEST(Occupancy, ToldByAMonthOfDaysAtAFifthVacant) {  // XN-55
  const auto s = mean_score({});
  say("daily", s);
  EXPECT_GE(s.auc, 0.95);
  EXPECT_LE(s.calibration, 0.05);
  EXPECT_GE(s.precision, 0.85);
  EXPECT_GE(s.recall, 0.8);
}

TEST(Occupancy, ToldByTwoReadings) {
  Town town;
  town.daily = false;
  const auto s = mean_score(town);
  say("two_readings", s);
  EXPECT_GE(s.auc, 0.85);
  EXPECT_LE(s.calibration, 0.05);
}

TEST(Occupancy, IsFittedToSeasonAndShare) {
  for (const double vacant : {0.05, 0.35})
    for (const double season : {0.7, 2.5}) {
      const auto s = mean_score({600, 31, vacant, season, true});
      say("other", s);
      EXPECT_GE(s.auc, 0.95) << vacant << " vacant, season " << season;
      EXPECT_LE(s.calibration, 0.05) << vacant << " vacant, season " << season;
    }
}

TEST(Occupancy, GivesReasonsAndKnowsWhenItKnowsNothing) {
  auto truth = generate({200, 31, 0.2, 1, true}, 7);
  truth.uses.push_back({});
  truth.uses.push_back({0.03, 0.0, 0.01, 30, 30});
  truth.uses.push_back({7.0, 0.4, 2.0, 30, 30});
  const auto all = estimate(truth.uses);
  EXPECT_EQ(all[200].reasons, std::vector{Reason::no_readings});
  EXPECT_GT(all[200].lived_in, 0.6);
  EXPECT_LT(all[200].lived_in, 0.95);
  EXPECT_LT(all[201].lived_in, 0.03);
  EXPECT_TRUE(std::ranges::count(all[201].reasons, Reason::water_none));
  EXPECT_GT(all[202].lived_in, 0.97);
  EXPECT_TRUE(std::ranges::count(all[202].reasons, Reason::electricity_lived));
  EXPECT_TRUE(estimate({}).empty());
}

// A changed meter, a guessed reading, a missing day, a counter that starts anew.
TEST(Occupancy, ReadsCountersAsTheyAre) {
  const auto day = [](int n) { return first_day + n; };
  auto use = use_of({{Meter::electricity, 1, day(0), 100},
                     {Meter::electricity, 1, day(2), 108},
                     {Meter::electricity, 9, day(2), 5},
                     {Meter::electricity, 9, day(3), 9},
                     {Meter::electricity, 9, day(4), 500, true},
                     {Meter::electricity, 9, day(5), 17}});
  EXPECT_EQ(use.electricity_days, 5);
  EXPECT_DOUBLE_EQ(*use.electricity_kwh, 4);
  EXPECT_FALSE(use.electricity_swing_kwh) << "too few neighbouring days";
  EXPECT_FALSE(use.water_m3);
  use = use_of({{Meter::water, 1, day(3), 2}, {Meter::water, 1, day(0), 900}, {Meter::water, 1, day(5), 3}});
  EXPECT_EQ(use.water_days, 2) << "the counter began anew on the third day";
  EXPECT_DOUBLE_EQ(*use.water_m3, 0.5);
}

}  // namespace
