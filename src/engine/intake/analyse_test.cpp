// Messy variants of the four files, written as tables. practice.md 8, 9 and "Bad inputs that happen".
#include "engine/intake/analyse.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <sstream>

#include "engine/intake/test_tables.hpp"

using namespace engine::intake;
using namespace engine::intake::test;

TEST(Dwellings, FieldsAndDoubts) {
  const auto a = run(book(
      {table({{"楼栋", "单元", "层", "房号", "建筑面积(㎡)", "装修情况", "入住情况", "业主", "联系电话"},
              {"1栋", "1单元", "1", "101", "132.2", "精装", "出租", "曹 华 伟", "13900000815/13800136153"},
              {"1栋", "1单元", "1层", "102", "88平米", "毛坯", "未入住", "", ""},
              {"1栋", "1单元", "", "0103", "很大", "?", "待定", "", "12"},
              {"1栋", "1单元", "1", "101", "132.2", "精装", "出租", "曹华伟", ""},
              {"", "", "", "101", "", "", "", "", ""},
              {"2栋", "", "1", "物业用房", "", "", "", "", ""}})}));
  EXPECT_EQ(a.layout.kind, Kind::dwelling_table);
  ASSERT_EQ(a.dwellings.size(), 6u);
  const auto& first = a.dwellings[0];
  EXPECT_EQ(first.room, room("1栋1单元101"));
  EXPECT_EQ(first.floor, 1);
  EXPECT_EQ(first.area_m2, 132.2);
  EXPECT_EQ(first.fitted_out, Tri::yes);
  EXPECT_EQ(first.occupancy, Occupancy::rented);
  EXPECT_EQ(first.owner_name, "曹华伟");
  EXPECT_EQ(first.owner_phones.size(), 2u);
  EXPECT_EQ(first.status, RowStatus::fresh);
  EXPECT_EQ(a.dwellings[1].area_m2, 88);
  EXPECT_EQ(a.dwellings[1].fitted_out, Tri::no);
  EXPECT_EQ(a.dwellings[1].occupancy, Occupancy::vacant);
  EXPECT_EQ(a.dwellings[2].room, room("1栋1单元103"));
  EXPECT_EQ(a.dwellings[2].status, RowStatus::doubtful);
  for (const char* code : {"intake.area_unreadable", "intake.word_unknown", "intake.phone_doubtful"})
    EXPECT_TRUE(has_issue(a.dwellings[2], code)) << code;
  EXPECT_EQ(a.dwellings[3].duplicate_of, 2);
  EXPECT_TRUE(has_issue(a.dwellings[4], "intake.building_missing"));  // one gap is not filled by guessing
  EXPECT_EQ(a.dwellings[5].status, RowStatus::wrong);
  EXPECT_EQ(a.counts.dwellings, 3);
  EXPECT_EQ(a.counts.fitted, 1);
}

TEST(Dwellings, MergedPlacesAreFilledDown) {
  const auto a = run(book({table({{"楼栋", "单元", "房号", "面积"},
                                  {"1栋", "1单元", "101", "80"},
                                  {"", "", "102", "80"},
                                  {"", "2单元", "101", "80"},
                                  {"A座", "", "101", "80"},
                                  {"", "", "102", "80"}},
                                 {{2, 4, 0, 0}, {2, 3, 1, 1}, {5, 6, 0, 0}})}));
  EXPECT_EQ(rooms_of(a),
            (std::vector<std::string>{"1栋1单元101", "1栋1单元102", "1栋2单元101", "A栋101", "A栋102"}));
  EXPECT_TRUE(a.issues.empty());
}

TEST(Dwellings, BlanksBelowAreFilledDownWithoutMerges) {
  const auto a = run(book({table({{"楼栋", "单元", "房号", "面积"},
                                  {"1", "1", "101", "80"},
                                  {"", "", "102", "80"},
                                  {"", "2", "101", "80"},
                                  {"2", "", "101", "80"},
                                  {"", "", "102", "80"}})}));
  EXPECT_EQ(rooms_of(a),
            (std::vector<std::string>{"1栋1单元101", "1栋1单元102", "1栋2单元101", "2栋101", "2栋102"}));
  EXPECT_FALSE(has_issue(a, "intake.merges_shifted"));
}

// Somebody deleted a line above: the merged ranges begin a row early and the names stand at the end.
TEST(Dwellings, ShiftedMergesAreFoundOut) {
  const auto a = run(book({table({{"楼栋", "单元", "房号", "面积"},
                                  {"", "", "101", "80"},
                                  {"", "1单元", "102", "80"},
                                  {"", "", "101", "80"},
                                  {"1栋", "2单元", "102", "80"},
                                  {"", "", "101", "80"},
                                  {"2栋", "1单元", "102", "80"}},
                                 {{1, 4, 0, 0}, {1, 2, 1, 1}, {3, 4, 1, 1}, {5, 6, 0, 0}, {5, 6, 1, 1}})}));
  EXPECT_EQ(rooms_of(a), (std::vector<std::string>{"1栋1单元101", "1栋1单元102", "1栋2单元101", "1栋2单元102",
                                                   "2栋1单元101", "2栋1单元102"}));
  EXPECT_TRUE(has_issue(a, "intake.merges_shifted"));
}

TEST(Dwellings, PlacesInOneColumnOrContradicting) {
  const auto a = run(book({table({{"期数", "楼栋", "房号", "面积"},
                                  {"二期", "3栋", "1-101", "80"},
                                  {"", "1栋", "1栋1单元102", "80"},
                                  {"", "1栋", "2栋1单元103", "80"}})}));
  EXPECT_EQ(rooms_of(a), (std::vector<std::string>{"2期3栋1单元101", "1栋1单元102", "1栋1单元103"}));
  EXPECT_TRUE(has_issue(a.dwellings[2], "intake.place_contradicts"));
}

TEST(Roster, PlacesPeople) {
  auto known = index_of({"1-1-101", "1-1-102", "二期3-1-101", "一期3-1-101"});
  known.add_old_name(room("9-1-101"), room("1-1-101"));
  const auto a = run(book({table({{"房号", "姓名", "关系", "身份证"},
                                  {"1幢1单元101室", "王芳", "户主", ""},
                                  {"门卫室", "李雷", "户主", ""},
                                  {"3-1-101", "韩梅", "户主", ""},
                                  {"1栋102", "赵一", "户主", ""},
                                  {"9栋1单元101", "钱二", "子", ""},
                                  {"1-1-999", "孙三", "子", ""},
                                  {"", "周四", "户主", ""}})}),
                     &known);
  const auto& p = a.persons;
  ASSERT_EQ(p.size(), 7u);
  EXPECT_TRUE(p[0].placed);
  EXPECT_TRUE(has_issue(p[1], "intake.room_unreadable"));
  EXPECT_TRUE(has_issue(p[2], "intake.room_ambiguous"));
  EXPECT_TRUE(has_issue(p[3], "intake.room_inferred"));
  EXPECT_EQ(p[3].room, room("1-1-102"));
  EXPECT_TRUE(has_issue(p[4], "intake.room_renumbered"));
  EXPECT_EQ(p[4].room, room("1-1-101"));
  EXPECT_TRUE(has_issue(p[5], "intake.room_unknown"));
  EXPECT_TRUE(has_issue(p[6], "intake.room_missing"));
  for (const std::size_t i : {1u, 2u, 5u, 6u}) EXPECT_EQ(p[i].status, RowStatus::wrong) << i;
  EXPECT_EQ(a.counts.unknown_room_rows, 4);
  // Two placed dwellings and three heads without one; the placeless child belongs to nobody.
  EXPECT_EQ(a.counts.households, 5);
  EXPECT_EQ(a.counts.persons, 7);
}

TEST(Roster, HouseholdsPerDwelling) {
  const auto known = index_of({"1-1-101", "1-1-102"});
  const auto a = run(book({table({{"房号", "姓名", "关系"},
                                  {"1-1-101", "王芳", "户主"},
                                  {"", "王小", "子"},
                                  {"", "", "子"},
                                  {"1-1-101", "租客甲", "户主"},
                                  {"1-1-101", "租客乙", "合租"},
                                  {"1-1-102", "无头", "配偶"}})}),
                     &known);
  ASSERT_EQ(a.households.size(), 3u);
  EXPECT_EQ(a.households[0].members, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(a.households[0].head, 0u);
  EXPECT_EQ(a.households[1].members, (std::vector<std::size_t>{3, 4}));
  EXPECT_FALSE(a.households[2].head);
  EXPECT_TRUE(has_issue(a.persons[1], "intake.room_from_above"));
  EXPECT_TRUE(has_issue(a.persons[2], "intake.name_missing"));  // newborn without name or document
  EXPECT_TRUE(a.persons[2].placed);
  EXPECT_TRUE(has_issue(a.persons[5], "intake.head_missing"));
}

TEST(Roster, RoomMergedOverTheHousehold) {
  const auto a = run(book(
      {table({{"房号", "姓名", "关系"}, {"1-1-101", "王芳", "户主"}, {"", "王小", "子"}}, {{2, 3, 0, 0}})}));
  EXPECT_EQ(a.persons.at(1).room, room("1-1-101"));
  EXPECT_FALSE(has_issue(a.persons[1], "intake.room_from_above"));
}

TEST(Roster, RepetitionsButNotTwinsOrNamesakes) {
  const auto a = run(book({table({{"房号", "姓名", "关系", "身份证", "电话"},
                                  {"1-1-101", "王芳", "户主", "510522200402048931", "13800136153"},
                                  {"1幢1单元101室", "王 芳", "户主", "510522 20040204 8931", "13900000815"},
                                  {"1-1-101", "王芳", "女", "510503194101230708", "13800136153"},
                                  {"1-1-102", "王芳", "户主", "510522200402048931", "13800136153"},
                                  {"1-1-103", "双生", "子", "", ""},
                                  {"1-1-103", "双生", "子", "", "13900000815"}})}));
  EXPECT_EQ(a.persons[1].duplicate_of, 2);
  EXPECT_FALSE(a.persons[2].duplicate_of);
  EXPECT_FALSE(a.persons[3].duplicate_of);
  EXPECT_TRUE(has_issue(a.persons[3], "intake.document_twice"));
  EXPECT_FALSE(a.persons[5].duplicate_of);
  EXPECT_EQ(a.counts.duplicate_rows, 1);
  EXPECT_EQ(a.counts.persons, 5);
}

TEST(Roster, DocumentsAndContradictions) {
  auto people = table({{"房号", "姓名", "关系", "性别", "身份证", "出生日期", "备注"},
                       {"1-1-101", "甲", "户主", "女", "510522200402048931", "2004/2/5", "独居老人,透析"},
                       {"1-1-102", "乙", "户主", "不明", "", "1950.1.2", "孕妇"},
                       {"1-1-103", "丙", "户主", "1", "510522200402048932", "", ""},
                       {"1-1-104", "丁", "户主", "2", "510503630814141", "", ""},
                       {"1-1-105", "戊", "邻居家的", "男", "4.2E+17", "上周", ""},
                       {"1-1-106", "己", "户主", "", "510503196308141400", "", ""}});
  people.rows[6].cells[4] = {sheet::CellKind::number, "510503196308141400", 510503196308141400.0,
                             "510503196308141400", true};
  const auto a = run(book({people}));
  const auto& p = a.persons;
  EXPECT_TRUE(has_issue(p[0], "intake.sex_differs"));
  EXPECT_TRUE(has_issue(p[0], "intake.birth_day_differs"));
  EXPECT_TRUE(p[0].flags.elder_alone);
  EXPECT_TRUE(p[0].flags.dialysis);
  EXPECT_TRUE(has_issue(p[1], "intake.id_missing"));
  EXPECT_EQ(base::to_string(*p[1].birth_day), "1950-01-02");
  EXPECT_TRUE(p[1].flags.pregnant);
  EXPECT_TRUE(has_issue(p[2], "intake.id_bad_checksum"));
  EXPECT_EQ(p[2].sex, Sex::male);
  EXPECT_TRUE(has_issue(p[3], "intake.id_fifteen"));
  EXPECT_TRUE(has_issue(p[3], "intake.sex_differs"));
  EXPECT_TRUE(has_issue(p[4], "intake.id_damaged"));
  EXPECT_TRUE(has_issue(p[4], "intake.word_unknown"));
  EXPECT_TRUE(has_issue(p[4], "intake.day_unreadable"));
  EXPECT_EQ(p[5].document.state, DocumentState::damaged);
  EXPECT_EQ(base::to_string(*p[5].birth_day), "1963-08-14");
  EXPECT_EQ(a.counts.damaged_ids, 2);
  EXPECT_EQ(a.counts.wrong, 0);
  for (const auto& person : p) EXPECT_EQ(person.status, RowStatus::doubtful) << person.row;
}

TEST(Roster, ReturneesInManyDateForms) {
  auto people = table({{"房号", "姓名", "关系", "返乡来源地", "返回日期"},
                       {"1-1-101", "甲", "户主", "湖北武汉", "2020年1月16日"},
                       {"1-1-102", "乙", "户主", "无", ""},
                       {"1-1-103", "丙", "户主", "", "1月24日"},
                       {"1-1-104", "丁", "户主", "河南信阳", ""}});
  people.rows[4].cells[4] = {sheet::CellKind::number, "43855", 43855, "43855"};
  const auto a = run(book({people}));
  EXPECT_EQ(a.counts.returnees, 3);
  EXPECT_FALSE(a.persons[1].returnee);
  EXPECT_EQ(base::to_string(*a.persons[2].return_day), "2020-01-24");
  EXPECT_EQ(base::to_string(*a.persons[3].return_day), "2020-01-25");
}

TEST(Vehicles, PlatesAndPlaces) {
  const auto known = index_of({"1-1-101", "1-1-102"});
  const auto a = run(book({table({{"姓名", "车型", "车牌号码", "颜色", "房号", "电话"},
                                  {"王芳", "小型轿车", "川e·63361", "红", "1-1-101", "13800136153"},
                                  {"王芳", "小型轿车", "川E63361", "红", "1栋1单元101", ""},
                                  {"李雷", "SUV", "川E63361", "红", "1-1-102", ""},
                                  {"赵一", "电动车", "无牌", "", "1-1-102", ""},
                                  {"钱二", "轿车", "", "", "1-1-102", ""},
                                  {"孙三", "新能源", "川EI2345", "", "1-1-999", ""},
                                  {"周四", "轿车", "川E12345临", "", "1-1-101", ""}})}),
                     &known);
  EXPECT_EQ(a.layout.kind, Kind::vehicles);
  const auto& v = a.vehicles;
  EXPECT_EQ(v[0].plate.number, "川E63361");
  EXPECT_EQ(v[0].owner_name, "王芳");
  EXPECT_EQ(v[0].status, RowStatus::fresh);
  EXPECT_EQ(v[1].duplicate_of, 2);
  EXPECT_FALSE(v[2].duplicate_of);
  EXPECT_TRUE(has_issue(v[2], "intake.plate_twice"));  // one car with two households
  EXPECT_EQ(v[3].status, RowStatus::fresh);
  EXPECT_EQ(v[3].kind, VehicleKind::electric_bike);
  EXPECT_TRUE(has_issue(v[4], "intake.plate_missing"));
  EXPECT_TRUE(has_issue(v[5], "intake.plate_doubtful"));
  EXPECT_TRUE(v[5].new_energy);
  EXPECT_EQ(v[5].status, RowStatus::wrong);
  EXPECT_EQ(v[6].plate.kind, PlateKind::temporary);
  EXPECT_EQ(a.counts.vehicles, 6);
  EXPECT_EQ(a.counts.unknown_room_rows, 1);
}

TEST(Stewards, TiersAndScopes) {
  const auto known = index_of({"1-1-101", "3-1-101", "4-1-101", "5-1-101", "7-2-101"});
  const auto a =
      run(book({table({{"姓名", "包保级别", "责任区域", "单位", "职务", "职级", "是否党员", "手机"},
                       {"甲", "一级", "1栋、3-5栋,7号楼2单元", "物业", "楼长", "", "是", "13800136153"},
                       {"乙", "2", "锦绣花园全小区", "社区", "书记", "科员", "否", ""},
                       {"丙", "Ⅲ", "锦绣花园", "街道", "主任", "副科级", "党员", ""},
                       {"丁", "", "8栋", "", "", "", "", ""},
                       {"", "四级", "1栋", "", "", "", "", ""},
                       {"戊", "一级", "3栋至5栋", "", "", "将军", "?", ""}})}),
          &known);
  EXPECT_EQ(a.layout.kind, Kind::stewardship);
  const auto& s = a.stewards;
  ASSERT_EQ(s.size(), 6u);
  ASSERT_EQ(s[0].buildings.size(), 5u);
  EXPECT_EQ(s[0].buildings[2], parse_building_ref("4栋"));
  EXPECT_EQ(s[0].buildings[4], parse_building_ref("7栋2单元"));
  EXPECT_EQ(s[0].party, Party::member);
  EXPECT_EQ(s[0].status, RowStatus::fresh);
  EXPECT_TRUE(s[1].whole_compound);
  EXPECT_EQ(s[1].rank, Rank::clerk);
  EXPECT_TRUE(s[2].whole_compound);
  EXPECT_EQ(s[2].tier, 3);
  EXPECT_TRUE(has_issue(s[3], "intake.tier_unknown"));
  EXPECT_TRUE(has_issue(s[3], "intake.building_unknown"));
  EXPECT_EQ(s[4].status, RowStatus::wrong);
  EXPECT_EQ(s[5].buildings.size(), 3u);
  EXPECT_TRUE(has_issue(s[5], "intake.word_unknown"));
  EXPECT_EQ(a.counts.staff, 5);
}

TEST(Stewards, WhereTheyComeFromAndWhatTheyCanDo) {
  const auto a = run(book({table({{"姓名", "层级", "责任区域", "力量来源", "特长", "政治面貌", "职级"},
                                  {"甲", "一级", "1栋", "下沉干部", "驾驶、护理", "中共党员", "正科级"},
                                  {"乙", "二级", "2栋", "志愿者", "", "群众", ""}})}));
  ASSERT_EQ(a.stewards.size(), 2u);
  EXPECT_EQ(a.stewards[0].force, "下沉干部");
  EXPECT_EQ(a.stewards[0].skills, (std::vector<std::string>{"驾驶", "护理"}));
  EXPECT_EQ(a.stewards[0].rank, Rank::section_head);
  EXPECT_EQ(a.stewards[0].party, Party::member);
  EXPECT_EQ(a.stewards[1].force, "志愿者");
  EXPECT_TRUE(a.stewards[1].skills.empty());
}

// Whatever a table holds, it is refused or every row is read once, in order, and counted once.
RC_GTEST_PROP(AnalyseProperty, AnyTableIsHarmless, ()) {
  static const auto words = [] {
    std::istringstream all(
        "房号 姓名 关系 楼栋 单元 车牌 级别 包保范围 身份证 户主 子 1-1-101 3栋 101 王芳 合计 13800136153 "
        "备注 面积 "
        "510522200402048931 川E63361 一级 装修情况 2020.1.2 1 注: 4.2E+17 \xFF 1栋、3-5栋");
    std::vector<std::string> list{""};
    for (std::string word; all >> word;) list.push_back(word);
    return list;
  }();
  constexpr int most = 10;  // rows, and cells of a row
  const auto lines = *rc::gen::resize(
      most,
      rc::gen::container<Lines>(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(words))));
  const auto merges = *rc::gen::container<std::vector<sheet::Range>>(rc::gen::apply(
      [](int row, int rows, int column, int columns) {
        return sheet::Range{row, row + rows, column, column + columns};
      },
      rc::gen::inRange(1, 8), rc::gen::inRange(0, 4), rc::gen::inRange(0, 4), rc::gen::inRange(0, 3)));
  const auto known = index_of({"1-1-101", "3-1-101"});
  const auto result = analyse(book({table(lines, merges)}), {today, &known});
  if (!result) {
    RC_ASSERT(!result.error().code.empty());
    return;
  }
  const auto& c = result->counts;
  RC_ASSERT(c.rows == c.fresh + c.doubtful + c.wrong);
  std::vector<int> rows;
  for (const auto& row : result->persons) rows.push_back(row.row);
  for (const auto& row : result->dwellings) rows.push_back(row.row);
  for (const auto& row : result->vehicles) rows.push_back(row.row);
  for (const auto& row : result->stewards) rows.push_back(row.row);
  for (const auto& row : result->meters) rows.push_back(row.row);
  RC_ASSERT(static_cast<int>(rows.size()) == c.rows);
  RC_ASSERT(std::ranges::is_sorted(rows));
  std::size_t members = 0;
  for (const auto& household : result->households) members += household.members.size();
  RC_ASSERT(members <= static_cast<std::size_t>(c.persons));
}
