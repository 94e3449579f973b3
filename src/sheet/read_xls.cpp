#include <freexl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>

#include "base/time.hpp"
#include "sheet/archive.hpp"
#include "sheet/number_format.hpp"
#include "sheet/read.hpp"

namespace sheet {

using base::Result;

namespace {

// A sheet may claim a size far beyond its cells; looking at each place is bounded too.
constexpr std::uint64_t max_places = 40'000'000;

// FreeXL reads from a path; the bytes stay in memory all the same.
class Book {
 public:
  explicit Book(std::string_view bytes) : file_(::memfd_create("workbook", MFD_CLOEXEC)) {
    if (file_ < 0) return;
    for (std::size_t at = 0; at < bytes.size();) {
      const auto written = ::write(file_, bytes.data() + at, bytes.size() - at);
      if (written <= 0) return;
      at += static_cast<std::size_t>(written);
    }
    const auto path = "/proc/self/fd/" + std::to_string(file_);
    open_ = ::freexl_open(path.c_str(), &handle_) == FREEXL_OK;
  }
  ~Book() {
    if (handle_) ::freexl_close(handle_);
    if (file_ >= 0) ::close(file_);
  }
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  bool open() const { return open_; }
  const void* handle() const { return handle_; }
  unsigned info(unsigned short what) const {
    unsigned value = 0;
    return ::freexl_get_info(handle_, what, &value) == FREEXL_OK ? value : 0;
  }

 private:
  int file_;
  const void* handle_ = nullptr;
  bool open_ = false;
};

Cell number_cell(double number) {
  Cell cell{CellKind::number, show_number(number), number, show_number(number)};
  cell.precision_lost = std::fabs(number) >= 1e15;
  return cell;
}

// FreeXL says dates as "2020-01-25" and "2020-01-25 08:30:00"; seconds are nobody's wish.
Cell date_cell(std::string_view text) {
  Cell cell{CellKind::date, std::string(text.size() == 19 ? text.substr(0, 16) : text)};
  if (const auto day = base::parse_day(text.substr(0, 10))) cell.number = day->number + 25569.0;
  cell.raw = cell.text;
  return cell;
}

Cell cell_of(const FreeXL_CellValue& value) {
  switch (value.type) {
    case FREEXL_CELL_INT:
      return number_cell(value.value.int_value);
    case FREEXL_CELL_DOUBLE:
      return number_cell(value.value.double_value);
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
      if (!value.value.text_value || !*value.value.text_value) return {};
      return Cell{CellKind::text, value.value.text_value};
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME:
    case FREEXL_CELL_TIME:
      return date_cell(value.value.text_value);
    default:
      return {};
  }
}

struct Count {
  std::uint64_t places = 0, text_bytes = 0;
  std::size_t rows = 0, cells = 0;
};

Result<Sheet> read_sheet(const Book& book, unsigned short index, const Limits& limits, Count& count) {
  Sheet sheet;
  const char* name = nullptr;
  if (::freexl_get_worksheet_name(book.handle(), index, &name) == FREEXL_OK && name) sheet.name = name;
  unsigned rows = 0;
  unsigned short columns = 0;
  if (::freexl_select_active_worksheet(book.handle(), index) != FREEXL_OK ||
      ::freexl_worksheet_dimensions(book.handle(), &rows, &columns) != FREEXL_OK)
    return sheet;  // a chart
  count.places += std::uint64_t{rows} * columns;
  if (count.places > max_places) return base::fail(too_large("cells", limits.cells));
  for (unsigned r = 0; r < rows; ++r) {
    Row row;
    row.number = static_cast<int>(r) + 1;
    for (unsigned short c = 0; c < columns; ++c) {
      FreeXL_CellValue value{};
      if (::freexl_get_cell_value(book.handle(), r, c, &value) != FREEXL_OK) continue;
      auto cell = cell_of(value);
      if (cell.empty()) continue;
      if (c >= limits.columns) return base::fail(too_large("columns", limits.columns));
      count.cells += c + 1 - row.cells.size();
      count.text_bytes += cell.text.size();
      if (count.cells > limits.cells) return base::fail(too_large("cells", limits.cells));
      if (count.text_bytes > limits.text_bytes) return base::fail(too_large("text", limits.text_bytes));
      row.cells.resize(c);
      row.cells.push_back(std::move(cell));
    }
    if (row.cells.empty()) continue;
    if (++count.rows > limits.rows) return base::fail(too_large("rows", limits.rows));
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

}  // namespace

Result<Workbook> read_xls(std::string_view bytes, const Limits& limits) {
  const Book book(bytes);
  if (!book.open()) return base::fail(base::ErrorKind::invalid, "sheet.not_a_workbook");
  if (book.info(FREEXL_BIFF_PASSWORD) == FREEXL_BIFF_OBFUSCATED)
    return base::fail(base::ErrorKind::invalid, "sheet.encrypted");
  const auto sheets = book.info(FREEXL_BIFF_SHEET_COUNT);
  if (sheets > limits.sheets) return base::fail(too_large("sheets", limits.sheets));
  Workbook out;
  out.format = Format::xls;
  Count count;
  for (unsigned i = 0; i < sheets; ++i) {
    auto sheet = read_sheet(book, static_cast<unsigned short>(i), limits, count);
    if (!sheet) return tl::unexpected(std::move(sheet).error());
    out.sheets.push_back(std::move(*sheet));
  }
  if (out.sheets.empty()) return base::fail(base::ErrorKind::invalid, "sheet.not_a_workbook");
  return out;
}

}  // namespace sheet
