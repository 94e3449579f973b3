#pragma once
// Time. An instant is UTC milliseconds since 1970. A day is a civil day of the installation's one
// zone (Asia/Shanghai unless configured). Windows of time are half-open: [from, until).
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

struct Instant {
  std::int64_t ms = 0;  // UTC milliseconds since 1970-01-01
  friend auto operator<=>(const Instant&, const Instant&) = default;
};
inline constexpr Instant operator+(Instant at, std::int64_t delta_ms) { return {at.ms + delta_ms}; }
inline constexpr std::int64_t operator-(Instant a, Instant b) { return a.ms - b.ms; }

inline constexpr std::int64_t second_ms = 1000;
inline constexpr std::int64_t minute_ms = 60 * second_ms;
inline constexpr std::int64_t hour_ms = 60 * minute_ms;
inline constexpr std::int64_t day_ms = 24 * hour_ms;

struct Day {
  std::int32_t number = 0;  // days since 1970-01-01
  friend auto operator<=>(const Day&, const Day&) = default;
};
inline constexpr Day operator+(Day day, int days) { return {day.number + days}; }
inline constexpr int operator-(Day a, Day b) { return a.number - b.number; }

struct DayParts {
  int year = 1970, month = 1, day = 1;
};
DayParts parts_of(Day day);
std::optional<Day> day_from_parts(int year, int month, int day);  // empty when not a real date
std::string to_string(Day day);                                   // "2020-02-11"
std::optional<Day> parse_day(std::string_view iso);               // strict "YYYY-MM-DD"

// The installation's zone. Chosen once at start; an unknown name is refused.
bool set_zone(std::string_view name);
std::string zone_name();
int utc_offset_minutes(Instant at);  // 480 in Shanghai
Day civil_day(Instant at);
Instant start_of(Day day);         // first instant of that civil day
int minute_of_day(Instant at);     // 0..1439, local
std::string to_iso(Instant at);    // "2020-02-11T08:30:00.000Z"
std::string to_local(Instant at);  // "2020-02-11 16:30:00", for people
std::optional<Instant> parse_iso(std::string_view iso);

// Where "now" comes from; handlers and engines never read the wall clock themselves.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};
class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

}  // namespace base
