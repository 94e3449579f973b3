#include "engine/questionnaire/read_form.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "engine/questionnaire/expression.hpp"

namespace engine::questionnaire {
namespace {

constexpr std::size_t words_max = 500;                   // characters
constexpr std::size_t name_max = 60;                     // bytes
constexpr std::size_t filter_steps_max = 4 * steps_max;  // of all choices of a question

// Without blanks around it, and without what no keyboard writes.
std::string trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  std::string out(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
  std::erase_if(out, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
  });
  return out;
}
std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}
std::size_t chars_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// --- a sheet by its headers ----------------------------------------------------------------------------
// "label::English (en)" is a column "label" in one language, "label" alone is for both.
enum class Language { any, zh, en, other };
struct Header {
  std::string written{}, name{};
  Language language = Language::any;
};
Header header_of(const std::string& written) {
  const auto text = lower(written);
  const auto colons = text.find("::");
  Header header{written, trimmed(text.substr(0, colons)), Language::any};
  if (colons == std::string::npos) return header;
  const auto language = text.substr(colons + 2);
  const auto says = [&](std::string_view word) { return language.find(word) != std::string::npos; };
  if (says("中文") || says("汉") || says("chinese") || says("(zh") || trimmed(language).starts_with("zh"))
    header.language = Language::zh;
  else if (says("英") || says("english") || says("(en") || trimmed(language) == "en")
    header.language = Language::en;
  else
    header.language = Language::other;
  return header;
}

class Table {
 public:
  explicit Table(const sheet::Sheet& sheet) : sheet_(sheet) {
    if (sheet.rows.empty()) return;
    for (const auto& cell : sheet.rows.front().cells) headers_.push_back(header_of(trimmed(cell.text)));
  }
  const std::string& name() const { return sheet_.name; }
  const std::vector<Header>& headers() const { return headers_; }
  int header_row() const { return sheet_.rows.empty() ? 1 : sheet_.rows.front().number; }
  std::vector<const sheet::Row*> rows() const {
    std::vector<const sheet::Row*> out;
    for (std::size_t i = 1; i < sheet_.rows.size(); ++i)
      if (std::ranges::any_of(sheet_.rows[i].cells, [](const auto& c) { return !trimmed(c.text).empty(); }))
        out.push_back(&sheet_.rows[i]);
    return out;
  }
  bool has(std::string_view name) const {
    return std::ranges::any_of(headers_, [&](const Header& h) { return h.name == name; });
  }
  std::string text(const sheet::Row& row, std::string_view name, Language language = Language::any) const {
    for (std::size_t i = 0; i < headers_.size(); ++i)
      if (headers_[i].name == name && headers_[i].language == language) return trimmed(row.at(i).text);
    return {};
  }
  Words words(const sheet::Row& row, std::string_view name) const {
    const auto any = text(row, name);
    Words w{text(row, name, Language::zh), text(row, name, Language::en)};
    if (w.zh.empty()) w.zh = !any.empty() ? any : w.en;
    if (w.en.empty()) w.en = !any.empty() ? any : w.zh;
    return w;
  }
  // As it stands in the sheet, to point at.
  std::string written(std::string_view name) const {
    const auto found = std::ranges::find(headers_, name, &Header::name);
    return found != headers_.end() ? found->written : std::string(name);
  }

 private:
  const sheet::Sheet& sheet_;
  std::vector<Header> headers_{};
};

const sheet::Sheet* find_sheet(const sheet::Workbook& book, std::string_view name) {
  for (const auto& s : book.sheets)
    if (lower(trimmed(s.name)) == name) return &s;
  return nullptr;
}

// --- reading -------------------------------------------------------------------------------------------
constexpr auto survey_columns =
    std::to_array<std::string_view>({"type", "name", "label", "hint", "required", "required_message",
                                     "relevant", "constraint", "constraint_message", "choice_filter"});
constexpr auto choice_columns = std::to_array<std::string_view>({"list_name", "name", "label"});
constexpr auto setting_columns =
    std::to_array<std::string_view>({"form_title", "form_id", "version", "default_language", "style"});
// They say how it looks or what it is about and change no answer.
constexpr auto passed_over = std::to_array<std::string_view>(
    {"", "appearance", "parameters", "note", "media", "body", "guidance_hint"});
// They would change what is asked or kept.
constexpr auto refused_columns =
    std::to_array<std::string_view>({"calculation", "repeat_count", "default", "read_only", "trigger"});
constexpr auto refused_types = std::to_array<std::string_view>(
    {"begin_repeat", "end_repeat", "calculate",   "repeat",      "geopoint",     "geotrace", "geoshape",
     "image",        "audio",      "video",       "file",        "barcode",      "range",    "rank",
     "time",         "datetime",   "acknowledge", "hidden",      "xml-external", "start",    "end",
     "today",        "deviceid",   "username",    "phonenumber", "email",        "audit",    "csv-external"});

template <class List>
bool in(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > name_max || (text[0] >= '0' && text[0] <= '9') || text[0] == '-')
    return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || static_cast<unsigned char>(c) >= 0x80;
  });
}

// A row of the sheet `survey` that is a question, before its rules are read.
struct Draft {
  const sheet::Row* row = nullptr;
  std::string relevant{}, constraint{}, filter{};
  const std::vector<ChoiceCells>* cells = nullptr;  // of its choices
  std::vector<std::pair<const sheet::Row*, std::string>>
      groups{};  // those it stands in, with their relevance
};

class FormReader {
 public:
  explicit FormReader(const sheet::Workbook& book) : book_(book) {}

  Reading read() {
    read_settings();
    read_choices();
    if (const auto* survey = find_sheet(book_, "survey")) {
      const Table table(*survey);
      if (headers_fit(table, survey_columns, {"type", "name"})) {
        read_questions(table);
        read_rules(table);
      }
    } else {
      fault("survey", 0, "", "sheet_missing");
    }
    return std::move(reading_);
  }

 private:
  void fault(std::string sheet, int row, std::string column, std::string code, std::string detail = {}) {
    if (reading_.faults.size() < faults_max)
      reading_.faults.push_back(
          {std::move(sheet), row, std::move(column), std::move(code), std::move(detail)});
  }
  void fault(const Table& t, const sheet::Row& row, std::string_view column, std::string code,
             std::string detail = {}) {
    fault(t.name(), row.number, t.written(column), std::move(code), std::move(detail));
  }

  template <class Known>
  bool headers_fit(const Table& t, const Known& known, std::initializer_list<std::string_view> needed) {
    for (const auto& h : t.headers()) {
      if (in(passed_over, h.name) || (in(known, h.name) && h.language != Language::other)) continue;
      if (!in(refused_columns, h.name)) {
        fault(t.name(), t.header_row(), h.written, "column_unknown", h.written);
        continue;
      }
      for (const auto* row : t.rows())
        if (const auto said = t.text(*row, h.name); !said.empty())
          fault(t, *row, h.name, "column_refused", h.written);
    }
    bool fits = true;
    for (const auto name : needed)
      if (!t.has(name)) {
        fault(t.name(), t.header_row(), std::string(name), "column_missing", std::string(name));
        fits = false;
      }
    return fits;
  }

  Words words(const Table& t, const sheet::Row& row, std::string_view column) {
    auto w = t.words(row, column);
    if (chars_of(w.zh) > words_max || chars_of(w.en) > words_max) fault(t, row, column, "too_long");
    return w;
  }

  void read_settings() {
    const auto* settings = find_sheet(book_, "settings");
    if (settings == nullptr) return;
    const Table table(*settings);
    const auto rows = table.rows();
    if (!headers_fit(table, setting_columns, {}) || rows.empty()) return;
    reading_.form.title = words(table, *rows.front(), "form_title");
    reading_.form.code = table.text(*rows.front(), "form_id");
    if (!reading_.form.code.empty() && !is_name(reading_.form.code))
      fault(table, *rows.front(), "form_id", "name_unfit", reading_.form.code);
  }

  void read_choices() {
    const auto* choices = find_sheet(book_, "choices");
    if (choices == nullptr) return;
    const Table table(*choices);
    const auto named = filter_words();
    std::vector<std::string_view> columns(choice_columns.begin(), choice_columns.end());
    for (const auto& h : table.headers())
      if (named.contains(h.name)) columns.push_back(h.name);
    if (!headers_fit(table, columns, {"list_name", "name"})) return;
    for (const auto* row : table.rows()) {
      const auto list = table.text(*row, "list_name");
      Choice choice{table.text(*row, "name"), words(table, *row, "label")};
      if (list.empty()) fault(table, *row, "list_name", "list_missing");
      if (choice.name.empty())
        fault(table, *row, "name", "name_missing");
      else if (choice.name.size() > name_max || choice.name.find_first_of(" \t\r\n'\"") != std::string::npos)
        fault(table, *row, "name", "name_unfit", choice.name);
      if (choice.label.empty()) fault(table, *row, "label", "label_missing");
      auto& known = lists_[list];
      if (std::ranges::find(known, choice.name, &Choice::name) != known.end())
        fault(table, *row, "name", "name_twice", choice.name);
      if (known.size() == choices_max) fault(table, *row, "list_name", "too_many");
      if (known.size() == choices_max) continue;
      known.push_back(std::move(choice));
      auto& cells = cells_[list].emplace_back();
      for (const auto column : columns)
        if (column != "label") cells.emplace(column, table.text(*row, column));
    }
  }

  // Columns of the choices that some filter names; any other is a known one misspelt.
  std::set<std::string> filter_words() const {
    std::set<std::string> words;
    const auto* survey = find_sheet(book_, "survey");
    if (survey == nullptr) return words;
    const Table table(*survey);
    for (const auto* row : table.rows()) {
      std::string word;
      for (const char c : lower(table.text(*row, "choice_filter")) + " ") {
        const bool within = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (within) {
          word += c;
        } else {
          words.insert(word);
          word.clear();
        }
      }
    }
    words.erase("");
    return words;
  }

  void read_questions(const Table& t) {
    for (const auto* row : t.rows()) {
      auto type = lower(t.text(*row, "type"));
      for (const std::string_view two : {"begin group", "end group", "begin repeat", "end repeat"})
        if (type == two) type[type.find(' ')] = '_';
      if (type == "begin_group")
        begin_group(t, *row);
      else if (type == "end_group")
        end_group(t, *row);
      else
        read_question(t, *row, type);
    }
    for (const auto& [row, relevant] : groups_) fault(t, *row, "type", "group_open");
    if (reading_.form.questions.empty() && reading_.faults.empty())
      fault(t.name(), 0, "", "questions_missing");
  }

  // A group with a label says it, like a note.
  void begin_group(const Table& t, const sheet::Row& row) {
    groups_.emplace_back(&row, t.text(row, "relevant"));
    if (!t.words(row, "label").empty()) add(t, row, Kind::note, {});
  }
  void end_group(const Table& t, const sheet::Row& row) {
    if (groups_.empty())
      fault(t, row, "type", "group_not_open");
    else
      groups_.pop_back();
  }

  void read_question(const Table& t, const sheet::Row& row, const std::string& type) {
    static constexpr auto plain =
        std::to_array<std::pair<std::string_view, Kind>>({{"text", Kind::text},
                                                          {"string", Kind::text},
                                                          {"integer", Kind::integer},
                                                          {"int", Kind::integer},
                                                          {"decimal", Kind::decimal},
                                                          {"date", Kind::date},
                                                          {"note", Kind::note}});
    if (type.empty()) return fault(t, row, "type", "type_missing");
    for (const auto& [name, kind] : plain)
      if (type == name) return add(t, row, kind, {});
    for (const auto& [name, kind] :
         {std::pair{std::string("select_one"), Kind::select_one}, {"select_multiple", Kind::select_multiple}})
      if (type.starts_with(name)) {
        // The list's name as it was written: lists are told apart by case.
        const auto list = trimmed(std::string_view(t.text(row, "type")).substr(name.size()));
        if (list.empty()) return fault(t, row, "type", "list_missing");
        const auto found = lists_.find(list);
        if (found == lists_.end()) return fault(t, row, "type", "list_unknown", list);
        return add(t, row, kind, found->second, &cells_[list]);
      }
    fault(t, row, "type", in(refused_types, type.substr(0, type.find(' '))) ? "type_refused" : "type_unknown",
          t.text(row, "type"));
  }

  void add(const Table& t, const sheet::Row& row, Kind kind, std::vector<Choice> choices,
           const std::vector<ChoiceCells>* cells = nullptr) {
    auto& questions = reading_.form.questions;
    if (questions.size() == questions_max) {
      if (!too_many_) fault(t, row, "type", "too_many");
      too_many_ = true;
      return;
    }
    Question q;
    q.name = t.text(row, "name");
    q.kind = kind;
    q.label = words(t, row, "label");
    q.hint = words(t, row, "hint");
    q.required_message = words(t, row, "required_message");
    q.constraint_message = words(t, row, "constraint_message");
    q.required = yes(t, row) && kind != Kind::note;
    q.choices = std::move(choices);
    if (q.name.empty() && kind == Kind::note) q.name = "note_" + std::to_string(row.number);
    if (q.name.empty())
      fault(t, row, "name", "name_missing");
    else if (!is_name(q.name))
      fault(t, row, "name", "name_unfit", q.name);
    else if (std::ranges::find(questions, q.name, &Question::name) != questions.end())
      fault(t, row, "name", "name_twice", q.name);
    if (q.label.empty()) fault(t, row, "label", "label_missing");
    questions.push_back(std::move(q));
    const bool group = lower(t.text(row, "type")).starts_with("begin");
    drafts_.push_back({&row, group ? std::string{} : t.text(row, "relevant"), t.text(row, "constraint"),
                       t.text(row, "choice_filter"), cells, groups_});
  }

  bool yes(const Table& t, const sheet::Row& row) {
    const auto said = lower(t.text(row, "required"));
    for (const std::string_view word : {"yes", "true", "true()", "1", "是"})
      if (said == word) return true;
    for (const std::string_view word : {"", "no", "false", "false()", "0", "否"})
      if (said == word) return false;
    fault(t, row, "required", "yes_or_no", said);
    return false;
  }

  // After all questions are known: a name that comes later is told from one that does not exist.
  void read_rules(const Table& t) {
    auto& questions = reading_.form.questions;
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
      const auto before = std::span<const Question>(questions).first(i);
      const auto later = std::span<const Question>(questions).subspan(i);
      for (const auto& [row, relevant] : drafts_[i].groups)
        require(t, *row, questions[i].relevant, relevant, before, later);
      require(t, *drafts_[i].row, questions[i].relevant, drafts_[i].relevant, before, later);
      filter_choices(t, drafts_[i], questions[i], before, later);
      if (drafts_[i].constraint.empty()) continue;
      if (questions[i].kind == Kind::note) {
        fault(t, *drafts_[i].row, "constraint", "constraint_of_note");
        continue;
      }
      auto parsed = parse_rule(drafts_[i].constraint, before, later, &questions[i]);
      if (parsed.fault) fault(t, *drafts_[i].row, "constraint", parsed.fault->code, parsed.fault->detail);
      questions[i].constraint = std::move(parsed.rule);
    }
    std::ranges::stable_sort(reading_.faults, {}, [&](const Fault& f) {
      return std::pair{f.sheet != t.name(), f.row};
    });
  }
  // The filter of a question is a rule for each of its choices, with what that says in its columns.
  void filter_choices(const Table& t, const Draft& draft, Question& question,
                      std::span<const Question> before, std::span<const Question> later) {
    if (draft.filter.empty()) return;
    if (draft.cells == nullptr) return fault(t, *draft.row, "choice_filter", "filter_without_choices");
    std::size_t steps = 0;
    for (std::size_t i = 0; i < question.choices.size(); ++i) {
      auto parsed = parse_rule(draft.filter, before, later, nullptr, &draft.cells->at(i));
      if (parsed.fault)
        return fault(t, *draft.row, "choice_filter", parsed.fault->code, parsed.fault->detail);
      steps += parsed.rule.size();
      question.choices[i].relevant = std::move(parsed.rule);
    }
    if (steps > filter_steps_max) fault(t, *draft.row, "choice_filter", "too_long");
  }
  void require(const Table& t, const sheet::Row& row, Rule& rule, const std::string& text,
               std::span<const Question> before, std::span<const Question> later) {
    if (text.empty()) return;
    const auto parsed = parse_rule(text, before, later, nullptr);
    const bool told = std::ranges::any_of(reading_.faults, [&](const Fault& f) {
      return parsed.fault && f.sheet == t.name() && f.row == row.number && f.code == parsed.fault->code;
    });
    if (parsed.fault && !told) fault(t, row, "relevant", parsed.fault->code, parsed.fault->detail);
    if (parsed.rule.empty()) return;
    const bool first = rule.empty();
    rule.insert(rule.end(), parsed.rule.begin(), parsed.rule.end());
    if (!first) rule.push_back({Op::both, {}, 0});
    if (rule.size() > 4 * steps_max) fault(t, row, "relevant", "too_long");
  }

  const sheet::Workbook& book_;
  Reading reading_{};
  std::map<std::string, std::vector<Choice>> lists_{};
  std::map<std::string, std::vector<ChoiceCells>> cells_{};  // parallel to the choices of a list
  std::vector<std::pair<const sheet::Row*, std::string>> groups_{};
  std::vector<Draft> drafts_{};
  bool too_many_ = false;
};

}  // namespace

Reading read_form(const sheet::Workbook& book) { return FormReader(book).read(); }

}  // namespace engine::questionnaire
