#pragma once
// When two presences meet and how much it weighs: one place for the engine, exact answers from the store and
// the pages' words.
#include <algorithm>
#include <optional>
#include <span>

#include "engine/contact/types.hpp"

namespace engine::contact {

struct Meeting {
  Second from = 0, until = 0;  // together; from > until: only within the slack
  double strength = 0;
};

// `a` counts only inside `window`.
inline std::optional<Meeting> meet(const Presence& a, Span window, const Presence& b, Kind kind,
                                   const Policy& policy) {
  const auto& rule = policy.kinds[static_cast<std::size_t>(kind)];
  const Second a_from = std::max(a.from, window.from), a_until = std::min(a.until, window.until);
  if (!rule.follow || a_from > a_until) return std::nullopt;
  Meeting m{std::max(a_from, b.from), std::min(a_until, b.until), 0};
  if (m.from > m.until && m.from - m.until > rule.slack_s) return std::nullopt;
  double share = 1;
  if (rule.full_s > 0)
    share = m.from >= m.until ? 0 : std::min(1.0, static_cast<double>(m.until - m.from) / rule.full_s);
  m.strength = rule.weight * std::max(share, policy.least_share) *
               policy.confidence[static_cast<std::size_t>(a.certainty)] *
               policy.confidence[static_cast<std::size_t>(b.certainty)];
  return m;
}

// `p` as sure as it is when records of its place may be missing in one of `gaps`, by place. A crossing was
// recorded, whatever is missing around it.
inline Presence weakened(Presence p, std::span<const Gap> gaps) {
  if (p.certainty != Certainty::observed || p.from == p.until) return p;
  for (const auto& gap : std::ranges::equal_range(gaps, p.place, {}, &Gap::place))
    if (gap.span.from <= p.until && gap.span.until >= p.from) p.certainty = Certainty::gap;
  return p;
}

inline Second plus(Second at, Second seconds) {
  return at > end_of_time - seconds ? end_of_time : at + seconds;
}
inline Second minus(Second at, Second seconds) { return at < seconds ? 0 : at - seconds; }

}  // namespace engine::contact
