#include "engine/control/clock.hpp"

#include <algorithm>

namespace engine::control {
namespace {

// From when on a negative sample counts for leaving the stage.
std::optional<base::Day> counts_from(const Span& span) {
  return span.tests.empty() ? span.last : std::optional(span.tests.back());
}

int missing(const Stage& stage, const Span& span, std::span<const Test> tests, base::Day today) {
  const auto from = counts_from(span);
  if (!from) return 0;
  const auto enough = std::ranges::count_if(tests, [&](const Test& t) {
    return t.result == TestResult::negative && t.day >= *from && t.day <= today;
  });
  return std::max(0, stage.leave_negatives - static_cast<int>(enough));
}

// A test day that has come is answered by a sample of that day or later, before the next one's day.
bool waits_for_sample(const std::vector<base::Day>& days, std::span<const Test> tests, base::Day today) {
  std::optional<base::Day> newest;
  for (const auto day : days)
    if (day <= today) newest = day;
  return newest &&
         std::ranges::none_of(tests, [&](const Test& t) { return t.day >= *newest && t.day <= today; });
}

}  // namespace

std::vector<Span> plan_of(std::span<const Stage> stages, DayZero zero, base::Day began,
                          std::optional<base::Day> exposed) {
  auto first = zero == DayZero::exposure_is_zero && exposed ? *exposed + 1 : began;
  std::vector<Span> plan;
  for (const auto& stage : stages) {
    Span span{first, std::nullopt, {}};
    for (const int day : stage.test_days) span.tests.push_back(first + (day - 1));
    std::ranges::sort(span.tests);
    const bool ends = stage.days > 0;
    if (ends) {
      span.last = first + (stage.days - 1);
      first = first + stage.days;
    }
    plan.push_back(std::move(span));
    if (!ends) break;
  }
  if (plan.empty()) plan.push_back({first, std::nullopt, {}});
  return plan;
}

Clock clock_of(std::span<const Stage> stages, DayZero zero, base::Day began, std::optional<base::Day> exposed,
               std::span<const Test> tests, base::Day today) {
  const auto plan = plan_of(stages, zero, began, exposed);
  static constexpr int none = 0;
  Clock clock;
  clock.day_one = plan.front().first;
  clock.last_day = plan.back().last;
  clock.positive = std::ranges::any_of(tests, [&](const Test& t) {
    return t.result == TestResult::positive && t.day >= std::min(began, clock.day_one) && t.day <= today;
  });
  const auto lacking = [&](std::size_t i) {
    return i < stages.size() ? missing(stages[i], plan[i], tests, today) : none;
  };
  const auto over = [&](std::size_t i) { return plan[i].last && *plan[i].last < today; };
  auto& at = clock.stage;
  while (at + 1 < plan.size() && over(at) && lacking(at) == 0 && !clock.positive) ++at;
  clock.negatives_missing = lacking(at);
  clock.held = over(at) && (clock.negatives_missing > 0 || clock.positive);
  clock.test_due = waits_for_sample(plan[at].tests, tests, today);
  clock.full = at + 1 == plan.size() && over(at) && !clock.held;
  return clock;
}

}  // namespace engine::control
