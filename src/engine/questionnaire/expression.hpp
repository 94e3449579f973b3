#pragma once
// The rules of a form, the useful part of what XLSForm writes: ${name} . 'text' 12.5 and or not() = != < <=
// > >= + - * div mod selected() count-selected() string-length() today() true() false(). Full-width signs
// of a Chinese keyboard are read as what they look like.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/questionnaire/form.hpp"

namespace engine::questionnaire {

// What is wrong with a rule: a code and the piece it is about.
//   expression_unreadable  function_unknown  name_unknown  name_later  self_here  kinds_differ
//   choice_unknown         needs_selected    too_long      column_missing (of a choice filter)
struct RuleFault {
  std::string code{}, detail{};
};
struct ParsedRule {
  Rule rule{};
  std::optional<RuleFault> fault{};
};
// What a choice says in the columns of its own, by their names in small letters: a choice filter names them.
using ChoiceCells = std::map<std::string, std::string>;
// `before` are the questions whose answers the rule may use, in order; `later` is the rest of the form, to
// say of a name that it comes too late. `self` is the question a constraint is about, null for a relevance.
ParsedRule parse_rule(std::string_view text, std::span<const Question> before,
                      std::span<const Question> later, const Question* self,
                      const ChoiceCells* cells = nullptr);

}  // namespace engine::questionnaire
