#include "engine/gate/quota.hpp"

#include <algorithm>

#include "engine/gate/civil.hpp"

namespace engine::gate {
namespace {

bool returned(const Use& use, std::int64_t now_ms) { return use.return_at_ms && *use.return_at_ms <= now_ms; }

bool open(const Use& use, std::int64_t now_ms) {
  return !returned(use, now_ms) && !use.closed_without_return;
}

bool refunded(const Use& use, const Policy& policy, std::int64_t now_ms) {
  if (!returned(use, now_ms)) return false;
  const auto outside_ms = *use.return_at_ms - use.exit_at_ms;
  return outside_ms >= 0 && outside_ms <= policy.refund_minutes * base::minute_ms;
}

bool counts(const Use& use, const Policy& policy, std::int64_t now_ms) {
  return use.counted && use.exit_at_ms <= now_ms && !refunded(use, policy, now_ms);
}

bool longer_than_allowed(const Policy& policy, std::int64_t outside_ms) {
  return policy.max_minutes_outside && outside_ms > *policy.max_minutes_outside * base::minute_ms;
}

// When the outing gives its place back: after the window, after two if it cost a later outing.
std::int64_t place_free_at(const Use& use, const Policy& policy, std::int64_t now_ms) {
  const bool costs_another = policy.overrun_costs_outing && returned(use, now_ms) &&
                             longer_than_allowed(policy, *use.return_at_ms - use.exit_at_ms);
  const std::int64_t days = std::int64_t{std::max(1, policy.window_days)} * (costs_another ? 2 : 1);
  if (policy.window_kind == WindowKind::rolling) return use.exit_at_ms + days * base::day_ms;
  return start_of_day(civil_day(use.exit_at_ms, policy.utc_offset_minutes) + days, policy.utc_offset_minutes);
}

}  // namespace

QuotaState quota_state(const std::vector<Use>& uses, const Policy& policy, std::int64_t now_ms) {
  QuotaState state;
  std::vector<std::int64_t> held_until;
  for (const auto& use : uses) {
    if (!counts(use, policy, now_ms)) continue;
    const auto free_at = place_free_at(use, policy, now_ms);
    const bool held = now_ms < free_at;
    if (held) held_until.push_back(free_at);
    if (open(use, now_ms))
      (held ? state.out_in_window : state.out_before) += std::clamp(use.persons, 0, persons_max);
  }
  if (policy.window_days <= 0) return state;
  const auto places = static_cast<std::size_t>(std::max(0, policy.outings_per_window));
  state.used = held_until.size() >= places;
  if (state.used && places > 0) {
    std::ranges::sort(held_until);
    state.free_at_ms = held_until[held_until.size() - places];
  }
  return state;
}

bool overrunning(const std::vector<Use>& uses, const Policy& policy, std::int64_t now_ms) {
  return std::ranges::any_of(uses, [&](const Use& use) {
    return counts(use, policy, now_ms) && open(use, now_ms) &&
           longer_than_allowed(policy, now_ms - use.exit_at_ms);
  });
}

}  // namespace engine::gate
