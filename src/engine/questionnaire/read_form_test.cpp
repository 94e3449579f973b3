#include "engine/questionnaire/read_form.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "engine/questionnaire/expression.hpp"
#include "engine/questionnaire/test_book.hpp"

namespace {

using namespace engine::questionnaire;
using test::book_of;
using test::Cells;

const Cells yes_no{{"list_name", "name", "label::中文 (zh)", "label::English (en)"},
                   {"yes_no", "yes", "是", "Yes"},
                   {"yes_no", "no", "否", "No"}};

Reading read(const Cells& survey, const Cells& choices = yes_no) {
  return read_form(book_of({{"survey", survey}, {"choices", choices}}));
}
// "survey 3 relevant: name_unknown fevr"
std::string first_fault(const Reading& r) {
  if (r.faults.empty()) return "";
  const auto& f = r.faults.front();
  return f.sheet + " " + std::to_string(f.row) + " " + f.column + ": " + f.code +
         (f.detail.empty() ? "" : " " + f.detail);
}
std::string rule_fault(const std::string& relevant) {
  return first_fault(read({{"type", "name", "label", "relevant"},
                           {"integer", "age", "年龄", ""},
                           {"select_one yes_no", "fever", "发热", ""},
                           {"select_multiple yes_no", "many", "多选", ""},
                           {"date", "back", "返回日期", ""},
                           {"text", "words", "说明", ""},
                           {"text", "last", "最后", relevant},
                           {"text", "after", "之后", ""}}));
}

// Issue text of the survey: types, choices, relevant, constraint, required, labels in two languages.
TEST(ReadForm, TakesTheUsefulPartOfXlsForm) {
  const auto r = read_form(book_of(
      {{"survey",
        {{"type", "name", "label::中文 (zh)", "label::English (en)", "hint", "required", "required_message",
          "relevant", "constraint", "constraint_message", "appearance"},
         {"begin_group", "health", "健康", "Health", "", "", "", "", "", "", ""},
         {"select_one yes_no", "fever", "发热吗", "Fever?", "近14天", "yes", "请回答", "", "", "", "minimal"},
         {"decimal", "degrees", "体温", "Temperature", "", "", "", "${fever} = 'yes'", ". >= 35 and . <= 43",
          "35到43", ""},
         {"end_group", "", "", "", "", "", "", "", "", "", ""},
         {"note", "thanks", "谢谢", "Thank you", "", "", "", "", "", "", ""}}},
       {"choices", yes_no},
       {"settings", {{"form_title", "form_id"}, {"入户问卷", "door"}}}}));
  ASSERT_EQ(first_fault(r), "");
  EXPECT_EQ(r.form.code, "door");
  EXPECT_EQ(r.form.title, (Words{"入户问卷", "入户问卷"}));
  ASSERT_EQ(r.form.questions.size(), 4U);
  EXPECT_EQ(r.form.questions[0].kind, Kind::note) << "a group says its label";
  const auto& fever = r.form.questions[1];
  EXPECT_EQ(fever.label, (Words{"发热吗", "Fever?"}));
  EXPECT_EQ(fever.hint, (Words{"近14天", "近14天"})) << "one language speaks for both";
  EXPECT_TRUE(fever.required);
  ASSERT_EQ(fever.choices.size(), 2U);
  EXPECT_EQ(fever.choices[1].label.en, "No");
  EXPECT_EQ(r.form.questions[2].relevant,
            (Rule{{Op::answer, "fever", 0}, {Op::text, "yes", 0}, {Op::equal, "", 0}}));
  EXPECT_EQ(r.form.questions[2].constraint.size(), 7U);
}

const Cells towns{{"list_name", "name", "label", "county", "town"},
                  {"county", "xi", "西县", "", ""},
                  {"county", "dong", "东县", "", ""},
                  {"town", "a", "甲镇", "xi", ""},
                  {"town", "b", "乙镇", "dong", ""},
                  {"village", "v", "一村", "", "a"},
                  {"village", "w", "二村", "", ""}};
Reading filtered(const std::string& town, const std::string& village = "town = ${t}",
                 const Cells& choices = towns) {
  return read({{"type", "name", "label", "choice_filter"},
               {"select_one county", "c", "县", ""},
               {"select_one town", "t", "镇", town},
               {"select_one village", "v", "村", village},
               {"integer", "n", "人数", ""}},
              choices);
}

// Issue text of the survey: the useful part of XLSForm. A filter is a rule of each choice.
TEST(ReadForm, AChoiceFilterNamesColumnsOfTheChoices) {
  const auto r = filtered("County = ${c}");
  ASSERT_EQ(first_fault(r), "");
  EXPECT_FALSE(r.form.questions[0].choices[0].relevant);
  const auto& town = r.form.questions[1].choices;
  EXPECT_EQ(town[1].relevant, (Rule{{Op::text, "dong", 0}, {Op::answer, "c", 0}, {Op::equal, "", 0}}));
  const auto& village = r.form.questions[2].choices;
  EXPECT_EQ(village[1].relevant, (Rule{{Op::text, "", 0}, {Op::answer, "t", 0}, {Op::equal, "", 0}}));
  EXPECT_EQ(first_fault(filtered("county=${c} and not(name = 'b') or selected(${c}, county)")), "");
}

TEST(ReadForm, NamesWhatIsWrongWithAChoiceFilter) {
  EXPECT_EQ(first_fault(filtered("cuonty = ${c}")), "survey 3 choice_filter: column_missing cuonty")
      << "and the column that nobody asks for is named too";
  EXPECT_EQ(first_fault(filtered("county = ${v}")), "survey 3 choice_filter: name_later v");
  EXPECT_EQ(first_fault(filtered("county = ${n}")), "survey 3 choice_filter: name_later n");
  EXPECT_EQ(first_fault(filtered("county = . ")), "survey 3 choice_filter: self_here");
  EXPECT_EQ(first_fault(filtered("county = ${c}", "county(town)")),
            "survey 4 choice_filter: function_unknown county");
  auto other = towns;
  other[3][3] = "nan";
  EXPECT_EQ(first_fault(filtered("county = ${c}", "town = ${t}", other)),
            "survey 3 choice_filter: choice_unknown nan");
  EXPECT_EQ(
      first_fault(read({{"type", "name", "label", "choice_filter"}, {"text", "a", "说明", "name = 'x'"}})),
      "survey 2 choice_filter: filter_without_choices");
}

TEST(ReadForm, AGroupsRelevanceIsThatOfEachOfItsQuestions) {
  const auto r = read({{"type", "name", "label", "relevant"},
                       {"integer", "n", "人数", ""},
                       {"begin group", "g", "", "${n} > 0"},
                       {"text", "who", "谁", "${n} < 5"},
                       {"end group", "", "", ""}});
  ASSERT_EQ(first_fault(r), "");
  EXPECT_EQ(r.form.questions[1].relevant.back().op, Op::both);
  EXPECT_EQ(r.form.questions[1].relevant.size(), 7U);
}

// Every fault says where it is.
TEST(ReadForm, FaultsNameSheetRowAndColumn) {
  const Cells head{{"type", "name", "label", "required", "calculation"}};
  const auto with = [&](std::vector<std::string> row) {
    auto cells = head;
    cells.push_back(std::move(row));
    return first_fault(read(cells));
  };
  EXPECT_EQ(with({"begin_repeat", "r", "家人"}), "survey 2 type: type_refused begin_repeat");
  EXPECT_EQ(with({"calculate", "c", "算"}), "survey 2 type: type_refused calculate");
  EXPECT_EQ(with({"integr", "c", "数"}), "survey 2 type: type_unknown integr");
  EXPECT_EQ(with({"select_one yesno", "c", "是否"}), "survey 2 type: list_unknown yesno");
  EXPECT_EQ(with({"select_one", "c", "是否"}), "survey 2 type: list_missing");
  EXPECT_EQ(with({"text", "", "说明"}), "survey 2 name: name_missing");
  EXPECT_EQ(with({"text", "a b", "说明"}), "survey 2 name: name_unfit a b");
  EXPECT_EQ(with({"text", "体温", ""}), "survey 2 label: label_missing");
  EXPECT_EQ(with({"text", "a", "说明", "maybe"}), "survey 2 required: yes_or_no maybe");
  EXPECT_EQ(with({"text", "a", "说明", "是", "1+1"}), "survey 2 calculation: column_refused calculation");
  EXPECT_EQ(with({"end_group"}), "survey 2 type: group_not_open");
  EXPECT_EQ(with({"begin_group", "g", "组"}), "survey 2 type: group_open");
  EXPECT_EQ(first_fault(read({{"type", "name", "label", "relevent"}, {"text", "a", "说明", "x"}})),
            "survey 1 relevent: column_unknown relevent");
  EXPECT_EQ(first_fault(read({{"type", "label"}, {"text", "说明"}})), "survey 1 name: column_missing name");
  EXPECT_EQ(first_fault(read({{"type", "name", "label"}})), "survey 0 : questions_missing");
  EXPECT_EQ(first_fault(read_form(book_of({{"Sheet1", {}}}))), "survey 0 : sheet_missing");
  EXPECT_EQ(first_fault(read({{"type", "name", "label"}, {"text", "a", "一"}, {"text", "a", "二"}})),
            "survey 3 name: name_twice a");
  EXPECT_EQ(first_fault(read({{"type", "name", "label"}, {"text", "a", "一"}},
                             {{"list_name", "name", "label"}, {"l", "x", "甲"}, {"l", "x", "乙"}})),
            "choices 3 name: name_twice x");
}

TEST(ReadForm, RulesAreReadOnceAndCheckedAgainstTheForm) {
  EXPECT_EQ(rule_fault("${fever} = 'yes' and not(${age} < 60) or selected(${many}, 'no')"), "");
  EXPECT_EQ(rule_fault("${back} >= today() - 14 and ${back} != '2020-01-23'"), "");
  EXPECT_EQ(rule_fault("${words} = '' or string-length(${words}) mod 2 = 1 or count-selected(${many})*2>-1"),
            "");
  EXPECT_EQ(rule_fault("（${fever}＝‘yes’）"), "") << "a Chinese keyboard's signs";
  EXPECT_EQ(rule_fault("${age} >= '60'"), "") << "a number in quotes";
  EXPECT_EQ(rule_fault("${fevr} = 'yes'"), "survey 7 relevant: name_unknown fevr");
  EXPECT_EQ(rule_fault("${after} = 'x'"), "survey 7 relevant: name_later after");
  EXPECT_EQ(rule_fault("${last} = 'x'"), "survey 7 relevant: name_later last");
  EXPECT_EQ(rule_fault(". = 'x'"), "survey 7 relevant: self_here");
  EXPECT_EQ(rule_fault("${fever} = '是'"), "survey 7 relevant: choice_unknown 是");
  EXPECT_EQ(rule_fault("selected(${many}, 'maybe')"), "survey 7 relevant: choice_unknown maybe");
  EXPECT_EQ(rule_fault("${many} = 'yes'"), "survey 7 relevant: needs_selected yes");
  EXPECT_EQ(rule_fault("${back} > 5"), "survey 7 relevant: kinds_differ");
  EXPECT_EQ(rule_fault("${back} > '23.1.2020'"), "survey 7 relevant: kinds_differ 23.1.2020");
  EXPECT_EQ(rule_fault("${words} + 1 > 2"), "survey 7 relevant: kinds_differ");
  EXPECT_EQ(rule_fault("regex(${words}, 'a')"), "survey 7 relevant: function_unknown regex");
  EXPECT_EQ(rule_fault("${age} = "), "survey 7 relevant: expression_unreadable");
  EXPECT_EQ(rule_fault("${age} = 3)"), "survey 7 relevant: expression_unreadable )");
  EXPECT_EQ(rule_fault(std::string(500, '(')), "survey 7 relevant: too_long");
}

// No input ends in anything but a rule or a fault.
RC_GTEST_PROP(ParseRule, IsTotal, (std::string text)) {
  std::vector<Question> known(2);
  known[0].name = "a";
  known[0].kind = Kind::integer;
  known[1].name = "b";
  const auto parsed = parse_rule(text, known, {}, &known[1]);
  RC_ASSERT(parsed.fault.has_value() || !parsed.rule.empty());
}
RC_GTEST_PROP(ParseRule, IsTotalOverItsOwnWords, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>{"${a}",    "${b}",  ".",         "(",
                                                  ")",       "not(",  "selected(", "count-selected(",
                                                  "today()", "and",   "or",        "=",
                                                  "<",       "-",     "+",         "*",
                                                  "div",     "mod",   "'x'",       "'2020-01-01'",
                                                  "3",       "1.5.2", ",",         "${",
                                                  "“",       "＝"}));
  std::string text;
  for (const auto& p : pieces) text += p + " ";
  std::vector<Question> known(2);
  known[0].name = "a";
  known[0].kind = Kind::select_multiple;
  known[0].choices = {{"x", {}}};
  known[1].name = "b";
  known[1].kind = Kind::date;
  const auto parsed = parse_rule(text, known, {}, &known[1]);
  RC_ASSERT(parsed.fault.has_value() || !parsed.rule.empty());
}
RC_GTEST_PROP(ReadForm, IsTotal, (std::vector<std::vector<std::string>> cells)) {
  const auto r = read(cells, cells);
  RC_ASSERT(!r.faults.empty());
}

}  // namespace
