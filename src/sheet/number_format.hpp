#pragma once
// How a stored number looks to a person, as far as it matters for reading office files.
#include <string>
#include <string_view>

namespace sheet {

struct NumberFormat {
  enum class Kind { general, date, padded } kind = Kind::general;
  int digits = 0;        // padded: "0000" shows 12 as 0012
  std::string prefix{};  // 0"栋" shows 3 as 3栋
  std::string suffix{};
};

NumberFormat builtin_format(int id);
NumberFormat parse_format(std::string_view code);

// "2020-01-25", "2020-01-25 08:30", or "08:30" for a time alone; empty outside the calendar.
std::string show_date(double serial);
// Plain digits up to 1e21, 15 significant digits for fractions.
std::string show_number(double value);
std::string show(double value, const NumberFormat& format);

}  // namespace sheet
