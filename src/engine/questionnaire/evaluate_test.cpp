#include "engine/questionnaire/evaluate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "engine/questionnaire/read_form.hpp"
#include "engine/questionnaire/test_book.hpp"

namespace {

using namespace engine::questionnaire;

const base::Day today = *base::parse_day("2020-02-11");

const Form& door_form() {
  static const Form form =
      read_form(
          test::book_of(
              {{"survey",
                {{"type", "name", "label", "required", "relevant", "constraint"},
                 {"select_one yes_no", "fever", "发热", "yes", "", ""},
                 {"decimal", "degrees", "体温", "yes", "${fever} = 'yes'", ". >= 35 and . <= 43"},
                 {"select_multiple yes_no", "seen", "看过", "", "${degrees} > 38", "count-selected(.) < 2"},
                 {"date", "since", "从哪天", "", "selected(${seen}, 'no')", ". <= today()"},
                 {"integer", "persons", "人数", "", "", ". > 0"},
                 {"note", "thanks", "谢谢", "", "", ""},
                 {"text", "words", "说明", "", "${persons} = ''", "string-length(.) < 5"}}},
               {"choices",
                {{"list_name", "name", "label"}, {"yes_no", "yes", "是"}, {"yes_no", "no", "否"}}}}))
          .form;
  return form;
}
Answer text(const std::string& name, const std::string& said) { return {name, said, {}, {}}; }
Answer number(const std::string& name, double said) { return {name, {}, said, {}}; }
Answer several(const std::string& name, std::vector<std::string> said) {
  return {name, {}, {}, std::move(said)};
}
std::vector<Complaint> wrong(const std::vector<Answer>& answers) {
  return evaluate(door_form(), answers, today).complaints;
}

TEST(Evaluate, AsksWhatIsRelevantAndNothingElse) {
  const auto sheet = evaluate(door_form(), {text("fever", "no"), number("degrees", 39)}, today);
  EXPECT_EQ(sheet.asked, (std::vector<std::string>{"fever", "persons", "thanks", "words"}));
  EXPECT_TRUE(sheet.complaints.empty());
  EXPECT_EQ(sheet.kept, (std::vector<Answer>{text("fever", "no"), {"persons"}, {"words"}}))
      << "what is not asked is not kept; what was asked and not answered is told from it";
}

TEST(Evaluate, SaysWhatIsMissingOrAgainstARule) {
  using enum Wrong;
  EXPECT_EQ(wrong({}), (std::vector<Complaint>{{"fever", missing}}));
  EXPECT_EQ(wrong({text("fever", "  ")}), (std::vector<Complaint>{{"fever", missing}}));
  EXPECT_EQ(wrong({text("fever", "yes")}), (std::vector<Complaint>{{"degrees", missing}}));
  EXPECT_EQ(wrong({text("fever", "yes"), number("degrees", 50)}),
            (std::vector<Complaint>{{"degrees", constraint}}));
  EXPECT_EQ(wrong({text("fever", "maybe")}), (std::vector<Complaint>{{"fever", unfit}}));
  EXPECT_EQ(wrong({text("fever", "no"), number("persons", 1.5)}),
            (std::vector<Complaint>{{"persons", unfit}}));
  EXPECT_EQ(wrong({text("fever", "no"), text("fever", "yes"), text("fevr", "no")}),
            (std::vector<Complaint>{{"fever", unknown}, {"fevr", unknown}}));
  EXPECT_EQ(wrong({text("fever", "yes"), number("degrees", 39), several("seen", {"no", "yes"})}),
            (std::vector<Complaint>{{"seen", constraint}}));
}

// A sheet is judged by the day on which it was filled in.
TEST(Evaluate, TodayIsTheDayOfTheAnswers) {
  const std::vector<Answer> answers{text("fever", "yes"), number("degrees", 39), several("seen", {"no"}),
                                    text("since", "2020-02-12")};
  EXPECT_EQ(evaluate(door_form(), answers, today).complaints,
            (std::vector<Complaint>{{"since", Wrong::constraint}}));
  EXPECT_TRUE(evaluate(door_form(), answers, today + 1).complaints.empty());
}

TEST(Evaluate, ADamagedRuleHoldsForNobody) {
  auto form = door_form();
  form.questions[0].relevant = {{Op::both, "", 0}};
  EXPECT_EQ(evaluate(form, {}, today).asked.front(), "persons");
}

rc::Gen<Answer> any_answer() {
  return rc::gen::map(
      rc::gen::tuple(
          rc::gen::elementOf(std::vector<std::string>{"fever", "degrees", "seen", "since", "persons",
                                                      "thanks", "words", "other"}),
          rc::gen::inRange(0, 4),
          rc::gen::elementOf(std::vector<std::string>{"yes", "no", "", "2020-02-01", "2020-02-31"}),
          rc::gen::elementOf(std::vector<double>{0, 1, 36.5, 39, 1e300, -3})),
      [](const auto& t) {
        const auto& [name, form, words, amount] = t;
        if (form == 0) return text(name, words);
        if (form == 1) return number(name, amount);
        return form == 2 ? several(name, {words, "no"}) : Answer{name, {}, {}, {}};
      });
}

// What is not asked is never demanded and never kept; what was kept is kept when it is said again.
RC_GTEST_PROP(Evaluate, AnIrrelevantAnswerIsNeverDemandedOrKept, ()) {
  const auto answers = *rc::gen::container<std::vector<Answer>>(any_answer());
  const auto sheet = evaluate(door_form(), answers, today);
  const std::set<std::string> asked(sheet.asked.begin(), sheet.asked.end());
  for (const auto& kept : sheet.kept) RC_ASSERT(asked.contains(kept.name));
  for (const auto& c : sheet.complaints) RC_ASSERT(c.wrong == Wrong::unknown || asked.contains(c.name));
  const auto again = evaluate(door_form(), sheet.kept, today);
  RC_ASSERT(again.kept == sheet.kept);
  RC_ASSERT(again.asked == sheet.asked);
}

}  // namespace
