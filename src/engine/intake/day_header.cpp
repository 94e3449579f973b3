#include "engine/intake/day_header.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "engine/intake/day_text.hpp"
#include "engine/intake/text.hpp"

namespace engine::intake {

namespace {

// The longer before what stands within them. 日 alone belongs to the date.
constexpr std::array<std::string_view, 36> words_around{
    "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日", "星期天", "周一",
    "周二",   "周三",   "周四",   "周五",   "周六",   "周日",   "周天",   "日冻结", "冻结",
    "表底数", "表读数", "表示数", "表底",   "底数",   "止码",   "止数",   "止度",   "抄表",
    "抄见",   "读数",   "示数",   "用量",   "电量",   "水量",   "电表",   "水表",   "用",
};

void drop(std::string& text, std::string_view word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word)) text.erase(at, word.size());
}

void drop_brackets(std::string& text) {
  for (auto open = text.find('('); open != std::string::npos; open = text.find('(')) {
    const auto close = text.find(')', open);
    text.erase(open, close == std::string::npos ? close : close - open + 1);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A time after the date: "00:00", "08:30:00".
bool is_time(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_digit(c) || c == ':'; }) &&
         text.find(':') != std::string_view::npos;
}

// Only what should be a date is left; a second date or another word stays and makes it none.
std::string date_in(std::string_view header) {
  auto text = to_half_width(header);
  drop_brackets(text);
  for (const auto word : words_around) drop(text, word);
  for (const std::string_view meter : {"电", "水"}) drop(text, meter);
  // The levels of one date: 2020年/2月/1日.
  for (const std::string_view unit : {"年", "月"})
    for (const std::string mark : {"/", " "})
      for (auto at = text.find(std::string(unit) + mark); at != std::string::npos;
           at = text.find(std::string(unit) + mark))
        text.erase(at + unit.size(), mark.size());
  const auto blank = text.find_first_of(" T");
  if (blank != std::string::npos && is_time(std::string_view(text).substr(blank + 1))) text.erase(blank);
  constexpr std::string_view ends = " /:_-";
  const auto from = text.find_first_not_of(ends);
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(ends) - from + 1);
}

// "1日", "12日"; 0 when it is none.
int day_of_month(std::string_view text) {
  constexpr std::string_view mark = "日";
  if (!text.ends_with(mark)) return 0;
  text.remove_suffix(mark.size());
  if (text.empty() || text.size() > 2 || !std::ranges::all_of(text, is_digit)) return 0;
  const int day = text.size() == 1 ? text[0] - '0' : (text[0] - '0') * 10 + text[1] - '0';
  return day <= 31 ? day : 0;
}

// 2020年2月 among the titles; the first that is whole.
std::string month_in(std::string_view titles) {
  constexpr std::string_view year_mark = "年", month_mark = "月";
  for (auto at = titles.find(year_mark); at != std::string_view::npos; at = titles.find(year_mark, at + 1)) {
    const auto after = at + year_mark.size();
    const auto end = titles.find(month_mark, after);
    if (at < 4 || end == std::string_view::npos || end == after || end - after > 2) continue;
    const auto year = titles.substr(at - 4, 4), month = titles.substr(after, end - after);
    if (std::ranges::all_of(year, is_digit) && std::ranges::all_of(month, is_digit))
      return std::string(titles.substr(at - 4, end + month_mark.size() - (at - 4)));
  }
  return {};
}

std::optional<base::Day> whole_day(const std::string& text, base::Day today) {
  // Rooms and counters are numbers too: a date begins with a digit and has no blank within.
  if (text.empty() || !is_digit(text.front()) || text.find(' ') != std::string::npos) return {};
  return parse_day_text(text, today);
}

}  // namespace

bool says_usage(std::string_view text) {
  const auto code = to_code(text);
  return std::ranges::any_of(
      std::array<std::string_view, 7>{"用电", "用水", "用量", "电量", "水量", "CONSUMPTION", "USAGE"},
      [&](auto word) { return code.find(word) != std::string::npos; });
}

bool is_day_header(std::string_view header) {
  constexpr std::size_t longest_bytes = 96;
  if (header.size() > longest_bytes) return false;
  const auto text = date_in(header);
  // Of a date without a year any year will do.
  static const auto some_day = *base::parse_day("2100-12-31");
  const auto day = whole_day(text, some_day);
  if (!day) return day_of_month(text) > 0;
  const auto year = base::parts_of(*day).year;
  return year >= 2000 && year <= 2100;
}

std::optional<base::Day> parse_day_header(std::string_view header, std::string_view titles, base::Day today) {
  const auto text = date_in(header);
  if (day_of_month(text) == 0) return whole_day(text, today);
  const auto month = month_in(titles);
  return month.empty() ? std::nullopt : whole_day(month + text, today);
}

}  // namespace engine::intake
