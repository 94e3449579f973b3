#pragma once
// From answers to what is asked and what is wrong with them. web/src/shared/questions.ts is its twin; both
// are held together by tests/vectors/questionnaire.json.
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "engine/questionnaire/form.hpp"

namespace engine::questionnaire {

// What was said to one question, by its kind: text, the name of a choice and a date ("2020-02-11") as text,
// numbers as number, several choices as a list. None of them: asked, and not answered.
struct Answer {
  std::string name{};
  std::optional<std::string> text{};
  std::optional<double> number{};
  std::optional<std::vector<std::string>> choices{};
  bool empty() const { return !text && !number && !choices; }
  friend bool operator==(const Answer&, const Answer&) = default;
};

enum class Wrong {
  missing,     // required
  constraint,  // against the form's own rule
  unfit,       // not of the question's kind
  unknown      // no such question, or answered twice
};
struct Complaint {
  std::string name{};
  Wrong wrong = Wrong::missing;
  friend bool operator==(const Complaint&, const Complaint&) = default;
};

inline constexpr int answer_chars_max = 1000;
inline constexpr double answer_number_max = 1e15;

struct AnswerSheet {
  std::vector<std::string> asked{};  // in order, notes too
  std::vector<Answer> kept{};        // one for each question asked; what is not asked is not kept
  std::vector<Complaint> complaints{};
};
// `today` is the day on which the answers were given.
AnswerSheet evaluate(const Form& form, const std::vector<Answer>& answers, base::Day today);

}  // namespace engine::questionnaire
