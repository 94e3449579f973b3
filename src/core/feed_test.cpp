// The feed of changes: nothing is skipped, whatever order transactions end in.
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <thread>

#include "core/trail.hpp"
#include "db/migrate.hpp"
#include "support/both_stores.hpp"

namespace {

class Feed : public test_support::OnBothStores {
 protected:
  void SetUp() override {
    OnBothStores::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(db::migrate(store(), db::embedded_migrations(store().dialect()), {directory() / "backups"}));
    script(
        "INSERT INTO place (id, kind, name, sort, compound_id, valid_from_ms, version) "
        "VALUES (7, 'compound', 'a', 'a', 7, 0, 1)");
  }
  void note(std::int64_t record) {
    const auto done = store().write([&](db::Connection& c) -> base::Result<void> {
      add(c, record);
      return {};
    });
    ASSERT_TRUE(done);
  }
  static void add(db::Connection& c, std::int64_t record) {
    db::Scoped q(c, db::Scope::all());
    core::note_change(q, "person", 7, record, {1000});
  }
  // Records told after `from`, which moves on.
  std::vector<std::int64_t> told(core::FeedPosition& from, int limit = 10) {
    auto changes = store().read([&](db::Connection& c) -> base::Result<std::vector<core::Change>> {
      db::Scoped q(c, db::Scope::all());
      return core::changes_after(q, from, limit);
    });
    std::vector<std::int64_t> records;
    for (const auto& change : changes.value()) {
      records.push_back(change.record_id);
      from = change.position;
    }
    return records;
  }
  // On PostgreSQL a transaction anywhere in the cluster that began before holds the feed back until it ends.
  std::vector<std::int64_t> told_at_last(core::FeedPosition& from, int limit = 10) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    auto records = told(from, limit);
    while (records.empty() && std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      records = told(from, limit);
    }
    return records;
  }
};
using Records = std::vector<std::int64_t>;

TEST_P(Feed, IsReadInParts) {
  for (int i = 1; i <= 5; ++i) note(i);
  // Until the last can be told, a part may be shorter for what holds the feed back, not for its limit.
  core::FeedPosition probe;
  for (Records all; all.empty() || all.back() != 5;) {
    all = told_at_last(probe);
    ASSERT_FALSE(all.empty());
  }
  core::FeedPosition from;
  EXPECT_EQ(told(from, 2), (Records{1, 2}));
  EXPECT_EQ(told(from, 2), (Records{3, 4}));
  EXPECT_EQ(told(from, 2), (Records{5}));
  EXPECT_EQ(told(from, 2), (Records{}));
}

TEST_P(Feed, FromItsEndOnTellsWhatComesAfter) {
  note(1);
  core::FeedPosition probe;
  ASSERT_EQ(told_at_last(probe), (Records{1}));
  auto from = *store().read([](db::Connection& c) -> base::Result<core::FeedPosition> {
    db::Scoped q(c, db::Scope::all());
    return core::feed_end(q);
  });
  note(2);
  EXPECT_EQ(told_at_last(from), (Records{2}));
}

TEST_P(Feed, TellsALowerNumberThatIsCommittedLater) {
  if (!on_postgres()) GTEST_SKIP() << "one writer: numbers are committed in their order";
  std::latch older_begun{1}, younger_noted{1}, first_told{1};
  std::jthread younger([&] {
    older_begun.wait();
    (void)store().write([&](db::Connection& c) -> base::Result<void> {
      add(c, 1);  // the lower number, by the younger transaction
      younger_noted.count_down();
      first_told.wait();
      return {};
    });
  });
  const auto older = store().write([&](db::Connection& c) -> base::Result<void> {
    (void)c.count("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)");
    older_begun.count_down();
    younger_noted.wait();
    add(c, 2);
    return {};
  });
  ASSERT_TRUE(older);
  core::FeedPosition from;
  EXPECT_EQ(told_at_last(from), (Records{2}));
  first_told.count_down();
  younger.join();
  EXPECT_EQ(told_at_last(from), (Records{1}));
}

SHOUWANG_ON_BOTH_STORES(Feed);

}  // namespace
