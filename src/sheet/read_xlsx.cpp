#include <algorithm>
#include <charconv>

#include "base/time.hpp"
#include "sheet/cells.hpp"
#include "sheet/package.hpp"
#include "sheet/read.hpp"

namespace sheet {

using base::Result;

namespace {

constexpr double days_1904 = 1462;
constexpr double first_unsafe_number = 1e15;  // 15 significant digits are kept by office programs

std::optional<int> to_int(std::string_view text) {
  int value = 0;
  const auto* last = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), last, value);
  if (parsed.ec != std::errc{} || parsed.ptr != last) return {};
  return value;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// "_x000D_" stands for a character that XML cannot hold; all of them are blanks to a reader.
std::string without_escapes(std::string text) {
  for (auto at = text.find("_x00"); at != std::string::npos; at = text.find("_x00", at + 1)) {
    if (at + 7 > text.size() || text[at + 6] != '_') continue;
    int code = 0;
    const auto parsed = std::from_chars(text.data() + at + 4, text.data() + at + 6, code, 16);
    if (parsed.ptr != text.data() + at + 6 || code >= 0x80) continue;
    const char plain = code == 0x5F ? '_' : code == 0x0A ? '\n' : ' ';
    text.replace(at, 7, 1, plain);
  }
  return text;
}

// Texts of <si> or <is>: plain or in runs; phonetic guides (<rPh>) are not part of the text.
class TextCollector {
 public:
  void start(std::string_view name) {
    if (name == "rPh") ++phonetic_;
    in_text_ = name == "t" && phonetic_ == 0;
  }
  void end(std::string_view name) {
    if (name == "rPh") --phonetic_;
    in_text_ = false;
  }
  void text(std::string_view piece) {
    if (in_text_) value_.append(piece);
  }
  std::string take() { return without_escapes(std::exchange(value_, {})); }

 private:
  std::string value_{};
  int phonetic_ = 0;
  bool in_text_ = false;
};

class SharedStrings final : public XmlEvents {
 public:
  explicit SharedStrings(const Limits& limits) : limits_(limits) {}
  void start(std::string_view name, const Attributes&) override { collector_.start(name); }
  void end(std::string_view name) override {
    collector_.end(name);
    if (name != "si") return;
    strings.push_back(collector_.take());
    if (strings.size() > limits_.cells) failure = too_large("cells", limits_.cells);
  }
  void text(std::string_view piece) override { collector_.text(piece); }
  std::vector<std::string> strings{};

 private:
  const Limits& limits_;
  TextCollector collector_{};
};

// What is counted over all sheets.
struct Used {
  std::size_t rows = 0, cells = 0;
  std::uint64_t text_bytes = 0;
};

class SheetEvents final : public XmlEvents {
 public:
  SheetEvents(const std::vector<std::string>& strings, const std::vector<NumberFormat>& formats,
              bool days_from_1904, const Limits& limits, Used& used, Sheet& sheet)
      : strings_(strings),
        formats_(formats),
        from_1904_(days_from_1904),
        limits_(limits),
        used_(used),
        sheet_(sheet) {}

  void start(std::string_view name, const Attributes& attributes) override {
    if (name == "row") return start_row(attributes);
    if (name == "c") return start_cell(attributes);
    if (name == "v") in_value_ = true;
    if (in_cell_) inline_.start(name);
    if (name == "mergeCell") merge(attributes["ref"]);
  }

  void end(std::string_view name) override {
    if (name == "v") in_value_ = false;
    if (in_cell_) inline_.end(name);
    if (name == "c") end_cell();
    if (name == "row") end_row();
  }

  void text(std::string_view piece) override {
    if (in_value_) value_.append(piece);
    if (in_cell_) inline_.text(piece);
  }

 private:
  void start_row(const Attributes& attributes) {
    const auto number = attributes["r"].empty() ? row_.number + 1 : to_int(attributes["r"]).value_or(0);
    if (number < 1 || number > excel_rows) {
      failure = not_a_workbook("row number");
      return;
    }
    row_ = Row{number, attributes["hidden"] == "1" || attributes["hidden"] == "true", {}};
    column_ = -1;
  }

  void start_cell(const Attributes& attributes) {
    if (const auto name = attributes["r"]; !name.empty()) {
      const auto parsed = parse_cell_name(name);
      if (!parsed) {
        failure = not_a_workbook("cell name");
        return;
      }
      column_ = parsed->column;
    } else {
      ++column_;
    }
    type_ = attributes["t"];
    style_ = static_cast<std::size_t>(to_int(attributes["s"]).value_or(0));
    value_.clear();
    in_cell_ = true;
  }

  void end_cell() {
    in_cell_ = false;
    auto cell = finish_cell();
    if (cell.text.empty()) return;
    const auto column = static_cast<std::size_t>(column_);
    if (column >= limits_.columns) {
      failure = too_large("columns", limits_.columns);
      return;
    }
    if (column >= row_.cells.size()) {
      used_.cells += column + 1 - row_.cells.size();
      row_.cells.resize(column + 1);
    }
    used_.text_bytes += cell.text.size();
    if (used_.cells > limits_.cells) failure = too_large("cells", limits_.cells);
    if (used_.text_bytes > limits_.text_bytes) failure = too_large("text", limits_.text_bytes);
    row_.cells[column] = std::move(cell);
  }

  void end_row() {
    if (row_.cells.empty()) return;
    if (++used_.rows > limits_.rows) failure = too_large("rows", limits_.rows);
    sheet_.rows.push_back(std::move(row_));
    row_ = Row{sheet_.rows.back().number, false, {}};
  }

  Cell finish_cell() {
    auto typed = inline_.take();
    if (type_ == "inlineStr") return text_cell(std::move(typed));
    if (type_ == "str") return text_cell(without_escapes(std::move(value_)));
    const auto value = trimmed(value_);
    if (type_ == "s") {
      const auto index = static_cast<std::size_t>(to_int(value).value_or(-1));
      return text_cell(index < strings_.size() ? strings_[index] : std::string{});
    }
    if (type_ == "e") return Cell{value.empty() ? CellKind::empty : CellKind::error, value};
    if (type_ == "b" && !value.empty())
      return Cell{CellKind::boolean, value == "1" ? "TRUE" : "FALSE", value == "1" ? 1.0 : 0.0, value};
    if (type_ == "d") return iso_date_cell(value);
    return value.empty() ? Cell{} : number_cell(value);
  }

  static Cell text_cell(std::string text) {
    return Cell{text.empty() ? CellKind::empty : CellKind::text, std::move(text)};
  }

  static Cell iso_date_cell(const std::string& value) {
    const auto day = base::parse_day(std::string_view(value).substr(0, 10));
    if (!day) return text_cell(value);
    return Cell{CellKind::date, base::to_string(*day), day->number + 25569.0, value};
  }

  Cell number_cell(const std::string& value) const {
    double number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size()) return text_cell(value);
    const auto format = style_ < formats_.size() ? formats_[style_] : NumberFormat{};
    const bool date = format.kind == NumberFormat::Kind::date;
    if (date && from_1904_) number += days_1904;
    Cell cell{date ? CellKind::date : CellKind::number, show(number, format), number, value};
    cell.precision_lost = std::abs(number) >= first_unsafe_number;
    return cell;
  }

  void merge(std::string_view ref) {
    const auto colon = ref.find(':');
    if (colon == std::string_view::npos) return;
    const auto first = parse_cell_name(ref.substr(0, colon));
    const auto last = parse_cell_name(ref.substr(colon + 1));
    if (!first || !last || first->row > last->row || first->column > last->column) return;
    if (sheet_.merges.size() >= limits_.merges) {
      failure = too_large("merges", limits_.merges);
      return;
    }
    sheet_.merges.push_back({first->row, last->row, first->column, last->column});
  }

  const std::vector<std::string>& strings_;
  const std::vector<NumberFormat>& formats_;
  const bool from_1904_;
  const Limits& limits_;
  Used& used_;
  Sheet& sheet_;
  Row row_{};
  int column_ = -1;
  std::string type_{};
  std::size_t style_ = 0;
  std::string value_{};
  TextCollector inline_{};
  bool in_value_ = false, in_cell_ = false;
};

}  // namespace

Result<Workbook> read_xlsx(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.file_bytes) return base::fail(too_large("file", limits.file_bytes));
  auto archive = Archive::open(bytes, limits);
  if (!archive) return base::fail(archive.error());
  const auto package = open_package(*archive, limits);
  if (!package) return base::fail(package.error());
  const auto formats = read_formats(*archive, *package);
  if (!formats) return base::fail(formats.error());
  SharedStrings shared(limits);
  if (!package->shared_strings.empty())
    if (auto done = stream_xml(*archive, package->shared_strings, shared); !done)
      return base::fail(done.error());

  Workbook book{Format::xlsx, {}};
  Used used;
  for (const auto& part : package->sheets) {
    Sheet sheet{part.name, part.hidden, {}, {}};
    SheetEvents events(shared.strings, *formats, package->days_from_1904, limits, used, sheet);
    if (auto done = stream_xml(*archive, part.part, events); !done) return base::fail(done.error());
    if (!std::ranges::is_sorted(sheet.rows, {}, &Row::number))
      std::ranges::stable_sort(sheet.rows, {}, &Row::number);
    book.sheets.push_back(std::move(sheet));
  }
  return book;
}

}  // namespace sheet
