// Section 8, keys and backup: one encrypted file brings everything back, on an empty machine as well.
#include "app/backup.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/recovery.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

namespace fs = std::filesystem;

class Backup : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    sheet_ = core::new_recovery_sheet(world().options().keys, world().clock().now(), true).value();
  }
  test_world::World& world() { return *world_; }
  core::RecoveryPair pair() const {
    return core::recovery_pair(token::read_recovery_code(core::sheet_text(sheet_)).value());
  }
  fs::path make(const std::string& name) {
    const auto target = folder_ / name;
    const auto made =
        app::make_backup(world().program().store(), world().options(), target, world().clock().now());
    EXPECT_TRUE(made) << made.error().code << made.error().cause;
    return target;
  }
  static std::int64_t persons(db::Store& store) {
    return *store.read([](db::Connection& c) -> base::Result<std::int64_t> {
      return c.count("SELECT COUNT(*) FROM person");
    });
  }
  void add_person() {
    auto done = world().program().store().write([](db::Connection& c) -> base::Result<void> {
      c.run(
          "INSERT INTO person (id, name, sex, document_kind, document_state, flags, presence, "
          "presence_source, presence_ms, source, updated_ms) SELECT id + 1000000, name, sex, document_kind, "
          "document_state, flags, presence, presence_source, presence_ms, source, updated_ms FROM person");
      return {};
    });
    ASSERT_TRUE(done);
  }
  // Nothing plain is left behind.
  void expect_tidy() {
    for (const auto& entry : fs::directory_iterator(world().options().data)) {
      const auto name = entry.path().filename().string();
      EXPECT_TRUE(name.starts_with("shouwang.db") || name == "backups" || name == "files" ||
                  name == "imports")
          << name;
    }
  }
  test_support::TemporaryDirectory folder_;
  std::optional<test_world::World> world_;
  core::RecoverySheet sheet_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Backup, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         test_support::dialect_name);

TEST_P(Backup, ComesBackOnTheSameMachine) {
  const auto before = persons(world().program().store());
  const auto file = make("a.backup");
  expect_tidy();
  add_person();
  ASSERT_NE(persons(world().program().store()), before);
  EXPECT_EQ(app::restore_backup(world().options(), file, pair()).error().code, "store.in_use");
  world().stop();
  const auto head = app::restore_backup(world().options(), file, pair());
  ASSERT_TRUE(head) << head.error().code << head.error().cause;
  EXPECT_EQ(head->sheet, sheet_.sheet);
  expect_tidy();
  world().start();
  EXPECT_EQ(persons(world().program().store()), before);
}

TEST_P(Backup, ComesBackOnAnEmptyMachineWithItsKeys) {
  const auto before = persons(world().program().store());
  const auto file = make("a.backup");
  world().stop();
  auto elsewhere = world().options();
  elsewhere.data = folder_ / "new/data";
  elsewhere.keys = folder_ / "new/keys";
  std::optional<test_support::PostgresDatabase> database;
  if (GetParam() == db::Dialect::postgres) {
    database.emplace();
    elsewhere.database = database->url();
  }
  const auto head = app::restore_backup(elsewhere, file, pair());
  ASSERT_TRUE(head) << head.error().code << head.error().cause;
  auto program = app::Program::open(elsewhere, world().clock());
  ASSERT_TRUE(program) << program.error().code;
  EXPECT_EQ(persons((*program)->store()), before);
  // What was sealed opens with the keys that came along.
  auto opened = (*program)->store().read([&](db::Connection& c) -> base::Result<int> {
    int count = 0;
    c.run("SELECT id, number_sealed FROM phone", {}, [&](const db::Row& r) {
      count += (*program)->services().keys.unseal("phone", "number", r.integer(0), r.blob(1)).has_value();
    });
    return count;
  });
  EXPECT_GT(*opened, 0);
  // The next backup of the new machine needs the same sheet.
  EXPECT_EQ((*core::recovery_key(elsewhere.keys))->sheet, sheet_.sheet);
}

TEST_P(Backup, AWrongSheetADamagedFileAndOtherKeysTouchNothing) {
  const auto file = make("a.backup");
  add_person();
  const auto before = persons(world().program().store());
  world().stop();
  const auto other = core::recovery_pair({7});
  EXPECT_EQ(app::restore_backup(world().options(), file, other).error().code, "restore.other_sheet");
  fs::copy_file(file, folder_ / "cut");
  fs::resize_file(folder_ / "cut", fs::file_size(file) - 1);
  EXPECT_EQ(app::restore_backup(world().options(), folder_ / "cut", pair()).error().code, "restore.damaged");
  auto foreign = world().options();
  foreign.keys = folder_ / "foreign";
  ASSERT_TRUE(core::Keyring::open(foreign.keys));
  EXPECT_EQ(app::restore_backup(foreign, file, pair()).error().code, "restore.other_keys");
  expect_tidy();
  world().start();
  EXPECT_EQ(persons(world().program().store()), before);
}

// The copy before a migration is for the sheet as well, once there is one.
TEST_P(Backup, WithoutASheetThereIsNone) {
  auto& store = world().program().store();
  const auto how = app::migrate_options(world().options(), store, world().clock().now());
  ASSERT_TRUE(how.back_up);
  ASSERT_TRUE(how.back_up(folder_ / "before.backup"));
  EXPECT_TRUE(core::is_backup(folder_ / "before.backup"));
  fs::remove(world().options().keys / "recovery.pub");
  EXPECT_FALSE(app::migrate_options(world().options(), store, world().clock().now()).back_up);
  const auto made = app::make_backup(store, world().options(), folder_ / "a.backup", world().clock().now());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "recovery.none");
}

// The set-up page shows the first sheet; a page asked twice shows none again.
TEST_P(Backup, AnAdministratorGetsTheSheetOnce) {
  fs::remove(world().options().keys / "recovery.pub");
  EXPECT_EQ(world().send("office", "POST", "/api/recovery-sheet", "{}").status, 403);
  const auto first = world().send("admin", "POST", "/api/recovery-sheet", R"({"replace":false})");
  ASSERT_EQ(first.status, 200) << first.body;
  const auto sheet = test_world::at(first.body, "sheet");
  EXPECT_EQ(test_world::at(world().send("admin", "GET", "/api/recovery-sheet").body, "sheet"), sheet);
  const auto again = world().send("admin", "POST", "/api/recovery-sheet", R"({"replace":false})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(test_world::at(again.body, "code"), "recovery.exists");
  const auto next = world().send("admin", "POST", "/api/recovery-sheet", R"({"replace":true})");
  EXPECT_EQ(next.status, 200);
  EXPECT_NE(test_world::at(next.body, "sheet"), sheet);
  const auto audit = world().send("auditor", "GET", "/api/audit?action=keys");
  EXPECT_NE(audit.body.find("replaced " + sheet), std::string::npos) << audit.body;
}

}  // namespace
