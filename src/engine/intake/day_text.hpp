#pragma once
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace engine::intake {

// 2020年1月16日, 20200120, 2020/1/23, 2020.1.28, 2020-01-16, 1月24日 or 1.24 (the last such day not after
// `today`), and days of the 1900 system such as 43855. A time of day after the date is dropped.
std::optional<base::Day> parse_day_text(std::string_view text, base::Day today);

// Day of the 1900 date system of workbooks; empty outside 1900-03-01..2200.
std::optional<base::Day> day_of_serial(double serial);

}  // namespace engine::intake
