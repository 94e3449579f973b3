// What only the PostgreSQL store has: sessions that get lost, deadlocks, stale plans.
#include "db/postgres_store.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "support/postgres.hpp"

namespace {

using base::ErrorKind;
using base::Result;
using db::Connection;
using db::Row;

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!test_support::PostgresCluster::installed()) GTEST_SKIP() << "PostgreSQL is not installed";
    database_.emplace();
    options_.database = database_->url();
    auto opened = db::Store::open(options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().cause;
    store_ = std::move(*opened);
    ASSERT_TRUE(script("CREATE TABLE visit(id bigint PRIMARY KEY, note text)").has_value());
  }
  Result<void> script(std::string_view sql) {
    return store_->write([&](Connection& c) -> Result<void> {
      c.script(sql);
      return {};
    });
  }
  Result<void> add(std::int64_t id) {
    return store_->write([&](Connection& c) -> Result<void> {
      c.run("INSERT INTO visit VALUES ($1, 'a')", {id});
      return {};
    });
  }
  std::int64_t count(std::string_view sql) {
    return *store_->read([&](Connection& c) -> Result<std::int64_t> { return c.count(sql); });
  }
  // From a session of its own, as an administrator would.
  void end_all_sessions() {
    db::PostgresConnection admin({options_.database});
    admin.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }

  std::optional<test_support::PostgresDatabase> database_;
  db::Options options_;
  std::unique_ptr<db::Store> store_;
};

TEST_F(PostgresStoreTest, AWriteOutlivesALostSession) {
  ASSERT_TRUE(add(1).has_value());
  end_all_sessions();
  const auto done = add(2);
  ASSERT_TRUE(done.has_value()) << done.error().cause;
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 2);
}

TEST_F(PostgresStoreTest, AReadThatLostItsSessionIsBusyAndTheNextOneWorks) {
  ASSERT_EQ(count("SELECT count(*) FROM visit"), 0);
  end_all_sessions();
  const auto first = store_->read([](Connection& c) -> Result<std::int64_t> { return c.count("SELECT 1"); });
  ASSERT_FALSE(first.has_value());
  EXPECT_EQ(first.error().kind, ErrorKind::busy);
  EXPECT_EQ(first.error().code, "db.connection");
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 0);
}

TEST_F(PostgresStoreTest, AConnectionLostDuringCommitIsSaidToBeUnknown) {
  ASSERT_TRUE(script("CREATE FUNCTION vanish() RETURNS trigger LANGUAGE plpgsql AS "
                     "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
                     "CREATE CONSTRAINT TRIGGER vanish AFTER INSERT ON visit DEFERRABLE INITIALLY DEFERRED "
                     "FOR EACH ROW EXECUTE FUNCTION vanish()")
                  .has_value());
  const auto done = add(1);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::busy);
  EXPECT_EQ(done.error().code, "db.commit_unknown");
}

TEST_F(PostgresStoreTest, ADeadlockIsRunAgain) {
  ASSERT_TRUE(add(1) && add(2));
  std::latch both_hold_one(2);
  std::atomic<int> runs = 0;
  const auto job = [&](std::int64_t first, std::int64_t second) {
    bool again = false;
    auto done = store_->write([&](Connection& c) -> Result<void> {
      ++runs;
      c.run("UPDATE visit SET note = note || 'b' WHERE id = $1", {first});
      if (!std::exchange(again, true)) both_hold_one.arrive_and_wait();
      c.run("UPDATE visit SET note = note || 'b' WHERE id = $1", {second});
      return {};
    });
    EXPECT_TRUE(done.has_value()) << done.error().cause;
  };
  {
    std::jthread one([&] { job(1, 2); }), two([&] { job(2, 1); });
  }
  EXPECT_EQ(runs.load(), 3);
  EXPECT_EQ(count("SELECT count(*) FROM visit WHERE note = 'abb'"), 2);
}

TEST_F(PostgresStoreTest, APlanGoneStaleIsPreparedAgain) {
  ASSERT_TRUE(add(1).has_value());
  const auto whole_row = [&] {
    return store_->write([](Connection& c) -> Result<int> {
      int columns = 0;
      c.one("SELECT * FROM visit", {}, [&](const Row& row) { columns = row.size(); });
      return columns;
    });
  };
  EXPECT_EQ(*whole_row(), 2);
  ASSERT_TRUE(db::PostgresConnection({options_.database}).run("ALTER TABLE visit ADD COLUMN seat bigint") ==
              0);
  EXPECT_EQ(*whole_row(), 3);
}

TEST_F(PostgresStoreTest, AFullPoolIsBusy) {
  store_.reset();
  options_.writers = 1;
  options_.busy_timeout_ms = 1;
  store_ = std::move(*db::Store::open(options_));
  auto outer = store_->read([&](Connection&) -> Result<void> {
    EXPECT_EQ(add(1).error().kind, ErrorKind::busy);
    return {};
  });
  EXPECT_TRUE(outer.has_value());
}

TEST_F(PostgresStoreTest, ALockHeldElsewhereIsWaitedForBriefly) {
  ASSERT_TRUE(add(1).has_value());
  db::PostgresConnection other({options_.database});
  other.begin("BEGIN");
  other.run("UPDATE visit SET note = 'held' WHERE id = 1");
  store_.reset();
  options_.busy_timeout_ms = 20;
  store_ = std::move(*db::Store::open(options_));
  auto done = store_->write([](Connection& c) -> Result<void> {
    c.run("UPDATE visit SET note = 'mine' WHERE id = 1");
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::busy);
}

TEST_F(PostgresStoreTest, AnInvalidIndexIsFound) {
  ASSERT_TRUE(add(1).has_value());
  ASSERT_TRUE(script("CREATE INDEX visit_note ON visit(note);"
                     "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'visit_note'::regclass;"
                     "ALTER TABLE visit ADD CONSTRAINT short CHECK (length(note) < 9) NOT VALID")
                  .has_value());
  const auto findings = store_->integrity();
  ASSERT_TRUE(findings.has_value());
  EXPECT_EQ(*findings,
            (std::vector<std::string>{"invalid index: visit_note", "constraint not validated: short"}));
}

TEST_F(PostgresStoreTest, StatementsAndRowsBeyondTheCacheAndThePipeline) {
  auto done = store_->write([](Connection& c) -> Result<void> {
    for (std::size_t i = 0; i < db::PostgresConnection::cached_statements_max + 10; ++i)
      EXPECT_EQ(c.count("SELECT " + std::to_string(i)), static_cast<std::int64_t>(i));
    EXPECT_EQ(c.count("SELECT 3"), 3);
    return {};
  });
  EXPECT_TRUE(done.has_value()) << done.error().cause;
}

TEST_F(PostgresStoreTest, ACopyIsMadeByPgDump) {
  ASSERT_TRUE(add(1).has_value());
  test_support::TemporaryDirectory directory;
  ASSERT_TRUE(store_->copy_to(directory / "copy.dump").has_value());
  EXPECT_GT(std::filesystem::file_size(directory / "copy.dump"), 500u);
  const auto failed = store_->copy_to("/no/such/directory/copy.dump");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, "db.tool_failed");
}

TEST(PostgresStore, AnUnreachableServerIsBusy) {
  const auto opened = db::Store::open({.database = "postgresql:///x?host=/no/such/directory"});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, "db.connection");
}

}  // namespace
