// tests/vectors/questionnaire.json is run here and by web/src/shared/questions.test.ts. The named cases are
// written by hand and kept as they stand; the forms as JSON and the generated cases are what this code
// answers. After a change that is meant to change answers: SHOUWANG_WRITE_VECTORS=1, and read the difference.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "engine/questionnaire/test_book.hpp"
#include "feature/questionnaire/record.hpp"

namespace {

namespace json = boost::json;
namespace rule = engine::questionnaire;
namespace test = engine::questionnaire::test;

constexpr auto path = SHOUWANG_SOURCE_DIR "/tests/vectors/questionnaire.json";

json::object load() {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str()).as_object();
}

test::Cells cells_of(const json::value& rows) {
  test::Cells cells;
  for (const auto& row : rows.as_array()) {
    cells.emplace_back();
    for (const auto& cell : row.as_array()) cells.back().emplace_back(cell.as_string());
  }
  return cells;
}
rule::Form form_of(const json::object& written) {
  auto read = rule::read_form(test::book_of({{"survey", cells_of(written.at("survey"))},
                                             {"choices", cells_of(written.at("choices"))},
                                             {"settings", cells_of(written.at("settings"))}}));
  for (const auto& f : read.faults)
    ADD_FAILURE() << f.sheet << " " << f.row << " " << f.column << ": " << f.code << " " << f.detail;
  return std::move(read.form);
}
template <class T>
json::value as_json(const T& value) {
  return json::parse(meta::to_json(value));
}
json::object answer_to(const rule::Form& form, const json::object& asked) {
  const auto answers = meta::from_json<std::vector<rule::Answer>>(json::serialize(asked.at("answers")));
  const auto today = base::parse_day(std::string_view(asked.at("today").as_string()));
  EXPECT_TRUE(answers && today) << json::serialize(asked);
  if (!answers || !today) return {};
  const auto sheet = rule::evaluate(form, *answers, *today);
  return {{"asked", as_json(sheet.asked)},
          {"kept", as_json(sheet.kept)},
          {"complaints", as_json(sheet.complaints)}};
}

// No distribution of the standard library: their numbers differ between libraries.
std::vector<rule::Answer> any_answers(std::mt19937_64& engine, const rule::Form& form) {
  const auto up_to = [&](std::size_t n) { return static_cast<std::size_t>(engine() % n); };
  static const std::vector<std::string> texts{"",           " ",          "hm",         "武汉市江岸区",
                                              "2020-01-23", "2020-02-11", "2020-02-30", "yes"};
  static const std::vector<double> numbers{0, 1, 2, 3, -1, 36.5, 38.2, 59, 60, 61, 1e16, 2.5};
  std::vector<rule::Answer> answers;
  for (const auto& q : form.questions) {
    if (up_to(4) == 0) continue;
    rule::Answer a{q.name, {}, {}, {}};
    const auto any_choice = [&] {
      return q.choices.empty() || up_to(12) == 0 ? std::string("nobody")
                                                 : q.choices[up_to(q.choices.size())].name;
    };
    const bool strange = up_to(15) == 0;
    if ((q.kind == rule::Kind::integer || q.kind == rule::Kind::decimal) != strange)
      a.number = numbers[up_to(numbers.size())];
    else if (q.kind == rule::Kind::select_multiple) {
      a.choices.emplace();
      for (std::size_t n = up_to(3); n > 0; --n) a.choices->push_back(any_choice());
    } else {
      a.text = q.kind == rule::Kind::select_one ? any_choice() : texts[up_to(texts.size())];
    }
    answers.push_back(std::move(a));
    if (up_to(40) == 0) answers.push_back({"stranger", "x", {}, {}});
  }
  return answers;
}

// One case a line, so that a difference can be read.
void write_section(std::ostream& out, std::string_view name, const json::array& cases, bool last) {
  out << json::serialize(name) << ": [\n";
  for (std::size_t i = 0; i < cases.size(); ++i)
    out << json::serialize(cases[i]) << (i + 1 < cases.size() ? ",\n" : "\n");
  out << (last ? "]\n" : "],\n\n");
}

void write_vectors(json::object kept) {
  std::mt19937_64 engine(20200211);
  json::array generated;
  auto& forms = kept.at("forms").as_array();
  for (auto& written : forms) {
    const auto form = form_of(written.as_object());
    written.as_object()["form"] = as_json(form);
    for (int n = 0; n < 75; ++n) {
      json::object one{{"form", written.at("name")},
                       {"today", n % 3 == 0 ? "2020-02-25" : "2020-02-11"},
                       {"answers", as_json(any_answers(engine, form))}};
      for (auto& [name, value] : answer_to(form, one)) one[name] = value;
      generated.push_back(std::move(one));
    }
  }
  std::ofstream out(path);
  out << "{\n\"about\": " << json::serialize(kept.at("about")) << ",\n\n";
  write_section(out, "forms", forms, false);
  write_section(out, "named", kept.at("named").as_array(), false);
  write_section(out, "generated", generated, true);
  out << "}\n";
}

TEST(QuestionVectors, AreAnsweredAsTheyStand) {
  if (std::getenv("SHOUWANG_WRITE_VECTORS") != nullptr) write_vectors(load());
  const auto vectors = load();
  std::map<std::string, rule::Form> forms;
  for (const auto& written : vectors.at("forms").as_array()) {
    const auto form = form_of(written.as_object());
    EXPECT_EQ(as_json(form), written.at("form")) << written.at("name");
    const auto again = meta::from_json<rule::Form>(json::serialize(written.at("form")));
    ASSERT_TRUE(again) << "a stored form is read as it was";
    EXPECT_EQ(*again, form);
    forms[std::string(written.at("name").as_string())] = form;
  }
  std::size_t cases = 0;
  for (const auto* section : {"named", "generated"})
    for (const auto& one : vectors.at(section).as_array()) {
      const auto& object = one.as_object();
      const auto answer = answer_to(forms.at(std::string(object.at("form").as_string())), object);
      for (const auto& [name, value] : answer)
        EXPECT_EQ(json::serialize(value), json::serialize(object.at(name))) << json::serialize(object);
      ++cases;
    }
  EXPECT_GT(cases, 150U);
}

}  // namespace
