#include <array>
#include <optional>

#include "sheet/archive.hpp"
#include "sheet/encoding.hpp"
#include "sheet/read.hpp"

namespace sheet {

using base::Result;

namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::size_t sample_lines = 50;  // enough to tell the separator

Result<std::string> to_utf8(std::string_view bytes) {
  std::optional<std::string> text;
  if (bytes.starts_with("\xFF\xFE")) {
    text = convert(bytes.substr(2), "UTF-16LE");
  } else if (bytes.starts_with("\xFE\xFF")) {
    text = convert(bytes.substr(2), "UTF-16BE");
  } else {
    if (bytes.starts_with(utf8_mark)) bytes.remove_prefix(utf8_mark.size());
    text = convert(bytes, "UTF-8");
    if (!text) text = convert(bytes, "GB18030");
  }
  if (!text || has_controls(*text)) return base::fail(not_a_workbook("not a text"));
  return std::move(*text);
}

char find_separator(std::string_view text) {
  std::array<std::size_t, 3> counts{};
  constexpr std::string_view candidates = ",;\t";
  std::size_t lines = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' && ++lines == sample_lines) break;
    if (const auto at = candidates.find(c); at != std::string_view::npos) ++counts[at];
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < counts.size(); ++i)
    if (counts[i] > counts[best]) best = i;
  return candidates[best];
}

// ="510…" and a leading tab keep digits as text, an apostrophe keeps = + - @ harmless; none is part of it.
std::string plain(std::string value) {
  const auto first = value.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  value.erase(value.find_last_not_of(" \t\r") + 1);
  value.erase(0, first);
  if (value.size() >= 3 && value.starts_with("=\"") && value.ends_with('"'))
    return value.substr(2, value.size() - 3);
  if (value.size() >= 2 && value[0] == '\'' && std::string_view("=+-@").find(value[1]) != std::string::npos)
    value.erase(0, 1);
  return value;
}

class Parser {
 public:
  Parser(std::string_view text, char separator, const Limits& limits)
      : text_(text), separator_(separator), limits_(limits) {}

  Result<void> run(Sheet& sheet) {
    Row row{1, false, {}};
    while (at_ < text_.size()) {
      row.cells.push_back(text_cell(plain(next_value())));
      if (row.cells.size() > limits_.columns) return base::fail(too_large("columns", limits_.columns));
      if (++cells_ > limits_.cells) return base::fail(too_large("cells", limits_.cells));
      if (at_ < text_.size() && text_[at_] == separator_) {
        ++at_;
        if (at_ == text_.size())
          row.cells.emplace_back();
        else
          continue;
      }
      skip_line_end();
      if (auto done = keep(sheet, row); !done) return done;
      row = Row{row.number + 1, false, {}};
    }
    return {};
  }

 private:
  static Cell text_cell(std::string text) {
    return Cell{text.empty() ? CellKind::empty : CellKind::text, std::move(text)};
  }

  std::string next_value() {
    std::string value;
    bool quoted = at_ < text_.size() && text_[at_] == '"';
    if (quoted) ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (quoted && c == '"') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          ++at_;
        } else {
          quoted = false;
          ++at_;
          continue;
        }
      } else if (!quoted && (c == separator_ || c == '\n' || c == '\r')) {
        break;
      }
      value += c;
      ++at_;
    }
    return value;
  }

  void skip_line_end() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  }

  Result<void> keep(Sheet& sheet, Row& row) const {
    while (!row.cells.empty() && row.cells.back().empty()) row.cells.pop_back();
    const int number = row.number;
    if (row.cells.empty()) return {};
    if (sheet.rows.size() >= limits_.rows) return base::fail(too_large("rows", limits_.rows));
    sheet.rows.push_back(std::move(row));
    row.number = number;
    return {};
  }

  std::string_view text_;
  char separator_;
  const Limits& limits_;
  std::size_t at_ = 0;
  std::size_t cells_ = 0;
};

}  // namespace

Result<Workbook> read_csv(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.file_bytes) return base::fail(too_large("file", limits.file_bytes));
  const auto text = to_utf8(bytes);
  if (!text) return base::fail(text.error());
  std::string_view body = *text;
  char separator = find_separator(body);
  if (body.starts_with("sep=") && body.size() > 4) {  // Excel's own hint, not a row
    separator = body[4];
    body.remove_prefix(std::min(body.find('\n'), body.size() - 1) + 1);
  }
  Workbook book{Format::csv, {Sheet{"Sheet1", false, {}, {}}}};
  if (auto done = Parser(body, separator, limits).run(book.sheets.front()); !done)
    return base::fail(done.error());
  return book;
}

}  // namespace sheet
