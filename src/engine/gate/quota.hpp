#pragma once
// The household's quota at one instant, from its uses alone (LZ-28, practice.md 6).
#include <cstdint>
#include <optional>

#include "engine/gate/types.hpp"

namespace engine::gate {

struct QuotaState {
  bool used = false;                         // no outing is free
  std::optional<std::int64_t> free_at_ms{};  // with `used`: when one is again; empty: never by this policy
  int out_in_window = 0;  // persons of the household who are out, on outings that still hold a place
  int out_before = 0;     // and on older ones, whose return nobody recorded
};

// Uses after `now_ms` have not happened; a return after it has not happened either.
QuotaState quota_state(const std::vector<Use>& uses, const Policy& policy, std::int64_t now_ms);

// Whether an outing that nobody has returned from is longer than max_minutes_outside.
bool overrunning(const std::vector<Use>& uses, const Policy& policy, std::int64_t now_ms);

}  // namespace engine::gate
