// kill -9 at any moment: the process, on PostgreSQL the server too.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "durability/child.hpp"
#include "durability/pairs.hpp"
#include "support/postgres.hpp"

namespace {

using durability::damage_of;

// One life of the writer: killed after a number of acknowledgements, what it still said is counted too.
std::set<std::int64_t> write_and_kill(const std::string& database, std::int64_t first_key,
                                      std::size_t after) {
  std::set<std::int64_t> acknowledged;
  durability::Child writer({DURABILITY_WRITER, database, std::to_string(first_key)});
  std::int64_t key = 0;
  while (acknowledged.size() < after && writer.next(key)) acknowledged.insert(key);
  writer.kill();
  while (writer.next(key)) acknowledged.insert(key);
  return acknowledged;
}

void kill_in_rounds(const db::Options& options, int rounds, const std::function<void()>& between) {
  {
    auto store = db::Store::open(options);
    ASSERT_TRUE(store.has_value()) << store.error().cause;
    ASSERT_TRUE((*store)
                    ->write([](db::Connection& c) -> base::Result<void> {
                      c.script(durability::pair_tables);
                      return {};
                    })
                    .has_value());
  }
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < rounds; ++round) {
    const std::size_t after = std::uniform_int_distribution<std::size_t>(1, 1500)(random);
    const auto more = write_and_kill(options.database, (round + 1) * std::int64_t{1'000'000'000}, after);
    ASSERT_GE(more.size(), after) << "the writer ended by itself";
    acknowledged.insert(more.begin(), more.end());
    between();
    auto store = db::Store::open(options);
    ASSERT_TRUE(store.has_value()) << store.error().code << " " << store.error().cause;
    const auto damage = damage_of(**store, acknowledged);
    ASSERT_TRUE(damage.has_value()) << damage.error().cause;
    EXPECT_EQ(damage->lost, 0) << "of " << acknowledged.size() << " acknowledged, round " << round;
    EXPECT_EQ(damage->half, 0) << "round " << round;
    EXPECT_TRUE((*store)->integrity()->empty());
  }
}

TEST(Kill, SqliteKeepsWhatItAcknowledged) {
  test_support::TemporaryDirectory directory;
  kill_in_rounds({.database = directory / "store.sqlite"}, durability::rounds(5), [] {});
}

TEST(Kill, PostgresKeepsWhatItAcknowledged) {
  if (!test_support::PostgresCluster::installed()) GTEST_SKIP() << "PostgreSQL is not installed";
  // No fsync: a crash of the server keeps the page cache, so it would only make the rounds slower.
  test_support::PostgresCluster cluster(test_support::PostgresCluster::Sync::off);
  const test_support::PostgresDatabase database(cluster);
  kill_in_rounds({.database = database.url()}, durability::rounds(2), [&] {
    cluster.crash();
    cluster.start();
  });
}

}  // namespace
