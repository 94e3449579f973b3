#pragma once
// Characters: what a careless keyboard does to Chinese text.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine::intake {

std::u32string decode(std::string_view utf8);  // invalid bytes become U+FFFD
std::string encode(std::u32string_view text);

// Full-width letters, digits and punctuation to half width; every kind of blank to ' '; invisible
// characters dropped; the ends trimmed.
std::string to_half_width(std::string_view text);
// The same, every blank removed, upper case: for codes and look-up words.
std::string to_code(std::string_view text);

// "十二" 12, "叁" 3, "二十" 20, "一百零五" 105, "一二〇一" 1201; empty when not a number.
std::optional<int> chinese_number(std::string_view text);

// 王 芳 磊 -> 王芳磊; "Anna  Maria" keeps one space; the dots of names become '·'.
std::string normalise_name(std::string_view text);

// Empty, or a word that says so: 无, 没有, -, /, 不详, 未知.
bool says_nothing(std::string_view text);

}  // namespace engine::intake
