#include "token/short_code.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace token {
namespace {

const std::string letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string any_code() { return short_code(*rc::gen::inRange<std::uint64_t>(0, short_code_count)); }

TEST(short_code, has_eight_characters_nobody_confuses) {
  EXPECT_TRUE(rc::check([] {
    const auto number = *rc::gen::inRange<std::uint64_t>(0, short_code_count);
    const std::string code = short_code(number);
    RC_ASSERT(code.size() == 8u);
    RC_ASSERT(code.find_first_not_of(letters) == std::string::npos);
    RC_ASSERT(short_code_number(code) == number);
    RC_ASSERT(read_short_code(code) == code);
  }));
}

TEST(short_code, notices_every_wrong_character) {
  EXPECT_TRUE(rc::check([] {
    const std::string code = any_code();
    for (std::size_t at = 0; at < code.size(); ++at) {
      for (const char other : letters) {
        std::string wrong = code;
        wrong[at] = other;
        RC_ASSERT(read_short_code(wrong).has_value() == (other == code[at]));
      }
    }
  }));
}

TEST(short_code, notices_every_exchange_of_two_characters) {
  EXPECT_TRUE(rc::check([] {
    const std::string code = any_code();
    for (std::size_t a = 0; a < code.size(); ++a) {
      for (std::size_t b = a + 1; b < code.size(); ++b) {
        std::string wrong = code;
        std::swap(wrong[a], wrong[b]);
        RC_ASSERT(read_short_code(wrong).has_value() == (wrong == code));
      }
    }
  }));
}

TEST(short_code, reads_what_people_type) {
  std::string code;
  for (std::uint64_t number = 0; code.find('0') == std::string::npos || code.find('1') == std::string::npos ||
                                 code.find('V') == std::string::npos;
       number += 7'777'777) {
    code = short_code(number);
  }
  std::string typed;
  for (const char c : code)
    typed += c == '0' ? 'o' : c == '1' ? 'l' : c == 'V' ? 'u' : static_cast<char>(std::tolower(c));
  EXPECT_EQ(read_short_code(typed), code);
  EXPECT_EQ(read_short_code(" " + code.substr(0, 4) + "-" + code.substr(4) + "\r\n"), code);
  EXPECT_EQ(read_short_code("ＡＢ"), std::nullopt);
}

TEST(short_code, reads_full_width_letters_of_a_chinese_keyboard) {
  EXPECT_TRUE(rc::check([] {
    const std::string code = any_code();
    std::string wide;
    for (const char c : code) wide += {'\xEF', '\xBC', static_cast<char>(0x80 + (c - 0x20))};
    RC_ASSERT(read_short_code(wide) == code);
    std::string wide_lower;
    for (const char c : code) {
      const char lower = static_cast<char>(std::tolower(c));
      wide_lower += {'\xEF', lower == c ? '\xBC' : '\xBD',
                     static_cast<char>(0x80 + (lower == c ? c - 0x20 : lower - 0x60))};
    }
    RC_ASSERT(read_short_code(wide_lower) == code);
  }));
}

TEST(short_code, refuses_everything_else) {
  EXPECT_EQ(read_short_code(""), std::nullopt);
  EXPECT_EQ(read_short_code("00000000"), std::nullopt);
  EXPECT_EQ(read_short_code(short_code(1) + "0"), std::nullopt);
  EXPECT_EQ(read_short_code(short_code(1).substr(0, 7)), std::nullopt);
  EXPECT_EQ(read_short_code("王先生12345"), std::nullopt);
  EXPECT_EQ(read_short_code("1234567\xEF"), std::nullopt);
  EXPECT_EQ(short_code_number("????????"), std::nullopt);
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const auto code = read_short_code(text);
    if (code) RC_ASSERT(short_code(*short_code_number(text)) == *code);
  }));
}

}  // namespace
}  // namespace token
