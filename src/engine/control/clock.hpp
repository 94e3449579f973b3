#pragma once
// The clock of a person under control: stages of days one after the other, test days in them, and what has to
// be there before a stage is left (rules.md sections 0, 3, 6). Pure; the lengths are the caller's policy.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace engine::control {

// Day counting differs from place to place, so it is said (rules.md section 3).
enum class DayZero : std::uint8_t {
  first_day_is_one,  // day 1 is the first day under control
  exposure_is_zero,  // the last exposure is day 0; where it is unknown, as above
};

struct Stage {
  int days = 0;                  // 0: until somebody decides; then it is the last one
  std::vector<int> test_days{};  // of the stage, from 1
  int leave_negatives = 0;       // negative samples of the last test day or later; without test days of the
                                 // stage's last day or later
};

enum class TestResult : std::uint8_t { pending, negative, positive };
struct Test {
  base::Day day{};  // of the sample
  TestResult result = TestResult::pending;
};

struct Span {
  base::Day first{};
  std::optional<base::Day> last{};  // none: until somebody decides
  std::vector<base::Day> tests{};
};
// Where each stage lies in the calendar. Stages after an open-ended one do not come.
std::vector<Span> plan_of(std::span<const Stage> stages, DayZero zero, base::Day began,
                          std::optional<base::Day> exposed);

struct Clock {
  base::Day day_one{};
  std::size_t stage = 0;
  std::optional<base::Day> last_day{};  // of the whole; none: until somebody decides
  bool held = false;                    // the days of the stage are over, what it demands is missing
  int negatives_missing = 0;            // of the stage
  bool positive = false;                // a sample since day one or the beginning was positive
  bool test_due = false;                // a test day up to today has no sample yet
  bool full = false;  // everything the policy demands is there: somebody may decide on the release
};
// No stages: one until somebody decides. Tests in any order; those before the clock began are ignored.
Clock clock_of(std::span<const Stage> stages, DayZero zero, base::Day began, std::optional<base::Day> exposed,
               std::span<const Test> tests, base::Day today);

}  // namespace engine::control
