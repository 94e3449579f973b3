#include "engine/questionnaire/expression.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/time.hpp"

namespace engine::questionnaire {
namespace {

constexpr int depth_max = 40;
constexpr std::size_t text_max = 2000;

// --- signs of a Chinese keyboard -----------------------------------------------------------------------
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> look_alikes{{
    {"（", "("}, {"）", ")"}, {"，", ","}, {"＝", "="}, {"＜", "<"},  {"＞", ">"}, {"！", "!"},
    {"＋", "+"}, {"－", "-"}, {"＊", "*"}, {"｛", "{"}, {"｝", "}"},  {"＄", "$"}, {"≤", "<="},
    {"≥", ">="}, {"≠", "!="}, {"　", " "}, {"＇", "'"}, {"＂", "\""},
}};
constexpr std::array<std::string_view, 4> curly_quotes{"‘", "’", "“", "”"};

// Outside of quoted text only: what is quoted is what somebody chose to write. A curly quote is a straight
// one of its kind wherever it stands.
std::string plain_signs(std::string_view text) {
  std::string out;
  char quote = 0;
  while (!text.empty()) {
    std::size_t used = 1;
    std::string piece(text.substr(0, 1));
    const auto curly =
        std::ranges::find_if(curly_quotes, [&](std::string_view q) { return text.starts_with(q); });
    if (curly != curly_quotes.end()) {
      used = curly->size();
      piece = curly - curly_quotes.begin() < 2 ? "'" : "\"";
    } else if (quote == 0) {
      for (const auto& [full, half] : look_alikes)
        if (text.starts_with(full)) {
          used = full.size();
          piece = half;
        }
    }
    if (piece == "'" || piece == "\"") {
      if (quote == 0)
        quote = piece[0];
      else if (quote == piece[0])
        quote = 0;
    }
    out += piece;
    text.remove_prefix(used);
  }
  return out;
}

// --- words ---------------------------------------------------------------------------------------------
enum class Sign { end, number, text, name, word, mark, bad };
struct Token {
  Sign sign = Sign::end;
  std::string text{};
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Token next() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
    if (rest_.empty()) return {};
    const char c = rest_.front();
    if (is_digit(c) || (c == '.' && rest_.size() > 1 && is_digit(rest_[1]))) return number();
    if (c == '\'' || c == '"') return until(c, 1, Sign::text);
    if (rest_.starts_with("${")) return until('}', 2, Sign::name);
    if (is_letter(c)) {
      std::size_t n = 1;
      while (n < rest_.size() && (is_letter(rest_[n]) || is_digit(rest_[n]) || rest_[n] == '-')) ++n;
      return take(Sign::word, n);
    }
    if (rest_.starts_with("<=") || rest_.starts_with(">=") || rest_.starts_with("!="))
      return take(Sign::mark, 2);
    if (std::string_view("=<>+-*(),.").find(c) != std::string_view::npos) return take(Sign::mark, 1);
    return take(Sign::bad, rest_.size());
  }

 private:
  Token take(Sign sign, std::size_t n) {
    Token t{sign, std::string(rest_.substr(0, n))};
    rest_.remove_prefix(n);
    return t;
  }
  Token number() {
    std::size_t n = 0;
    while (n < rest_.size() && (is_digit(rest_[n]) || rest_[n] == '.')) ++n;
    return take(Sign::number, n);
  }
  Token until(char closing, std::size_t opening, Sign sign) {
    const auto end = rest_.find(closing, opening);
    if (end == std::string_view::npos) return take(Sign::bad, rest_.size());
    Token t{sign, std::string(rest_.substr(opening, end - opening))};
    rest_.remove_prefix(end + 1);
    return t;
  }
  std::string_view rest_;
};

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// --- the tree ------------------------------------------------------------------------------------------
enum class Type { text, number, day, boolean, choice, choices, nothing };
struct Typed {
  Type type = Type::nothing;
  const Question* question = nullptr;    // whose answer it is
  std::optional<std::size_t> literal{};  // the step, when it was written there
  std::string written{};
};

class Parser {
 public:
  Parser(std::string_view text, std::span<const Question> before, std::span<const Question> later,
         const Question* self, const ChoiceCells* cells)
      : lexer_(text), before_(before), later_(later), self_(self), cells_(cells) {
    advance();
  }

  ParsedRule parse() {
    either();
    if (!fault_ && now_.sign != Sign::end) unreadable();
    if (!fault_ && rule_.size() > steps_max) fail("too_long", {});
    if (fault_) return {{}, std::move(fault_)};
    return {std::move(rule_), {}};
  }

 private:
  void advance() { now_ = lexer_.next(); }
  bool at(Sign sign, std::string_view text) const { return now_.sign == sign && now_.text == text; }
  bool take(Sign sign, std::string_view text) {
    if (fault_ || !at(sign, text)) return false;
    advance();
    return true;
  }
  Typed fail(std::string code, std::string detail) {
    if (!fault_) fault_ = RuleFault{std::move(code), std::move(detail)};
    return {};
  }
  Typed unreadable() { return fail("expression_unreadable", now_.text); }
  Typed emit(Op op, Type type, std::string text = {}, double number = 0) {
    rule_.push_back({op, std::move(text), number});
    return {type, nullptr, {}, {}};
  }
  Typed literal(Op op, Type type, std::string written, std::string text, double number) {
    auto typed = emit(op, type, std::move(text), number);
    typed.literal = rule_.size() - 1;
    typed.written = std::move(written);
    return typed;
  }

  Typed either() {
    auto left = both();
    while (take(Sign::word, "or")) {
      both();
      left = emit(Op::either, Type::boolean);
    }
    return left;
  }
  Typed both() {
    auto left = equality();
    while (take(Sign::word, "and")) {
      equality();
      left = emit(Op::both, Type::boolean);
    }
    return left;
  }
  Typed equality() {
    auto left = order();
    while (!fault_ && now_.sign == Sign::mark && (now_.text == "=" || now_.text == "!=")) {
      const auto op = now_.text == "=" ? Op::equal : Op::unequal;
      advance();
      auto right = order();
      if (fault_) return {};
      alike(left, right);
      left = emit(op, Type::boolean);
    }
    return left;
  }
  Typed order() {
    auto left = sum();
    while (const auto op =
               one_of({{"<", Op::less}, {"<=", Op::at_most}, {">", Op::more}, {">=", Op::at_least}})) {
      auto right = sum();
      if (fault_) return {};
      alike(left, right);
      const bool ordered = left.type == right.type && (left.type == Type::number || left.type == Type::day);
      if (!fault_ && !ordered) fail("kinds_differ", {});
      left = emit(*op, Type::boolean);
    }
    return left;
  }
  Typed sum() {
    auto left = product();
    while (const auto op = one_of({{"+", Op::plus}, {"-", Op::minus}})) {
      const auto right = product();
      if (fault_) return {};
      auto type = Type::number;
      if (left.type == Type::day && right.type == Type::number)
        type = Type::day;
      else if (!(left.type == Type::number && right.type == Type::number) &&
               !(left.type == Type::day && right.type == Type::day && *op == Op::minus))
        return fail("kinds_differ", {});
      left = emit(*op, type);
    }
    return left;
  }
  Typed product() {
    auto left = unary();
    while (!fault_) {
      auto op = Op::times;
      if (at(Sign::word, "div"))
        op = Op::divided;
      else if (at(Sign::word, "mod"))
        op = Op::remainder;
      else if (!at(Sign::mark, "*"))
        break;
      advance();
      const auto right = unary();
      if (fault_) return {};
      if (left.type != Type::number || right.type != Type::number) return fail("kinds_differ", {});
      left = emit(op, Type::number);
    }
    return left;
  }
  Typed unary() {
    if (++depth_ > depth_max) return fail("too_long", {});
    Typed typed;
    if (take(Sign::mark, "-")) {
      typed = unary();
      if (!fault_ && typed.type != Type::number) fail("kinds_differ", {});
      if (!fault_) typed = emit(Op::negative, Type::number);
    } else if (!fault_) {
      typed = primary();
    }
    --depth_;
    return typed;
  }

  Typed primary() {
    const auto token = now_;
    advance();
    switch (token.sign) {
      case Sign::number:
        if (const auto value = number_in(token.text))
          return literal(Op::number, Type::number, token.text, {}, *value);
        return fail("expression_unreadable", token.text);
      case Sign::text:
        return literal(Op::text, token.text.empty() ? Type::nothing : Type::text, token.text, token.text, 0);
      case Sign::name:
        return answer(token.text);
      case Sign::word:
        return function(token.text);
      default:
        break;
    }
    if (token.sign == Sign::mark && token.text == ".") {
      if (self_ == nullptr) return fail("self_here", {});
      return of(Op::self, *self_);
    }
    if (token.sign == Sign::mark && token.text == "(") {
      auto inner = either();
      if (!fault_ && !take(Sign::mark, ")")) return unreadable();
      inner.literal.reset();
      return inner;
    }
    return fail("expression_unreadable", token.text);
  }

  Typed of(Op op, const Question& q) {
    auto type = Type::text;
    if (q.kind == Kind::integer || q.kind == Kind::decimal) type = Type::number;
    if (q.kind == Kind::date) type = Type::day;
    if (q.kind == Kind::select_one) type = Type::choice;
    if (q.kind == Kind::select_multiple) type = Type::choices;
    auto typed = emit(op, type, op == Op::answer ? q.name : std::string{});
    typed.question = &q;
    return typed;
  }
  Typed answer(std::string name) {
    const auto named = [&](const Question& q) { return q.name == name && q.kind != Kind::note; };
    if (const auto found = std::ranges::find_if(before_, named); found != before_.end())
      return of(Op::answer, *found);
    if (self_ != nullptr && named(*self_)) return of(Op::self, *self_);
    const bool later = std::ranges::any_of(later_, named);
    return fail(later ? "name_later" : "name_unknown", std::move(name));
  }

  const std::string* cell_named(std::string name) const {
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto found = cells_->find(name);
    return found == cells_->end() ? nullptr : &found->second;
  }

  bool open(std::string_view function) {
    if (take(Sign::mark, "(")) return true;
    fail("expression_unreadable", std::string(function));
    return false;
  }
  void close() {
    if (!fault_ && !take(Sign::mark, ")")) unreadable();
  }
  Typed function(const std::string& name) {
    // Of a choice filter a word that calls nothing is a column of the choices.
    if (cells_ != nullptr && !at(Sign::mark, "(")) {
      const auto* cell = cell_named(name);
      if (cell == nullptr) return fail("column_missing", name);
      return literal(Op::text, cell->empty() ? Type::nothing : Type::text, *cell, *cell, 0);
    }
    static constexpr std::array known{"not",   "selected", "count-selected", "string-length",
                                      "today", "true",     "false"};
    if (std::ranges::find(known, name) == known.end()) return fail("function_unknown", name);
    if (!open(name)) return {};
    if (name == "today" || name == "true" || name == "false") {
      close();
      if (name == "today") return emit(Op::today, Type::day);
      return emit(Op::boolean, Type::boolean, {}, name == "true" ? 1 : 0);
    }
    const auto first = either();
    if (fault_) return {};
    if (name == "selected") return selected(first);
    close();
    if (name == "not") return emit(Op::negation, Type::boolean);
    if (name == "count-selected") {
      if (first.type != Type::choices) return fail("kinds_differ", name);
      return emit(Op::count_selected, Type::number);
    }
    if (first.type != Type::text && first.type != Type::choice) return fail("kinds_differ", name);
    return emit(Op::string_length, Type::number);
  }
  Typed selected(const Typed& first) {
    if (first.question == nullptr || (first.type != Type::choice && first.type != Type::choices))
      return fail("kinds_differ", "selected");
    if (!take(Sign::mark, ",")) return unreadable();
    const auto second = primary();
    if (fault_) return {};
    if (!second.literal) return fail("kinds_differ", "selected");
    chosen(first, second);
    close();
    return emit(Op::selected, Type::boolean);
  }

  // A literal that stands for a choice.
  void chosen(const Typed& question, const Typed& literal) {
    const auto& choices = question.question->choices;
    if (std::ranges::find(choices, literal.written, &Choice::name) == choices.end())
      fail("choice_unknown", literal.written);
    rule_[*literal.literal] = {Op::text, literal.written, 0};
  }
  // What is compared is of one kind; a literal becomes what it is compared with.
  void alike(Typed& left, Typed& right) {
    if (left.literal && !right.literal) return alike(right, left);
    if (left.type == Type::nothing || right.type == Type::nothing) return;  // "is unanswered"
    if (right.literal && (left.type == Type::choice || left.type == Type::choices)) {
      if (left.type == Type::choices) {
        fail("needs_selected", right.written);
        return;
      }
      return chosen(left, right);
    }
    if (right.literal && right.type == Type::text && left.type == Type::day) {
      const auto day = base::parse_day(right.written);
      if (!day) {
        fail("kinds_differ", right.written);
        return;
      }
      rule_[*right.literal] = {Op::day, {}, static_cast<double>(day->number)};
      right.type = Type::day;
    } else if (right.literal && right.type == Type::text && left.type == Type::number) {
      const auto number = number_in(right.written);
      if (!number) {
        fail("kinds_differ", right.written);
        return;
      }
      rule_[*right.literal] = {Op::number, {}, *number};
      right.type = Type::number;
    }
    const auto plain = [](Type t) { return t == Type::choice ? Type::text : t; };
    if (plain(left.type) != plain(right.type) || left.type == Type::choices) fail("kinds_differ", {});
  }

  std::optional<Op> one_of(std::initializer_list<std::pair<std::string_view, Op>> marks) {
    if (fault_ || now_.sign != Sign::mark) return std::nullopt;
    for (const auto& [mark, op] : marks)
      if (now_.text == mark) {
        advance();
        return op;
      }
    return std::nullopt;
  }

  Lexer lexer_;
  Token now_{};
  std::span<const Question> before_, later_;
  const Question* self_;
  const ChoiceCells* cells_;
  Rule rule_{};
  std::optional<RuleFault> fault_{};
  int depth_ = 0;
};

}  // namespace

ParsedRule parse_rule(std::string_view text, std::span<const Question> before,
                      std::span<const Question> later, const Question* self, const ChoiceCells* cells) {
  if (text.size() > text_max) return {{}, RuleFault{"too_long", {}}};
  const auto plain = plain_signs(text);
  return Parser(plain, before, later, self, cells).parse();
}

}  // namespace engine::questionnaire
