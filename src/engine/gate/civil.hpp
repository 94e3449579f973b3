#pragma once
// Civil days of a fixed offset from UTC. The phone and the server must agree to the millisecond, so
// both use this integer arithmetic (web/src/shared/civil_day.ts) and neither asks a zone database.
#include <cstdint>

#include "base/time.hpp"

namespace engine::gate {

inline constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);  // b > 0
}

// Days since 1970-01-01 of the day that holds `at_ms` (UTC milliseconds).
inline constexpr std::int64_t civil_day(std::int64_t at_ms, int utc_offset_minutes) {
  return floor_div(at_ms + utc_offset_minutes * base::minute_ms, base::day_ms);
}

// First instant of that day.
inline constexpr std::int64_t start_of_day(std::int64_t day, int utc_offset_minutes) {
  return day * base::day_ms - utc_offset_minutes * base::minute_ms;
}

// 0..1439.
inline constexpr int minute_of_day(std::int64_t at_ms, int utc_offset_minutes) {
  const std::int64_t since = at_ms - start_of_day(civil_day(at_ms, utc_offset_minutes), utc_offset_minutes);
  return static_cast<int>(since / base::minute_ms);
}

// 0 Monday .. 6 Sunday; 1970-01-01 was a Thursday.
inline constexpr int weekday(std::int64_t day) {
  return static_cast<int>(day + 3 - 7 * floor_div(day + 3, 7));
}

}  // namespace engine::gate
