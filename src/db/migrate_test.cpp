#include "db/migrate.hpp"

#include <array>

#include "db/postgres_connection.hpp"
#include "support/both_stores.hpp"

namespace {

using base::Result;
using db::Connection;
using db::Migration;

constexpr std::array migrations{
    Migration{1, "0001_foundation",
              "CREATE TABLE visit(id bigint PRIMARY KEY); CREATE TABLE note(id bigint);"},
    Migration{2, "0002_text", "ALTER TABLE note ADD COLUMN body text; -- the words\n"},
    Migration{3, "0003_rows", "INSERT INTO visit VALUES (1); INSERT INTO note VALUES (1, '红区; 黄区');"},
};

class MigrateTest : public test_support::OnBothStores {
 protected:
  std::int64_t count(std::string_view sql) {
    return *store().read([&](Connection& c) -> Result<std::int64_t> { return c.count(sql); });
  }
  auto run(std::span<const Migration> list) { return db::migrate(store(), list, migrate_options_); }
  auto first(std::size_t n) { return std::span(migrations).first(n); }

  db::MigrateOptions migrate_options_{.backup_directory = directory() / "backups", .now = {1581380000000}};
};
SHOUWANG_ON_BOTH_STORES(MigrateTest);

TEST_P(MigrateTest, ANewStoreIsBroughtUpWithoutABackup) {
  const auto before = db::migration_status(store(), migrations);
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(before->from_version, 0);
  EXPECT_EQ(before->to_version, 3);
  EXPECT_EQ(before->applied, (std::vector<std::string>{"0001_foundation", "0002_text", "0003_rows"}));
  const auto report = run(migrations);
  ASSERT_TRUE(report.has_value()) << report.error().cause;
  EXPECT_EQ(report->applied.size(), 3u);
  EXPECT_EQ(report->backup, "");
  EXPECT_EQ(count("SELECT count(*) FROM note WHERE body = '红区; 黄区'"), 1);
  EXPECT_EQ(count("SELECT applied_at FROM schema_migration WHERE version = 2"), 1581380000000);
  EXPECT_TRUE(run(migrations)->applied.empty());
}

TEST_P(MigrateTest, AnOlderStoreIsBackedUpFirst) {
  ASSERT_TRUE(run(first(1)).has_value());
  const auto report = run(migrations);
  ASSERT_TRUE(report.has_value()) << report.error().code << report.error().cause;
  EXPECT_EQ(report->from_version, 1);
  EXPECT_EQ(report->applied, (std::vector<std::string>{"0002_text", "0003_rows"}));
  EXPECT_EQ(std::filesystem::path(report->backup).stem(), "before-migration-1-20200211T001320000Z");
  EXPECT_TRUE(std::filesystem::exists(report->backup));
}

TEST_P(MigrateTest, ABackupTheOperatorHasIsNotMadeAgain) {
  ASSERT_TRUE(run(first(1)).has_value());
  migrate_options_.backup_taken = true;
  EXPECT_EQ(run(migrations)->backup, "");
}

TEST_P(MigrateTest, WithoutAPlaceForTheBackupNothingIsApplied) {
  ASSERT_TRUE(run(first(1)).has_value());
  migrate_options_.backup_directory.clear();
  EXPECT_EQ(run(migrations).error().code, "backup.no_directory");
  migrate_options_.backup_directory = "/proc/no/such";
  EXPECT_EQ(run(migrations).error().code, "backup.failed");
  EXPECT_EQ(db::migration_status(store(), migrations)->from_version, 1);
}

TEST_P(MigrateTest, AStoreOfANewerProgramIsRefused) {
  ASSERT_TRUE(run(migrations).has_value());
  const auto refused = run(first(2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "schema.newer");
  EXPECT_EQ(refused.error().params.at(0).second, "3");
}

TEST_P(MigrateTest, AChangedMigrationIsRefused) {
  ASSERT_TRUE(run(first(2)).has_value());
  auto changed = migrations;
  changed[1].sql = "ALTER TABLE note ADD COLUMN words text;";
  const auto refused = run(changed);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "schema.changed");
  EXPECT_EQ(refused.error().params.at(0).second, "0002_text");
}

TEST_P(MigrateTest, AFailingMigrationLeavesTheOneBefore) {
  auto failing = migrations;
  failing[2].sql = "INSERT INTO visit VALUES (1); INSERT INTO visit VALUES (1);";
  const auto failed = run(failing);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, "migration.failed");
  EXPECT_EQ(failed.error().params.at(0).second, "0003_rows");
  EXPECT_EQ(count("SELECT count(*) FROM visit"), 0);
  EXPECT_EQ(db::migration_status(store(), failing)->from_version, 2);
  migrate_options_.backup_taken = true;
  EXPECT_TRUE(run(migrations).has_value());
}

TEST_P(MigrateTest, AMigrationCannotEndItsTransaction) {
  const std::array ending{Migration{1, "0001_ends", "CREATE TABLE a(id bigint); COMMIT;"}};
  EXPECT_FALSE(run(ending).has_value());
  EXPECT_EQ(db::migration_status(store(), ending)->from_version, 0);
}

TEST_P(MigrateTest, WhileAnotherProcessMigratesItIsLocked) {
  if (!on_postgres()) GTEST_SKIP() << "on SQLite the store's own lock keeps a second process out";
  db::PostgresConnection other({options().database});
  other.run("SELECT pg_advisory_lock($1)", {0x536877206d696772});
  EXPECT_EQ(run(migrations).error().code, "schema.locked");
}

TEST(Migrate, SpaceForABackup) {
  EXPECT_TRUE(db::check_backup_space(100 << 20, 110 << 20, "/backup").has_value());
  const auto refused = db::check_backup_space(100 << 20, 109 << 20, "/backup");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "backup.no_space");
  EXPECT_EQ(refused.error().params,
            (base::ErrorParams{{"need_mb", "110"}, {"free_mb", "109"}, {"where", "/backup"}}));
}

TEST_P(MigrateTest, TheEmbeddedMigrationsApply) {
  const auto embedded = db::embedded_migrations(GetParam());
  ASSERT_FALSE(embedded.empty());
  const auto report = run(embedded);
  ASSERT_TRUE(report.has_value()) << report.error().code << " " << report.error().cause;
  EXPECT_EQ(report->to_version, embedded.back().version);
  EXPECT_TRUE(store().integrity()->empty());
  // What a migration numbered itself is never given out again.
  const auto written = store().read(
      [](Connection& c) -> Result<std::int64_t> { return c.count("SELECT COALESCE(MAX(id), 0) FROM role"); });
  ASSERT_TRUE(written.has_value());
  EXPECT_GT(*written, 0);
  EXPECT_GT(store().next_id(), *written);
}

}  // namespace
