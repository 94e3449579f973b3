#pragma once
// The day's word and colour (practice.md 13): shown on phone pages and same-day slips, so that a
// guard sees at a glance that a screenshot is not of today. The same for a whole compound.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace token {

struct Word {
  std::string_view key;   // English name and translation key, "pine_tree"
  std::string_view text;  // two Chinese characters
};
// Neither red, yellow nor green: those say something at a gate.
struct Colour {
  std::string_view key;  // "blue"
  std::uint32_t rgb;     // 0xRRGGBB, dark enough for white letters
};
struct DayMark {
  Word word;
  Colour colour;
};

std::span<const Word> day_words();      // 64
std::span<const Colour> day_colours();  // 8

DayMark day_mark(const std::array<std::uint8_t, 32>& secret, std::int64_t compound_id, base::Day day);

}  // namespace token
