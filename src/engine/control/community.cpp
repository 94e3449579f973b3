#include "engine/control/community.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace engine::control {

Community state_of(std::span<const Confirmed> cases, const StateRules& rules, base::Day today) {
  Community out;
  std::map<std::pair<std::int64_t, std::int64_t>, std::pair<int, int>> ranges;  // all, of unknown source
  for (const auto& one : cases) {
    if (one.confirmed > today || one.confirmed + rules.window_days <= today) continue;
    ++out.cases;
    auto& [all, unknown] = ranges[{one.building, one.stair}];
    ++all;
    if (!one.source_known) ++unknown;
    const auto clear = one.confirmed + rules.window_days;
    out.clear_from = out.clear_from ? std::max(*out.clear_from, clear) : clear;
  }
  for (const auto& [range, counted] : ranges) {
    if (counted.first >= rules.cluster_cases) ++out.outbreaks;
    if (counted.second > 0) ++out.scattered;
  }
  if (out.scattered >= rules.scattered_cases || out.outbreaks >= rules.outbreaks)
    out.state = CommunityState::spread;
  else if (out.outbreaks > 0)
    out.state = CommunityState::outbreak;
  else if (out.cases > 0)
    out.state = CommunityState::cases;
  return out;
}

}  // namespace engine::control
