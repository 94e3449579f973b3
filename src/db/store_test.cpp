// What every store promises, on both engines.
#include "db/store.hpp"

#include <atomic>
#include <future>
#include <latch>
#include <set>
#include <thread>

#include "support/both_stores.hpp"

namespace {

using base::ErrorKind;
using base::Result;
using db::Connection;
using db::Row;

constexpr auto tables =
    "CREATE TABLE id_block(name text PRIMARY KEY, next bigint NOT NULL);CREATE TABLE compound(id bigint "
    "PRIMARY KEY, name text NOT NULL, households bigint CHECK (households >= 0));CREATE TABLE passage(id "
    "bigint PRIMARY KEY, compound bigint NOT NULL REFERENCES compound(id));";

class StoreTest : public test_support::OnBothStores {
 protected:
  void SetUp() override {
    OnBothStores::SetUp();
    if (!IsSkipped()) script(tables);
  }

  Result<void> add(std::int64_t id, std::string_view name = "水木岚庭") {
    return store().write([&](Connection& c) -> Result<void> {
      c.run("INSERT INTO compound(id, name) VALUES ($1, $2)", {id, name});
      return {};
    });
  }
  std::int64_t count(std::string_view sql) {
    return *store().read([&](Connection& c) -> Result<std::int64_t> { return c.count(sql); });
  }
};
SHOUWANG_ON_BOTH_STORES(StoreTest);

TEST_P(StoreTest, ValuesComeBackAsTheyWent) {
  script("CREATE TABLE sample(id bigint, big bigint, share double precision, name text, raw " +
         std::string(on_postgres() ? "bytea" : "blob") + ", flag " + (on_postgres() ? "boolean" : "integer") +
         ")");
  const std::string raw("\x00\xff'\\x", 5);
  const std::string name = "红星街道 '\\\"";
  auto written = store().write([&](Connection& c) -> Result<void> {
    c.run("INSERT INTO sample VALUES ($1, $2, $3, $4, $5, $6)",
          {1, std::int64_t{9007199254740991}, 0.1, name, db::Blob{raw}, true});
    c.run("INSERT INTO sample VALUES ($1, $2, $3, $4, $5, $6)",
          {2, nullptr, nullptr, std::string_view{}, db::Blob{}, false});
    return {};
  });
  ASSERT_TRUE(written.has_value()) << written.error().cause;
  int rows = 0;
  auto seen = store().read([&](Connection& c) -> Result<void> {
    c.run("SELECT id, big, share, name, raw, flag FROM sample ORDER BY id", {}, [&](const Row& row) {
      ASSERT_EQ(row.size(), 6);
      if (++rows == 1) {
        EXPECT_EQ(row.integer(1), 9007199254740991);
        EXPECT_EQ(row.real(2), 0.1);
        EXPECT_EQ(row.text(3), name);
        EXPECT_EQ(row.blob(4), raw);
        EXPECT_TRUE(row.boolean(5));
      } else {
        EXPECT_TRUE(row.is_null(1));
        EXPECT_EQ(row.integer(1), 0);
        EXPECT_EQ(row.maybe_integer(1), std::nullopt);
        EXPECT_TRUE(row.is_null(2));
        EXPECT_FALSE(row.is_null(3));
        EXPECT_EQ(row.text(3), "");
        EXPECT_FALSE(row.is_null(4));
        EXPECT_EQ(row.blob(4), "");
        EXPECT_FALSE(row.boolean(5));
      }
    });
    return {};
  });
  ASSERT_TRUE(seen.has_value()) << seen.error().cause;
  EXPECT_EQ(rows, 2);
}

TEST_P(StoreTest, ParametersGoByNumberNotByAppearance) {
  auto text = store().read([&](Connection& c) -> Result<std::string> {
    std::string answer;
    c.one("SELECT CAST($2 AS text), CAST($1 AS text), CAST($2 AS text)", {"one", "two"},
          [&](const Row& row) { answer = row.str(0) + row.str(1) + row.str(2); });
    return answer;
  });
  EXPECT_EQ(*text, "twoonetwo");
}

TEST_P(StoreTest, RunCountsChangedRows) {
  auto done = store().write([&](Connection& c) -> Result<void> {
    EXPECT_EQ(c.run("INSERT INTO compound(id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"), 3);
    EXPECT_EQ(c.run("SELECT * FROM compound"), 0);
    EXPECT_EQ(c.run("UPDATE compound SET households = 5 WHERE id > $1", {1}), 2);
    EXPECT_EQ(c.run("INSERT INTO compound(id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING"), 0);
    EXPECT_EQ(c.run("DELETE FROM compound WHERE id = 99"), 0);
    std::int64_t next = 0;
    EXPECT_TRUE(c.one("UPDATE compound SET households = households + 1 WHERE id = 2 RETURNING households", {},
                      [&](const Row& row) { next = row.integer(0); }));
    EXPECT_EQ(next, 6);
    EXPECT_FALSE(c.one("SELECT id FROM compound WHERE id = 99", {}, {}));
    return {};
  });
  ASSERT_TRUE(done.has_value()) << done.error().cause;
}

TEST_P(StoreTest, InListTakesAJsonArray) {
  for (std::int64_t id = 1; id <= 5; ++id) ASSERT_TRUE(add(id).has_value());
  auto found = store().read([&](Connection& c) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> answer;
    const std::vector<std::int64_t> wanted{2, 4, 77};
    c.run("SELECT id FROM compound WHERE id " + c.in_list(1) + " ORDER BY id", {db::json_array(wanted)},
          [&](const Row& row) { answer.push_back(row.integer(0)); });
    EXPECT_EQ(c.count("SELECT count(*) FROM compound WHERE id " + c.in_list(1), {db::json_array({})}), 0);
    return answer;
  });
  EXPECT_EQ(*found, (std::vector<std::int64_t>{2, 4}));
}

TEST_P(StoreTest, RunManyTakesEveryRow) {
  constexpr std::size_t rows = 2500;
  auto done = store().write([&](Connection& c) -> Result<void> {
    std::vector<db::Arg> args;
    c.run_many("INSERT INTO compound(id, name, households) VALUES ($1, $2, $3)", rows, [&](std::size_t i) {
      args = {static_cast<std::int64_t>(i), "小区", static_cast<std::int64_t>(i % 7)};
      return std::span<const db::Arg>(args);
    });
    return {};
  });
  ASSERT_TRUE(done.has_value()) << done.error().cause;
  EXPECT_EQ(count("SELECT count(*) FROM compound"), std::int64_t{rows});
  EXPECT_EQ(count("SELECT CAST(sum(id) AS bigint) FROM compound"), std::int64_t{rows * (rows - 1) / 2});
}

TEST_P(StoreTest, RunManyFailsAsAWhole) {
  auto done = store().write([&](Connection& c) -> Result<void> {
    std::vector<db::Arg> args;
    c.run_many("INSERT INTO compound(id, name) VALUES ($1, 'x')", 100, [&](std::size_t i) {
      args = {static_cast<std::int64_t>(i == 60 ? 3 : i)};
      return std::span<const db::Arg>(args);
    });
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, "db.unique");
  EXPECT_EQ(count("SELECT count(*) FROM compound"), 0);
  EXPECT_TRUE(add(1).has_value());
}

TEST_P(StoreTest, ConstraintsAreNamedAndValuesAreNot) {
  ASSERT_TRUE(add(1).has_value());
  const auto again = add(1, "secret name");
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
  EXPECT_EQ(again.error().code, "db.unique");
  EXPECT_EQ(again.error().params.at(0).second, on_postgres() ? "compound_pkey" : "compound.id");
  const auto attempt = [&](std::string_view sql) {
    auto done = store().write([&](Connection& c) -> Result<void> {
      c.run(sql, {"secret value"});
      return {};
    });
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(done.error().cause.find("secret"), std::string::npos) << done.error().cause;
    return done.error().code;
  };
  EXPECT_EQ(attempt("INSERT INTO passage VALUES (length($1), 99)"), "db.foreign_key");
  EXPECT_EQ(attempt("INSERT INTO compound VALUES (7, $1, -1)"), "db.check");
  EXPECT_EQ(attempt("INSERT INTO compound VALUES (length($1), NULL, 1)"), "db.not_null");
  EXPECT_EQ(attempt("INSERT INTO no_such_table VALUES ($1)"), "db.failed");
}

TEST_P(StoreTest, AFailedJobIsRolledBackAlone) {
  constexpr int threads = 24;
  std::latch start(threads);
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> writers;
    for (int t = 0; t < threads; ++t)
      writers.emplace_back([&, t] {
        start.arrive_and_wait();
        auto done = store().write([&](Connection& c) -> Result<void> {
          c.run("INSERT INTO compound(id, name) VALUES ($1, 'a')", {t});
          c.run("INSERT INTO passage(id, compound) VALUES ($1, $1)", {t});
          if (t % 3 == 0) return base::fail(ErrorKind::conflict, "refused");
          if (t % 3 == 1) c.run("INSERT INTO passage(id, compound) VALUES ($1, 5555)", {t + 1000});
          return {};
        });
        if (!done) ++failed;
      });
  }
  EXPECT_EQ(failed.load(), 16);
  EXPECT_EQ(count("SELECT count(*) FROM compound"), 8);
  EXPECT_EQ(count("SELECT count(*) FROM passage"), 8);
}

TEST_P(StoreTest, AnExceptionReachesItsCallerAndRollsBack) {
  EXPECT_THROW((void)store().write([&](Connection& c) -> Result<void> {
    c.run("INSERT INTO compound(id, name) VALUES (1, 'a')");
    throw std::out_of_range("from the closure");
  }),
               std::out_of_range);
  EXPECT_EQ(count("SELECT count(*) FROM compound"), 0);
  EXPECT_TRUE(add(1).has_value());
}

TEST_P(StoreTest, AClosureCannotGoOnAfterAFailure) {
  ASSERT_TRUE(add(1).has_value());
  auto done = store().write([&](Connection& c) -> Result<void> {
    c.run("INSERT INTO compound(id, name) VALUES (2, 'b')");
    EXPECT_THROW(c.run("INSERT INTO compound(id, name) VALUES (1, 'a')"), db::Failure);
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::internal);
  EXPECT_EQ(count("SELECT count(*) FROM compound"), 1);
  EXPECT_TRUE(add(3).has_value());
}

TEST_P(StoreTest, WritingInsideAWriteIsRefused) {
  auto done = store().write([&](Connection&) -> Result<void> {
    EXPECT_THROW((void)add(1), std::logic_error);
    EXPECT_THROW((void)store().next_id(), std::logic_error);
    return {};
  });
  EXPECT_TRUE(done.has_value());
}

TEST_P(StoreTest, AReadSeesOneSnapshotAndCannotWrite) {
  ASSERT_TRUE(add(1).has_value());
  auto seen = store().read([&](Connection& c) -> Result<void> {
    EXPECT_EQ(c.count("SELECT count(*) FROM compound"), 1);
    std::thread([&] { EXPECT_TRUE(add(2).has_value()); }).join();
    EXPECT_EQ(c.count("SELECT count(*) FROM compound"), 1);
    return {};
  });
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(count("SELECT count(*) FROM compound"), 2);
  auto refused = store().read([&](Connection& c) -> Result<void> {
    c.run("DELETE FROM compound");
    return {};
  });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "db.read_only");
  EXPECT_EQ(count("SELECT count(*) FROM compound"), 2);
}

TEST_P(StoreTest, NestedStatementsInsideARowCallback) {
  for (std::int64_t id = 1; id <= 3; ++id) ASSERT_TRUE(add(id).has_value());
  std::int64_t visits = 0;
  const std::string_view sql = "SELECT id FROM compound WHERE id >= $1";
  auto done = store().read([&](Connection& c) -> Result<void> {
    c.run(sql, {1}, [&](const Row& outer) { c.run(sql, {outer.integer(0)}, [&](const Row&) { ++visits; }); });
    return {};
  });
  ASSERT_TRUE(done.has_value()) << done.error().cause;
  EXPECT_EQ(visits, 6);
}

TEST_P(StoreTest, GuardRowsMakeWritesSerial) {
  script(
      "CREATE TABLE guard(id bigint PRIMARY KEY, version bigint NOT NULL); INSERT INTO guard VALUES (1, 0);");
  constexpr int threads = 8, rounds = 20, places = 100;
  std::atomic<int> admitted = 0;
  {
    std::vector<std::jthread> writers;
    for (int t = 0; t < threads; ++t)
      writers.emplace_back([&, t] {
        for (int i = 0; i < rounds; ++i) {
          auto done = store().write([&](Connection& c) -> Result<void> {
            c.run("UPDATE guard SET version = version + 1 WHERE id = 1");
            if (c.count("SELECT count(*) FROM compound") >= places)
              return base::fail(ErrorKind::conflict, "full");
            c.run("INSERT INTO compound(id, name) VALUES ($1, 'a')", {t * rounds + i});
            return {};
          });
          if (done) ++admitted;
        }
      });
  }
  EXPECT_EQ(admitted.load(), places);
  EXPECT_EQ(count("SELECT count(*) FROM compound"), places);
}

TEST_P(StoreTest, IdsAreUniqueAcrossThreadsAndRestarts) {
  std::set<std::int64_t> ids;
  for (int round = 0; round < 2; ++round) {
    std::vector<std::future<std::vector<std::int64_t>>> takers;
    for (int t = 0; t < 4; ++t)
      takers.push_back(std::async(std::launch::async, [&] {
        std::vector<std::int64_t> taken;
        for (int i = 0; i < 1500; ++i) taken.push_back(store().next_id());
        return taken;
      }));
    for (auto& taker : takers)
      for (const std::int64_t id : taker.get()) EXPECT_TRUE(ids.insert(id).second);
    close();
    open();
  }
  EXPECT_EQ(ids.size(), 12000u);
  EXPECT_EQ(*ids.begin(), 1);
  EXPECT_LT(*ids.rbegin(), std::int64_t{1} << 53);
}

TEST_P(StoreTest, ASecondOpenOfTheSameStoreIsRefused) {
  const auto second = db::Store::open(options());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "store.in_use");
  close();
  open();
}

TEST_P(StoreTest, EverythingQueuedIsAnsweredOnDestruction) {
  constexpr int threads = 16;
  std::atomic<int> acknowledged = 0;
  std::vector<std::thread> writers;
  std::atomic<bool> closing = false;
  for (int t = 0; t < threads; ++t)
    writers.emplace_back([&, t] {
      for (int i = 0; !closing; ++i)
        if (add(t * 100000 + i)) ++acknowledged;
    });
  while (acknowledged < 50) std::this_thread::yield();
  closing = true;
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(store().pending_writes(), 0u);
  close();
  open();
  EXPECT_EQ(count("SELECT count(*) FROM compound"), acknowledged.load());
}

TEST_P(StoreTest, SoundStoreHasNoFindings) {
  ASSERT_TRUE(add(1).has_value());
  EXPECT_TRUE(store().checkpoint().has_value());
  const auto findings = store().integrity();
  ASSERT_TRUE(findings.has_value());
  EXPECT_TRUE(findings->empty()) << findings->front();
  EXPECT_GT(store().size_bytes(), 0);
}

TEST_P(StoreTest, WritesOfEveryPriorityAreDone) {
  for (const auto priority : {db::Priority::low, db::Priority::resumable, db::Priority::high}) {
    auto done = store().write(
        [&](Connection& c) -> Result<std::int64_t> {
          return c.run("INSERT INTO compound(id, name) VALUES ($1, 'a')",
                       {static_cast<std::int64_t>(priority) + 1});
        },
        priority);
    ASSERT_TRUE(done.has_value());
    EXPECT_EQ(*done, 1);
  }
}

TEST_P(StoreTest, TextWithANulByteIsRefused) {
  const auto done = add(1, std::string_view("a\0b", 3));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::internal);
}

TEST_P(StoreTest, OneStatementAndTheRightNumberOfArguments) {
  const auto attempt = [&](std::string_view sql, std::initializer_list<db::Arg> args) {
    return store()
        .write([&](Connection& c) -> Result<void> {
          c.run(sql, args);
          return {};
        })
        .has_value();
  };
  EXPECT_FALSE(attempt("SELECT 1; SELECT 2", {}));
  EXPECT_FALSE(attempt("SELECT id FROM compound WHERE id = $1", {}));
  EXPECT_FALSE(attempt("SELECT id FROM compound WHERE id = $1", {1, 2}));
  EXPECT_TRUE(attempt("SELECT id FROM compound WHERE id = $1;", {1}));
}

}  // namespace
