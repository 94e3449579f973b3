#pragma once
// Tables with a column for each day: which day a header names.
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace engine::intake {

// The day in a header, with a word for reading, a meter, a weekday, a time or a unit around it: 2020-02-01,
// 2020/2/1(周六), 20200201, 43862, 2月1日读数, 电表2.1, and of two levels joined by '/' 2020年2月/1日 and
// 2月1日/电. A day without its month (1日) needs one among the titles, such as 2020年2月.
std::optional<base::Day> parse_day_header(std::string_view header, std::string_view titles, base::Day today);

// Whether it names a day, whatever the month and year.
bool is_day_header(std::string_view header);

// What was used in a day is no counter: 用电量, 用水量.
bool says_usage(std::string_view text);

}  // namespace engine::intake
