#include "db/restore.hpp"

#include <fstream>

#include "db/file_lock.hpp"
#include "db/postgres_connection.hpp"
#include "support/both_stores.hpp"

namespace {

using base::Result;
using db::Connection;

class RestoreTest : public test_support::OnBothStores {
 protected:
  void SetUp() override {
    OnBothStores::SetUp();
    if (IsSkipped()) return;
    script(
        "CREATE TABLE id_block(name text PRIMARY KEY, next bigint NOT NULL);"
        "CREATE TABLE visit(id bigint PRIMARY KEY, note text); INSERT INTO visit VALUES (1, '前');");
    copy_ = directory() / "copy";
  }
  std::int64_t count(std::string_view sql) {
    return *store().read([&](Connection& c) -> Result<std::int64_t> { return c.count(sql); });
  }
  std::filesystem::path copy_;
};
SHOUWANG_ON_BOTH_STORES(RestoreTest);

TEST_P(RestoreTest, TheStoreIsAsItWasWhenTheCopyWasMade) {
  EXPECT_EQ(store().next_id(), 1);
  ASSERT_TRUE(store().copy_to(copy_).has_value());
  script("DELETE FROM visit; CREATE TABLE later(id bigint); INSERT INTO visit VALUES (2, '后')");
  EXPECT_EQ(store().next_id(), 2);
  close();
  for (int round = 0; round < 2; ++round) {  // a restored store can be copied and restored like any other
    const auto done = db::restore(options().database, copy_);
    ASSERT_TRUE(done.has_value()) << done.error().code << " " << done.error().cause;
    open();
    EXPECT_EQ(count("SELECT count(*) FROM visit WHERE note = '前'"), 1);
    EXPECT_EQ(count("SELECT count(*) FROM visit"), 1);
    script("CREATE TABLE later(id bigint)");
    EXPECT_TRUE(store().integrity()->empty());
    EXPECT_GT(store().next_id(), db::restore_id_gap);
    copy_ += ".again";
    script("DROP TABLE later");
    ASSERT_TRUE(store().copy_to(copy_).has_value());
    close();
  }
}

TEST_P(RestoreTest, ACopyIsMadeAndCheckedBesideTheRunningProgram) {
  auto how = options();
  how.may_be_beside = true;
  auto beside = db::Store::open(how);
  ASSERT_TRUE(beside.has_value()) << beside.error().code;
  script("INSERT INTO visit VALUES (2, '后')");
  ASSERT_TRUE((*beside)->copy_to(copy_).has_value());
  EXPECT_TRUE((*beside)->integrity()->empty());
  const auto refused = (*beside)->write([](Connection&) -> Result<void> { return {}; });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "store.in_use");
  // The holder is not disturbed.
  script("INSERT INTO visit VALUES (3, '后')");
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 3);
  beside->reset();
  close();
  ASSERT_TRUE(db::restore(options().database, copy_).has_value());
  open();
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 2);
}

TEST_P(RestoreTest, AStoreInUseIsRefused) {
  ASSERT_TRUE(store().copy_to(copy_).has_value());
  const auto refused = db::restore(options().database, copy_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "store.in_use");
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 1);
}

TEST_P(RestoreTest, ADamagedOrAbsentCopyLeavesTheStoreAlone) {
  for (int id = 10; id < 400; ++id)
    ASSERT_TRUE(store()
                    .write([&](Connection& c) -> Result<void> {
                      c.run("INSERT INTO visit VALUES ($1, $2)", {id, std::string(100, 'x')});
                      return {};
                    })
                    .has_value());
  ASSERT_TRUE(store().copy_to(copy_).has_value());
  close();
  std::filesystem::resize_file(copy_, std::filesystem::file_size(copy_) / 2);
  const auto half = db::restore(options().database, copy_);
  ASSERT_FALSE(half.has_value());
  std::ofstream(copy_) << "no copy at all";
  EXPECT_EQ(db::restore(options().database, copy_).error().code, "restore.damaged");
  EXPECT_EQ(db::restore(options().database, directory() / "absent").error().code, "restore.no_copy");
  open();
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 391);
}

TEST_P(RestoreTest, ADamagedStoreIsReplaced) {
  if (on_postgres()) GTEST_SKIP() << "the server's files are the operator's";
  ASSERT_TRUE(store().copy_to(copy_).has_value());
  close();
  std::ofstream(options().database, std::ios::trunc) << std::string(9000, 'z');
  std::ofstream(options().database + "-wal") << std::string(9000, 'z');
  ASSERT_TRUE(db::restore(options().database, copy_).has_value());
  open();
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 1);
}

TEST_P(RestoreTest, AnInterruptedRestoreIsNoticed) {
  if (!on_postgres()) GTEST_SKIP() << "on SQLite the copy takes the file's name in one step";
  ASSERT_TRUE(store().copy_to(copy_).has_value());
  close();
  db::PostgresConnection({options().database}).script("ALTER SCHEMA public RENAME TO before_restore");
  EXPECT_EQ(db::Store::open(options()).error().code, "restore.interrupted");
  ASSERT_TRUE(db::restore(options().database, copy_).has_value());
  open();
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 1);
}

}  // namespace
