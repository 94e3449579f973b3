// When a plan falls due, by the civil day of the installation.
#include <algorithm>

#include "feature/work_item/plan_record.hpp"

namespace feature::work_item {
namespace {

constexpr int days_searched = 32;  // a month and the day it began on

int weekday_of(base::Day day) {
  return (day.number % 7 + 7 + 3) % 7 + 1;
}  // Monday 1; 1970-01-01 was a Thursday

bool falls_on(const PlanRow& plan, base::Day day) {
  switch (plan.rhythm) {
    case Rhythm::once:
      return false;
    case Rhythm::daily:
    case Rhythm::twice_daily:
      return true;
    case Rhythm::weekly:
      return weekday_of(day) == plan.on_day.value_or(1);
    case Rhythm::monthly:
      return base::parts_of(day).day == plan.on_day.value_or(1);
  }
  return false;
}

// In the order of the day.
std::vector<base::Instant> times_of(const PlanRow& plan, base::Day day) {
  if (!falls_on(plan, day)) return {};
  std::vector<base::Instant> times{base::start_of(day) + plan.at_minute * base::minute_ms};
  if (plan.second_minute) times.push_back(base::start_of(day) + *plan.second_minute * base::minute_ms);
  std::ranges::sort(times);
  return times;
}

}  // namespace

std::optional<base::Instant> newest_time(const PlanRow& plan, base::Instant now) {
  if (plan.rhythm == Rhythm::once) return plan.created;
  const auto today = base::civil_day(now);
  for (int back = 0; back <= days_searched; ++back) {
    auto times = times_of(plan, today + -back);
    std::ranges::reverse(times);
    for (const auto at : times)
      if (at <= now && at >= plan.created) return at;
  }
  return std::nullopt;
}

std::optional<base::Instant> time_after(const PlanRow& plan, base::Instant after) {
  const auto first = base::civil_day(after);
  for (int ahead = 0; ahead <= days_searched; ++ahead)
    for (const auto at : times_of(plan, first + ahead))
      if (at > after) return at;
  return std::nullopt;
}

}  // namespace feature::work_item
