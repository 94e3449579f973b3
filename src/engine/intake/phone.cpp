#include "engine/intake/phone.hpp"

#include <algorithm>
#include <optional>

#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_digit);
  return out;
}

bool is_mobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3' && digits[1] <= '9';
}

// 010, 02x have three digits, all other area codes four.
std::optional<std::string> landline(std::string_view digits) {
  if (digits.size() < 10 || digits[0] != '0' || digits[1] == '0') return {};
  const std::size_t area = digits[1] == '1' || digits[1] == '2' ? 3 : 4;
  const auto local = digits.substr(area);
  if (local.size() < 7 || local.size() > 8 || local[0] == '0' || local[0] == '1') return {};
  return std::string(digits.substr(0, area)) + "-" + std::string(local);
}

std::string without_country(std::string digits, bool plus) {
  const std::string_view view = digits;
  if (plus && view.starts_with("86")) return digits.substr(2);
  if (view.starts_with("0086")) return digits.substr(4);
  if (view.starts_with("86") && is_mobile(view.substr(2))) return digits.substr(2);
  return digits;
}

// One number, however it is grouped; empty when it is none.
std::optional<Phone> whole(std::string_view text) {
  const bool plus = text.find('+') != std::string_view::npos;
  auto digits = without_country(digits_of(text), plus);
  if (is_mobile(digits)) return Phone{PhoneKind::mobile, digits};
  if (digits.size() == 12 && digits[0] == '0' && is_mobile(std::string_view(digits).substr(1)))
    return Phone{PhoneKind::mobile, digits.substr(1)};  // dialled as a long-distance call
  const bool abroad = plus ? text.find("+86") == std::string_view::npos : digits.starts_with("00");
  if (abroad) {
    if (!plus) digits.erase(0, 2);
    if (is_mobile(digits)) return Phone{PhoneKind::mobile, digits};
    if (digits.size() >= 7 && digits.size() <= 15 && digits[0] != '0')
      return Phone{PhoneKind::foreign, "+" + digits};
    return {};
  }
  if (auto number = landline(digits)) return Phone{PhoneKind::landline, *number};
  const bool service = digits.size() == 10 && (digits.starts_with("400") || digits.starts_with("800"));
  const bool local = (digits.size() == 7 || digits.size() == 8) && digits[0] >= '2';
  if (service || local) return Phone{PhoneKind::landline, digits};
  return {};
}

// "0830-2345678-123", "2345678转123"
std::optional<Phone> with_extension(std::string_view text) {
  const auto cut = text.rfind('-');
  if (cut == std::string_view::npos) return {};
  const auto extension = digits_of(text.substr(cut));
  auto phone = whole(text.substr(0, cut));
  if (!phone || phone->kind != PhoneKind::landline || extension.empty() || extension.size() > 6) return {};
  phone->number += "-" + extension;
  return phone;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view edges = " -()";
  const auto first = text.find_first_not_of(edges);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(edges) - first + 1));
}

class Collector {
 public:
  void run(std::string_view text) {
    const auto piece = trimmed(text);
    if (digits_of(piece).empty()) return;
    if (const auto phone = one(piece)) return keep(*phone);
    // Several numbers with only blanks between them.
    std::vector<Phone> several;
    for (std::size_t from = 0; from < piece.size();) {
      const auto to = std::min(piece.find(' ', from), piece.size());
      if (to > from) {
        const auto phone = one(std::string_view(piece).substr(from, to - from));
        if (!phone) return keep({PhoneKind::other, piece});
        several.push_back(*phone);
      }
      from = to + 1;
    }
    for (const auto& phone : several) keep(phone);
  }
  std::vector<Phone> phones{};

 private:
  static std::optional<Phone> one(std::string_view text) {
    const auto phone = whole(text);
    return phone ? phone : with_extension(text);
  }
  void keep(const Phone& phone) {
    if (std::ranges::find(phones, phone) == phones.end()) phones.push_back(phone);
  }
};

}  // namespace

std::vector<Phone> parse_phones(std::string_view text) {
  auto plain = to_half_width(text);
  constexpr std::string_view extension_word = "转";
  for (auto at = plain.find(extension_word); at != std::string::npos; at = plain.find(extension_word))
    plain.replace(at, extension_word.size(), "-");
  if (plain.ends_with(".0")) plain.resize(plain.size() - 2);  // a number that went through another program
  Collector collector;
  std::string run;
  for (const char c : plain) {
    if (is_digit(c) || std::string_view("+- ()").find(c) != std::string_view::npos) {
      run += c;
    } else {
      collector.run(run);
      run.clear();
    }
  }
  collector.run(run);
  return collector.phones;
}

}  // namespace engine::intake
