#include "base/time.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <chrono>

namespace base {
namespace {

const date::time_zone*& zone() {
  static const date::time_zone* current = date::locate_zone("Asia/Shanghai");
  return current;
}

date::sys_time<std::chrono::milliseconds> sys(Instant at) {
  return date::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{at.ms}};
}

date::local_time<std::chrono::milliseconds> local(Instant at) { return zone()->to_local(sys(at)); }

std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count) {
  if (from + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

DayParts parts_of(Day day) {
  const date::year_month_day ymd{date::sys_days{date::days{day.number}}};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

std::optional<Day> day_from_parts(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || day < 1) return std::nullopt;
  const date::year_month_day ymd{date::year{year}, date::month{static_cast<unsigned>(month)},
                                 date::day{static_cast<unsigned>(day)}};
  if (!ymd.ok()) return std::nullopt;
  return Day{static_cast<std::int32_t>(date::sys_days{ymd}.time_since_epoch().count())};
}

std::string to_string(Day day) {
  const auto parts = parts_of(day);
  return fmt::format("{:04}-{:02}-{:02}", parts.year, parts.month, parts.day);
}

std::optional<Day> parse_day(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
  const auto y = digits(iso, 0, 4), m = digits(iso, 5, 2), d = digits(iso, 8, 2);
  if (!y || !m || !d) return std::nullopt;
  return day_from_parts(*y, *m, *d);
}

bool set_zone(std::string_view name) {
  try {
    zone() = date::locate_zone(std::string(name));
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::string zone_name() { return zone()->name(); }

int utc_offset_minutes(Instant at) {
  return static_cast<int>(
      std::chrono::duration_cast<std::chrono::minutes>(zone()->get_info(sys(at)).offset).count());
}

Day civil_day(Instant at) {
  return {static_cast<std::int32_t>(date::floor<date::days>(local(at)).time_since_epoch().count())};
}

Instant start_of(Day day) {
  const date::local_days midnight{date::days{day.number}};
  // `earliest` settles the zones in which midnight happens twice or not at all.
  const auto at = zone()->to_sys(midnight, date::choose::earliest);
  return {std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count()};
}

int minute_of_day(Instant at) {
  const auto now = local(at);
  return static_cast<int>(
      std::chrono::duration_cast<std::chrono::minutes>(now - date::floor<date::days>(now)).count());
}

std::string to_iso(Instant at) { return date::format("%FT%TZ", sys(at)); }

std::string to_local(Instant at) {
  return date::format("%F %T", date::floor<std::chrono::seconds>(local(at)));
}

std::optional<Instant> parse_iso(std::string_view iso) {
  if (iso.size() < 20 || iso[10] != 'T' || iso[13] != ':' || iso[16] != ':') return std::nullopt;
  const auto day = parse_day(iso.substr(0, 10));
  const auto h = digits(iso, 11, 2), m = digits(iso, 14, 2), s = digits(iso, 17, 2);
  if (!day || !h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  std::size_t at = 19;
  std::int64_t ms = 0;
  if (iso[at] == '.') {
    std::int64_t scale = 100;
    for (++at; at < iso.size() && iso[at] >= '0' && iso[at] <= '9'; ++at, scale /= 10)
      ms += (iso[at] - '0') * scale;
  }
  std::int64_t offset_minutes = 0;
  if (at + 1 == iso.size() && iso[at] == 'Z') {
  } else if (at + 6 == iso.size() && (iso[at] == '+' || iso[at] == '-') && iso[at + 3] == ':') {
    const auto oh = digits(iso, at + 1, 2), om = digits(iso, at + 4, 2);
    if (!oh || !om || *oh > 14 || *om > 59) return std::nullopt;
    offset_minutes = (*oh * 60 + *om) * (iso[at] == '-' ? -1 : 1);
  } else {
    return std::nullopt;
  }
  return Instant{day->number * day_ms + *h * hour_ms + (*m - offset_minutes) * minute_ms + *s * second_ms +
                 ms};
}

Instant SystemClock::now() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

}  // namespace base
