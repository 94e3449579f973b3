#include "token/day_word.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace token {
namespace {

constexpr std::array<std::uint8_t, 32> secret{7, 7, 7};
const base::Day day = *base::parse_day("2020-02-11");

std::string mark(std::int64_t compound_id, base::Day on, const std::array<std::uint8_t, 32>& key = secret) {
  const DayMark found = day_mark(key, compound_id, on);
  return std::string(found.word.key) + " " + std::string(found.colour.key);
}

TEST(day_mark, has_sixty_four_words_of_two_characters_and_eight_colours) {
  std::set<std::string_view> keys, texts, colours;
  for (const Word& word : day_words()) {
    keys.insert(word.key);
    texts.insert(word.text);
    EXPECT_EQ(word.text.size(), 6u) << word.key;  // two characters of three bytes
  }
  for (const Colour& colour : day_colours()) colours.insert(colour.key);
  EXPECT_EQ(keys.size(), 64u);
  EXPECT_EQ(texts.size(), 64u);
  EXPECT_EQ(colours.size(), 8u);
}

// practice.md 15: green says 放行 and red says stop; a colour of the day must say neither.
TEST(day_mark, avoids_the_colours_that_speak_at_a_gate) {
  for (const Colour& colour : day_colours()) {
    EXPECT_NE(colour.key, "red");
    EXPECT_NE(colour.key, "yellow");
    EXPECT_NE(colour.key, "green");
  }
}

TEST(day_mark, depends_on_secret_compound_and_day_alone) {
  EXPECT_EQ(mark(12, day), mark(12, day));
  std::set<std::string> by_compound, by_day, by_secret;
  for (int i = 0; i < 100; ++i) {
    by_compound.insert(mark(i, day));
    by_day.insert(mark(12, day + i));
    by_secret.insert(mark(12, day, {static_cast<std::uint8_t>(i)}));
  }
  // 100 draws of 512 pairs give about 91 different ones.
  EXPECT_GT(by_compound.size(), 75u);
  EXPECT_GT(by_day.size(), 75u);
  EXPECT_GT(by_secret.size(), 75u);
}

TEST(day_mark, uses_every_word_and_colour) {
  std::map<std::string_view, int> words, colours;
  for (int i = 0; i < 6400; ++i) {
    const DayMark found = day_mark(secret, 12, day + i);
    ++words[found.word.key];
    ++colours[found.colour.key];
  }
  EXPECT_EQ(words.size(), 64u);
  for (const auto& [key, count] : words) EXPECT_TRUE(50 < count && count < 160) << key << " " << count;
  for (const auto& [key, count] : colours) EXPECT_TRUE(650 < count && count < 950) << key << " " << count;
  EXPECT_EQ(colours.size(), 8u);
}

}  // namespace
}  // namespace token
