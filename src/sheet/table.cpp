#include "sheet/table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ostream>
#include <string_view>

#include "sheet/xlsx_file.hpp"

namespace sheet {

using base::Result;

namespace {

constexpr std::int64_t first_unsafe_integer = 1'000'000'000'000'000;  // Excel keeps 15 digits
constexpr double serial_of_1970 = 25569;

Result<void> too_many() { return base::fail(base::ErrorKind::internal, "sheet.too_many_values"); }

class XlsxTable final : public TableWriter {
 public:
  static Result<std::unique_ptr<TableWriter>> create(const std::filesystem::path& path,
                                                     const TableSpec& spec) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    auto folder = path.parent_path().string();  // its temporary file holds the same secrets
    if (folder.empty()) folder = ".";
    options.tmpdir = folder.data();
    std::unique_ptr<XlsxTable> table{new XlsxTable};
    table->book_.reset(workbook_new_opt(path.c_str(), &options));
    if (!table->book_) return base::fail(write_failed(LXW_ERROR_MEMORY_MALLOC_FAILED));
    if (auto done = table->begin(spec); !done) return base::fail(done.error());
    return table;
  }

  Result<void> row(std::span<const Value> values) override {
    if (values.size() > columns_) return too_many();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (const auto error = write(static_cast<lxw_col_t>(i), values[i]); error != LXW_NO_ERROR)
        return base::fail(write_failed(error));
    ++next_row_;
    return {};
  }

  Result<void> finish() override {
    const auto error = workbook_close(book_.release());
    if (error != LXW_NO_ERROR) return base::fail(write_failed(error));
    return {};
  }

 private:
  Result<void> begin(const TableSpec& spec) {
    columns_ = spec.columns.size();
    page_ = workbook_add_worksheet(book_.get(), legal_sheet_name(spec.sheet_name).c_str());
    if (!page_) return base::fail(write_failed(LXW_ERROR_MEMORY_MALLOC_FAILED));
    text_ = workbook_add_format(book_.get());
    format_set_num_format(text_, "@");
    date_ = workbook_add_format(book_.get());
    format_set_num_format(date_, "yyyy-mm-dd");
    auto* bold = workbook_add_format(book_.get());
    format_set_bold(bold);
    format_set_text_wrap(bold);
    for (std::size_t i = 0; i < columns_; ++i)
      worksheet_set_column(page_, static_cast<lxw_col_t>(i), static_cast<lxw_col_t>(i),
                           spec.columns[i].width_chars, nullptr);
    if (spec.title) write_title(*spec.title);
    for (std::size_t i = 0; i < columns_; ++i) {
      const auto error = worksheet_write_string(page_, next_row_, static_cast<lxw_col_t>(i),
                                                legal_cell_text(spec.columns[i].header).c_str(), bold);
      if (error != LXW_NO_ERROR) return base::fail(write_failed(error));
    }
    worksheet_repeat_rows(page_, next_row_, next_row_);
    ++next_row_;
    worksheet_freeze_panes(page_, next_row_, 0);
    return {};
  }

  void write_title(const std::string& title) {
    auto* format = workbook_add_format(book_.get());
    format_set_bold(format);
    format_set_font_size(format, 16);
    format_set_align(format, LXW_ALIGN_CENTER);
    const auto text = legal_cell_text(title);
    if (columns_ > 1)
      worksheet_merge_range(page_, next_row_, 0, next_row_, static_cast<lxw_col_t>(columns_ - 1),
                            text.c_str(), format);
    else
      worksheet_write_string(page_, next_row_, 0, text.c_str(), format);
    ++next_row_;
  }

  lxw_error write(lxw_col_t column, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return write_text(column, *text);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      if (*integer >= first_unsafe_integer || *integer <= -first_unsafe_integer)
        return write_text(column, std::to_string(*integer));
      return worksheet_write_number(page_, next_row_, column, static_cast<double>(*integer), nullptr);
    }
    if (const auto* number = std::get_if<double>(&value)) {
      if (!std::isfinite(*number)) return LXW_NO_ERROR;  // no such number in a workbook
      return worksheet_write_number(page_, next_row_, column, *number, nullptr);
    }
    if (const auto* day = std::get_if<base::Day>(&value))
      return worksheet_write_number(page_, next_row_, column, day->number + serial_of_1970, date_);
    return LXW_NO_ERROR;
  }

  lxw_error write_text(lxw_col_t column, const std::string& text) {
    if (text.empty()) return LXW_NO_ERROR;
    return worksheet_write_string(page_, next_row_, column, legal_cell_text(text).c_str(), text_);
  }

  WorkbookPtr book_{};
  lxw_worksheet* page_ = nullptr;
  lxw_format* text_ = nullptr;
  lxw_format* date_ = nullptr;
  std::size_t columns_ = 0;
  lxw_row_t next_row_ = 0;
};

// How a spreadsheet program must see it to leave it alone.
std::string guarded(const std::string& text) {
  constexpr std::size_t longest_exact_number = 11;
  if (text.empty()) return text;
  if (std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) return "'" + text;
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  const bool loses = text.size() > longest_exact_number || (text.size() > 1 && text.front() == '0');
  return digits && loses ? "\t" + text : text;
}

std::string quoted(std::string text) {
  if (text.find_first_of(",\"\r\n\t;") == std::string::npos) return text;
  for (auto at = text.find('"'); at != std::string::npos; at = text.find('"', at + 2))
    text.insert(at, 1, '"');
  return '"' + text + '"';
}

std::string csv_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(guarded(*text));
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    auto digits = std::to_string(*integer);
    const bool exact = *integer<first_unsafe_integer&& * integer> - first_unsafe_integer;
    return exact ? digits : quoted("\t" + digits);
  }
  if (const auto* number = std::get_if<double>(&value))
    return std::isfinite(*number) ? fmt::format("{}", *number) : std::string{};
  if (const auto* day = std::get_if<base::Day>(&value)) return base::to_string(*day);
  return {};
}

class CsvTable final : public TableWriter {
 public:
  CsvTable(std::ostream& out, const TableSpec& spec) : out_(out), columns_(spec.columns.size()) {
    out_ << "\xEF\xBB\xBF";
    std::vector<Value> headers;
    for (const auto& column : spec.columns) headers.emplace_back(column.header);
    write(headers);
  }

  Result<void> row(std::span<const Value> values) override {
    if (values.size() > columns_) return too_many();
    write(values);
    return state();
  }
  Result<void> finish() override {
    out_.flush();
    return state();
  }
  Result<void> state() const {
    if (!out_) return base::fail(base::ErrorKind::internal, "sheet.write_failed");
    return {};
  }

 private:
  void write(std::span<const Value> values) {
    for (std::size_t i = 0; i < columns_; ++i) {
      if (i > 0) out_ << ',';
      if (i < values.size()) out_ << csv_text(values[i]);
    }
    out_ << "\r\n";
  }

  std::ostream& out_;
  std::size_t columns_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> xlsx_table(const std::filesystem::path& path, const TableSpec& spec) {
  return XlsxTable::create(path, spec);
}

Result<std::unique_ptr<TableWriter>> csv_table(std::ostream& out, const TableSpec& spec) {
  auto table = std::make_unique<CsvTable>(out, spec);
  if (auto done = table->state(); !done) return base::fail(done.error());
  return table;
}

}  // namespace sheet
