#include "engine/intake/plate.hpp"

#include <algorithm>
#include <array>

#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

constexpr std::u32string_view provinces = U"京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
constexpr std::u32string_view special_ends = U"警学挂港澳领使";
constexpr std::u32string_view energy_letters = U"DABCEFGHJK";  // GA 36-2018 and its extension

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_letter(char32_t c) { return c >= 'A' && c <= 'Z' && c != 'I' && c != 'O'; }
bool is_sign(char32_t c) { return is_digit(c) || is_letter(c); }
bool in(std::u32string_view set, char32_t c) { return set.find(c) != std::u32string_view::npos; }

PlateKind kind_of(std::u32string_view plate) {
  if (plate.find(U'临') != std::u32string_view::npos) return PlateKind::temporary;
  if (plate.starts_with(U"WJ") || plate.starts_with(U"使") || plate.starts_with(U"军"))
    return PlateKind::special;
  if (plate.size() < 7 || plate.size() > 9 || !in(provinces, plate[0])) return PlateKind::other;
  // The office letter may be any, O belongs to the police.
  if (plate[1] < 'A' || plate[1] > 'Z') return PlateKind::other;
  const auto rest = plate.substr(2);
  if (rest.size() == 5 && std::ranges::all_of(rest.substr(0, 4), is_sign) && in(special_ends, rest[4]))
    return PlateKind::special;
  // Fire and rescue since 2019: 应急 after three to five signs.
  if (rest.size() >= 5 && rest.ends_with(U"应急") &&
      std::ranges::all_of(rest.substr(0, rest.size() - 2), is_sign))
    return PlateKind::special;
  if (!std::ranges::all_of(rest, is_sign)) return PlateKind::other;
  if (rest.size() == 5) return PlateKind::ordinary;
  const bool small = in(energy_letters, rest[0]) && std::ranges::all_of(rest.substr(2), is_digit);
  const bool large = std::ranges::all_of(rest.substr(0, 5), is_digit) && in(energy_letters, rest[5]);
  return small || large ? PlateKind::new_energy : PlateKind::other;
}

}  // namespace

Plate parse_plate(std::string_view text) {
  constexpr std::array<std::string_view, 6> no_plate{"无牌", "无牌照", "未上牌", "无车牌", "没牌", "无号牌"};
  auto code = decode(to_code(text));
  std::erase_if(code, [](char32_t c) {
    return c == '.' || c == '-' || c == '_' || c == 0xB7 || c == 0x2022 || c == 0x30FB || c == 0x2027 ||
           c == 0xFF65;
  });
  const auto number = encode(code);
  if (says_nothing(number) || std::ranges::find(no_plate, number) != no_plate.end()) return {};
  return {kind_of(code), number};
}

}  // namespace engine::intake
