#include <algorithm>

#include "engine/intake/room.hpp"

namespace engine::intake {

void DwellingIndex::add(const RoomRef& room) {
  rooms_.insert_or_assign(room, Entry{room, false});
  by_room_number_.emplace(room.room, room);
}

void DwellingIndex::add_old_name(const RoomRef& old_name, const RoomRef& room) {
  // A number given to another building since then means that building.
  if (rooms_.try_emplace(old_name, Entry{room, true}).second)
    by_room_number_.emplace(old_name.room, old_name);
}

DwellingIndex::Match DwellingIndex::find(const RoomRef& wanted) const {
  if (const auto exact = rooms_.find(wanted); exact != rooms_.end())
    return {exact->second.old_name ? How::renumbered : How::exact, exact->second.room};
  if (wanted.building.empty() || wanted.room.empty()) return {};
  const auto open_or_same = [](const std::string& a, const std::string& b) {
    return a.empty() || b.empty() || a == b;
  };
  std::vector<RoomRef> candidates;
  const auto [first, last] = by_room_number_.equal_range(wanted.room);
  for (auto at = first; at != last; ++at) {
    const auto& known = at->second;
    if (known.building != wanted.building || !open_or_same(known.stair, wanted.stair) ||
        !open_or_same(known.phase, wanted.phase))
      continue;
    const auto& room = rooms_.at(known).room;
    if (std::ranges::find(candidates, room) == candidates.end()) candidates.push_back(room);
  }
  if (candidates.empty()) return {};
  if (candidates.size() > 1) return {How::ambiguous, {}};
  return {How::inferred, candidates.front()};
}

bool DwellingIndex::has_building(std::string_view building) const {
  return std::ranges::any_of(rooms_, [&](const auto& entry) { return entry.first.building == building; });
}

}  // namespace engine::intake
