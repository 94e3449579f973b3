#include "sheet/number_format.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "base/time.hpp"

namespace sheet {

namespace {

constexpr int serial_of_1970 = 25569;
constexpr double last_serial = 2958466;  // 10000-01-01

// Characters of a format outside quotes, brackets and escapes, and the literal text before and after them.
struct Bare {
  std::string code;
  std::string prefix;
  std::string suffix;
};

Bare strip_literals(std::string_view format) {
  Bare bare;
  auto literal = [&](std::string_view text) { (bare.code.empty() ? bare.prefix : bare.suffix) += text; };
  for (std::size_t i = 0; i < format.size() && format[i] != ';'; ++i) {
    const char c = format[i];
    if (c == '"') {
      const auto close = std::min(format.find('"', i + 1), format.size());
      literal(format.substr(i + 1, close - i - 1));
      i = close;
    } else if (c == '[') {
      const auto close = std::min(format.find(']', i), format.size());
      const auto inner = format.substr(i + 1, close - i - 1);
      if (inner == "h" || inner == "hh" || inner == "m" || inner == "s") bare.code += inner;  // elapsed time
      i = close;
    } else if (c == '\\' && i + 1 < format.size()) {
      std::size_t end = i + 2;
      while (end < format.size() && (static_cast<unsigned char>(format[end]) & 0xC0) == 0x80) ++end;
      literal(format.substr(i + 1, end - i - 1));
      i = end - 1;
    } else if (c == '_' || c == '*') {
      ++i;  // padding with the next character
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      literal(format.substr(i, 1));
    } else {
      bare.code += c;
    }
  }
  return bare;
}

}  // namespace

NumberFormat builtin_format(int id) {
  const bool date =
      (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  return date ? NumberFormat{NumberFormat::Kind::date, 0, {}, {}} : NumberFormat{};
}

NumberFormat parse_format(std::string_view code) {
  auto bare = strip_literals(code);
  if (bare.code == "General" || bare.code == "@" || bare.code == "#" || bare.code == "0")
    return {NumberFormat::Kind::general, 0, bare.prefix, bare.suffix};
  if (bare.code.find_first_of("yYmMdDhHsS") != std::string::npos && bare.code.find('E') == std::string::npos)
    return {NumberFormat::Kind::date, 0, {}, {}};
  if (bare.code.find_first_not_of('0') == std::string::npos && !bare.code.empty())
    return {NumberFormat::Kind::padded, static_cast<int>(bare.code.size()), bare.prefix, bare.suffix};
  return {};
}

std::string show_date(double serial) {
  if (!(serial >= 0 && serial < last_serial)) return {};
  auto whole = static_cast<std::int32_t>(serial);
  auto minutes = static_cast<int>(std::lround((serial - whole) * 1440));
  if (minutes == 1440) ++whole, minutes = 0;
  const auto clock = fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
  if (whole == 0) return clock;
  // The 1900 system believes in 1900-02-29, day 60.
  const auto day = base::to_string(base::Day{whole - serial_of_1970 + (whole < 60 ? 1 : 0)});
  return minutes == 0 ? day : day + " " + clock;
}

std::string show_number(double value) {
  if (!std::isfinite(value)) return {};
  if (std::floor(value) != value || std::fabs(value) >= 1e21) return fmt::format("{:.15g}", value);
  if (std::fabs(value) < 1e15) return fmt::format("{:.0f}", value);
  // The shortest digits that mean this value, zeros behind: what somebody typed, not its binary neighbour.
  auto text = fmt::format("{}", value);
  const auto e = text.find('e');
  if (e == std::string::npos) return fmt::format("{:.0f}", value);
  const auto exponent = static_cast<std::size_t>(std::stoi(text.substr(e + 1)));
  std::string sign = text.front() == '-' ? "-" : "";
  std::string digits;
  for (const char c : text.substr(0, e))
    if (c >= '0' && c <= '9') digits += c;
  digits.resize(std::max(digits.size(), exponent + 1), '0');
  return sign + digits;
}

std::string show(double value, const NumberFormat& format) {
  if (format.kind == NumberFormat::Kind::date) {
    if (auto text = show_date(value); !text.empty()) return text;
    return show_number(value);
  }
  auto digits = show_number(value);
  if (format.kind == NumberFormat::Kind::padded && value >= 0 && digits.find('.') == std::string::npos)
    digits.insert(0, static_cast<std::size_t>(std::max(0, format.digits - static_cast<int>(digits.size()))),
                  '0');
  return format.prefix + digits + format.suffix;
}

}  // namespace sheet
