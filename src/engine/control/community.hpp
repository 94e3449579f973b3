#pragma once
// The state of a community over a window of days (rules.md section 2): no case; a case, or an outbreak of two
// in a small range; spread, by scattered cases of unknown source or by several outbreaks. Pure.
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.hpp"

namespace engine::control {

struct StateRules {
  int window_days = 14;
  int cluster_cases = 2;    // in one stair, or one building without stairs: an outbreak
  int scattered_cases = 2;  // ranges apart from each other with a case of unknown source: spread
  int outbreaks = 2;        // spread; the source says "many" and no number
};

struct Confirmed {
  std::int64_t stair = 0;  // 0: the building has none
  std::int64_t building = 0;
  base::Day confirmed{};
  bool source_known = false;
};

enum class CommunityState : std::uint8_t { no_case, cases, outbreak, spread };
struct Community {
  CommunityState state = CommunityState::no_case;
  int cases = 0;                          // in the window that ends today
  int outbreaks = 0, scattered = 0;       // ranges with so many cases, with a source that is unknown
  std::optional<base::Day> clear_from{};  // without another case; none: it is clear
};
// Cases confirmed after today are not there yet.
Community state_of(std::span<const Confirmed> cases, const StateRules& rules, base::Day today);

}  // namespace engine::control
