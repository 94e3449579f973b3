#pragma once
// What the temperature readings of one person at one passage amount to (practice.md 17, LZ-26).
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/gate/types.hpp"

namespace engine::gate {

enum class ReadingState : std::uint8_t {
  missing,
  low,         // below the low threshold: not measured
  unreadable,  // above what a person can have
  normal,
  second_due,  // at the threshold once; a second reading after the wait decides
  high_twice,
};

struct ReadingResult {
  ReadingState state = ReadingState::missing;
  std::int64_t second_at_ms = 0;  // with second_due: a reading before it does not count
};

ReadingResult read_person(const std::vector<Reading>& readings, int person, const Policy& policy);

}  // namespace engine::gate
