// Taking a whole import back, stopping one, and reading a form as it was read before (issue: undo of an
// import).
#include <fmt/format.h>

#include "feature/exchange/fixture.hpp"
#include "feature/exchange/imports.hpp"

namespace feature::exchange::test {
namespace {

constexpr auto dwelling_table =
    "楼栋,单元,房号,建筑面积,装修情况,入住情况,业主姓名,联系电话\n"
    "1,1,101,88.5,精装,已入住,王建国,13900000001\n"
    "1,1,102,,毛坯,空置,,\n"
    "1,1,201,90,简装,出租,李娜,13900000002\n"
    "2,1,101,120,精装,已入住,赵敏,13900000003\n";
constexpr auto roster_text =
    "房号,姓名,与户主关系,性别,身份证号码,联系电话,户籍地址\n"
    "1-1-101,王建国,户主,男,659999195501010016,13900000001,本市\n"
    "1-1-101,王小明,子,男,65999919850101001X,,本市\n"
    "1-1-201,李娜,户主,女,,13900000002,本市\n"
    "2-1-101,赵敏,户主,女,,13900000003,本市\n";

class Undoing : public OnCompound {
 protected:
  void SetUp() override {
    OnCompound::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) dwellings_ = take("楼盘表.csv", dwelling_table);
  }
  Import undo(const Import& import) {
    return ask<Import>("POST", path(import) + "/undo", R"({"reason":"wrong compound"})");
  }
  void run(std::string sql) {
    auto done = store().write([&](db::Connection& c) -> base::Result<void> {
      c.script(sql);
      return {};
    });
    ASSERT_TRUE(done) << done.error().cause;
  }
  // All that is stored of people and places, as text: equal before and after what left nothing behind.
  std::string everything() {
    std::string out;
    for (const auto* sql :
         {"SELECT id, name, document_masked, updated_ms, import_id FROM person ORDER BY id",
          "SELECT id, person_id, number_masked, position, 0 FROM phone ORDER BY id",
          "SELECT id, household_id, relation, visible, valid_until_ms FROM residence ORDER BY id",
          "SELECT id, label, sort, version, valid_until_ms FROM household ORDER BY id",
          "SELECT id, label, owner_name, area_m2, updated_ms FROM dwelling ORDER BY id",
          "SELECT id, parent_id, name, sort, valid_until_ms FROM place ORDER BY id",
          "SELECT person_id, term, kind, dwelling_id, compound_id FROM search_term ORDER BY 1, 2, 3",
          "SELECT record_id, entity, source, actor, before FROM history WHERE entity <> 'import' ORDER BY id",
          "SELECT a_id, b_id, state, score, reasons FROM duplicate_pair ORDER BY a_id, b_id"}) {
      auto read = store().read([&](db::Connection& c) -> base::Result<void> {
        c.run(sql, {}, [&](const db::Row& r) {
          for (int i = 0; i < r.size(); ++i) out += (r.is_null(i) ? "-" : plain(r, i)) + "|";
          out += "\n";
        });
        return {};
      });
      EXPECT_TRUE(read) << sql << read.error().cause;
    }
    return out;
  }
  static std::string plain(const db::Row& r, int i) {
    const auto text = r.text(i);
    return text.empty() ? std::to_string(r.integer(i)) : std::string(text);
  }

  Import dwellings_{};
};
SHOUWANG_ON_BOTH_STORES(Undoing);

TEST_P(Undoing, LeavesNothingOfWhatWasAddedAndCanBeImportedAgain) {
  const auto before = everything();
  const auto import = take("名册.csv", roster_text);
  ASSERT_EQ(import.fresh, 4);
  ASSERT_NE(everything(), before);
  const auto undone = undo(import);
  EXPECT_EQ(undone.state, State::undone);
  EXPECT_EQ(undone.undone, clock_.now());
  ASSERT_TRUE(undone.undo);
  EXPECT_EQ(undone.undo->removed, 4 + 4 + 3 + 3) << "persons, residences, phones, households";
  EXPECT_EQ(undone.undo->kept, 0);
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit WHERE action = 'import.undo' AND reason = 'wrong compound'"),
            1);
  EXPECT_EQ(call("POST", path(import) + "/commit").status, 409) << "an undone import is closed";
  EXPECT_EQ(take("名册.csv", roster_text).fresh, 4);
}

TEST_P(Undoing, TakesTheTreeBackFromTheLowestLevel) {
  const auto more = take("三栋.csv", "楼栋,单元,房号\n3,1,101\n3,2,101\n1,1,301\n");
  ASSERT_EQ(count("SELECT COUNT(*) FROM place WHERE kind = 'building'"), 3);
  const auto undone = undo(more);
  EXPECT_EQ(undone.undo->kept, 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM place WHERE kind = 'building'"), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM place WHERE kind = 'stair'"), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling"), 4);
}

TEST_P(Undoing, PutsBackWhatWasFilled) {
  const auto before = everything();
  const auto filled = take("楼盘表二.csv",
                           "楼栋,单元,房号,建筑面积,装修情况,入住情况,业主姓名,联系电话\n"
                           "1,1,102,77,毛坯,空置,孙丽,13900000008\n");
  ASSERT_EQ(filled.changed, 1);
  ASSERT_EQ(text("SELECT owner_name FROM dwelling WHERE label = '1-1-102'"), "孙丽");
  const auto undone = undo(filled);
  EXPECT_EQ(undone.undo->restored, 1);
  EXPECT_EQ(everything(), before);
}

// XN-45: what the office has corrected since, and what a card was printed for, is not lost with a bad file.
TEST_P(Undoing, KeepsWhatWasChangedOrUsedSince) {
  const auto import = take("名册.csv", roster_text);
  run("INSERT INTO passage (id, compound_id, opening_id, happened_ms, recorded_ms, device_ms, direction, "
      "result, holder_kind, household_id, persons, companions, person_ids, temperature_note, readings, "
      "steps, outcome, reasons, flags, consumes, policy_version, offline, list_age_s) SELECT 1, "
      "compound_id, 1, 1, 1, 1, 'exit', 'passed', 'pass', id, 1, 0, '[]', '', '[]', '[]', 'allow', '[]', "
      "'[]', 1, 1, 0, 0 FROM household WHERE label = '1-1-101'");
  run("INSERT INTO history (entity, record_id, valid_from_ms, recorded_ms, source, actor, before) SELECT "
      "'person', id, 1, 1, 'office', "
      "'account:1', '{}' FROM person WHERE name = '李娜'");
  const auto undone = undo(import);
  EXPECT_EQ(undone.undo->kept_rooms, (std::vector<std::string>{"1-1-101", "1-1-201"}));
  EXPECT_EQ(undone.undo->removed, 4) << "of 2-1-101";
  EXPECT_EQ(undone.undo->kept, 2 + 2 + 1 + 1 + 1 + 1 + 1 + 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM person"), 3);
  EXPECT_EQ(count("SELECT COUNT(*) FROM household"), 2);
}

TEST_P(Undoing, KeepsDwellingsThatSomebodyLivesIn) {
  take("名册.csv", roster_text);
  const auto undone = undo(dwellings_);
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling"), 3) << "1-1-102 was empty";
  EXPECT_EQ(count("SELECT COUNT(*) FROM place WHERE kind = 'building'"), 2);
  EXPECT_EQ(undone.undo->removed, 2) << "a dwelling and its place";
}

TEST_P(Undoing, AnOpenOrDiscardedImportCannotBeTakenBack) {
  const auto open = upload("名册.csv", roster_text);
  EXPECT_EQ(call("POST", path(open) + "/undo", R"({"reason":"wrong"})").status, 409);
  EXPECT_EQ(call("POST", path(open) + "/stop").status, 409);
  const auto nameless = call("POST", path(dwellings_) + "/undo", R"({"reason":""})");
  EXPECT_EQ(nameless.status, 422);
  EXPECT_NE(nameless.body.find("/reason"), std::string::npos);
}

// A commit stopped half-way says so, goes on where it stopped, or is taken back.
TEST_P(Undoing, ACommitCanBeStoppedAndGoneOnWith) {
  std::string many = "楼栋,单元,房号\n";
  for (int floor = 1; floor <= 90; ++floor)
    for (int door = 1; door <= 10; ++door) many += fmt::format("9,1,{}{:02}\n", floor, door);
  const bool sqlite = GetParam() == db::Dialect::sqlite;
  constexpr auto part = static_cast<std::int64_t>(part_rows);
  static_assert(part < 900);
  run(sqlite
          ? "CREATE TRIGGER halfway AFTER UPDATE OF done ON import WHEN NEW.done > 0 AND NEW.stop = 0 BEGIN "
            "UPDATE import SET stop = 1 WHERE id = NEW.id; END"
          : "CREATE FUNCTION halfway() RETURNS trigger AS $$ BEGIN IF NEW.done > 0 THEN NEW.stop := 1; END "
            "IF; RETURN NEW; END $$ LANGUAGE plpgsql; CREATE TRIGGER halfway BEFORE UPDATE OF done ON import "
            "FOR EACH ROW EXECUTE FUNCTION halfway()");
  const auto import = take("九栋.csv", many);
  EXPECT_TRUE(import.stopped);
  EXPECT_EQ(import.state, State::analysed);
  EXPECT_EQ(import.done, part);
  EXPECT_EQ(import.total, 900);
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling"), part + 4);
  const auto progress = ask<ImportProgress>("GET", path(import) + "/progress");
  EXPECT_EQ(progress.state, State::committing);
  EXPECT_TRUE(progress.stopped);
  run(sqlite ? "DROP TRIGGER halfway" : "DROP TRIGGER halfway ON import");
  const auto whole = commit(import);
  EXPECT_FALSE(whole.stopped);
  EXPECT_EQ(whole.state, State::committed);
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling"), 904);
  EXPECT_EQ(undo(import).undo->kept, 0);
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling"), 4);
}

// What a person said of a form holds for the next file with the same header, in this community only.
TEST_P(Undoing, AFormIsReadAsItWasReadBefore) {
  const std::string odd = "一览\nA列,B列,C列,D列\n1,1,401,吴刚\n1,1,402,郑洁\n";
  auto import = upload("奇怪.csv", odd);
  EXPECT_FALSE(import.remembered);
  import = ask<Import>("PATCH", path(import), R"({"kind":"dwellings","header_row":2})");
  import = ask<Import>("PATCH", path(import),
                       R"({"mapping":[{"index":0,"field":"building"},{"index":1,"field":"stair"},)"
                       R"({"index":2,"field":"room"},{"index":3,"field":"owner_name"}]})");
  ASSERT_EQ(import.fresh, 2);
  commit(import);
  const auto next = upload("下月.csv", "另一个标题\n\nA列,B列,C列,D列\n1,1,501,吴刚\n");
  EXPECT_TRUE(next.remembered);
  EXPECT_EQ(next.kind, Kind::dwellings);
  EXPECT_EQ(next.header_row, 3);
  EXPECT_EQ(next.fresh, 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM remembered_form"), 1);

  auto other = add_place(community_, place::Kind::community, "西门社区");
  other.community_id = other.id.value;
  const auto elsewhere = add_place(other, place::Kind::compound, "绿苑");
  const auto stranger = ask<Import>(
      "POST", "/api/imports?compound_id=" + std::to_string(elsewhere.id.value) + "&filename=x.csv", odd,
      "application/octet-stream");
  EXPECT_FALSE(stranger.remembered);
}

}  // namespace
}  // namespace feature::exchange::test
