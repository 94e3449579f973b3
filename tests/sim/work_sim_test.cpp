// Thirty days of a community from a seed against a model (XN-47 to 64, LZ-09, LZ-30, practice 21, 22): every
// dwelling of a round ends resolved or in the register; no follow-up is lost or done twice; nobody is
// released without the samples that are demanded; an item is somebody's or on the unassigned list; ledgers
// say what was done. Both stores say the same, and the same as the model. SHOUWANG_SIM=long tries many seeds.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "sim/work_driver.hpp"

namespace {

using sim::work::WorkDriver;

constexpr int days = 30;

struct Ran {
  std::vector<std::string> trace{};
  sim::work::Counts counts{};
};

Ran run_or_fail(db::Dialect dialect, std::uint64_t seed) {
  WorkDriver driver(dialect, seed, {});
  try {
    driver.run(days);
  } catch (const sim::Disagreement& e) {
    ADD_FAILURE() << (dialect == db::Dialect::sqlite ? "sqlite: " : "postgres: ") << e.what();
  }
  return {driver.trace(), driver.counts()};
}

void expect_everything_tried(const sim::work::Counts& c) {
  for (const auto& [what, times] :
       std::initializer_list<std::pair<const char*, int>>{{"attempts", c.attempts},
                                                          {"late uploads", c.late_uploads},
                                                          {"repeated requests", c.repeated},
                                                          {"resolved doors", c.resolved},
                                                          {"registered doors", c.registered},
                                                          {"handed over doors", c.handed_over},
                                                          {"records taken back", c.taken_back},
                                                          {"cases", c.cases},
                                                          {"follow-ups", c.follow_ups},
                                                          {"readings by page", c.told_by_page},
                                                          {"missed follow-ups", c.missed},
                                                          {"alerts", c.alerts},
                                                          {"samples", c.samples},
                                                          {"positive samples", c.positives},
                                                          {"releases", c.releases},
                                                          {"refused releases", c.refused_releases},
                                                          {"moved clocks", c.moved_clocks},
                                                          {"moved stewards", c.moved_stewards},
                                                          {"unassigned items", c.unassigned},
                                                          {"contacts", c.contacts},
                                                          {"missed contacts", c.care_missed},
                                                          {"acts", c.acts},
                                                          {"items by name", c.hand_overs},
                                                          {"restarts", c.restarts},
                                                          {"late chores", c.slept}})
    EXPECT_GT(times, 0) << what << " never happened";
}

TEST(WorkSimulation, ThirtyDaysEndAsTheModelSays) {
  const bool postgres = test_support::PostgresCluster::installed();
  const char* mode = std::getenv("SHOUWANG_SIM");
  const int seeds = mode && std::string_view(mode) == "long" ? 20 : 1;
  for (int i = 1; i <= seeds && !HasFailure(); ++i) {
    const auto seed = static_cast<std::uint64_t>(20200210 + i);
    const auto on_sqlite = run_or_fail(db::Dialect::sqlite, seed);
    if (!HasFailure() && i == 1) expect_everything_tried(on_sqlite.counts);
    if (!postgres || HasFailure()) continue;
    EXPECT_EQ(on_sqlite.trace, run_or_fail(db::Dialect::postgres, seed).trace);
  }
  if (!postgres) GTEST_SKIP() << "PostgreSQL is not installed: SQLite alone was run";
}

// The oracle can fail: a model that believes something else is found out.
TEST(WorkSimulation, AModelThatBelievesOtherwiseDisagrees) {
  sim::work::Beliefs knocks, samples, missed;
  knocks.knocks_by_half_day = false;
  samples.samples_are_demanded = false;
  missed.missed_is_work = false;
  for (const auto& [what, beliefs] :
       {std::pair{"knocks", knocks}, {"samples", samples}, {"missed", missed}}) {
    WorkDriver driver(db::Dialect::sqlite, 20200211, beliefs);
    EXPECT_THROW(driver.run(days), sim::Disagreement) << what;
  }
}

}  // namespace
