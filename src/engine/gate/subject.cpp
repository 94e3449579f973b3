#include "engine/gate/subject.hpp"

#include <algorithm>
#include <tuple>

namespace engine::gate {
namespace {

std::size_t distance_to(const Standpoint& at, std::int64_t place) {
  return static_cast<std::size_t>(std::ranges::find(at.chain, place) - at.chain.begin());
}

int rank_of(const Subject& subject) {
  if (subject.unit_id != 0) return 0;
  if (!subject.zone_level.empty()) return 1;
  return subject.compound_kind.empty() ? 3 : 2;
}

// What makes the subject hold here, or why it does not.
Weighed hold(const Subject& subject, const Standpoint& at) {
  Weighed w;
  w.through = subject.place_id;
  if (distance_to(at, subject.place_id) == at.chain.size()) w.why = Why::other_place;
  if (w.why == Why::chosen && !subject.compound_kind.empty() && subject.compound_kind != at.compound_kind)
    w.why = Why::other_kind;
  if (w.why == Why::chosen && !subject.zone_level.empty()) {
    w.through = at.zone_place;
    if (subject.zone_level != at.zone_level) w.why = Why::other_zone;
  }
  if (w.why == Why::chosen && subject.unit_id != 0) {
    const auto unit = std::ranges::find(at.units, subject.unit_id, &Standpoint::Unit::id);
    if (unit == at.units.end())
      w.why = Why::other_unit;
    else
      w.through = unit->member_place;
  }
  if (w.why != Why::chosen) w.through = 0;
  return w;
}

}  // namespace

std::vector<Weighed> weigh(std::span<const Candidate> candidates, const Standpoint& at, std::int64_t at_ms) {
  std::vector<Weighed> all;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    all.push_back(hold(candidates[i].subject, at));
    all.back().candidate = i;
    if (all.back().why == Why::chosen && candidates[i].effective_from_ms > at_ms)
      all.back().why = Why::not_begun;
  }
  const auto key = [&](const Weighed& w) {
    const auto& c = candidates[w.candidate];
    return std::tuple(w.why != Why::chosen, w.why, distance_to(at, w.through), rank_of(c.subject),
                      distance_to(at, c.subject.place_id), -c.effective_from_ms, -c.version);
  };
  std::ranges::sort(all, [&](const Weighed& a, const Weighed& b) { return key(a) < key(b); });
  // Those that hold stand first, the nearest and newest at their head.
  for (std::size_t i = 1; i < all.size() && all[i].why == Why::chosen; ++i) {
    const auto& own = candidates[all[i].candidate].subject;
    const bool newer = std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const Weighed& w) { return candidates[w.candidate].subject == own; });
    all[i].why = newer ? Why::older : Why::farther;
  }
  return all;
}

Policy policy_for(const Policy& policy, const std::vector<std::int64_t>& chain) {
  const auto names_here = [&](const DayHours& hours) {
    return std::ranges::any_of(hours.places,
                               [&](auto id) { return std::ranges::find(chain, id) != chain.end(); });
  };
  Policy here = policy;
  const bool named = std::ranges::any_of(policy.out_hours, names_here);
  std::erase_if(here.out_hours,
                [&](const DayHours& hours) { return named ? !names_here(hours) : !hours.places.empty(); });
  for (auto& hours : here.out_hours) hours.places.clear();
  if (here.curfew && !here.curfew->places.empty() && !names_here(*here.curfew)) here.curfew.reset();
  if (here.curfew) here.curfew->places.clear();
  return here;
}

}  // namespace engine::gate
