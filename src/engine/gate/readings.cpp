#include "engine/gate/readings.hpp"

#include "base/time.hpp"

namespace engine::gate {
namespace {

ReadingState state_of(const Reading& reading, const Policy& policy) {
  if (!reading.tenths)
    return policy.normal_without_reading_allowed ? ReadingState::normal : ReadingState::missing;
  const int tenths = *reading.tenths;
  if (tenths < policy.low_threshold_tenths) return ReadingState::low;
  if (tenths > policy.highest_plausible_tenths) return ReadingState::unreadable;
  const bool high = policy.fever_at_or_above ? tenths >= policy.fever_threshold_tenths
                                             : tenths > policy.fever_threshold_tenths;
  return high ? ReadingState::second_due : ReadingState::normal;
}

}  // namespace

ReadingResult read_person(const std::vector<Reading>& readings, int person, const Policy& policy) {
  ReadingResult result;
  for (const auto& reading : readings) {
    if (reading.person != person || result.state == ReadingState::high_twice) continue;
    const auto state = state_of(reading, policy);
    if (result.state == ReadingState::second_due) {
      // Only a number, taken after the wait, answers a number.
      if (!reading.tenths || reading.at_ms < result.second_at_ms) continue;
      if (state == ReadingState::second_due) result = {ReadingState::high_twice, 0};
      if (state == ReadingState::normal) result = {ReadingState::normal, 0};
    } else if (state == ReadingState::second_due) {
      result = {state, reading.at_ms + policy.second_reading_wait_minutes * base::minute_ms};
    } else if (result.state != ReadingState::normal) {
      result.state = state;
    }
  }
  return result;
}

}  // namespace engine::gate
