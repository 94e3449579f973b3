#include "print/qr.hpp"

#include <gtest/gtest.h>

namespace print {
namespace {

// 178 characters: a pass of 116 bytes in Base45 with its prefix.
std::string longest_pass() {
  std::string text = "SW1:";
  while (text.size() < 178) text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[text.size() * 7 % 45];
  return text;
}

TEST(qr, of_the_longest_pass_is_version_seven_in_alphanumeric_mode) {
  const auto matrix = qr_matrix(longest_pass());
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->version, 7);
  EXPECT_EQ(matrix->size, 45);
  EXPECT_EQ(qr_matrix(longest_pass() + "A")->version, 8);
  // One lower case letter costs byte mode, and with it two versions.
  std::string bytes = longest_pass();
  bytes.back() = 'a';
  EXPECT_EQ(qr_matrix(bytes)->version, 9);
}

TEST(qr, has_its_three_finders) {
  const auto matrix = qr_matrix("SW1:ABC");
  ASSERT_TRUE(matrix);
  const int last = matrix->size - 1;
  for (int i = 0; i < 7; ++i) {
    EXPECT_TRUE(matrix->dark(i, 0) && matrix->dark(last - i, 0) && matrix->dark(i, last));
    EXPECT_FALSE(matrix->dark(i, 7) || matrix->dark(last - i, 7) || matrix->dark(i, last - 7));
  }
}

TEST(qr, runs_cover_the_dark_modules_once) {
  const auto matrix = qr_matrix(longest_pass());
  ASSERT_TRUE(matrix);
  std::vector<bool> covered(matrix->modules.size());
  for_each_run(*matrix, [&](int x, int y, int length) {
    for (int i = 0; i < length; ++i) {
      EXPECT_FALSE(covered[static_cast<std::size_t>(y * matrix->size + x + i)]);
      covered[static_cast<std::size_t>(y * matrix->size + x + i)] = true;
    }
  });
  EXPECT_EQ(covered, matrix->modules);
}

TEST(qr, says_when_a_text_is_too_long) {
  const auto matrix = qr_matrix(std::string(3392, 'A'));  // version 40-M holds 3391
  ASSERT_FALSE(matrix);
  EXPECT_EQ(matrix.error().code, "qr_too_long");
  EXPECT_EQ(qr_matrix(std::string(3391, 'A'))->version, 40);
}

TEST(qr, svg_has_a_quiet_zone) {
  const auto svg = qr_svg("SW1:ABC");
  ASSERT_TRUE(svg);
  EXPECT_TRUE(svg->starts_with("<svg "));
  EXPECT_NE(svg->find("viewBox=\"0 0 29 29\""), std::string::npos);  // 21 + 2 * 4
  EXPECT_NE(svg->find("M4,4h7v1h-7z"), std::string::npos);           // the top of the first finder
  EXPECT_FALSE(qr_svg(std::string(4000, 'A')));
}

}  // namespace
}  // namespace print
