#include "engine/intake/room_text.hpp"

#include <algorithm>
#include <array>

#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

struct Designator {
  std::u32string_view word;
  Part part;
};
// The longer first.
constexpr std::array designators{Designator{U"号楼栋", Part::building}, Designator{U"号楼", Part::building},
                                 Designator{U"#楼", Part::building},    Designator{U"号栋", Part::building},
                                 Designator{U"楼栋", Part::building},   Designator{U"号院", Part::ignored},
                                 Designator{U"单元", Part::stair},      Designator{U"组团", Part::phase},
                                 Designator{U"楼层", Part::storey},     Designator{U"号房", Part::room},
                                 Designator{U"房间", Part::room},       Designator{U"栋", Part::building},
                                 Designator{U"幢", Part::building},     Designator{U"座", Part::block},
                                 Designator{U"#", Part::building},      Designator{U"期", Part::phase},
                                 Designator{U"区", Part::phase},        Designator{U"苑", Part::phase},
                                 Designator{U"门", Part::stair},        Designator{U"梯", Part::stair},
                                 Designator{U"层", Part::storey},       Designator{U"室", Part::room},
                                 Designator{U"房", Part::room},         Designator{U"户", Part::room},
                                 Designator{U"楼", Part::any_house},    Designator{U"号", Part::number},
                                 Designator{U"弄", Part::ignored},      Designator{U"院", Part::ignored}};

constexpr std::u32string_view stems = U"甲乙丙丁戊己庚辛";
constexpr std::u32string_view compass = U"东西南北中";
constexpr std::u32string_view han_numerals = U"零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰两廿";
constexpr std::u32string_view dashes = U"-/_~.,、";

bool in(std::u32string_view set, char32_t c) { return set.find(c) != std::u32string_view::npos; }
bool is_sign(char32_t c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

std::string without_leading_zeros(std::string digits) {
  const auto first = digits.find_first_not_of('0');
  if (first == std::string::npos) return digits.empty() ? digits : "0";
  // "0A" keeps its zero: a letter alone would be another name.
  const bool letter = digits[first] < '0' || digits[first] > '9';
  return digits.substr(letter && first > 0 ? first - 1 : first);
}

class Lexer {
 public:
  explicit Lexer(std::u32string_view text) : text_(text) {}

  std::optional<std::vector<AddressWord>> run() {
    std::vector<AddressWord> words;
    bool dash = true;  // nothing precedes
    while (at_ < text_.size()) {
      if (in(dashes, text_[at_])) {
        const bool second = !words.empty() && dash && text_[at_] == '-';
        if (second && !below_ground()) return {};
        if (second) continue;
        if (words.empty() && !below_ground()) return {};
        if (words.empty()) continue;
        dash = true;
        ++at_;
        continue;
      }
      auto word = next();
      if (!word) return {};
      if (word->part == Part::none && !dash && words.back().part == Part::none) return {};
      words.push_back(std::move(*word));
      dash = false;
      negative_ = false;
    }
    if (negative_ || words.empty()) return {};
    return words;
  }

 private:
  // A dash in front of digits where no separator is due: "-101", "1-1--101".
  bool below_ground() {
    if (negative_ || at_ + 1 >= text_.size() || text_[at_] != '-' || !is_sign(text_[at_ + 1])) return false;
    negative_ = true;
    ++at_;
    return true;
  }

  std::optional<AddressWord> next() {
    if (text_[at_] == U'负') {
      if (negative_) return {};
      negative_ = true;
      if (++at_ == text_.size()) return {};
    }
    auto value = read_value();
    if (!value) return {};
    const auto part = read_designator();
    if (compass_ && part != Part::phase) return {};
    if (negative_) value->insert(0, "-");
    if (part == Part::phase) {
      // 二期 is phase 2; 东区 and 3区 are names.
      if (phase_word_ != U"期")
        *value += encode(phase_word_);
      else if (static_cast<unsigned char>(value->back()) >= 0x80)
        return {};
    }
    return AddressWord{std::move(*value), part};
  }

  std::optional<std::string> read_value() {
    compass_ = false;
    if (in(compass, text_[at_])) {
      compass_ = true;
      return encode(text_.substr(at_++, 1));
    }
    std::string stem;
    if (in(stems, text_[at_])) stem = encode(text_.substr(at_++, 1));
    auto digits = read_digits();
    if (stem.empty() && digits.empty()) return {};
    if (stem.empty() && at_ < text_.size() && in(stems, text_[at_])) digits += encode(text_.substr(at_++, 1));
    return stem + digits;
  }

  std::string read_digits() {
    const auto from = at_;
    while (at_ < text_.size() && is_sign(text_[at_])) ++at_;
    if (at_ > from) return without_leading_zeros(encode(text_.substr(from, at_ - from)));
    while (at_ < text_.size() && in(han_numerals, text_[at_])) ++at_;
    if (at_ == from) return {};
    const auto number = chinese_number(encode(text_.substr(from, at_ - from)));
    if (!number) at_ = from;
    return number ? std::to_string(*number) : std::string{};
  }

  Part read_designator() {
    for (const auto& designator : designators)
      if (text_.substr(at_).starts_with(designator.word)) {
        at_ += designator.word.size();
        phase_word_ = designator.word;
        return designator.part;
      }
    phase_word_ = {};
    return Part::none;
  }

  std::u32string_view text_;
  std::u32string_view phase_word_{};
  std::size_t at_ = 0;
  bool negative_ = false;
  bool compass_ = false;
};

}  // namespace

std::optional<std::vector<AddressWord>> address_words(std::u32string_view text) {
  constexpr std::size_t longest_address = 64;
  if (text.empty() || text.size() > longest_address) return {};
  return Lexer(text).run();
}

std::u32string address_text(std::string_view text) {
  auto out = decode(to_code(text));
  for (char32_t& c : out)
    if (c == 0x30FC || c == 0x4E36) c = '-';
  for (auto open = out.find(U'('); open != std::u32string::npos; open = out.find(U'(')) {
    const auto close = out.find(U')', open);
    out.erase(open, close == std::u32string::npos ? close : close - open + 1);
  }
  while (!out.empty() && in(U"-。,.", out.back())) out.pop_back();
  return out;
}

bool may_begin_at(std::u32string_view text, std::size_t at) {
  if (at == 0) return true;
  const auto value = [](char32_t c) { return is_sign(c) || in(han_numerals, c) || in(stems, c); };
  return !in(U"负-", text[at - 1]) && !(value(text[at]) && value(text[at - 1]));
}

}  // namespace engine::intake
