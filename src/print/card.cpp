#include "print/card.hpp"

#include <fmt/format.h>

#include <string_view>

#include "print/document.hpp"
#include "print/page_number.hpp"

namespace print {
namespace {

constexpr double card_width_mm = 90, card_height_mm = 54;
constexpr double sheet_width_mm = 210, sheet_height_mm = 297;
constexpr int columns = 2, rows = 5;
constexpr double sheet_left_mm = (sheet_width_mm - columns * card_width_mm) / 2;
constexpr double sheet_top_mm = (sheet_height_mm - rows * card_height_mm) / 2;

constexpr std::uint32_t ink = 0x000000, soft_ink = 0x404040, faint_ink = 0x9A9A9A, white = 0xFFFFFF;

// Places on a card, in mm from its corner. The QR code of 36 mm has four modules of a version 7 code,
// 3.2 mm, of white on every side; so the short code starts at 44.1.
constexpr double frame_mm = 1.6, bar_mm = 7.5;
constexpr double text_left = 11, text_width = 34.5, text_right = text_left + text_width;
constexpr double qr_side = 36, qr_left = 48.9, qr_top = 4.9;
constexpr double foot_line = 48.5;

// Draws one card with its corner at (x, y).
class CardFace {
 public:
  CardFace(Document& page, const CardSheetOptions& options, const Card& card, double x, double y)
      : page_(page), options_(options), card_(card), x_(x), y_(y) {}

  void draw(const QrMatrix& matrix) {
    draw_frame();
    draw_heading();
    draw_dwelling();
    draw_holder();
    draw_validity();
    page_.qr(matrix, x_ + qr_left, y_ + qr_top, qr_side);
    put(qr_left + qr_side / 2, 47.4, card_.short_code,
        {.size_mm = 4.5, .weight = Weight::bold, .align = Align::centre}, qr_side);
    draw_rules();
  }

 private:
  void put(double x, double baseline, std::string_view text, const TextStyle& style, double width) {
    page_.text(x_ + x, y_ + baseline, text, page_.fitted(text, style, width));
  }

  void draw_frame() {
    page_.fill({x_ + frame_mm, y_ + frame_mm, bar_mm, card_height_mm - 2 * frame_mm}, card_.batch_rgb);
    page_.outline({x_ + frame_mm, y_ + frame_mm, card_width_mm - 2 * frame_mm, card_height_mm - 2 * frame_mm},
                  0.35, ink);
    const TextStyle letter{.size_mm = 6, .weight = Weight::bold, .align = Align::centre, .rgb = white};
    put(frame_mm + bar_mm / 2, 8.6, card_.batch, letter, bar_mm - 1);
    put(frame_mm + bar_mm / 2, card_height_mm - 4, card_.batch, letter, bar_mm - 1);
  }

  void draw_heading() {
    put(text_left, 8, options_.card_title, {.size_mm = 5, .weight = Weight::bold, .rgb = ink}, text_width);
    put(text_left, 13, card_.compound, {.size_mm = 3.7, .rgb = ink}, text_width);
    page_.line(x_ + text_left, y_ + 14.7, x_ + text_right, y_ + 14.7, 0.5, card_.batch_rgb);
    page_.line(x_ + text_left, y_ + 15.5, x_ + text_right, y_ + 15.5, 0.15, card_.batch_rgb);
  }

  // The room is what a guard reads from arm's length: figures of 8 mm.
  void draw_dwelling() {
    if (card_.room.empty() && card_.building_stair.empty()) {
      draw_blank(options_.building_label, 22.5);
      draw_blank(options_.room_label, 31.5);
      return;
    }
    put(text_left, 21.6, card_.building_stair, {.size_mm = 5.4, .weight = Weight::bold}, text_width);
    put(text_left, 32.7, card_.room, {.size_mm = 11.5, .weight = Weight::bold}, text_width);
  }

  void draw_holder() {
    const TextStyle word{.size_mm = 3.8, .weight = Weight::bold, .align = Align::centre, .rgb = white};
    const double badge_width = std::min(text_width / 2, page_.text_width(card_.pass_class, word) + 3);
    const double badge_left = text_right - badge_width;
    page_.fill({x_ + badge_left, y_ + 35.6, badge_width, 5.6}, card_.batch_rgb);
    put(badge_left + badge_width / 2, 39.8, card_.pass_class, word, badge_width - 1);
    if (card_.name.empty()) {
      draw_blank(options_.name_label, 40.2, badge_left - text_left - 2);
    } else {
      put(text_left, 40, card_.name, {.size_mm = 4.8}, badge_left - text_left - 2);
    }
  }

  void draw_validity() {
    const TextStyle label{.size_mm = 3, .rgb = soft_ink};
    page_.text(x_ + text_left, y_ + 46.6, options_.valid_until_label, label);
    const double used = page_.text_width(options_.valid_until_label, label) + 1.2;
    put(text_left + used, 46.7, card_.valid_until, {.size_mm = 4.4, .weight = Weight::bold},
        text_width - used);
  }

  void draw_rules() {
    const double left = frame_mm + bar_mm + 1.2, right = card_width_mm - frame_mm - 1.2;
    page_.line(x_ + left, y_ + foot_line, x_ + right, y_ + foot_line, 0.15, faint_ink);
    put((left + right) / 2, 51.2, options_.rules, {.size_mm = 2.7, .align = Align::centre, .rgb = soft_ink},
        right - left);
  }

  // A label and a line to write on.
  void draw_blank(std::string_view label, double baseline, double width = text_width) {
    const TextStyle style{.size_mm = 3, .rgb = soft_ink};
    page_.text(x_ + text_left, y_ + baseline, label, style);
    page_.line(x_ + text_left + page_.text_width(label, style) + 1, y_ + baseline + 0.6,
               x_ + text_left + width, y_ + baseline + 0.6, 0.2, ink);
  }

  Document& page_;
  const CardSheetOptions& options_;
  const Card& card_;
  double x_, y_;
};

// Short lines in the margins where the cards are cut apart.
void draw_cut_marks(Document& page) {
  constexpr double near_mm = 1, length_mm = 4, line_mm = 0.1;
  constexpr double right = sheet_left_mm + columns * card_width_mm,
                   bottom = sheet_top_mm + rows * card_height_mm;
  for (int column = 0; column <= columns; ++column) {
    const double x = sheet_left_mm + column * card_width_mm;
    page.line(x, sheet_top_mm - near_mm - length_mm, x, sheet_top_mm - near_mm, line_mm);
    page.line(x, bottom + near_mm, x, bottom + near_mm + length_mm, line_mm);
  }
  for (int row = 0; row <= rows; ++row) {
    const double y = sheet_top_mm + row * card_height_mm;
    page.line(sheet_left_mm - near_mm - length_mm, y, sheet_left_mm - near_mm, y, line_mm);
    page.line(right + near_mm, y, right + near_mm + length_mm, y, line_mm);
  }
}

}  // namespace

struct CardSheet::State {
  CardSheetOptions options;
  std::unique_ptr<Document> document;
  int on_page = 0;

  bool is_sheet() const { return options.layout == CardLayout::a4_ten; }

  void begin_sheet() {
    const TextStyle small{.size_mm = 3, .rgb = soft_ink};
    draw_cut_marks(*document);
    document->text(sheet_left_mm + 3, sheet_top_mm - 3.5, options.sheet_title, small);
    const double foot = sheet_height_mm - sheet_top_mm + 5.5;
    document->text(sheet_left_mm + 3, foot, options.footer, small);
    document->text(sheet_width_mm - sheet_left_mm - 3, foot,
                   page_number(options.page_format, document->page()),
                   {.size_mm = 3, .align = Align::right, .rgb = soft_ink});
  }

  base::Result<void> end_page() {
    on_page = 0;
    return document->end_page();
  }
};

CardSheet::CardSheet(std::unique_ptr<State> state) : state_(std::move(state)) {}
CardSheet::CardSheet(CardSheet&&) noexcept = default;
CardSheet& CardSheet::operator=(CardSheet&&) noexcept = default;
CardSheet::~CardSheet() = default;

base::Result<CardSheet> CardSheet::open(Sink sink, CardSheetOptions options) {
  const bool sheet = options.layout == CardLayout::a4_ten;
  auto document = Document::open(std::move(sink), {.width_mm = sheet ? sheet_width_mm : card_width_mm,
                                                   .height_mm = sheet ? sheet_height_mm : card_height_mm,
                                                   .title = options.document_title,
                                                   .created = options.created});
  if (!document) return base::fail(document.error());
  return CardSheet(std::make_unique<State>(State{std::move(options), *std::move(document), 0}));
}

base::Result<void> CardSheet::add(const Card& card) {
  const auto matrix = qr_matrix(card.qr_text, QrMask::any);
  if (!matrix) return base::fail(matrix.error());
  State& state = *state_;
  if (state.is_sheet() && state.on_page == 0) state.begin_sheet();
  const double x = state.is_sheet() ? sheet_left_mm + state.on_page % columns * card_width_mm : 0;
  const double y = state.is_sheet() ? sheet_top_mm + state.on_page / columns * card_height_mm : 0;
  CardFace(*state.document, state.options, card, x, y).draw(*matrix);
  ++state.on_page;
  const int full = state.is_sheet() ? columns * rows : 1;
  return state.on_page == full ? state.end_page() : base::Result<void>{};
}

base::Result<Printed> CardSheet::finish() {
  if (state_->on_page > 0) {
    if (const auto ended = state_->end_page(); !ended) return base::fail(ended.error());
  }
  return state_->document->finish();
}

}  // namespace print
