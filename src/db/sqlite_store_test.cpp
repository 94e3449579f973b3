// What only the SQLite store has: one writer, group commit, the write-ahead log.
#include "db/sqlite_store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <future>
#include <latch>

#include "support/temporary.hpp"

namespace {

using base::ErrorKind;
using base::Result;
using db::Connection;
using db::Priority;
using db::Row;

class SqliteStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    open();
    auto made = store_->write([](Connection& c) -> Result<void> {
      c.script(
          "CREATE TABLE visit(id INTEGER PRIMARY KEY, note TEXT) STRICT;"
          "CREATE TABLE finding(visit INTEGER REFERENCES visit(id)) STRICT;"
          "CREATE TRIGGER poison BEFORE INSERT ON visit WHEN new.note = 'poison' "
          "BEGIN SELECT RAISE(ROLLBACK, 'poisoned'); END;");
      return {};
    });
    ASSERT_TRUE(made.has_value()) << made.error().cause;
  }
  void open() {
    auto opened = db::Store::open(options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().cause;
    store_ = std::move(*opened);
  }
  Result<void> add(std::int64_t id, std::string_view note, Priority priority = Priority::high) {
    return store_->write(
        [&](Connection& c) -> Result<void> {
          c.run("INSERT INTO visit VALUES ($1, $2)", {id, note});
          return {};
        },
        priority);
  }
  std::int64_t count(std::string_view sql) {
    return *store_->read([&](Connection& c) -> Result<std::int64_t> { return c.count(sql); });
  }
  bool file_contains(const std::string& path, std::string_view sentinel) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {}).find(sentinel) != std::string::npos;
  }

  // Keeps the writer inside a job until release(), so that what is queued meanwhile forms one batch.
  class Held {
   public:
    explicit Held(db::Store& store) {
      done_ = std::async(std::launch::async, [this, &store] {
        return store.write([this](Connection&) -> Result<void> {
          held_.count_down();
          released_.wait();
          return {};
        });
      });
      held_.wait();
    }
    bool release() {
      released_.count_down();
      return done_.get().has_value();
    }

   private:
    std::latch held_{1}, released_{1};
    std::future<Result<void>> done_;
  };
  void wait_for_pending(std::size_t jobs) {
    while (store_->pending_writes() < jobs) std::this_thread::yield();
  }

  test_support::TemporaryDirectory directory_;
  db::Options options_{.database = directory_ / "store.sqlite", .queue_limit = 8};
  std::unique_ptr<db::Store> store_;
};

TEST_F(SqliteStoreTest, ALostBatchIsRunAgainJobByJob) {
  Held held(*store_);
  std::vector<std::future<Result<void>>> jobs;
  for (int id = 1; id <= 6; ++id) {
    jobs.push_back(
        std::async(std::launch::async, [this, id] { return add(id, id == 4 ? "poison" : "fine"); }));
    wait_for_pending(static_cast<std::size_t>(id) + 1);  // the poison comes after jobs that had succeeded
  }
  EXPECT_TRUE(held.release());
  for (int id = 1; id <= 6; ++id)
    EXPECT_EQ(jobs[static_cast<std::size_t>(id) - 1].get().has_value(), id != 4);
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 5);
}

TEST_F(SqliteStoreTest, AFailedCommitFailsEveryJobOfTheBatch) {
  Held held(*store_);
  auto guilty = std::async(std::launch::async, [this] {
    return store_->write([](Connection& c) -> Result<void> {
      c.run("PRAGMA defer_foreign_keys=ON");
      c.run("INSERT INTO finding VALUES (404)");
      return {};
    });
  });
  wait_for_pending(2);
  auto innocent = std::async(std::launch::async, [this] { return add(1, "fine"); });
  wait_for_pending(3);
  EXPECT_FALSE(held.release());  // it shares the batch
  EXPECT_FALSE(guilty.get().has_value());
  EXPECT_FALSE(innocent.get().has_value());
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 0);
  EXPECT_TRUE(add(2, "fine").has_value());
}

TEST_F(SqliteStoreTest, AFullQueueAnswersBusyAtOnce) {
  Held held(*store_);
  std::vector<std::future<Result<void>>> jobs;
  for (int id = 1; id <= 8; ++id) {
    jobs.push_back(std::async(std::launch::async, [this, id] { return add(id, "fine"); }));
    wait_for_pending(static_cast<std::size_t>(id) + 1);
  }
  const auto refused = add(9, "too many");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::busy);
  EXPECT_EQ(refused.error().code, "db.queue_full");
  EXPECT_TRUE(held.release());
  for (auto& job : jobs) EXPECT_TRUE(job.get().has_value());
}

TEST_F(SqliteStoreTest, AHighJobOvertakesLowOnes) {
  Held held(*store_);
  std::vector<int> order;  // written by the writer thread only
  const auto job = [&](int id, Priority priority) {
    return std::async(std::launch::async, [&, id, priority] {
      return store_->write(
          [&](Connection&) -> Result<void> {
            order.push_back(id);
            return {};
          },
          priority);
    });
  };
  auto low_1 = job(1, Priority::low);
  wait_for_pending(2);
  auto low_2 = job(2, Priority::low);
  wait_for_pending(3);
  auto high = job(3, Priority::high);
  wait_for_pending(4);
  EXPECT_TRUE(held.release());
  EXPECT_TRUE(low_1.get() && low_2.get() && high.get());
  EXPECT_EQ(order, (std::vector<int>{3, 1, 2}));
}

TEST(WriteQueue, LowJobsGetATurnAtLast) {
  db::WriteQueue queue(1000);
  db::WriteJob low{.priority = Priority::low};
  ASSERT_TRUE(queue.push(low));
  for (int i = 0; i < db::WriteQueue::high_batches_max; ++i) {
    db::WriteJob high;
    ASSERT_TRUE(queue.push(high));
    EXPECT_EQ(queue.first()->priority, Priority::high);
  }
  db::WriteJob high;
  ASSERT_TRUE(queue.push(high));
  EXPECT_EQ(queue.first()->priority, Priority::low);
  EXPECT_FALSE(queue.another(Priority::low).has_value());
  EXPECT_EQ(queue.first()->priority, Priority::high);
}

TEST(WriteQueue, IsDrainedAfterClosing) {
  db::WriteQueue queue(10);
  db::WriteJob one, two;
  ASSERT_TRUE(queue.push(one));
  queue.close();
  EXPECT_FALSE(queue.push(two));
  EXPECT_TRUE(queue.first().has_value());
  EXPECT_FALSE(queue.first().has_value());
}

TEST_F(SqliteStoreTest, ErasedBytesAreGoneFromFileAndLog) {
  const std::string sentinel = "SENTINEL-4212021990";
  ASSERT_TRUE(add(1, sentinel).has_value());
  ASSERT_TRUE(store_->checkpoint().has_value());
  EXPECT_TRUE(file_contains(options_.database, sentinel));
  ASSERT_TRUE(store_
                  ->write([](Connection& c) -> Result<void> {
                    c.run("DELETE FROM visit WHERE id = 1");
                    return {};
                  })
                  .has_value());
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 0);  // leaves no snapshot behind that would hold the log
  ASSERT_TRUE(store_->checkpoint().has_value());
  EXPECT_FALSE(file_contains(options_.database, sentinel));
  EXPECT_FALSE(file_contains(options_.database + "-wal", sentinel));
}

TEST_F(SqliteStoreTest, SettingsAreTheDurableOnes) {
  auto settings = store_->write([](Connection& c) -> Result<std::vector<std::int64_t>> {
    return std::vector{c.count("PRAGMA synchronous"), c.count("PRAGMA foreign_keys"),
                       c.count("PRAGMA secure_delete"), c.count("PRAGMA busy_timeout")};
  });
  EXPECT_EQ(*settings, (std::vector<std::int64_t>{2, 1, 1, 5000}));
  EXPECT_EQ(count("PRAGMA busy_timeout"), 5000);
  EXPECT_EQ(count("PRAGMA query_only"), 1);
}

TEST_F(SqliteStoreTest, FilesAreForTheOwnerOnly) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    const auto mode = std::filesystem::status(options_.database + suffix).permissions();
    EXPECT_EQ(mode & std::filesystem::perms::mask, std::filesystem::perms(0600)) << suffix;
  }
}

TEST_F(SqliteStoreTest, ReadersBeyondThePoolAreAnsweredBusy) {
  store_.reset();
  options_.readers = 1;
  options_.busy_timeout_ms = 1;
  open();
  auto outer = store_->read([&](Connection&) -> Result<void> {
    auto inner = store_->read([](Connection&) -> Result<void> { return {}; });
    EXPECT_EQ(inner.error().kind, ErrorKind::busy);
    return {};
  });
  EXPECT_TRUE(outer.has_value());
}

TEST_F(SqliteStoreTest, ACopyIsWholeAndPrivate) {
  ASSERT_TRUE(add(1, "kept").has_value());
  const auto target = directory_ / "copy.sqlite";
  ASSERT_TRUE(store_->copy_to(target).has_value());
  EXPECT_EQ(std::filesystem::status(target).permissions() & std::filesystem::perms::mask,
            std::filesystem::perms(0600));
  EXPECT_FALSE(std::filesystem::exists(target.string() + ".part"));
  const auto again = store_->copy_to(target);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, "backup.exists");
  store_.reset();
  options_.database = target;
  open();
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 1);
  EXPECT_FALSE(store_->copy_to("/no/such/directory/copy").has_value());
}

TEST_F(SqliteStoreTest, DamageIsFound) {
  for (int id = 1; id <= 200; ++id) ASSERT_TRUE(add(id, std::string(200, 'x')).has_value());
  ASSERT_TRUE(store_->checkpoint().has_value());
  store_.reset();
  {
    std::fstream file(options_.database, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(5 * 4096);
    file << std::string(4096, '\x5a');
  }
  open();
  const auto findings = store_->integrity();
  EXPECT_TRUE(!findings.has_value() || !findings->empty());
}

TEST(SqliteStore, AFileThatIsNoDatabaseIsRefused) {
  test_support::TemporaryDirectory directory;
  const auto path = directory / "notes.txt";
  std::ofstream(path) << std::string(5000, 'n');
  const auto opened = db::Store::open({.database = path});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, "db.corrupt");
  const auto nowhere = db::Store::open({.database = "/no/such/directory/store"});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().code, "store.cannot_open");
}

}  // namespace
