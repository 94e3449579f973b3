// Imports through their endpoints, with small files made here.
#include <set>

#include "feature/exchange/file.hpp"
#include "feature/exchange/fixture.hpp"
#include "feature/exchange/service.hpp"
#include "sheet/read.hpp"

namespace feature::exchange::test {
namespace {

// Check digits after GB 11643; there is no county 659999, so these numbers belong to nobody.
constexpr auto dwelling_table =
    "楼栋,单元,房号,建筑面积,装修情况,入住情况,业主姓名,联系电话\n"
    "1,1,101,88.5,精装,已入住,王建国,13900000001\n"
    "1,1,102,,毛坯,空置,,\n"
    "1,1,201,90,简装,出租,李娜,13900000002\n"
    "2,1,101,120,精装,已入住,赵敏,13900000003\n";
constexpr auto roster_head =
    "房号,姓名,与户主关系,性别,身份证号码,联系电话,户籍地址,返乡来源地,返回日期,备注\n";

std::string roster(std::initializer_list<std::string_view> lines) {
  std::string out = roster_head;
  for (const auto line : lines) out += std::string(line) + "\n";
  return out;
}

class Exchange : public OnCompound {
 protected:
  void SetUp() override {
    OnCompound::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) take("楼盘表.csv", dwelling_table);
  }
  std::int64_t persons() { return count("SELECT COUNT(*) FROM person"); }
};
SHOUWANG_ON_BOTH_STORES(Exchange);

TEST_P(Exchange, DwellingTableMakesPlacesAndFillsWhatIsEmpty) {
  EXPECT_EQ(count("SELECT COUNT(*) FROM place WHERE kind = 'building'"), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling WHERE fitted_out = 'yes'"), 3);
  const auto import = upload("楼盘表二.csv",
                             "楼栋,单元,房号,建筑面积,装修情况,入住情况,业主姓名,联系电话\n"
                             "1,1,101,99,精装,已入住,王建国,13900000001\n"
                             "1,1,102,77,毛坯,空置,孙丽,\n"
                             "1,1,201,90,简装,出租,李娜,13900000002\n"
                             "3,1,101,60,精装,已入住,周杰,13900000009\n");
  EXPECT_EQ(import.kind, Kind::dwellings);
  EXPECT_EQ(import.doubtful, 1);
  EXPECT_EQ(import.changed, 1);
  EXPECT_EQ(import.unchanged, 1);
  EXPECT_EQ(import.fresh, 1);
  const auto doubtful = rows(import, "&status=doubtful");
  ASSERT_EQ(doubtful.size(), 1u);
  EXPECT_EQ(doubtful[0].row, 2);
  ASSERT_EQ(codes(doubtful[0]), std::vector<std::string>{"differs_from_file"});
  EXPECT_EQ(doubtful[0].issues[0].column, 3);
  EXPECT_EQ(doubtful[0].cells.at(3), "99");

  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling WHERE area_m2 IS NULL"), 1) << "nothing before the commit";
  const auto committed = commit(import);
  EXPECT_EQ(committed.state, State::committed);
  EXPECT_EQ(committed.committed, clock_.now());
  EXPECT_EQ(committed.changed, 1) << "what the commit did stays readable";
  EXPECT_EQ(text("SELECT CAST(area_m2 AS text) FROM dwelling WHERE label = '1-1-101'"), "88.5");
  EXPECT_EQ(text("SELECT owner_name FROM dwelling WHERE label = '1-1-102'"), "孙丽");
  EXPECT_EQ(count("SELECT COUNT(*) FROM dwelling"), 5);
  EXPECT_EQ(count("SELECT COUNT(*) FROM history WHERE entity = 'dwelling' AND before IS NOT NULL"), 1);
}

// practice.md 8 and "Bad inputs that happen": namesakes in one family, members without head, unknown rooms.
TEST_P(Exchange, RosterIsComparedWithWhoIsKnown) {
  const auto first = take("名册.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,13900000001,本市,,,",
                                              "1-1-101,王建国,子,男,65999919850101001X,,本市,,,",
                                              "1-1-201,李娜,户主,女,4.2E+17,13900000002,本市,,,独居老人",
                                              "9-9-999,无处人,户主,男,,,本市,,,",
                                              "1-1-201,李娜,户主,女,4.2E+17,13900000002,本市,,,独居老人"}));
  EXPECT_EQ(first.fresh, 3);
  EXPECT_EQ(first.wrong, 1);
  EXPECT_EQ(first.duplicate, 1);
  EXPECT_EQ(persons(), 3);
  EXPECT_EQ(count("SELECT COUNT(*) FROM household"), 2);
  EXPECT_EQ(text("SELECT document_state FROM person WHERE name = '李娜'"), "damaged");
  const auto wrong = rows(first, "&status=wrong");
  ASSERT_EQ(wrong.size(), 1u) << "a row that could not be placed stays listed";
  EXPECT_EQ(codes(wrong[0]).front(), "room_unknown") << "why it is left out comes first";

  const auto second =
      upload("名册二.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,13900000001,本市,,,",
                                   "1-1-101,王建国,子,男,65999919850101001X,13900000008,本市,,,",
                                   "1-1-101,王小宝,孙子,男,,,本市,,,",
                                   "1-1-201,李娜,户主,女,659999194003030028,13900000002,北京,,,"}));
  EXPECT_EQ(second.unchanged, 1);
  EXPECT_EQ(second.changed, 1);
  EXPECT_EQ(second.fresh, 1);
  EXPECT_EQ(second.doubtful, 1);
  commit(second);
  EXPECT_EQ(persons(), 4);
  EXPECT_EQ(count("SELECT COUNT(*) FROM household"), 2) << "a new child joins the household";
  EXPECT_EQ(
      count("SELECT position FROM residence r JOIN person p ON p.id = r.person_id WHERE p.name = '王小宝'"),
      2);
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM phone f JOIN residence r ON r.person_id = f.person_id WHERE r.relation = "
            "'child'"),
      1);
  EXPECT_EQ(text("SELECT registered_residence FROM person WHERE name = '李娜'"), "本市");
  EXPECT_EQ(text("SELECT document_state FROM person WHERE name = '李娜'"), "damaged")
      << "a doubtful row writes nothing, its good parts neither";
  EXPECT_EQ(text("SELECT field FROM conflict"), "registered_residence")
      << "XN-45: it waits beside what is known";
  EXPECT_EQ(count("SELECT COUNT(*) FROM conflict WHERE state = 'open' AND said_source = 'import'"), 1);
  take("名册三.csv", roster({"1-1-201,李娜,户主,女,659999194003030028,13900000002,北京,,,"}));
  EXPECT_EQ(count("SELECT COUNT(*) FROM conflict"), 1) << "said again, it waits once";
  EXPECT_EQ(
      count("SELECT COUNT(DISTINCT person_id) FROM search_term WHERE kind = 'name' AND term = '王小宝'"), 1);
}

// Found on import: the same name and birth day in another dwelling, without a document to tell them apart.
TEST_P(Exchange, DuplicatesAreFoundOnImport) {
  take("名册.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,13900000001,本市,,,"}));
  take("名册二.csv", roster({"1-1-201,王建国,户主,男,,13900000001,本市,,,"}));
  EXPECT_EQ(text("SELECT reasons FROM duplicate_pair WHERE state = 'open'"), "same_phone_and_name");
  EXPECT_EQ(persons(), 2);
}

TEST_P(Exchange, AMendedNumberReplacesTheDamagedOne) {
  take("名册.csv", roster({"1-1-201,李娜,户主,女,4.2E+17,13900000002,本市,,,"}));
  const auto mended =
      take("名册.csv", roster({"1-1-201,李娜,户主,女,659999194003030028,13900000002,本市,,,"}));
  EXPECT_EQ(mended.changed, 1);
  EXPECT_EQ(text("SELECT document_state FROM person"), "ok");
  EXPECT_EQ(text("SELECT document_masked FROM person"), "6599**********0028");
  EXPECT_EQ(count("SELECT COUNT(*) FROM history WHERE entity = 'person' AND before IS NOT NULL"), 1);
}

TEST_P(Exchange, SomebodyKnownElsewhereAndASecondHousehold) {
  take("名册.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,,本市,,,"}));
  const auto import = upload("名册.csv", roster({"1-1-201,王建国,户主,男,659999195501010016,,本市,,,",
                                                 "1-1-101,陈静,户主,女,659999199002020023,,本市,,,"}));
  EXPECT_EQ(import.doubtful, 1);
  EXPECT_EQ(codes(rows(import, "&status=doubtful").at(0)), std::vector<std::string>{"person_elsewhere"});
  EXPECT_EQ(codes(rows(import, "&status=new").at(0)), std::vector<std::string>{"another_household"});
  commit(import);
  EXPECT_EQ(persons(), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM household WHERE label = '1-1-101'"), 2) << "practice.md 8";
}

TEST_P(Exchange, VehiclesFindTheirHousehold) {
  take("名册.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,,本市,,,",
                           "1-1-101,陈静,户主,女,659999199002020023,,本市,,,"}));
  const std::string file =
      "车牌号,车主,房号,车辆类型,颜色,电话\n"
      "川E12345,陈静,1-1-101,小型轿车,红,13900000005\n"
      "川e·12345,王建国,1幢1单元101室,小型轿车,,\n"
      "川EF12345,赵敏,2-1-101,新能源,白,13900000003\n"
      "无牌,赵敏,2-1-101,电动车,,\n";
  const auto import = take("车辆.csv", file);
  EXPECT_EQ(import.kind, Kind::vehicles);
  EXPECT_EQ(import.fresh, 3);
  EXPECT_EQ(import.duplicate, 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM vehicle WHERE new_energy = 1"), 1);
  EXPECT_EQ(
      text(
          "SELECT p.name FROM vehicle v JOIN residence r ON r.household_id = v.household_id JOIN person p ON "
          "p.id = r.person_id WHERE v.plate = '川E12345'"),
      "陈静");
  const auto again = take("车辆.csv", file);
  EXPECT_EQ(again.unchanged, 3);
  EXPECT_EQ(count("SELECT COUNT(*) FROM vehicle"), 3);
}

TEST_P(Exchange, StewardsAnswerForBuildingsOrTheCompound) {
  const std::string file =
      "级别,姓名,单位,职务,职级,政治面貌,手机,包保范围\n"
      "一级,孙丽,物业,楼长,,党员,13900000011,1栋、2栋\n"
      "二级,周杰,社区居委会,副书记,,党员,13900000012,全小区\n"
      "一级,吴敏,物业,楼长,,群众,13900000013,7栋\n";
  const auto import = take("包保名单.csv", file);
  EXPECT_EQ(import.kind, Kind::stewardship);
  EXPECT_EQ(import.fresh, 2);
  EXPECT_EQ(import.wrong, 1) << "there is no building 7";
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM stewardship w JOIN place p ON p.id = w.place_id WHERE p.kind = 'building' "
            "AND w.tier = 1"),
      2);
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM stewardship w JOIN place p ON p.id = w.place_id WHERE p.kind = 'compound' "
            "AND w.tier = 2"),
      1);
  EXPECT_EQ(take("包保名单.csv", file).unchanged, 2);

  // The same person in another compound is the same member of staff.
  compound_ = add_place(community_, place::Kind::compound, "滨河小区");
  EXPECT_EQ(take("包保名单.csv",
                 "级别,姓名,单位,职务,职级,政治面貌,手机,包保范围\n二级,周杰,社区居委会,副书记,,党员,"
                 "13900000012,全小区\n")
                .changed,
            1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM staff"), 2);
  EXPECT_EQ(count("SELECT COUNT(*) FROM stewardship"), 4);
}

// XN-27, CZ-24: where staff come from, what they can do, their party and rank are read by the headers; what
// the installation calls otherwise is named and the rest taken.
TEST_P(Exchange, StaffBringForceSkillsPartyAndRank) {
  const std::string header = "姓名,联系电话,力量来源,特长,是否党员,职级,级别,包保范围\n";
  const auto import =
      upload("名单.csv", header + "孙丽,13900000011,下沉干部,驾驶、护理,是,正科级,二级,全小区\n" +
                             "周杰,13900000012,民兵,护理；插花,否,,二级,全小区\n");
  EXPECT_EQ(import.kind, Kind::stewardship);
  const auto looked = rows(import);
  ASSERT_EQ(looked.size(), 2u);
  EXPECT_EQ(codes(looked[0]), (std::vector<std::string>{"word_unknown", "word_unknown"})) << "named first";
  EXPECT_EQ(commit(import).fresh, 2);
  EXPECT_EQ(
      text("SELECT force || '/' || skills || '/' || party || '/' || rank FROM staff WHERE name = '孙丽'"),
      "seconded_cadre/driving nursing/member/section_head");
  EXPECT_EQ(text("SELECT force || '/' || skills || '/' || party FROM staff WHERE name = '周杰'"),
            "unknown/nursing/none");
  // What is known stays; a skill more is added.
  EXPECT_EQ(take("再来.csv", header + "孙丽,13900000011,下沉干部,护理、消杀,是,正科级,二级,全小区\n").changed,
            1);
  EXPECT_EQ(text("SELECT skills FROM staff WHERE name = '孙丽'"), "driving nursing disinfection");
  EXPECT_EQ(upload("换了.csv", header + "孙丽,13900000011,志愿者,,是,正科级,二级,全小区\n").doubtful, 1);
}

// SY-10: a name that is a body's on record makes it the employer; a file that says another waits to be looked
// at.
TEST_P(Exchange, StewardsAreEmployedByTheBodyOfThatName) {
  auto added = store().write([&](db::Connection& c) -> base::Result<void> {
    c.run(
        "INSERT INTO organisation (id, kind, place_id, name, source, valid_from_ms, updated_ms) VALUES (77, "
        "'property_company', $1, '安和物业', 'office', 0, 0)",
        {community_.id});
    return {};
  });
  ASSERT_TRUE(added);
  const std::string header = "级别,姓名,单位,职务,职级,政治面貌,手机,包保范围\n";
  EXPECT_EQ(take("包保名单.csv", header + "二级,孙丽,安和物业,经理,,党员,13900000011,全小区\n" +
                                     "二级,周杰,别家物业,经理,,党员,13900000012,全小区\n")
                .fresh,
            2);
  EXPECT_EQ(count("SELECT organisation_id FROM staff WHERE name = '孙丽' AND organisation IS NULL"), 77);
  EXPECT_EQ(text("SELECT organisation FROM staff WHERE name = '周杰' AND organisation_id IS NULL"),
            "别家物业");
  EXPECT_EQ(upload("再来.csv", header + "二级,孙丽,安和物业,经理,,党员,13900000011,全小区\n").unchanged, 1);
  EXPECT_EQ(upload("换了.csv", header + "二级,孙丽,别家物业,经理,,党员,13900000011,全小区\n").doubtful, 1);
}

TEST_P(Exchange, APersonSaysHowAFileIsRead) {
  const auto import = upload("奇怪.csv", "甲,乙,丙\n1-1-101,王建国,户主\n1-1-201,李娜,户主\n");
  EXPECT_EQ(import.kind, Kind::unknown);
  EXPECT_EQ(import.fresh, 0);
  ASSERT_FALSE(import.issues.empty());
  EXPECT_EQ(import.issues[0].code, "no_table");
  EXPECT_EQ(call("POST", path(import) + "/commit").status, 422);
  const auto said = ask<Import>("PATCH", path(import), R"({"kind":"roster","header_row":1})");
  EXPECT_EQ(said.kind, Kind::roster);
  EXPECT_EQ(said.header_row, 1);
  const auto mapped = ask<Import>("PATCH", path(import),
                                  R"({"mapping":[{"index":0,"field":"room"},{"index":1,"field":"name"},)"
                                  R"({"index":2,"field":"relation"}]})");
  ASSERT_EQ(mapped.columns.size(), 3u);
  EXPECT_EQ(mapped.columns[1].header, "乙");
  EXPECT_EQ(mapped.columns[1].field, "name");
  EXPECT_EQ(mapped.columns[1].sample, (std::vector<std::string>{"王建国", "李娜"}));
  EXPECT_EQ(mapped.fresh, 2);
  EXPECT_EQ(call("PATCH", path(import), R"({"mapping":[{"index":0,"field":"shoe_size"}]})").status, 422);
  EXPECT_EQ(call("PATCH", path(import), R"({"sheet":5})").status, 422);
  EXPECT_EQ(commit(mapped).fresh, 2);
  EXPECT_EQ(call("PATCH", path(import), R"({"kind":"vehicles"})").status, 409);
}

// A commit that broke off between two parts goes on where it stopped and tells what was promised.
TEST_P(Exchange, ABrokenCommitGoesOn) {
  const auto import =
      take("名册.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,13900000001,本市,,,",
                               "1-1-201,李娜,户主,女,659999194003030028,13900000002,本市,,,",
                               "2-1-101,赵敏,户主,女,,,本市,,,"}));
  script("UPDATE import SET state = 'committing', committed_ms = NULL WHERE id = " +
         std::to_string(import.id.value));
  script("DELETE FROM residence WHERE household_id IN (SELECT id FROM household WHERE label = '2-1-101')");
  script("DELETE FROM person WHERE name = '赵敏'");
  script("DELETE FROM household WHERE label = '2-1-101'");
  EXPECT_EQ(call("PATCH", path(import), R"({"kind":"roster"})").status, 409);
  EXPECT_EQ(call("DELETE", path(import)).status, 409);
  const auto resumed = commit(import);
  EXPECT_EQ(resumed.state, State::committed);
  EXPECT_EQ(resumed.fresh, 3);
  EXPECT_EQ(persons(), 3);
  EXPECT_EQ(count("SELECT COUNT(*) FROM household"), 3);
  EXPECT_EQ(commit(import).fresh, 3) << "committing again is harmless";
  EXPECT_EQ(persons(), 3);
}

// The words of an import are put in order at its end. Where a crash came before that, the next start does it,
// and a person who has gone meanwhile is not found by a word that was left.
TEST_P(Exchange, WordsAreWholeAfterACrash) {
  const auto import =
      take("名册.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,13900000001,本市,,,",
                               "1-1-201,李娜,户主,女,659999194003030028,13900000002,本市,,,"}));
  const std::string of_persons = "SELECT COUNT(*) FROM search_word";
  const std::string in_order =
      "SELECT COUNT(*) FROM search_term st JOIN search_word w ON w.person_id = st.person_id AND w.kind = "
      "st.kind AND w.term = st.term AND w.compound_id = st.compound_id AND w.dwelling_id = st.dwelling_id";
  const auto whole = count(in_order);
  EXPECT_GT(whole, 10);
  EXPECT_EQ(whole, count(of_persons));
  script("DELETE FROM search_term");
  ASSERT_TRUE(finish_words(store()));
  EXPECT_EQ(count(in_order), 0) << "a committed import has its words";
  script("UPDATE import SET state = 'committing', committed_ms = NULL WHERE id = " +
         std::to_string(import.id.value));
  ASSERT_TRUE(finish_words(store()));
  EXPECT_EQ(count(in_order), whole);
  script("DELETE FROM search_term WHERE kind <> 'name'");
  script("DELETE FROM search_word WHERE person_id = (SELECT id FROM person WHERE name = '李娜')");
  EXPECT_EQ(count("SELECT COUNT(*) FROM search_term"), 1) << "a word goes from both";
  ASSERT_TRUE(finish_words(store()));
  EXPECT_EQ(count("SELECT COUNT(*) FROM search_term"), count(of_persons));
  EXPECT_LT(count(of_persons), whole);
}

TEST_P(Exchange, RowsComeInPagesThoseWithProblemsFirst) {
  std::string file = roster_head;
  for (int i = 0; i < 120; ++i)
    file += "1-1-101,王" + std::to_string(i) + ",亲属,男," + (i == 70 ? "4.2E+17" : "659999195501010016") +
            ",,,,,\n";
  const auto import = upload("名册.csv", file);
  std::vector<int> seen;
  std::string cursor;
  do {
    const auto page = ask<api::Page<ImportRow>>(
        "GET", path(import) + "/rows?limit=50" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& row : page.items) seen.push_back(row.row);
    cursor = page.next.value_or("");
  } while (!cursor.empty());
  EXPECT_EQ(seen.size(), 120u);
  EXPECT_EQ(std::set<int>(seen.begin(), seen.end()).size(), 120u);
  EXPECT_EQ(call("GET", path(import) + "/rows?cursor=x").status, 422);
}

TEST_P(Exchange, WorkbookOfACsvIsAWorkbookWithNotes) {
  const auto import =
      upload("名册.csv", roster({"9-9-999,无处人,户主,男,,,本市,,,",
                                 "1-1-101,王建国,户主,男,659999195501010016,13900000001,本市,,,"}));
  const auto answer = call("GET", path(import) + "/workbook?lang=en");
  ASSERT_EQ(answer.status, 200);
  const auto book = sheet::read(answer.body);
  ASSERT_TRUE(book);
  EXPECT_EQ(book->format, sheet::Format::xlsx);
  const auto& note = book->sheets[0].find(2)->cells.back().text;
  EXPECT_TRUE(note.starts_with("Not imported: Room not in the dwelling table")) << note;
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit WHERE action = 'import.workbook'"), 1);
}

TEST_P(Exchange, FilesAreKeptSealedAndGoWhenDiscarded) {
  const auto import = upload("名册.csv", roster({"1-1-101,王建国,户主,男,659999195501010016,,,,,"}));
  const auto kept = directory() / "data" / "files" / "imports" / std::to_string(import.id.value);
  ASSERT_TRUE(std::filesystem::exists(kept));
  EXPECT_FALSE(std::filesystem::exists(kept.string() + ".part"));
  EXPECT_TRUE(kept_file(*services_, import.id.value)->starts_with("房号"));
  std::filesystem::copy_file(kept, directory() / "data" / "files" / "imports" / "1");
  EXPECT_FALSE(kept_file(*services_, 1)) << "a file under another id does not open";
  for (const auto* column : {"summary", "overrides", "row_statuses"})
    EXPECT_EQ(text("SELECT " + std::string(column) + " FROM import WHERE filename = '名册.csv'")
                  .find("000000195501"),
              std::string::npos);

  EXPECT_EQ(call("DELETE", path(import)).status, 204);
  EXPECT_FALSE(std::filesystem::exists(kept));
  EXPECT_EQ(ask<Import>("GET", path(import)).state, State::discarded);
  EXPECT_EQ(call("GET", path(import) + "/rows").status, 409);
  EXPECT_EQ(call("POST", path(import) + "/commit").status, 409);
  EXPECT_EQ(call("DELETE", path(import)).status, 204);
  EXPECT_EQ(persons(), 0);
}

TEST_P(Exchange, ALostFileIsSaid) {
  const auto import = upload("名册.csv", roster({"1-1-101,王建国,户主,男,,,,,,"}));
  drop_file(*services_, import.id.value);
  EXPECT_EQ(ask<Import>("GET", path(import)).state, State::failed);
  EXPECT_EQ(call("POST", path(import) + "/commit").status, 409);
}

TEST_P(Exchange, WhatCannotBeReadIsRefused) {
  const auto before = count("SELECT COUNT(*) FROM import");
  const auto answer =
      call("POST", upload_target("x.xlsx"), std::string("PK\x03\x04 nothing"), "application/octet-stream");
  EXPECT_EQ(answer.status, 422) << answer.body;
  EXPECT_NE(answer.body.find("sheet.not_a_workbook"), std::string::npos);
  EXPECT_EQ(count("SELECT COUNT(*) FROM import"), before);
}

// XN: nobody sees or fills a compound outside their duty.
TEST_P(Exchange, ScopeAndPermissionHold) {
  const auto import = upload("名册.csv", roster({"1-1-101,王建国,户主,男,,,,,,"}));
  const auto other = add_place(community_, place::Kind::compound, "滨河小区");
  who_.scope = db::Scope::of({{db::Level::compound, other.id.value}});
  EXPECT_EQ(call("GET", path(import)).status, 404);
  EXPECT_EQ(call("GET", path(import) + "/rows").status, 404);
  EXPECT_EQ(call("GET", path(import) + "/workbook").status, 404);
  EXPECT_EQ(call("PATCH", path(import), R"({"kind":"roster"})").status, 404);
  EXPECT_EQ(call("POST", path(import) + "/commit").status, 404);
  EXPECT_EQ(call("DELETE", path(import)).status, 404);
  EXPECT_EQ(call("POST", upload_target("x.csv"), roster({}), "application/octet-stream").status, 404);
  const auto list =
      ask<api::Page<Import>>("GET", "/api/imports?compound_id=" + std::to_string(compound_.id.value));
  EXPECT_TRUE(list.items.empty());
  who_.scope = db::Scope::all();
  who_.permissions = {api::Permission::household_read};
  EXPECT_EQ(call("GET", path(import)).status, 403);
}

}  // namespace
}  // namespace feature::exchange::test
