#pragma once
// Rings found the slow, obvious way: every pair of presences, ring after ring. Shares no code with the engine
// but the types.
#include <map>
#include <span>

#include "engine/contact/types.hpp"

namespace engine::contact {

struct Found {
  std::uint32_t ring = 0;
  Second at = 0, last = 0;
  std::uint32_t links = 0, kinds = 0;
  double strength = 0;
};

// By person, index persons with ring 0 left out.
std::map<std::uint32_t, Found> trace_slowly(std::span<const Presence> presences, std::span<const Kind> kinds,
                                            const Query& query, const Policy& policy);

}  // namespace engine::contact
