#include "engine/questionnaire/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <variant>

namespace engine::questionnaire {
namespace {

using Choices = std::vector<std::string>;
// Nothing said is a value of its own: it equals itself alone, and no sum or order comes of it.
using Value = std::variant<std::monostate, std::string, double, base::Day, bool, Choices>;
using Values = std::map<std::string, Value, std::less<>>;

constexpr double day_number_max = 10'000'000;

bool is_empty(const Value& v) { return std::holds_alternative<std::monostate>(v); }

bool truth(const Value& v) {
  if (const auto* text = std::get_if<std::string>(&v)) return !text->empty();
  if (const auto* number = std::get_if<double>(&v)) return *number != 0;
  if (const auto* yes = std::get_if<bool>(&v)) return *yes;
  if (const auto* choices = std::get_if<Choices>(&v)) return !choices->empty();
  return !is_empty(v);
}

Value number_value(double number) { return std::isfinite(number) ? Value(number) : Value(); }
Value day_value(double number) {
  if (!std::isfinite(number) || std::abs(number) > day_number_max) return {};
  return base::Day{static_cast<std::int32_t>(std::floor(number))};
}

// Days count as their numbers.
std::optional<double> number_of(const Value& v) {
  if (const auto* number = std::get_if<double>(&v)) return *number;
  if (const auto* day = std::get_if<base::Day>(&v)) return day->number;
  return std::nullopt;
}

std::int64_t chars_of(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

Value calculated(Op op, const Value& a, const Value& b) {
  const auto x = number_of(a), y = number_of(b);
  if (!x || !y) return {};
  switch (op) {
    case Op::plus:
      return std::holds_alternative<base::Day>(a) ? day_value(*x + *y) : number_value(*x + *y);
    case Op::minus:
      if (std::holds_alternative<base::Day>(a) && std::holds_alternative<double>(b))
        return day_value(*x - *y);
      return number_value(*x - *y);
    case Op::times:
      return number_value(*x * *y);
    case Op::divided:
      return number_value(*x / *y);
    default:
      return number_value(std::fmod(*x, *y));
  }
}

bool compared(Op op, const Value& a, const Value& b) {
  if (op == Op::equal) return a == b;
  if (op == Op::unequal) return a != b;
  const auto x = number_of(a), y = number_of(b);
  if (!x || !y) return false;
  if (op == Op::less) return *x < *y;
  if (op == Op::at_most) return *x <= *y;
  if (op == Op::more) return *x > *y;
  return *x >= *y;
}

bool is_selected(const Value& in, const Value& choice) {
  const auto* name = std::get_if<std::string>(&choice);
  if (name == nullptr) return false;
  if (const auto* one = std::get_if<std::string>(&in)) return *one == *name;
  const auto* several = std::get_if<Choices>(&in);
  return several != nullptr && std::ranges::find(*several, *name) != several->end();
}

Value two_operands(Op op, const Value& a, const Value& b) {
  switch (op) {
    case Op::both:
      return truth(a) && truth(b);
    case Op::either:
      return truth(a) || truth(b);
    case Op::selected:
      return is_selected(a, b);
    case Op::plus:
    case Op::minus:
    case Op::times:
    case Op::divided:
    case Op::remainder:
      return calculated(op, a, b);
    default:
      return compared(op, a, b);
  }
}

Value one_operand(Op op, const Value& a) {
  if (op == Op::negation) return !truth(a);
  if (op == Op::negative) {
    const auto number = number_of(a);
    return number ? number_value(-*number) : Value();
  }
  if (op == Op::count_selected) {
    const auto* choices = std::get_if<Choices>(&a);
    return choices != nullptr ? static_cast<double>(choices->size()) : 0.0;
  }
  const auto* text = std::get_if<std::string>(&a);
  return text != nullptr ? static_cast<double>(chars_of(*text)) : 0.0;
}

class Machine {
 public:
  Machine(const Values& answers, base::Day today) : answers_(answers), today_(today) {}

  // A rule that no parser made (a damaged row) is false.
  bool holds(const Rule& rule, const Value& self) {
    stack_.clear();
    for (const auto& step : rule)
      if (!take(step, self)) return false;
    return stack_.size() == 1 && truth(stack_.back());
  }

 private:
  bool take(const Step& step, const Value& self) {
    switch (step.op) {
      case Op::text:
        stack_.push_back(step.text.empty() ? Value() : Value(step.text));
        return true;
      case Op::number:
        stack_.push_back(number_value(step.number));
        return true;
      case Op::day:
        stack_.push_back(day_value(step.number));
        return true;
      case Op::boolean:
        stack_.emplace_back(step.number != 0);
        return true;
      case Op::answer: {
        const auto found = answers_.find(step.text);
        stack_.push_back(found != answers_.end() ? found->second : Value());
        return true;
      }
      case Op::self:
        stack_.push_back(self);
        return true;
      case Op::today:
        stack_.emplace_back(today_);
        return true;
      case Op::negation:
      case Op::negative:
      case Op::count_selected:
      case Op::string_length:
        if (stack_.empty()) return false;
        stack_.back() = one_operand(step.op, stack_.back());
        return true;
      default:
        break;
    }
    if (stack_.size() < 2) return false;
    const auto right = std::move(stack_.back());
    stack_.pop_back();
    stack_.back() = two_operands(step.op, stack_.back(), right);
    return true;
  }

  const Values& answers_;
  base::Day today_;
  std::vector<Value> stack_{};
};

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool has_choice(const Question& q, const std::string& name) {
  return std::ranges::find(q.choices, name, &Choice::name) != q.choices.end();
}

// None: what was said is not of the question's kind. What says nothing is no answer.
std::optional<Value> value_of(const Question& q, const Answer& said) {
  const int forms = (said.text ? 1 : 0) + (said.number ? 1 : 0) + (said.choices ? 1 : 0);
  if (forms == 0) return Value();
  if (forms > 1) return std::nullopt;
  if (q.kind == Kind::integer || q.kind == Kind::decimal) {
    if (!said.number || !(std::abs(*said.number) <= answer_number_max)) return std::nullopt;
    if (q.kind == Kind::integer && *said.number != std::floor(*said.number)) return std::nullopt;
    return *said.number;
  }
  if (q.kind == Kind::select_multiple) {
    if (!said.choices) return std::nullopt;
    if (said.choices->empty()) return Value();
    Choices chosen;  // as the form lists them, each once
    for (const auto& c : q.choices)
      if (std::ranges::find(*said.choices, c.name) != said.choices->end()) chosen.push_back(c.name);
    const bool known =
        std::ranges::all_of(*said.choices, [&](const std::string& name) { return has_choice(q, name); });
    return known ? std::optional<Value>(chosen) : std::nullopt;
  }
  if (!said.text) return std::nullopt;
  if (blank(*said.text)) return Value();
  if (q.kind == Kind::select_one)
    return has_choice(q, *said.text) ? std::optional<Value>(*said.text) : std::nullopt;
  if (q.kind == Kind::date) {
    const auto day = base::parse_day(*said.text);
    return day ? std::optional<Value>(*day) : std::nullopt;
  }
  if (q.kind != Kind::text || chars_of(*said.text) > answer_chars_max) return std::nullopt;
  return *said.text;
}

// A choice that is not offered counts as not chosen, as the answer to a question that is not asked.
Value offered_of(const Question& q, Value value, Machine& machine) {
  const auto offered = [&](const std::string& name) {
    const auto choice = std::ranges::find(q.choices, name, &Choice::name);
    return choice != q.choices.end() && (!choice->relevant || machine.holds(*choice->relevant, {}));
  };
  if (q.kind == Kind::select_one)
    if (const auto* name = std::get_if<std::string>(&value); name && !offered(*name)) return {};
  if (auto* chosen = std::get_if<Choices>(&value)) {
    std::erase_if(*chosen, [&](const std::string& name) { return !offered(name); });
    if (chosen->empty()) return {};
  }
  return value;
}

Answer kept_as(const Question& q, const Value& value) {
  Answer kept{q.name, {}, {}, {}};
  if (const auto* text = std::get_if<std::string>(&value)) kept.text = *text;
  if (const auto* number = std::get_if<double>(&value)) kept.number = *number;
  if (const auto* day = std::get_if<base::Day>(&value)) kept.text = base::to_string(*day);
  if (const auto* choices = std::get_if<Choices>(&value)) kept.choices = *choices;
  return kept;
}

void find_unknown(const Form& form, const std::vector<Answer>& answers, std::vector<Complaint>& complaints) {
  std::map<std::string_view, int> times;
  for (const auto& q : form.questions)
    if (q.kind != Kind::note) times[q.name] = 0;
  for (const auto& a : answers) {
    const auto found = times.find(a.name);
    if (found == times.end() || found->second++ > 0) complaints.push_back({a.name, Wrong::unknown});
  }
}

}  // namespace

AnswerSheet evaluate(const Form& form, const std::vector<Answer>& answers, base::Day today) {
  AnswerSheet sheet;
  Values values;
  Machine machine(values, today);
  for (const auto& q : form.questions) {
    if (!q.relevant.empty() && !machine.holds(q.relevant, {})) continue;
    sheet.asked.push_back(q.name);
    if (q.kind == Kind::note) continue;
    const auto said = std::ranges::find(answers, q.name, &Answer::name);
    auto value = said != answers.end() ? value_of(q, *said) : Value();
    if (value) value = offered_of(q, std::move(*value), machine);
    if (!value)
      sheet.complaints.push_back({q.name, Wrong::unfit});
    else if (is_empty(*value) && q.required)
      sheet.complaints.push_back({q.name, Wrong::missing});
    else if (!is_empty(*value) && !q.constraint.empty() && !machine.holds(q.constraint, *value))
      sheet.complaints.push_back({q.name, Wrong::constraint});
    sheet.kept.push_back(kept_as(q, value.value_or(Value())));
    values[q.name] = value.value_or(Value());
  }
  find_unknown(form, answers, sheet.complaints);
  return sheet;
}

}  // namespace engine::questionnaire
