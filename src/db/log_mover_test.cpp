// The write-ahead log is moved beside the writer and begins anew before it grows without end.
#include "db/log_mover.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "db/store.hpp"
#include "support/temporary.hpp"

namespace {

using db::LogMover;
using db::SqliteConnection;

bool file_contains(const std::string& path, std::string_view sentinel) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {}).find(sentinel) != std::string::npos;
}

class LogMoverTest : public testing::Test {
 protected:
  void add(std::string_view note) { writer_.run("INSERT INTO visit(note) VALUES ($1)", {note}); }

  test_support::TemporaryDirectory directory_{};
  db::SqliteOptions options_{(directory_ / "store.db").string()};
  SqliteConnection writer_{options_, SqliteConnection::Use::writer};
};

TEST_F(LogMoverTest, ACommitMovesNothingAndTheMoverWhatIsThere) {
  LogMover mover(options_);
  writer_.run("CREATE TABLE visit(note TEXT)");
  add("bakery, seat by the window");
  EXPECT_GT(writer_.log_pages(), 0);
  EXPECT_FALSE(file_contains(options_.path, "seat by the window"));
  mover.move();
  EXPECT_TRUE(file_contains(options_.path, "seat by the window"));
  const auto before = writer_.log_pages();
  add("pharmacy");  // everything was moved, so the log begins anew
  EXPECT_LT(writer_.log_pages(), before);
}

TEST_F(LogMoverTest, WhatSomebodyStillReadsIsNotOverwritten) {
  LogMover mover(options_);
  writer_.run("CREATE TABLE visit(note TEXT)");
  add("bakery");
  SqliteConnection reader(options_, SqliteConnection::Use::reader);
  reader.run("BEGIN");
  EXPECT_EQ(reader.count("SELECT COUNT(*) FROM visit"), 1);
  add("pharmacy, third shelf");
  mover.move();
  EXPECT_FALSE(file_contains(options_.path, "third shelf"));
  EXPECT_EQ(reader.count("SELECT COUNT(*) FROM visit"), 1);
  reader.run("ROLLBACK");
  mover.move();
  EXPECT_TRUE(file_contains(options_.path, "third shelf"));
}

TEST_F(LogMoverTest, TheWriterIsAskedWhenTheLogIsLongAndNotAtEveryCommit) {
  LogMover mover(options_);  // nothing is in the log, so nothing of what is said to be there is ever moved
  EXPECT_FALSE(mover.committed(1));
  EXPECT_FALSE(mover.committed(LogMover::end_pages));
  EXPECT_TRUE(mover.committed(LogMover::most_pages));
  EXPECT_FALSE(mover.committed(LogMover::most_pages + 1));
  EXPECT_TRUE(mover.committed(LogMover::most_pages + LogMover::little_pages));
  EXPECT_FALSE(mover.committed(1));  // it began anew
  EXPECT_TRUE(mover.committed(LogMover::most_pages));
}

// Without a checkpoint of anybody's asking: twice as much as a log may hold ends up in the file of the store.
TEST(SqliteLog, ABusyStoreKeepsItsLogShort) {
  test_support::TemporaryDirectory directory;
  db::Options options;
  options.database = (directory / "store.db").string();
  auto store = db::Store::open(options);
  ASSERT_TRUE(store.has_value());
  const auto write = [&](std::string_view sql) {
    auto done = (*store)->write([&](db::Connection& c) -> base::Result<void> {
      c.run(sql);
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().cause;
  };
  write("CREATE TABLE filler(id INTEGER PRIMARY KEY, bytes BLOB)");
  constexpr int rows = 70, pages_of_a_row = 1000;
  for (int i = 0; i < rows; ++i) write("INSERT INTO filler(bytes) VALUES (zeroblob(4096000))");
  EXPECT_LT(std::filesystem::file_size(options.database + "-wal"),
            (LogMover::most_pages + 2 * pages_of_a_row) * 4200ULL);
  auto kept = (*store)->read([](db::Connection& c) -> base::Result<std::int64_t> {
    return c.count("SELECT COUNT(*) FROM filler WHERE LENGTH(bytes) = 4096000");
  });
  EXPECT_EQ(*kept, rows);
}

}  // namespace
