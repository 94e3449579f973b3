#include "print/card.hpp"

#include <fontconfig/fontconfig.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "print/pdf_tools.hpp"

namespace print {
namespace {

CardSheetOptions options(CardLayout layout = CardLayout::a4_ten) {
  return {.layout = layout,
          .document_title = "春江小区 楼院出入卡",
          .created = "2020-02-11T08:00:00",
          .card_title = "楼院出入卡",
          .rules = "每户每3天1人凭卡外出一次 · 出入测温登记 · 遗失请告知社区",
          .valid_until_label = "有效期至",
          .building_label = "楼栋单元",
          .room_label = "房号",
          .name_label = "姓名",
          .sheet_title = "春江小区 · 3栋2单元",
          .footer = "红星街道春江社区 · 2020-02-11制",
          .page_format = "第{page}页"};
}

// Different for each number, and of every length between a short pass and the longest.
std::string pass_text(int number) {
  const std::size_t length = 142 + static_cast<std::size_t>(number % 10) * 4;
  std::string text = "SW1:";
  unsigned state = static_cast<unsigned>(number) * 2654435761u + 1;
  while (text.size() < length) {
    state = state * 1664525u + 1013904223u;
    text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[(state >> 16) % 45];
  }
  return text;
}

Card card(int number) {
  const int floor = number % 10 + 1;
  return {.compound = "春江小区",
          .building_stair = "3栋2单元",
          .room = std::to_string(floor) + "0" + std::to_string(number % 2 + 1),
          .name = "王*明",
          .pass_class = "住户",
          .valid_until = "2020-03-10",
          .short_code = "01VA Z01F",
          .qr_text = pass_text(number),
          .batch = "A",
          .batch_rgb = 0x1F5FBF};
}

base::Result<Printed> print_cards(const std::filesystem::path& file, const CardSheetOptions& sheet,
                                  const std::vector<Card>& cards) {
  auto out = CardSheet::open(into_file(file), sheet);
  if (!out) return base::fail(out.error());
  for (const Card& each : cards) {
    if (const auto added = out->add(each); !added) return base::fail(added.error());
  }
  return out->finish();
}

std::vector<Card> ten_cards() {
  std::vector<Card> cards;
  for (int i = 0; i < 10; ++i) cards.push_back(card(i));
  // What is hard to fit: long names, a suffix, an exempt class, no batch colour.
  cards[3].compound = "枫林绿洲国际花园城市广场二期南区";
  cards[3].building_stair = "二期甲3号楼东附2单元";
  cards[3].room = "12A01-1";
  cards[3].name = "买买提·吐*";
  cards[4].pass_class = "民生保障人员";
  cards[4].batch = "B";
  cards[4].batch_rgb = 0xC25A00;
  cards[9].building_stair = cards[9].room = cards[9].name = "";
  return cards;
}

// zbar gives the texts in no order.
std::multiset<std::string> codes_on(const std::filesystem::path& png) {
  const auto lines =
      lines_of(output_of("zbarimg --nodbus --quiet --raw -Sdisable -Sqrcode.enable " + quoted(png)));
  return {lines.begin(), lines.end()};
}

std::multiset<std::string> codes_of(const std::vector<Card>& cards) {
  std::multiset<std::string> codes;
  for (const Card& each : cards) codes.insert(each.qr_text);
  return codes;
}

// LZ-27: 55,000 cards, cut from sheets of ten and read at the gate.
TEST(card_sheet, has_ten_codes_that_a_scanner_reads) {
  if (!has_tool("pdftoppm") || !has_tool("zbarimg"))
    GTEST_SKIP() << "poppler-utils or zbar-tools is not installed";
  const TestFolder folder;
  const auto cards = ten_cards();
  const auto printed = print_cards(folder / "cards.pdf", options(), cards);
  ASSERT_TRUE(printed) << printed.error().code;
  EXPECT_EQ(printed->pages, 1);
  EXPECT_EQ(printed->missing_glyphs, 0);
  output_of("pdftoppm -r 200 -png -singlefile " + quoted(folder / "cards.pdf") + " " +
            quoted(folder / "page"));
  EXPECT_EQ(codes_on(folder / "page.png"), codes_of(cards));
}

TEST(card_sheet, has_its_words_as_text_in_embedded_fonts) {
  if (!has_tool("pdftotext") || !has_tool("pdffonts")) GTEST_SKIP() << "poppler-utils is not installed";
  const TestFolder folder;
  ASSERT_TRUE(print_cards(folder / "cards.pdf", options(), ten_cards()));
  const std::string text = text_of(folder / "cards.pdf");
  for (const char* words : {"楼院出入卡", "春江小区", "3栋2单元", "802", "王*明", "住户", "有效期至",
                            "2020-03-10", "01VA Z01F", "每户每3天1人凭卡外出一次", "第1页",
                            "二期甲3号楼东附2单元", "12A01-1", "民生保障人员", "房号", "红星街道春江社区"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
  const auto fonts = lines_of(output_of("pdffonts " + quoted(folder / "cards.pdf")));
  ASSERT_GT(fonts.size(), 2u);
  for (std::size_t i = 2; i < fonts.size(); ++i) {
    // name, type, encoding, then emb, sub and uni; a subset's name starts with six letters and a plus.
    EXPECT_NE(fonts[i].find("yes yes yes"), std::string::npos) << fonts[i];
    EXPECT_EQ(fonts[i].find('+'), 6u) << fonts[i];
  }
}

TEST(card_sheet, keeps_the_order_and_numbers_its_pages) {
  if (!has_tool("pdftotext")) GTEST_SKIP() << "poppler-utils is not installed";
  const TestFolder folder;
  std::vector<Card> cards;
  for (int i = 0; i < 23; ++i) {
    cards.push_back(card(i));
    cards.back().room = "R" + std::to_string(100 + i);
  }
  const auto printed = print_cards(folder / "cards.pdf", options(), cards);
  ASSERT_TRUE(printed);
  EXPECT_EQ(printed->pages, 3);
  const std::string text = text_of(folder / "cards.pdf");
  std::size_t at = 0;
  for (const char* word : {"R100", "R101", "R109", "第1页", "R110", "第2页", "R120", "R122", "第3页"}) {
    const std::size_t found = text.find(word, at);
    ASSERT_NE(found, std::string::npos) << word;
    at = found;
  }
}

TEST(card_sheet, of_single_cards_has_a_page_of_90_by_54_mm_for_each) {
  if (!has_tool("pdftoppm") || !has_tool("zbarimg"))
    GTEST_SKIP() << "poppler-utils or zbar-tools is not installed";
  const TestFolder folder;
  const std::vector<Card> cards{card(1), card(2)};
  const auto printed = print_cards(folder / "card.pdf", options(CardLayout::single), cards);
  ASSERT_TRUE(printed);
  EXPECT_EQ(printed->pages, 2);
  EXPECT_NE(output_of("pdfinfo " + quoted(folder / "card.pdf")).find("255.118 x 153.071 pts"),
            std::string::npos);
  output_of("pdftoppm -r 200 -png " + quoted(folder / "card.pdf") + " " + quoted(folder / "page"));
  EXPECT_EQ(codes_on(folder / "page-1.png"), codes_of({card(1)}));
  EXPECT_EQ(codes_on(folder / "page-2.png"), codes_of({card(2)}));
}

TEST(card_sheet, is_written_while_cards_are_added) {
  std::size_t bytes = 0;
  auto out = CardSheet::open(
      [&](std::string_view piece) {
        bytes += piece.size();
        return true;
      },
      options());
  ASSERT_TRUE(out);
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(out->add(card(i)));
  const std::size_t before_the_end = bytes;
  ASSERT_TRUE(out->finish());
  EXPECT_GT(before_the_end, 100'000u);
}

TEST(card_sheet, is_the_same_file_for_the_same_cards) {
  std::string first, second;
  for (std::string* text : {&first, &second}) {
    auto out = CardSheet::open(into_string(*text), options());
    ASSERT_TRUE(out);
    ASSERT_TRUE(out->add(card(1)));
    ASSERT_TRUE(out->finish());
  }
  EXPECT_EQ(first, second);
  EXPECT_TRUE(first.starts_with("%PDF-"));
}

TEST(card_sheet, tells_when_nobody_takes_the_bytes) {
  for (const bool throws : {false, true}) {
    auto out = CardSheet::open(
        [throws](std::string_view) {
          if (throws) throw std::runtime_error("disk full");
          return false;
        },
        options());
    ASSERT_TRUE(out);
    base::Result<void> added;
    for (int i = 0; i < 300 && added; ++i) added = out->add(card(i));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, "print_write_failed");
  }
}

TEST(card_sheet, tells_when_a_code_is_too_long) {
  std::string text;
  auto out = CardSheet::open(into_string(text), options());
  ASSERT_TRUE(out);
  Card wrong = card(1);
  wrong.qr_text = std::string(4000, 'A');
  EXPECT_EQ(out->add(wrong).error().code, "qr_too_long");
}

TEST(card_sheet, counts_characters_that_no_font_has) {
  std::string text;
  auto out = CardSheet::open(into_string(text), options());
  ASSERT_TRUE(out);
  Card rare = card(1);
  rare.name = "\xF4\x8F\xBF\xBD*";  // U+10FFFD, private use
  rare.compound = "\xFF\xFE";       // not UTF-8
  ASSERT_TRUE(out->add(rare));
  EXPECT_EQ(out->finish()->missing_glyphs, 2);
}

TEST(card_sheet, needs_a_chinese_font) {
  FcConfig* const usual = FcConfigReference(nullptr);
  FcConfig* const empty = FcConfigCreate();
  FcConfigSetCurrent(empty);
  const auto out = CardSheet::open([](std::string_view) { return true; }, options());
  FcConfigSetCurrent(usual);
  FcConfigDestroy(empty);
  FcConfigDestroy(usual);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, "no_cjk_font");
}

}  // namespace
}  // namespace print
