// Whole-program runs from a seed against a model (XN-40, LZ-28, practice.md 4, 6, 11, 15): both stores must
// say the same, and the same as the model. SHOUWANG_SIM=long tries many seeds.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "sim/driver.hpp"

namespace {

bool long_run() {
  const char* mode = std::getenv("SHOUWANG_SIM");
  return mode && std::string_view(mode) == "long";
}

std::vector<std::string> run_or_fail(db::Dialect dialect, std::uint64_t seed, int steps,
                                     sim::Counts& counts) {
  sim::Driver driver(dialect, seed, {});
  try {
    driver.run(steps);
  } catch (const sim::Disagreement& e) {
    ADD_FAILURE() << (dialect == db::Dialect::sqlite ? "sqlite: " : "postgres: ") << e.what();
  }
  counts = driver.counts();
  return driver.trace();
}

void expect_everything_tried(const sim::Counts& c) {
  for (const auto& [what, times] :
       std::initializer_list<std::pair<const char*, int>>{{"stored", c.stored},
                                                          {"refused", c.refused},
                                                          {"duplicates", c.duplicates},
                                                          {"flagged", c.flagged},
                                                          {"invalid", c.invalid},
                                                          {"corrections", c.corrections},
                                                          {"restarts", c.restarts},
                                                          {"simultaneous", c.simultaneous},
                                                          {"emergencies", c.emergencies}})
    EXPECT_GT(times, 0) << what << " never happened";
}

TEST(Simulation, BothStoresSayWhatTheModelSays) {
  const bool postgres = test_support::PostgresCluster::installed();
  const int seeds = long_run() ? 40 : 1, steps = long_run() ? 1000 : 400;
  sim::Counts total;
  for (int i = 1; i <= seeds && !HasFailure(); ++i) {
    const auto seed = static_cast<std::uint64_t>(20200211 + i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto on_sqlite = run_or_fail(db::Dialect::sqlite, seed, steps, total);
    if (!HasFailure()) expect_everything_tried(total);
    if (!postgres) continue;
    const auto on_postgres = run_or_fail(db::Dialect::postgres, seed, steps, total);
    EXPECT_EQ(on_sqlite, on_postgres);
  }
  if (!postgres) GTEST_SKIP() << "PostgreSQL is not installed: SQLite alone was run";
}

// The oracle can fail: rules that are not those of the district are found out.
TEST(Simulation, AModelWithOtherRulesDisagrees) {
  for (const sim::Rules wrong : {sim::Rules{2, 10}, sim::Rules{3, 0}}) {
    sim::Driver driver(db::Dialect::sqlite, 20200212, wrong);
    EXPECT_THROW(driver.run(400), sim::Disagreement)
        << wrong.window_days << " days, " << wrong.refund_minutes << " minutes";
  }
}

}  // namespace
