#include "engine/intake/day_text.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

constexpr int serial_of_1970 = 25569;
constexpr double first_serial = 61;  // 1900-03-01: before it the 1900 system is a day off
constexpr double last_serial = 109'940;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The numbers of a date and what stands between them. Stops at the third number's end.
struct Numbers {
  std::vector<int> values{};
  std::vector<std::size_t> digits{};
  std::vector<std::string> marks{};  // after each number
  std::string rest{};
};

std::optional<Numbers> split(const std::string& text) {
  constexpr std::size_t most_digits = 8;
  Numbers out;
  std::size_t i = 0;
  while (i < text.size() && out.values.size() < 3 && is_digit(text[i])) {
    const std::size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    if (i - from > most_digits) return {};
    out.values.push_back(std::stoi(text.substr(from, i - from)));
    out.digits.push_back(i - from);
    const std::size_t mark = i;
    if (i < text.size() && std::string_view("./-").find(text[i]) != std::string_view::npos) {
      ++i;
    } else {
      for (const std::string_view word : {"年", "月", "日", "号"})
        if (text.compare(i, word.size(), word) == 0) i += word.size();
    }
    out.marks.push_back(text.substr(mark, i - mark));
    if (out.values.size() < 3) i = std::min(text.find_first_not_of(' ', i), text.size());
  }
  if (out.values.empty()) return {};
  out.rest = text.substr(i);
  return out;
}

std::optional<base::Day> last_such_day(int month, int day, base::Day today) {
  const int year = base::parts_of(today).year;
  for (int back = 0; back <= 8; ++back)  // 29 February may be up to eight years ago
    if (const auto found = base::day_from_parts(year - back, month, day); found && *found <= today)
      return found;
  return {};
}

int full_year(int year, std::size_t digits, base::Day today) {
  if (digits != 2) return year;
  return year <= base::parts_of(today).year % 100 ? 2000 + year : 1900 + year;
}

std::optional<base::Day> plausible(std::optional<base::Day> day) {
  if (!day) return {};
  const int year = base::parts_of(*day).year;
  return year >= 1850 && year <= 2200 ? day : std::nullopt;
}

std::optional<base::Day> three(const Numbers& n, base::Day today) {
  const bool ends = n.rest.empty() || n.rest.front() == ' ' || n.rest.front() == 'T' || n.rest.front() == '(';
  if (!ends) return {};
  if (n.digits[0] <= 2 && n.digits[2] == 4)  // 1/24/2020
    return base::day_from_parts(n.values[2], n.values[0], n.values[1]);
  if (n.digits[0] != 4 && n.digits[0] != 2) return {};
  return base::day_from_parts(full_year(n.values[0], n.digits[0], today), n.values[1], n.values[2]);
}

}  // namespace

std::optional<base::Day> day_of_serial(double serial) {
  if (!(serial >= first_serial && serial < last_serial)) return {};
  return base::Day{static_cast<std::int32_t>(serial) - serial_of_1970};
}

std::optional<base::Day> parse_day_text(std::string_view text, base::Day today) {
  const auto numbers = split(to_half_width(text));
  if (!numbers) return {};
  const auto& n = *numbers;
  if (n.values.size() == 3) return plausible(three(n, today));
  if (n.values.size() == 2) {
    if (n.digits[0] >= 5) return day_of_serial(n.values[0]);  // 43855.35
    if (n.digits[0] > 2 || n.digits[1] > 2 || n.marks[0].empty() || n.marks[0] == "年") return {};
    return n.rest.empty() || n.rest.front() == ' ' ? last_such_day(n.values[0], n.values[1], today)
                                                   : std::nullopt;
  }
  if (!n.marks[0].empty() || !n.rest.empty()) return {};
  if (n.digits[0] == 8)
    return plausible(base::day_from_parts(n.values[0] / 10000, n.values[0] / 100 % 100, n.values[0] % 100));
  return n.digits[0] == 5 ? day_of_serial(n.values[0]) : std::nullopt;
}

}  // namespace engine::intake
