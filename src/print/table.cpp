#include "print/table.hpp"

#include <algorithm>
#include <string_view>

#include "print/document.hpp"
#include "print/page_number.hpp"

namespace print {
namespace {

constexpr double margin_mm = 12, foot_mm = 8, title_mm = 8;
constexpr double pad_mm = 1.2;        // between a cell's lines and its text
constexpr double line_height = 1.4;   // of the size of the text
constexpr double ascent = 0.95;       // from the top of a line to its baseline
constexpr std::size_t lines_max = 8;  // of one cell; a longer text is cut
constexpr std::uint32_t heading_rgb = 0xE4E7EB, grid_rgb = 0x808080, soft_ink = 0x404040;
constexpr TextStyle small{.size_mm = 3.4, .rgb = soft_ink};

}  // namespace

struct Table::State {
  TableOptions options;
  std::unique_ptr<Document> document;
  double page_width = 0, page_height = 0;
  std::vector<double> lefts{};  // of the columns, and the right edge of the last
  double y = 0;                 // where the next row goes
  bool page_open = false;

  using Cells = std::vector<std::vector<std::string>>;
  std::vector<Cells> waiting{};  // until it is known how many pages there are
  int pages = 0;

  TextStyle cell_style(std::size_t column, bool heading) const {
    const Column::Kind kind = options.columns[column].kind;
    return {.size_mm = options.text_mm,
            .weight = heading ? Weight::bold : Weight::regular,
            .align = kind == Column::Kind::tick     ? Align::centre
                     : kind == Column::Kind::number ? Align::right
                                                    : Align::left};
  }

  void place_columns() {
    double shares = 0;
    for (const Column& column : options.columns) shares += column.share;
    double left = margin_mm;
    for (const Column& column : options.columns) {
      lefts.push_back(left);
      left += column.share / shares * (page_width - 2 * margin_mm);
    }
    lefts.push_back(left);
  }

  // The lines of every cell, of which at least one.
  Cells lay_out(const std::vector<std::string>& texts, bool heading) {
    Cells cells;
    for (std::size_t i = 0; i < options.columns.size(); ++i) {
      const bool tick = options.columns[i].kind == Column::Kind::tick && !heading;
      const std::string_view text = tick || i >= texts.size() ? std::string_view() : texts[i];
      cells.push_back(document->wrapped(text, cell_style(i, heading), lefts[i + 1] - lefts[i] - 2 * pad_mm));
      if (cells.back().size() > lines_max) {
        cells.back().resize(lines_max);
        cells.back().back() += "…";
      }
    }
    return cells;
  }

  double height_of(const Cells& cells) const {
    std::size_t lines = 1;
    for (const auto& cell : cells) lines = std::max(lines, cell.size());
    return static_cast<double>(lines) * options.text_mm * line_height + 2 * pad_mm;
  }

  void draw_cell(std::size_t column, const std::vector<std::string>& lines, bool heading) {
    const TextStyle style = cell_style(column, heading);
    const double left = lefts[column] + pad_mm, right = lefts[column + 1] - pad_mm;
    const double x = style.align == Align::left    ? left
                     : style.align == Align::right ? right
                                                   : (left + right) / 2;
    double baseline = y + pad_mm + options.text_mm * (line_height - 1) / 2 + options.text_mm * ascent * 0.93;
    for (const std::string& line : lines) {
      document->text(x, baseline, line, style);
      baseline += options.text_mm * line_height;
    }
  }

  void draw_row(const Cells& cells, bool heading) {
    const double height = height_of(cells);
    if (heading) document->fill({lefts.front(), y, lefts.back() - lefts.front(), height}, heading_rgb);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      document->outline({lefts[i], y, lefts[i + 1] - lefts[i], height}, 0.15, grid_rgb);
      if (options.columns[i].kind == Column::Kind::tick && !heading) {
        const double side = options.text_mm * 1.15;
        document->outline({(lefts[i] + lefts[i + 1] - side) / 2, y + (height - side) / 2, side, side}, 0.3);
      } else {
        draw_cell(i, cells[i], heading);
      }
    }
    y += height;
  }

  std::vector<std::string> subtitle_lines() {
    return document->wrapped(options.subtitle, small, page_width - 2 * margin_mm);
  }
  Cells heading() {
    std::vector<std::string> titles;
    for (const Column& column : options.columns) titles.push_back(column.title);
    return lay_out(titles, true);
  }
  double bottom() const { return page_height - foot_mm - 5; }

  void begin_page() {
    const TextStyle title{.size_mm = 6, .weight = Weight::bold};
    document->text(margin_mm, margin_mm + 5, options.title,
                   document->fitted(options.title, title, page_width - 2 * margin_mm));
    y = margin_mm + title_mm;
    for (const std::string& line : subtitle_lines()) {
      if (!line.empty()) document->text(margin_mm, y += 3, line, small);
      y += 2;
    }
    const double foot = page_height - foot_mm;
    document->text(margin_mm, foot, options.footer, small);
    document->text(page_width - margin_mm, foot, page_number(options.page_format, document->page(), pages),
                   {.size_mm = small.size_mm, .align = Align::right, .rgb = soft_ink});
    draw_row(heading(), true);
    page_open = true;
  }

  // As place() and begin_page() go down the paper.
  int count_pages() {
    double top = margin_mm + title_mm + height_of(heading());
    for (const std::string& line : subtitle_lines()) top += line.empty() ? 2 : 5;
    int count = 1;
    double at = top;
    for (const Cells& cells : waiting) {
      if (at > top && at + height_of(cells) > bottom()) {
        ++count;
        at = top;
      }
      at += height_of(cells);
    }
    return count;
  }

  base::Result<void> place(const Cells& cells) {
    if (page_open && y + height_of(cells) > bottom()) {
      if (const auto ended = end_page(); !ended) return ended;
    }
    if (!page_open) begin_page();
    draw_row(cells, false);
    return {};
  }

  base::Result<void> end_page() {
    page_open = false;
    return document->end_page();
  }
};

Table::Table(std::unique_ptr<State> state) : state_(std::move(state)) {}
Table::Table(Table&&) noexcept = default;
Table& Table::operator=(Table&&) noexcept = default;
Table::~Table() = default;

base::Result<Table> Table::open(Sink sink, TableOptions options) {
  if (options.columns.empty()) return base::fail(base::ErrorKind::invalid, "table_no_columns");
  const double width = options.landscape ? 297 : 210, height = options.landscape ? 210 : 297;
  auto document = Document::open(
      std::move(sink),
      {.width_mm = width, .height_mm = height, .title = options.title, .created = options.created});
  if (!document) return base::fail(document.error());
  auto state = std::make_unique<State>(State{std::move(options), *std::move(document), width, height});
  state->place_columns();
  return Table(std::move(state));
}

base::Result<void> Table::add(const std::vector<std::string>& cells) {
  auto laid_out = state_->lay_out(cells, false);
  if (!counts_pages(state_->options.page_format)) return state_->place(laid_out);
  state_->waiting.push_back(std::move(laid_out));
  return {};
}

base::Result<Printed> Table::finish() {
  if (counts_pages(state_->options.page_format)) {
    state_->pages = state_->count_pages();
    for (const State::Cells& cells : state_->waiting)
      if (const auto placed = state_->place(cells); !placed) return base::fail(placed.error());
  }
  // A list without rows is still a page that says so by its heading.
  if (!state_->page_open && state_->document->page() == 1) state_->begin_page();
  if (state_->page_open) {
    if (const auto ended = state_->end_page(); !ended) return base::fail(ended.error());
  }
  return state_->document->finish();
}

}  // namespace print
