// A day of a district from a seed against a model (hundreds of openings, rules that change at noon;
// LZ-28, XN-40, practice.md 4, 6, 11, 15): no household exceeds its quota by online decisions, every excess
// of phones without a network is flagged, the ledgers are the model's, on both stores.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "sim/day_driver.hpp"

namespace {

using sim::day::DayDriver;

struct Ran {
  std::vector<std::string> trace{};
  sim::day::Counts counts{};
};

Ran run_or_fail(db::Dialect dialect, std::uint64_t seed) {
  DayDriver driver(dialect, seed, {});
  try {
    driver.run();
  } catch (const sim::Disagreement& e) {
    ADD_FAILURE() << (dialect == db::Dialect::sqlite ? "sqlite: " : "postgres: ") << e.what();
  }
  return {driver.trace(), driver.counts()};
}

void expect_everything_tried(const sim::day::Counts& c) {
  EXPECT_GE(c.openings, 200);
  for (const auto& [what, times] : std::initializer_list<std::pair<const char*, int>>{
           {"stored", c.stored},
           {"refused", c.refused},
           {"duplicates", c.duplicates},
           {"flagged", c.flagged},
           {"late excess", c.late_excess},
           {"excess", c.excess},
           {"told over noon", c.over_noon},
           {"decided by another rule", c.other_rule},
           {"returned under the old rule", c.returned_under_old},
           {"refused since noon alone", c.only_since_noon},
           {"outside hours", c.outside_hours},
           {"clocks that jumped", c.jumps},
           {"moved over noon", c.moved_over_noon},
           {"simultaneous", c.simultaneous},
           {"lost answers", c.lost_answers},
           {"restarts", c.restarts},
           {"kills", c.kills},
           {"kills at noon", c.kills_at_noon}})
    EXPECT_GT(times, 0) << what << " never happened";
}

void expect_the_same(const std::vector<std::string>& sqlite, const std::vector<std::string>& postgres) {
  EXPECT_EQ(sqlite.size(), postgres.size());
  for (std::size_t i = 0; i < std::min(sqlite.size(), postgres.size()); ++i)
    ASSERT_EQ(sqlite[i], postgres[i]) << "line " << i;
}

TEST(DaySimulation, RulesThatChangeAtNoonHoldByTheTimeOfEachPassage) {
  const bool postgres = test_support::PostgresCluster::installed();
  const char* mode = std::getenv("SHOUWANG_SIM");
  const int seeds = mode && std::string_view(mode) == "long" ? 10 : 1;
  for (int i = 1; i <= seeds && !HasFailure(); ++i) {
    const auto seed = static_cast<std::uint64_t>(20200212 + i);
    const auto on_sqlite = run_or_fail(db::Dialect::sqlite, seed);
    if (!HasFailure() && i == 1) expect_everything_tried(on_sqlite.counts);
    if (!postgres || HasFailure()) continue;
    expect_the_same(on_sqlite.trace, run_or_fail(db::Dialect::postgres, seed).trace);
  }
  if (!postgres) GTEST_SKIP() << "PostgreSQL is not installed: SQLite alone was run";
}

// The oracle can fail: a model that believes something else of the dates is found out.
TEST(DaySimulation, AModelThatBelievesOtherwiseDisagrees) {
  sim::day::Beliefs told, notice, nearest;
  told.judged_by_their_time = false;
  notice.notice_is_kept = false;
  nearest.nearest_wins = false;
  for (const auto& [what, beliefs] :
       {std::pair{"when told", told}, {"notice", notice}, {"nearest", nearest}}) {
    DayDriver driver(db::Dialect::sqlite, 20200213, beliefs);
    EXPECT_THROW(driver.run(), sim::Disagreement) << what;
  }
}

}  // namespace
