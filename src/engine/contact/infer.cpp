#include "engine/contact/infer.hpp"

#include <algorithm>

#include "engine/contact/tracing.hpp"

namespace engine::contact {
namespace {

Second bounded_end(Second from, Second end, const InferPolicy& policy, bool resident) {
  return resident || policy.longest_stay_s == 0 ? end : std::min(end, plus(from, policy.longest_stay_s));
}
Second bounded_start(Second until, Second start, const InferPolicy& policy, bool resident) {
  return resident || policy.longest_stay_s == 0 ? start
                                                : std::max(start, minus(until, policy.longest_stay_s));
}

}  // namespace

std::vector<Stay> stays(std::span<const Crossing> crossings, std::optional<Span> home,
                        std::span<const Span> gaps, Second now, const InferPolicy& policy) {
  std::vector<Stay> out;
  std::optional<Second> entered;  // of the stay that is open
  Second last = home ? home->from : 0;
  const auto resident_at = [&](Second at) { return home && at >= home->from && at <= home->until; };
  if (home && (crossings.empty() || (crossings.front().in && crossings.front().at > home->from))) {
    // Nothing before the first entry is known but that the person lived here.
    const auto end = crossings.empty() ? std::min(now, home->until) : crossings.front().at;
    if (end > home->from) out.push_back({home->from, home->from, home->from, end, Certainty::assumed});
  }
  for (const auto& c : crossings) {
    if (c.in) {
      if (entered)  // the exit between two entries was missed
        out.push_back({*entered, *entered, *entered, bounded_end(*entered, c.at, policy, resident_at(c.at)),
                       Certainty::one_end});
      entered = c.at;
    } else if (entered) {
      out.push_back({*entered, *entered, c.at, c.at, Certainty::observed});
      entered.reset();
    } else {  // the entry was missed
      const auto earliest = bounded_start(c.at, std::min(last, c.at), policy, resident_at(c.at));
      out.push_back({earliest, c.at, c.at, c.at, Certainty::one_end});
    }
    last = c.at;
  }
  if (entered) {
    const auto end = std::max(*entered, bounded_end(*entered, now, policy, resident_at(now)));
    const bool at_home = resident_at(now);
    out.push_back({*entered, *entered, at_home ? end : *entered, end,
                   at_home ? Certainty::observed : Certainty::one_end});
  }
  for (auto& stay : out)
    if (stay.certainty == Certainty::observed && std::ranges::any_of(gaps, [&](const Span& gap) {
          return gap.from <= stay.until_latest && gap.until >= stay.from_earliest;
        }))
      stay.certainty = Certainty::gap;
  return out;
}

}  // namespace engine::contact
