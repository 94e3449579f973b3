#include "engine/intake/resident_id.hpp"

#include <algorithm>
#include <array>

#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

constexpr int oldest_age_years = 130;

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int number(std::string_view digits) { return std::stoi(std::string(digits)); }

// First two digits: provinces of GB/T 2260, 81 to 83 residence permits of Hong Kong, Macao and Taiwan,
// 9x foreigners with permanent residence.
bool plausible_area(std::string_view id) {
  constexpr std::string_view known =
      " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 "
      "82 83 ";
  return id.front() == '9' || known.find(" " + std::string(id.substr(0, 2)) + " ") != std::string_view::npos;
}

std::optional<base::Day> birth_of(std::string_view eight_digits, base::Day today) {
  const auto day = base::day_from_parts(number(eight_digits.substr(0, 4)), number(eight_digits.substr(4, 2)),
                                        number(eight_digits.substr(6, 2)));
  if (!day || *day > today || *day + oldest_age_years * 366 < today) return {};
  return day;
}

Sex sex_of(char sequence_digit) { return (sequence_digit - '0') % 2 == 1 ? Sex::male : Sex::female; }

// "5.10503E+17": the digits that are left, "510503".
std::optional<std::string> mantissa(std::string_view code) {
  const auto e = code.find('E');
  if (e == std::string_view::npos || e == 0) return {};
  auto power = code.substr(e + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  if (!all_digits(power) || power.size() > 2) return {};
  std::string digits(code.substr(0, e));
  if (digits.size() > 1 && digits[1] == '.') digits.erase(1, 1);
  if (!all_digits(digits)) return {};
  return digits;
}

// What is left of a number that went through 15 significant digits: area and birth day are whole, the
// sequence and the check character are not.
Document damaged(std::string number, base::Day today) {
  Document document{DocumentKind::resident_id, DocumentState::damaged, std::move(number), {}, Sex::unknown};
  if (document.number.size() >= 14 && all_digits(document.number.substr(0, 14)) &&
      plausible_area(document.number))
    document.birth_day = birth_of(document.number.substr(6, 8), today);
  return document;
}

Document eighteen(std::string code, base::Day today) {
  Document document{DocumentKind::resident_id, DocumentState::ok, std::move(code), {}, Sex::unknown};
  const std::string_view id = document.number;
  if (check_character(id.substr(0, 17)) != id.back()) {
    // Written out again after a spreadsheet had rounded it.
    if (id.ends_with("000")) return damaged(std::move(document.number), today);
    document.state = DocumentState::bad_checksum;
    return document;
  }
  document.birth_day = birth_of(id.substr(6, 8), today);
  if (!document.birth_day || !plausible_area(id)) {
    document.birth_day.reset();
    document.state = DocumentState::other;
    return document;
  }
  document.sex = sex_of(id[16]);
  return document;
}

Document fifteen(std::string code, base::Day today) {
  Document document{DocumentKind::resident_id, DocumentState::fifteen, std::move(code), {}, Sex::unknown};
  const std::string_view id = document.number;
  document.birth_day = birth_of("19" + std::string(id.substr(6, 6)), today);
  if (!document.birth_day || !plausible_area(id)) {
    document.birth_day.reset();
    document.state = DocumentState::other;
    return document;
  }
  document.sex = sex_of(id[14]);
  return document;
}

DocumentKind other_kind(std::string_view code) {
  const auto digits_from = [&](std::size_t at) { return code.size() > at && all_digits(code.substr(at)); };
  const bool letter = !code.empty() && code[0] >= 'A' && code[0] <= 'Z';
  if (letter && (code[0] == 'H' || code[0] == 'M') && digits_from(1) && code.size() >= 9 && code.size() <= 11)
    return DocumentKind::mainland_permit;
  if (letter && digits_from(1) && code.size() == 9) return DocumentKind::passport;
  if (letter && code.size() > 1 && code[1] >= 'A' && code[1] <= 'Z' && digits_from(2) && code.size() >= 8 &&
      code.size() <= 9)
    return DocumentKind::passport;
  if (all_digits(code) && (code.size() == 8 || code.size() == 10)) return DocumentKind::taiwan_permit;
  return DocumentKind::other;
}

std::string cleaned(std::string_view text) {
  auto code = to_code(text);
  for (const std::string_view label : {"公民身份号码", "身份证号码", "身份证号", "身份证"})
    if (code.starts_with(label)) {
      code.erase(0, label.size());
      break;
    }
  while (!code.empty() && (code.front() == '\'' || code.front() == ':' || code.front() == '`'))
    code.erase(0, 1);
  constexpr std::string_view multiplication_sign = "×";
  if (code.ends_with(multiplication_sign)) code.replace(code.size() - multiplication_sign.size(), 2, "X");
  const bool digits_in_groups = code.find('-') != std::string::npos &&
                                code.find_first_not_of("0123456789X-") == std::string::npos &&
                                code.front() != '-';
  if (digits_in_groups) std::erase(code, '-');
  return code;
}

}  // namespace

char check_character(std::string_view first_17) {
  constexpr std::array weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  if (first_17.size() != weights.size() || !all_digits(first_17)) return 0;
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += (first_17[i] - '0') * weights[i];
  return "10X98765432"[sum % 11];
}

std::optional<std::string> widen_fifteen(std::string_view number) {
  if (number.size() != 15 || !all_digits(number)) return {};
  auto wide = std::string(number.substr(0, 6)) + "19" + std::string(number.substr(6));
  wide += check_character(wide);
  return wide;
}

Document parse_document(std::string_view text, bool stored_as_number, base::Day today) {
  if (says_nothing(text)) return {};
  auto code = cleaned(text);
  if (code.empty()) return {};
  if (stored_as_number) return damaged(std::move(code), today);
  if (auto left = mantissa(code)) return damaged(std::move(*left), today);
  const std::string_view last = std::string_view(code).substr(code.size() - 1);
  const bool eighteen_form = code.size() == 18 && all_digits(std::string_view(code).substr(0, 17)) &&
                             (last == "X" || all_digits(last));
  if (eighteen_form) return eighteen(std::move(code), today);
  if (code.size() == 15 && all_digits(code)) return fifteen(std::move(code), today);
  if (code.find('*') != std::string::npos && (code.size() == 18 || code.size() == 15))  // masked by somebody
    return {DocumentKind::resident_id, DocumentState::damaged, std::move(code), {}, Sex::unknown};
  const auto kind = other_kind(code);
  return {kind, DocumentState::other, std::move(code), {}, Sex::unknown};
}

}  // namespace engine::intake
