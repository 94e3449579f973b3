#include "core/print_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "core/words.hpp"
#include "print/table.hpp"

namespace core {
namespace {

constexpr double upright_mm = 186, sideways_mm = 273;  // between the margins of A4
constexpr double text_mm = 3.4, small_text_mm = 2.8;
constexpr double character_mm = 0.55;  // of a half-width character, of the size of the text
constexpr double padding_mm = 3.5;     // of a cell, with the lines beside it
constexpr std::size_t characters_max = 36, characters_min = 4;

std::string text_of(const sheet::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  if (const auto* day = std::get_if<base::Day>(&value)) return base::to_string(*day);
  return {};
}

// In half-width characters; what starts a sequence of three bytes or more is as wide as a Chinese one.
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) width += byte >= 0xE0U ? 2 : 1;
  }
  return width;
}

class PrintForm final : public sheet::TableWriter {
 public:
  PrintForm(std::filesystem::path path, std::string_view language, TableHead head, sheet::TableSpec spec)
      : path_(std::move(path)), language_(language), head_(std::move(head)), spec_(std::move(spec)) {
    for (const auto& column : spec_.columns) {
      widths_.push_back(width_of(column.header));
      numbers_.push_back(false);
    }
  }

  base::Result<void> row(std::span<const sheet::Value> values) override {
    if (static_cast<std::int64_t>(rows_.size()) == printed_rows_max)
      return base::fail_field("/format", "too_many_to_print", {{"limit", std::to_string(printed_rows_max)}});
    std::vector<std::string> cells{std::to_string(rows_.size() + 1)};
    for (std::size_t i = 0; i < values.size() && i < widths_.size(); ++i) {
      cells.push_back(text_of(values[i]));
      widths_[i] = std::max(widths_[i], std::min(width_of(cells.back()), characters_max));
      if (std::holds_alternative<std::int64_t>(values[i]) || std::holds_alternative<double>(values[i]))
        numbers_[i] = true;
    }
    rows_.push_back(std::move(cells));
    return {};
  }

  base::Result<void> finish() override {
    std::ofstream out(path_, std::ios::binary);
    auto table = print::Table::open(
        [&](std::string_view bytes) {
          return out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).good();
        },
        options());
    if (!table) return tl::unexpected(std::move(table).error());
    for (const auto& cells : rows_)
      if (auto added = table->add(cells); !added) return added;
    if (auto printed = table->finish(); !printed) return tl::unexpected(std::move(printed).error());
    out.close();
    if (!out) return base::fail(base::ErrorKind::internal, "print_write_failed");
    return {};
  }

 private:
  double natural_mm(std::size_t characters, double size_mm) const {
    return static_cast<double>(std::max(characters, characters_min)) * character_mm * size_mm + padding_mm;
  }
  double whole_mm(double size_mm) const {
    double sum = natural_mm(characters_min, size_mm);
    for (const auto width : widths_) sum += natural_mm(width, size_mm);
    return sum;
  }

  print::TableOptions options() const {
    print::TableOptions out;
    out.title = head_.title;
    const auto count = words(language_, "print.rows", {{"n", std::to_string(rows_.size())}});
    for (const auto& part : {head_.place, head_.filters, count})
      if (!part.empty()) out.subtitle += (out.subtitle.empty() ? "" : "　") + part;
    out.footer = head_.made;
    out.page_format = words(language_, "print.page");
    out.landscape = whole_mm(text_mm) > upright_mm;
    out.text_mm = whole_mm(text_mm) > sideways_mm ? small_text_mm : text_mm;
    out.columns.push_back({words(language_, "print.number"), natural_mm(characters_min, out.text_mm),
                           print::Column::Kind::number});
    for (std::size_t i = 0; i < widths_.size(); ++i)
      out.columns.push_back({spec_.columns[i].header, natural_mm(widths_[i], out.text_mm),
                             numbers_[i] ? print::Column::Kind::number : print::Column::Kind::text});
    return out;
  }

  std::filesystem::path path_;
  std::string language_;
  TableHead head_;
  sheet::TableSpec spec_;
  std::vector<std::size_t> widths_{};  // widest cell so far
  std::vector<bool> numbers_{};        // a column of numbers
  std::vector<std::vector<std::string>> rows_{};
};

}  // namespace

std::unique_ptr<sheet::TableWriter> print_form(const std::filesystem::path& path, std::string_view language,
                                               const TableHead& head, const sheet::TableSpec& spec) {
  return std::make_unique<PrintForm>(path, language, head, spec);
}

}  // namespace core
