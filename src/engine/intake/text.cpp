#include "engine/intake/text.hpp"

#include <algorithm>
#include <array>

namespace engine::intake {

namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_blank(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_invisible(char32_t c) {
  return c < 0x20 || c == 0x7F || c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         c == 0x2060 || c == 0xFEFF || c == replacement;
}

char32_t narrow(char32_t c) {
  if (is_blank(c)) return ' ';
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63) return '-';
  return c;
}

std::u32string narrowed(std::string_view text) {
  std::u32string out;
  for (const char32_t c : decode(text)) {
    const char32_t plain = narrow(c);
    if (!is_invisible(plain)) out += plain;
  }
  return out;
}

bool is_latin(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0x250);
}

struct Numeral {
  char32_t character;
  int value;
};
constexpr std::array numerals{Numeral{U'零', 0}, Numeral{U'〇', 0}, Numeral{U'一', 1}, Numeral{U'壹', 1},
                              Numeral{U'二', 2}, Numeral{U'贰', 2}, Numeral{U'两', 2}, Numeral{U'三', 3},
                              Numeral{U'叁', 3}, Numeral{U'四', 4}, Numeral{U'肆', 4}, Numeral{U'五', 5},
                              Numeral{U'伍', 5}, Numeral{U'六', 6}, Numeral{U'陆', 6}, Numeral{U'七', 7},
                              Numeral{U'柒', 7}, Numeral{U'八', 8}, Numeral{U'捌', 8}, Numeral{U'九', 9},
                              Numeral{U'玖', 9}};
constexpr std::array powers{Numeral{U'十', 10},  Numeral{U'拾', 10},  Numeral{U'廿', 20},
                            Numeral{U'百', 100}, Numeral{U'佰', 100}, Numeral{U'千', 1000},
                            Numeral{U'仟', 1000}};

template <class Table>
std::optional<int> look_up(const Table& table, char32_t c) {
  const auto found = std::ranges::find(table, c, &Numeral::character);
  if (found == table.end()) return {};
  return found->value;
}

}  // namespace

std::u32string decode(std::string_view utf8) {
  std::u32string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    char32_t c = size == 1 ? lead : lead & (0x7Fu >> size);
    bool valid = lead < 0x80 || (lead >= 0xC2 && lead <= 0xF4);
    for (std::size_t k = 1; valid && k < size; ++k) {
      valid = i + k < utf8.size() && (static_cast<unsigned char>(utf8[i + k]) & 0xC0) == 0x80;
      if (valid) c = (c << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
    }
    if (valid && (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))) valid = false;
    out += valid ? c : replacement;
    i += valid ? size : 1;
  }
  return out;
}

std::string encode(std::u32string_view text) {
  std::string out;
  const auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
  for (const char32_t c : text) {
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0 | (c >> 6)), put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      put(0xE0 | (c >> 12)), put(0x80 | ((c >> 6) & 0x3F)), put(0x80 | (c & 0x3F));
    } else {
      put(0xF0 | (c >> 18)), put(0x80 | ((c >> 12) & 0x3F)), put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    }
  }
  return out;
}

std::string to_half_width(std::string_view text) {
  auto out = narrowed(text);
  const auto first = out.find_first_not_of(U' ');
  if (first == std::u32string::npos) return {};
  return encode(out.substr(first, out.find_last_not_of(U' ') - first + 1));
}

std::string to_code(std::string_view text) {
  auto out = narrowed(text);
  std::erase(out, U' ');
  for (char32_t& c : out)
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
  return encode(out);
}

std::optional<int> chinese_number(std::string_view text) {
  constexpr std::size_t longest = 8;
  const auto characters = decode(text);
  if (characters.empty() || characters.size() > longest) return {};
  int total = 0, digit = -1;
  bool by_power = false;
  int positional = 0;
  for (const char32_t c : characters) {
    if (const auto value = look_up(numerals, c)) {
      digit = *value;
      positional = positional * 10 + *value;
    } else if (const auto power = look_up(powers, c)) {
      by_power = true;
      total += (digit > 0 ? digit : 1) * *power;
      digit = -1;
    } else {
      return {};
    }
  }
  return by_power ? total + std::max(digit, 0) : positional;
}

std::string normalise_name(std::string_view text) {
  auto from = decode(to_half_width(text));
  std::u32string out;
  for (std::size_t i = 0; i < from.size(); ++i) {
    char32_t c = from[i];
    if (c == 0x2022 || c == 0x30FB || c == 0x2027 || c == 0x2219 || c == 0xFF65) c = 0xB7;
    // A blank belongs into a name only between two Latin words.
    if (c == ' ' && (out.empty() || !is_latin(out.back()) || i + 1 >= from.size() || !is_latin(from[i + 1])))
      continue;
    out += c;
  }
  return encode(out);
}

bool says_nothing(std::string_view text) {
  constexpr std::array<std::string_view, 14> words{"",     "无",   "没有", "-",   "--",   "/",  "\\",
                                                   "不详", "未知", "暂无", "N/A", "NULL", "空", "不清楚"};
  return std::ranges::find(words, to_code(text)) != words.end();
}

}  // namespace engine::intake
