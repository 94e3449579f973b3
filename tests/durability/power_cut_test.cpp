// A power cut throws away what was not synced. The page cache survives a kill, so only this test notices a
// missing sync; the canaries show that it does.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "db/sqlite_connection.hpp"
#include "durability/pairs.hpp"
#include "durability/unsynced_disk.hpp"
#include "support/temporary.hpp"

namespace {

using durability::UnsyncedDisk;

class PowerCut : public testing::Test {
 protected:
  db::Options options() const { return {.database = directory_ / "store.sqlite", .vfs = disk_.name()}; }
  db::SqliteOptions raw() const { return {.path = directory_ / "store.sqlite", .vfs = disk_.name()}; }

  void create() {
    auto store = db::Store::open(options());
    ASSERT_TRUE(store.has_value()) << store.error().cause;
    ASSERT_TRUE((*store)
                    ->write([](db::Connection& c) -> base::Result<void> {
                      c.script(durability::pair_tables);
                      return {};
                    })
                    .has_value());
  }

  // Writes from many threads until the cut, which comes after so many acknowledgements.
  void write_until_cut(std::size_t after, std::uint32_t seed, double survival) {
    auto store = db::Store::open(options());
    ASSERT_TRUE(store.has_value()) << store.error().code << " " << store.error().cause;
    std::mutex mutex;
    std::size_t count = 0;
    std::vector<std::jthread> writers;
    for (int i = 0; i < durability::writer_threads; ++i)
      writers.emplace_back([&] {
        for (;;) {
          const std::int64_t key = next_key_++;
          if (!durability::write_pair(**store, key)) return;
          std::lock_guard lock(mutex);
          acknowledged_.insert(key);
          if (++count == after) disk_.cut_power(seed, survival);
        }
      });
  }

  test_support::TemporaryDirectory directory_;
  UnsyncedDisk disk_;
  std::atomic<std::int64_t> next_key_{1};
  std::set<std::int64_t> acknowledged_;
};

TEST_F(PowerCut, EveryAcknowledgedPairIsThere) {
  create();
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0, rounds = durability::rounds(12); round < rounds; ++round) {
    const std::size_t after = std::uniform_int_distribution<std::size_t>(1, 2500)(random);
    const double survival = std::uniform_int_distribution<int>(0, 2)(random) / 2.0;  // none, some, all
    write_until_cut(after, static_cast<std::uint32_t>(random()), survival);
    disk_.restore_power();
    auto store = db::Store::open(options());
    ASSERT_TRUE(store.has_value()) << store.error().code << " " << store.error().cause;
    const auto damage = durability::damage_of(**store, acknowledged_);
    ASSERT_TRUE(damage.has_value()) << damage.error().cause;
    ASSERT_EQ(damage->lost, 0) << "of " << acknowledged_.size() << " acknowledged, round " << round;
    ASSERT_EQ(damage->half, 0) << "round " << round;
    ASSERT_TRUE((*store)->integrity()->empty());
  }
}

// Steps of work that goes on after a crash: what a cut takes back are the last of them, and none before a
// write of another priority.
TEST_F(PowerCut, OfResumableStepsOnlyTheLastAreTakenBack) {
  create();
  std::int64_t key = 0;
  bool lost_some = false;
  for (int round = 0; round < 6; ++round) {
    std::int64_t before = key, kept = 0;
    {
      auto store = db::Store::open(options());
      ASSERT_TRUE(store.has_value()) << store.error().code << " " << store.error().cause;
      for (int i = 0; i < 40; ++i)
        ASSERT_TRUE(durability::write_pair(**store, ++key, db::Priority::resumable).has_value());
      if (round % 2 == 0) {
        ASSERT_TRUE(durability::write_pair(**store, ++key).has_value());
        before = key;
      }
      for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(durability::write_pair(**store, ++key, db::Priority::resumable).has_value());
      disk_.cut_power(static_cast<std::uint32_t>(round), round < 4 ? 0.0 : 0.5);
    }
    disk_.restore_power();
    auto store = db::Store::open(options());
    ASSERT_TRUE(store.has_value()) << store.error().code << " " << store.error().cause;
    const auto damage = durability::damage_of(**store, {});
    ASSERT_TRUE(damage.has_value()) << damage.error().cause;
    EXPECT_EQ(damage->half, 0) << "round " << round;
    kept = (*store)
               ->read([](db::Connection& c) -> base::Result<std::int64_t> {
                 return c.count("SELECT MAX(id) FROM passage");
               })
               .value();
    EXPECT_GE(kept, before) << "round " << round;
    lost_some = lost_some || kept < key;
    key = kept;  // what was taken back is written again, as whoever goes on would
    for (std::int64_t k = 1; k <= kept; ++k) acknowledged_.insert(k);
    EXPECT_EQ(durability::damage_of(**store, acknowledged_)->lost, 0) << "round " << round << ": a gap";
  }
  EXPECT_TRUE(lost_some) << "else these steps were synced and cost what they are to save";
}

// The check can fail: the same store on a disk that only pretends to sync loses acknowledged rows.
TEST_F(PowerCut, CanaryALyingDiskIsNoticed) {
  create();
  disk_.lie_about_sync();
  write_until_cut(500, 1, 0.0);
  disk_.restore_power();
  auto store = db::Store::open(options());
  ASSERT_TRUE(store.has_value()) << store.error().cause;
  const auto damage = durability::damage_of(**store, acknowledged_);
  ASSERT_TRUE(damage.has_value()) << damage.error().cause;
  EXPECT_GT(damage->lost, 0);
}

// And it is the setting that keeps rows: the same connection loses them with synchronous=OFF.
TEST_F(PowerCut, CanarySynchronousOffIsNoticed) {
  create();
  const auto rows_left = [&](std::string_view setting) {
    {
      db::SqliteConnection connection(raw(), db::SqliteConnection::Use::writer);
      if (!setting.empty()) connection.run(setting);
      connection.run("INSERT INTO passage(id) VALUES ($1)", {next_key_++});
      disk_.cut_power(1, 0.0);
    }
    disk_.restore_power();
    return db::SqliteConnection(raw(), db::SqliteConnection::Use::other)
        .count("SELECT count(*) FROM passage");
  };
  EXPECT_EQ(rows_left(""), 1);
  EXPECT_EQ(rows_left("PRAGMA synchronous=OFF"), 1);
  EXPECT_EQ(rows_left(""), 2);
}

}  // namespace
