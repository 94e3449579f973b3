// Section 8, erasure: a person goes from every table, the bytes go from the file, and a copy of the store
// from before does not bring them back.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "app/backup.hpp"
#include "app/commands.hpp"
#include "core/erasure_journal.hpp"
#include "core/recovery.hpp"
#include "feature/erasure/inventory.hpp"
#include "feature/erasure/record.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

using base::Result;
using test_world::at;
using test_world::number_at;
namespace erasure = feature::erasure;

struct TextColumn {
  std::string table, column;
};

std::vector<TextColumn> text_columns(db::Connection& c) {
  std::vector<TextColumn> out;
  const auto add = [&](const db::Row& r) { out.push_back({r.str(0), r.str(1)}); };
  if (c.dialect() == db::Dialect::sqlite)
    c.run(
        "SELECT m.name, i.name FROM sqlite_master m JOIN pragma_table_info(m.name) i WHERE m.type = 'table' "
        "AND lower(i.type) IN ('text', 'blob')",
        {}, add);
  else
    c.run(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND "
        "data_type IN ('text', 'bytea')",
        {}, add);
  return out;
}

std::set<std::string> words_of(std::string_view text) {
  std::istringstream words{std::string(text)};
  return {std::istream_iterator<std::string>(words), {}};
}

class Erasure : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
  }
  test_world::World& world() { return *world_; }
  db::Store& store() { return world().program().store(); }
  std::string get(const std::string& role, const std::string& path) {
    const auto answer = world().send(role, "GET", path);
    EXPECT_LT(answer.status, 300) << path << answer.body;
    return answer.body;
  }
  std::string post(const std::string& role, const std::string& path, const std::string& body) {
    const auto answer = world().send(role, "POST", path, body);
    EXPECT_LT(answer.status, 300) << path << answer.body;
    return answer.body;
  }
  // A household of two with everything that can be on file about the first.
  std::int64_t make_person() {
    const auto compound = at(get("office", "/api/session"), "compounds.0.id");
    const auto dwelling = at(get("office", "/api/households?compound_id=" + compound), "items.0.dwelling_id");
    const auto household =
        post("office", "/api/households",
             R"({"dwelling_id":)" + dwelling +
                 R"(,"members":[{"name":"欧阳灭迹","relation":"head","phone":"19907654321",)"
                 R"("document":"000000194912319777"},)"
                 R"({"name":"司马留下","relation":"spouse"}]})");
    household_ = number_at(household, "id");
    const auto person = number_at(household, "members.0.id");
    const auto path = "/api/persons/" + std::to_string(person);
    const auto changed =
        world().send("office", "PATCH", path,
                     R"({"origin":"灭迹来处","registered_residence":"灭迹户籍","presence":"away",)"
                     R"("away_place":"灭迹外地","add_phone":"19907654322"})");
    EXPECT_EQ(changed.status, 200) << changed.body;
    const auto said = world().send("office", "PATCH", path, R"({"origin":"灭迹别处","said_by":"neighbour"})");
    EXPECT_EQ(said.status, 200) << said.body;
    auto done = store().write([&](db::Connection& c) -> Result<void> {
      c.run(
          "INSERT INTO vehicle (id, compound_id, household_id, plate, plate_doubtful, owner_name, "
          "vehicle_kind, new_energy, valid_from_ms, source) VALUES (777, $1, $2, '京A灭迹1', 0, '欧阳灭迹', "
          "'car', 0, 1, 'office')",
          {std::int64_t{std::stoll(compound)}, household_});
      c.run("UPDATE dwelling SET owner_name = '欧阳灭迹' WHERE id = $1",
            {std::int64_t{std::stoll(dwelling)}});
      return {};
    });
    EXPECT_TRUE(done);
    return person;
  }
  // Where any of these texts stands in any text or blob of the store: "table.column".
  std::vector<std::string> places_of(const std::vector<std::string>& texts) {
    std::vector<std::string> found;
    auto read = store().read([&](db::Connection& c) -> Result<bool> {
      for (const auto& column : text_columns(c))
        c.run("SELECT " + column.column + " FROM " + column.table, {}, [&](const db::Row& r) {
          for (const auto& text : texts)
            if (r.text(0).find(text) != std::string_view::npos)
              found.push_back(column.table + "." + column.column + ": " + r.str(0));
        });
      return true;
    });
    EXPECT_TRUE(read);
    return found;
  }
  std::int64_t count(const std::string& sql, std::int64_t id) {
    return *store().read([&](db::Connection& c) -> Result<std::int64_t> { return c.count(sql, {id}); });
  }
  static constexpr const char* ask = R"({"reason":"purpose_ended","reference":"川防指〔2020〕7号"})";
  const std::vector<std::string> traces_{"灭迹", "1990****4321", "19907654321", "0000**********9777"};
  std::optional<test_world::World> world_;
  std::int64_t household_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Stores, Erasure, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         test_support::dialect_name);

TEST_P(Erasure, TakesAPersonOutOfEveryTable) {
  const auto person = make_person();
  const auto path = "/api/persons/" + std::to_string(person);
  EXPECT_GT(places_of(traces_).size(), 5u) << "or the test shows nothing";
  ASSERT_EQ(world().send("office", "POST", path + "/erasure", ask).status, 403);
  const auto preview = get("admin", path + "/erasure");
  EXPECT_NE(preview.find("\"table\":\"phone\",\"rows\":2"), std::string::npos) << preview;
  EXPECT_EQ(number_at(preview, "households_ended"), 0);
  EXPECT_EQ(places_of(traces_).empty(), false) << "a preview changes nothing";
  const auto receipt = post("admin", path + "/erasure", ask);
  EXPECT_EQ(places_of(traces_), std::vector<std::string>{});
  EXPECT_EQ(world().send("office", "GET", path).status, 404);
  EXPECT_EQ(count("SELECT COUNT(*) FROM residence WHERE person_id = $1", person), 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM erased_person WHERE person_id = $1", person), 1) << "the tombstone";
  EXPECT_EQ(count("SELECT COUNT(*) FROM residence WHERE household_id = $1", household_), 1) << "others stay";
  // The receipt says what went and whether it is gone, and of the person nothing but the number.
  EXPECT_EQ(at(receipt, "proof"), GetParam() == db::Dialect::sqlite ? "absent" : "server") << receipt;
  if (GetParam() == db::Dialect::sqlite) {
    EXPECT_GT(number_at(receipt, "traces"), 10);
  }
  const auto list = get("auditor", "/api/erasures");
  EXPECT_EQ(number_at(list, "items.0.person_id"), person);
  EXPECT_EQ(at(list, "items.0.reference"), "川防指〔2020〕7号");
  EXPECT_EQ(list.find("欧阳"), std::string::npos);
  EXPECT_NE(get("auditor", "/api/audit?action=person.erase").find("purpose_ended"), std::string::npos);
  // Once is once; the answer is that of somebody who never was.
  EXPECT_EQ(world().send("admin", "POST", path + "/erasure", ask).status, 404);
  EXPECT_EQ(core::journalled_erasures(world().options().keys).value(), std::vector<std::int64_t>{person});
}

// What a page of the store, its log and the files beside it hold: the unmistakable name stands nowhere.
TEST_P(Erasure, LeavesNoBytesInTheFile) {
  if (GetParam() == db::Dialect::postgres) GTEST_SKIP() << "the server's files are the operator's";
  const auto person = make_person();
  const auto database = app::database_of(world().options());
  const auto holds = [&](const std::string& text) {
    bool found = false;
    for (const auto* suffix : {"", "-wal"}) {
      std::ostringstream all;
      all << std::ifstream(database + suffix, std::ios::binary).rdbuf();
      found = found || all.str().find(text) != std::string::npos;
    }
    return found;
  };
  EXPECT_TRUE(holds("欧阳灭迹"));
  post("admin", "/api/persons/" + std::to_string(person) + "/erasure", ask);
  EXPECT_FALSE(holds("欧阳灭迹"));
  EXPECT_FALSE(holds("灭迹"));
}

TEST_P(Erasure, TheLastOfAHouseholdEndsIt) {
  const auto person = make_person();
  const auto other = count(
      "SELECT person_id FROM residence WHERE household_id = $1 ORDER BY position DESC LIMIT 1", household_);
  post("admin", "/api/persons/" + std::to_string(other) + "/erasure", ask);
  const auto preview = get("admin", "/api/persons/" + std::to_string(person) + "/erasure");
  EXPECT_EQ(number_at(preview, "households_ended"), 1);
  post("admin", "/api/persons/" + std::to_string(person) + "/erasure", ask);
  EXPECT_EQ(count("SELECT COUNT(*) FROM household WHERE id = $1 AND valid_until_ms IS NOT NULL", household_),
            1);
}

TEST_P(Erasure, ScopeHolds) {
  const auto person = make_person();
  // The district's office may; another community's office may not, and learns nothing.
  const auto path = "/api/persons/" + std::to_string(person) + "/erasure";
  EXPECT_EQ(world().send("other_office", "GET", path).status, 403);
  EXPECT_EQ(world().send("district", "GET", path).status, 200);
  EXPECT_EQ(world().send("district", "POST", path, R"({"reason":"because"})").status, 422);
}

// A copy of the store from before, on the same machine or on an empty one.
TEST_P(Erasure, ARestoreDoesNotBringThemBack) {
  const auto person = make_person();
  const test_support::TemporaryDirectory folder;
  const auto sheet = core::new_recovery_sheet(world().options().keys, world().clock().now(), true).value();
  const auto pair = core::recovery_pair(token::read_recovery_code(core::sheet_text(sheet)).value());
  ASSERT_TRUE(app::make_backup(store(), world().options(), folder / "before", world().clock().now()));
  post("admin", "/api/persons/" + std::to_string(person) + "/erasure", ask);
  world().stop();
  ASSERT_TRUE(app::restore_backup(world().options(), folder / "before", pair));
  world().start();
  EXPECT_EQ(places_of(traces_), std::vector<std::string>{});
  EXPECT_EQ(count("SELECT COUNT(*) FROM erasure WHERE person_id = $1 AND cause = 'replay'", person), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM erasure WHERE id > $1 AND proof = 'pending'", 0), 0);
  world().restart();
  EXPECT_EQ(count("SELECT COUNT(*) FROM erasure WHERE person_id = $1", person), 1) << "once is enough";
}

// A key directory that is older than the store learns from it.
TEST_P(Erasure, TheJournalIsMadeWholeFromTheStore) {
  const auto person = make_person();
  post("admin", "/api/persons/" + std::to_string(person) + "/erasure", ask);
  std::filesystem::remove(world().options().keys / core::erasure_journal_name);
  world().restart();
  EXPECT_EQ(core::journalled_erasures(world().options().keys).value(), std::vector<std::int64_t>{person});
}

TEST_P(Erasure, RetentionErasesWhosePurposeHasEnded) {
  const auto person = make_person();
  const auto path = "/api/persons/" + std::to_string(person);
  EXPECT_EQ(number_at(get("admin", "/api/retention"), "due.0.count"), 0);
  EXPECT_EQ(world().send("district", "POST", "/api/retention/rules", R"({"kind":"person","days":30})").status,
            403);
  post("admin", "/api/retention/rules", R"({"kind":"person","days":30})");
  post("office", path + "/leave", R"({"reason":"left"})");
  world().advance(29 * base::day_ms);
  EXPECT_EQ(number_at(get("admin", "/api/retention"), "due.0.count"), 0);
  world().advance(2 * base::day_ms);
  EXPECT_EQ(number_at(get("admin", "/api/retention"), "due.0.count"), 1);
  EXPECT_FALSE(places_of(traces_).empty()) << "looking erases nobody";
  const auto done = post("admin", "/api/retention/run", R"({"kind":"person"})");
  EXPECT_EQ(number_at(done, "erased"), 1);
  EXPECT_EQ(number_at(done, "left"), 0);
  EXPECT_EQ(places_of(traces_), std::vector<std::string>{});
  EXPECT_EQ(count("SELECT COUNT(*) FROM erasure WHERE person_id = $1 AND cause = 'retention'", person), 1);
}

// The same from the command line: a dry run beside the running program changes nothing; the run takes the
// rows of every kind out of the store's files, however many parts it needs (issue 4, 15).
TEST_P(Erasure, RetentionFromTheCommandLine) {
  const auto person = make_person();
  post("admin", "/api/retention/rules", R"({"kind":"person","days":30})");
  post("admin", "/api/retention/rules", R"({"kind":"passage","days":70})");
  post("office", "/api/persons/" + std::to_string(person) + "/leave", R"({"reason":"left"})");
  constexpr std::int64_t lines = 4500;  // more than two parts
  const auto first = world().program().store().next_id();
  for (std::int64_t i = 1; i < lines; ++i) world().program().store().next_id();
  auto filled = world().program().store().write([&](db::Connection& c) -> base::Result<void> {
    std::int64_t compound = 0;
    c.one("SELECT id FROM place WHERE kind = 'compound' ORDER BY id LIMIT 1", {},
          [&](const db::Row& r) { compound = r.integer(0); });
    std::vector<db::Arg> args;
    c.run_many(
        "INSERT INTO passage (id, compound_id, opening_id, happened_ms, recorded_ms, device_ms, direction, "
        "result, holder_kind, persons, companions, person_ids, temperature_note, readings, steps, outcome, "
        "reasons, flags, consumes, policy_version, offline, list_age_s, reason) VALUES ($1, $2, 1, 1, 1, 1, "
        "'out', 'passed', 'household', 1, 0, '', 'reading', '[]', '', 'allow', '', '', 0, 0, 0, 0, '灭迹')",
        static_cast<std::size_t>(lines), [&](std::size_t i) -> std::span<const db::Arg> {
          args.assign({first + static_cast<std::int64_t>(i), compound});
          return args;
        });
    return {};
  });
  ASSERT_TRUE(filled) << filled.error().code << filled.error().cause;
  testing::internal::CaptureStdout();
  EXPECT_EQ(app::retention(world().options(), true, false), 0);
  auto said = testing::internal::GetCapturedStdout();
  EXPECT_NE(said.find("person kept 30 days due 1\n"), said.npos) << said;
  EXPECT_NE(said.find("passage kept 70 days due 4500\n"), said.npos) << said;
  EXPECT_NE(said.find("guest kept always due 0\n"), said.npos) << said;
  EXPECT_EQ(count("SELECT COUNT(*) FROM passage WHERE happened_ms = $1", 1), lines);
  EXPECT_EQ(app::retention(world().options(), false, false), 1) << "the program is running";
  world().stop();
  testing::internal::CaptureStdout();
  EXPECT_EQ(app::retention(world().options(), false, true), 0);
  said = testing::internal::GetCapturedStdout();
  EXPECT_NE(said.find("person removed 1\n"), said.npos) << said;
  EXPECT_NE(said.find("passage removed 4500\n"), said.npos) << said;
  EXPECT_NE(said.find("store "), said.npos) << said;
  world().start();
  EXPECT_EQ(count("SELECT COUNT(*) FROM passage WHERE happened_ms = $1", 1), 0);
  EXPECT_EQ(places_of(traces_), std::vector<std::string>{});
}

// --- nothing is forgotten ---------------------------------------------------------------------------------
class Inventory : public test_support::OnBothStores {};
SHOUWANG_ON_BOTH_STORES(Inventory);

TEST_P(Inventory, NamesEveryTextOfTheSchema) {
  db::MigrateOptions options;
  options.backup_directory = directory() / "backups";
  ASSERT_TRUE(db::migrate(store(), db::embedded_migrations(store().dialect()), options));
  std::map<std::string, std::set<std::string>> named;
  for (const auto& e : erasure::inventory()) {
    auto& columns = named[std::string(e.table)];
    columns.merge(words_of(e.personal));
    columns.merge(words_of(e.other));
  }
  auto read =
      store().read([&](db::Connection& c) -> Result<std::vector<TextColumn>> { return text_columns(c); });
  ASSERT_TRUE(read);
  for (const auto& [table, column] : *read) {
    ASSERT_TRUE(named.contains(table))
        << "whose data does the table " << table << " hold? Add it to src/feature/erasure/inventory.cpp";
    EXPECT_TRUE(named[table].contains(column))
        << "whose data is " << table << "." << column << "? Say so in src/feature/erasure/inventory.cpp";
  }
}

// A table with personal data of registered persons is erased from, and what is emptied is emptied wholly.
TEST(InventoryEntries, DoWhatTheySay) {
  for (const auto& e : erasure::inventory()) {
    if (e.whose != erasure::Whose::person || e.fate == erasure::Fate::kept) {
      EXPECT_TRUE(e.whose != erasure::Whose::person || e.personal.empty()) << e.table;
      continue;
    }
    EXPECT_NE(e.where.find("{persons}"), std::string_view::npos) << e.table;
    if (e.fate != erasure::Fate::emptied) continue;
    for (const auto& column : words_of(e.personal))
      EXPECT_NE((", " + std::string(e.set)).find(", " + column + " = "), std::string::npos)
          << e.table << "." << column;
  }
}

}  // namespace
