// Where the table is, what it is, what its columns mean.
#include <gtest/gtest.h>

#include "engine/intake/test_tables.hpp"

using namespace engine::intake;
using namespace engine::intake::test;

TEST(Recognise, HeadersInAnyOrderAndLanguage) {
  const auto a =
      run(book({table({{"Phone", "Name", "ID number", "Room", "Relation", "Gender"},
                       {"13800136153", "曹华伟", "510522200402048931", "1-1-101", "head", "M"}})}));
  EXPECT_EQ(a.layout.kind, Kind::roster);
  ASSERT_EQ(a.persons.size(), 1u);
  const auto& person = a.persons[0];
  EXPECT_EQ(person.name, "曹华伟");
  EXPECT_EQ(person.relation, Relation::head);
  EXPECT_EQ(person.sex, Sex::male);
  EXPECT_EQ(person.document.state, DocumentState::ok);
  EXPECT_EQ(base::to_string(*person.birth_day), "2004-02-04");
  EXPECT_EQ(person.room, room("1栋1单元101"));
  EXPECT_EQ(person.status, RowStatus::fresh);
}

TEST(Recognise, CoverTitlesNotesAndRepeatedHeaders) {
  const Lines lines{
      {"锦绣花园住户花名册"},
      {"填报单位:物业服务中心", "", "填报日期:2020年2月8日"},
      {"序号", "*姓 名", "房 号(必填)", "与户主关系", "身份证号码(18位)", "导入结果"},
      {"１", "王　芳", "１－１－１０１", "户主", "５１０５２２２００４０２０４８９３１", "旧的问题"},
      {},
      {"2"},
      {"序号", "姓名", "房号", "与户主关系", "身份证号码", "导入结果"},
      {"3", "李雷", "1-1-102", "户主", "无"},
      {"合计", "2人"},
      {"注:本表由物业填写"},
      {"填表人:张三", "", "审核:李四"}};
  auto cover = table({{"封面"}, {"姓名、房号请如实填写"}}, {}, "封面");
  auto notes = table({{"填表说明"}, {"房号", "按楼栋-单元-房号填写"}}, {}, "填表说明");
  auto data = table(lines, {{1, 1, 0, 5}}, "花名册");
  data.rows[3].hidden = true;
  const auto a = run(book({cover, data, notes}));
  EXPECT_EQ(a.layout.sheet, 1u);
  EXPECT_EQ(a.layout.header_row, 3);
  EXPECT_EQ(field_of(a, 5), Field::ignored);
  ASSERT_EQ(a.persons.size(), 2u);
  EXPECT_EQ(a.persons[0].row, 4);
  EXPECT_EQ(a.persons[0].name, "王芳");
  EXPECT_EQ(a.persons[0].document.state, DocumentState::ok);
  EXPECT_EQ(a.persons[0].remark, "");
  EXPECT_EQ(a.persons[1].row, 8);
  EXPECT_EQ(a.persons[1].document.state, DocumentState::missing);
  EXPECT_TRUE(has_issue(a, "intake.hidden_rows"));
}

TEST(Recognise, TwoLevelMergedHeader) {
  const auto a = run(book({table({{"住户信息", "", "", "", "车辆"},
                                  {"姓名", "证件", "", "房屋", "", "联系"},
                                  {"", "类型", "号码", "楼栋", "房号", "电话"},
                                  {"Anna Maria", "护照", "E12345678", "3", "502", "+852 9123 4567"}},
                                 {{1, 1, 0, 3}, {2, 3, 0, 0}, {2, 2, 1, 2}, {2, 2, 3, 4}})}));
  EXPECT_EQ(a.layout.kind, Kind::roster);
  EXPECT_EQ(a.layout.header_row, 3);
  EXPECT_EQ(a.layout.columns[2].header, "证件/号码");
  ASSERT_EQ(a.persons.size(), 1u);
  EXPECT_EQ(a.persons[0].name, "Anna Maria");
  EXPECT_EQ(a.persons[0].document.kind, DocumentKind::passport);
  EXPECT_EQ(a.persons[0].document.number, "E12345678");
  EXPECT_EQ(a.persons[0].room, room("3栋502"));
  EXPECT_EQ(a.persons[0].phones.at(0).kind, PhoneKind::foreign);
}

TEST(Recognise, ColumnsWithoutHeaderByContent) {
  Lines lines{{"房号", "姓名", "关系", "", ""}};
  for (const char* id : {"510522200402048931", "510503194101230708", "510521198105229852"})
    lines.push_back({"1-1-10" + std::to_string(lines.size()), "王芳", "户主", id, "13800136153"});
  const auto a = run(book({table(lines)}));
  EXPECT_EQ(field_of(a, 3), Field::document_number);
  EXPECT_EQ(field_of(a, 4), Field::phone);
  EXPECT_LT(a.layout.columns[3].confidence, 1);
  EXPECT_EQ(a.persons.at(2).phones.size(), 1u);
}

TEST(Recognise, TheCallerMayOverrideEverything) {
  const auto sheets =
      book({table({{"甲", "乙", "丙"}, {"王芳", "1-1-101", "13800136153"}}), table({{"空"}})});
  EXPECT_EQ(code_of(sheets), "intake.no_table");
  Overrides overrides;
  overrides.sheet = 0;
  overrides.header_row = 1;
  overrides.kind = Kind::roster;
  EXPECT_EQ(code_of(sheets, overrides), "intake.column_missing");
  overrides.columns = {{0, Field::name}, {1, Field::room}};
  const auto a = run(sheets, nullptr, overrides);
  ASSERT_EQ(a.persons.size(), 1u);
  EXPECT_EQ(a.persons[0].name, "王芳");
  EXPECT_EQ(a.layout.confidence, 1);
  overrides.header_row = 0;  // no header at all
  EXPECT_EQ(run(sheets, nullptr, overrides).persons.size(), 2u);
  overrides.sheet = 7;
  EXPECT_EQ(code_of(sheets, overrides), "intake.no_such_sheet");
  overrides.sheet = 0;
  overrides.header_row = -1;
  EXPECT_EQ(code_of(sheets, overrides), "intake.no_such_row");
  EXPECT_EQ(code_of(book({})), "intake.no_table");
}

TEST(Recognise, NamesOfFieldsAndKindsReadBack) {
  for (int i = 0; i <= static_cast<int>(Field::scope); ++i) {
    const auto field = static_cast<Field>(i);
    EXPECT_EQ(field_named(name_of(field)), field);
  }
  for (const Kind kind : {Kind::dwelling_table, Kind::roster, Kind::vehicles, Kind::stewardship})
    EXPECT_EQ(kind_named(name_of(kind)), kind);
  EXPECT_FALSE(field_named("nonsense"));
  EXPECT_FALSE(kind_named("nonsense"));
}
