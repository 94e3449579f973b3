#pragma once
// Exit cards on paper (楼院出入卡; LZ-27): ten on an A4 sheet or one to a page. Every word on the
// card is the caller's, in the caller's language.
//
// A card is 90 x 54 mm with a QR code of 36 mm. Documents are written while cards are added, so the
// memory used does not grow with their number.
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "print/sink.hpp"

namespace print {

struct Card {
  std::string compound;        // "春江小区"
  std::string building_stair;  // "3栋2单元"; empty on a blank card
  std::string room;            // "1201", the largest thing on the card; empty on a blank card
  std::string name;            // masked by the caller; empty on a blank card
  std::string pass_class;      // "住户卡"
  std::string valid_until;     // "2020-03-10"
  std::string short_code;      // printed under the QR code as it is, "01VA Z01F"
  std::string qr_text;
  std::string batch;            // a letter or two on the colour bar
  std::uint32_t batch_rgb = 0;  // 0xRRGGBB, dark enough for white letters
};

enum class CardLayout {
  a4_ten,  // two columns and five rows, cut marks, page footer
  single,  // a page of 90 x 54 mm for each card, for card printers
};

struct CardSheetOptions {
  CardLayout layout = CardLayout::a4_ten;
  std::string document_title;          // in the file's properties
  std::string created;                 // ISO 8601, in the file's properties; empty for none
  std::string card_title;              // heading of every card, "楼院出入卡"
  std::string rules;                   // one line at the foot of every card
  std::string valid_until_label;       // before the date, "有效期至"
  std::string building_label;          // written by hand on a blank card, "楼栋单元"
  std::string room_label;              // "房号"
  std::string name_label;              // "姓名"
  std::string sheet_title;             // top margin of a sheet
  std::string footer;                  // bottom margin of a sheet
  std::string page_format = "{page}";  // "第{page}页"
};

class CardSheet {
 public:
  // Errors: "no_cjk_font" when no installed font has Chinese characters.
  static base::Result<CardSheet> open(Sink sink, CardSheetOptions options);
  CardSheet(CardSheet&&) noexcept;
  CardSheet& operator=(CardSheet&&) noexcept;
  ~CardSheet();

  // Cards are laid out in the order of the calls. Errors: "qr_too_long", "print_write_failed"; the
  // document is unusable after either.
  base::Result<void> add(const Card& card);
  // Writes the rest of the document. No card may be added afterwards.
  base::Result<Printed> finish();

 private:
  struct State;
  explicit CardSheet(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace print
