#include "engine/intake/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace engine::intake {

using base::Problem;
using base::Problems;

namespace {

constexpr int lowest_floor = -5, highest_floor = 120;
constexpr int most_rooms_per_floor = 99;
constexpr std::size_t most_stairs = 60;

Problems check(const BuildingPattern& p) {
  Problems problems;
  const auto refuse = [&](const char* path, const char* code) { problems.push_back({path, code}); };
  if (p.building.empty()) refuse("/building", "required");
  if (p.first_floor < lowest_floor || p.first_floor > highest_floor || p.first_floor == 0)
    refuse("/first_floor", "range");
  if (p.last_floor < p.first_floor || p.last_floor > highest_floor || p.last_floor == 0)
    refuse("/last_floor", "range");
  if (p.rooms_per_floor < 1 || p.rooms_per_floor > most_rooms_per_floor) refuse("/rooms_per_floor", "range");
  if (p.stairs.size() > most_stairs) refuse("/stairs", "too_many");
  if (std::set<std::string>(p.stairs.begin(), p.stairs.end()).size() != p.stairs.size())
    refuse("/stairs", "duplicate");
  if (p.room_digits < 1 || p.room_digits > 3) refuse("/room_digits", "range");
  if (p.shop_floors < 0 || p.shop_floors > highest_floor) refuse("/shop_floors", "range");
  return problems;
}

// Below ground a floor keeps its sign in front of the room: -101.
std::string floor_name(const BuildingPattern& pattern, int floor) {
  for (const auto& [number, name] : pattern.renamed_floors)
    if (number == floor) return name;
  return std::to_string(floor);
}

std::string room_number(const BuildingPattern& pattern, int floor, std::size_t stair, int room) {
  const bool running = pattern.numbering == Numbering::floor_running;
  const int number = running ? static_cast<int>(stair) * pattern.rooms_per_floor + room : room;
  auto text = floor_name(pattern, floor) + fmt::format("{:0{}}", number, pattern.room_digits);
  if (pattern.numbering != Numbering::stair_floor_room) return text;
  const auto prefix = pattern.stairs.empty() ? std::string("1") : pattern.stairs[stair];
  return text.front() == '-' ? "-" + prefix + text.substr(1) : prefix + text;
}

}  // namespace

base::Result<std::vector<PatternDwelling>> expand(const BuildingPattern& pattern) {
  if (auto problems = check(pattern); !problems.empty()) return base::fail(std::move(problems));
  std::vector<int> floors;
  for (int floor = pattern.first_floor; floor <= pattern.last_floor; ++floor) {
    const bool skipped = std::ranges::find(pattern.skipped_floors, floor) != pattern.skipped_floors.end();
    const bool shop = floor >= 1 && floor <= pattern.shop_floors;
    if (floor != 0 && !skipped && !shop) floors.push_back(floor);
  }
  const auto stairs = std::max<std::size_t>(pattern.stairs.size(), 1);
  const auto total = stairs * floors.size() * static_cast<std::size_t>(pattern.rooms_per_floor);
  if (total > max_pattern_dwellings)
    return base::fail_field("", "too_many", {{"limit", std::to_string(max_pattern_dwellings)}});

  const bool stair_in_number = pattern.numbering == Numbering::stair_floor_room;
  std::vector<PatternDwelling> dwellings;
  dwellings.reserve(total);
  std::set<RoomRef> seen;
  for (std::size_t stair = 0; stair < stairs; ++stair)
    for (const int floor : floors)
      for (int room = 1; room <= pattern.rooms_per_floor; ++room) {
        RoomRef ref{pattern.phase, pattern.building, {}, room_number(pattern, floor, stair, room)};
        if (!stair_in_number && !pattern.stairs.empty()) ref.stair = pattern.stairs[stair];
        if (!seen.insert(ref).second)
          return base::fail_field("/renamed_floors", "duplicate", {{"room", print(ref)}});
        dwellings.push_back({std::move(ref), floor});
      }
  return dwellings;
}

}  // namespace engine::intake
