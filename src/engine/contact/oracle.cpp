#include "engine/contact/oracle.hpp"

#include <algorithm>
#include <cstdint>

namespace engine::contact {
namespace {

using Wide = std::int64_t;
struct Window {
  Wide from, until;
};

double share_of(Wide together, const KindPolicy& rule, double least) {
  if (rule.full_s == 0) return 1;
  const double share = together <= 0 ? 0 : static_cast<double>(together) / rule.full_s;
  return std::clamp(share, least, 1.0);
}

double confidence_of(const Presence& p, const Query& query, const Policy& policy) {
  bool gap = false;
  for (const auto& g : query.gaps)
    gap = gap || (g.place == p.place && g.span.from <= p.until && p.from <= g.span.until);
  const bool weaker = gap && p.certainty == Certainty::observed && p.from < p.until;
  return policy.confidence[static_cast<std::size_t>(weaker ? Certainty::gap : p.certainty)];
}

}  // namespace

std::map<std::uint32_t, Found> trace_slowly(std::span<const Presence> presences, std::span<const Kind> kinds,
                                            const Query& query, const Policy& policy) {
  std::map<std::uint32_t, Window> last_ring;
  std::map<std::uint32_t, Found> out;
  const bool forward = query.direction == Direction::contacts;
  for (const auto& index : query.indices) {
    const auto [at, fresh] =
        last_ring.try_emplace(index.person, Window{index.window.from, index.window.until});
    if (!fresh)
      at->second = {std::min<Wide>(at->second.from, index.window.from),
                    std::max<Wide>(at->second.until, index.window.until)};
  }
  std::map<std::uint32_t, Found> known;  // everybody in a ring so far
  for (const auto& [person, window] : last_ring) known[person] = {};
  for (std::uint32_t ring = 1; ring <= static_cast<std::uint32_t>(query.depth); ++ring) {
    std::map<std::uint32_t, Found> here;
    for (const auto& a : presences) {
      const auto source = last_ring.find(a.person);
      if (source == last_ring.end()) continue;
      const Wide a_from = std::max<Wide>(a.from, source->second.from);
      const Wide a_until = std::min<Wide>(a.until, source->second.until);
      const auto kind = static_cast<std::size_t>(kinds[a.place]);
      const auto& rule = policy.kinds[kind];
      if (a_from > a_until || !rule.follow) continue;
      for (const auto& b : presences) {
        if (b.place != a.place || b.person == a.person || known.contains(b.person)) continue;
        const Wide from = std::max<Wide>(a_from, b.from), until = std::min<Wide>(a_until, b.until);
        if (from - until > Wide{rule.slack_s}) continue;
        const double strength = rule.weight * share_of(until - from, rule, policy.least_share) *
                                confidence_of(a, query, policy) * confidence_of(b, query, policy);
        const auto at = static_cast<Second>(forward ? from : until);
        const auto last = static_cast<Second>(forward ? std::max(from, until) : std::min(from, until));
        auto& f = here.try_emplace(b.person, Found{ring, at, last, 0, 0, 0}).first->second;
        f.at = forward ? std::min(f.at, at) : std::max(f.at, at);
        f.last = forward ? std::max(f.last, last) : std::min(f.last, last);
        ++f.links;
        f.kinds |= 1U << kind;
        f.strength = std::max(f.strength, strength);
      }
    }
    last_ring.clear();
    for (const auto& [person, f] : here) {
      known[person] = out[person] = f;
      Window w{};
      if (forward) {
        w = {Wide{f.at} + policy.latent_s, query.horizon.until};
        for (const auto& i : query.isolations)
          if (i.person == person) w.until = std::min<Wide>(w.until, i.from);
      } else {
        w = {query.horizon.from, Wide{f.at} - policy.latent_s};
      }
      last_ring[person] = w;
    }
  }
  return out;
}

}  // namespace engine::contact
