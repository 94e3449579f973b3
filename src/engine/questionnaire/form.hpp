#pragma once
// A questionnaire as it was written in a spreadsheet: questions in order, each with what it depends on.
#include <optional>
#include <string>
#include <vector>

namespace engine::questionnaire {

// In the office's two languages; where the spreadsheet has one only, both say the same.
struct Words {
  std::string zh{}, en{};
  bool empty() const { return zh.empty() && en.empty(); }
  friend bool operator==(const Words&, const Words&) = default;
};

enum class Kind { text, integer, decimal, date, select_one, select_multiple, note };

// A rule is a tree written so that operands stand before what is done with them: `${age} >= 60` is
// answer(age) number(60) at_least. No rule is no step.
enum class Op {
  text,
  number,
  day,      // number: days since 1970-01-01
  boolean,  // number: 0 or 1
  answer,   // text: the name of an earlier question
  self,     // the answer that is being checked
  today,
  both,
  either,
  negation,
  equal,
  unequal,
  less,
  at_most,
  more,
  at_least,
  plus,
  minus,
  times,
  divided,
  remainder,
  negative,
  selected,
  count_selected,
  string_length
};
struct Step {
  Op op = Op::text;
  std::string text{};
  double number = 0;
  friend bool operator==(const Step&, const Step&) = default;
};
using Rule = std::vector<Step>;

struct Choice {
  std::string name{};
  Words label{};
  std::optional<Rule> relevant{};  // offered while it holds; none: always
  friend bool operator==(const Choice&, const Choice&) = default;
};
struct Question {
  std::string name{};
  Kind kind = Kind::text;
  Words label{}, hint{};
  bool required = false;
  Words required_message{};
  Rule relevant{}, constraint{};
  Words constraint_message{};
  std::vector<Choice> choices{};
  friend bool operator==(const Question&, const Question&) = default;
};
struct Form {
  std::string code{};
  Words title{};
  std::vector<Question> questions{};
  friend bool operator==(const Form&, const Form&) = default;
};

inline constexpr std::size_t questions_max = 200;
inline constexpr std::size_t choices_max = 200;  // of one list
inline constexpr std::size_t steps_max = 200;    // of one rule

}  // namespace engine::questionnaire
