#pragma once
// Dwellings of a building from a pattern, for compounds without files (practice.md 12).
#include <string>
#include <vector>

#include "base/error.hpp"
#include "engine/intake/room.hpp"

namespace engine::intake {

inline constexpr int max_pattern_dwellings = 20'000;

enum class Numbering {
  floor_room,       // 101 102 201 202, the same in each stair
  floor_running,    // rooms of a floor run on over the stairs: 1-101 1-102 2-103 2-104
  stair_floor_room  // no stair in front, the stair is the first digit: 1101 1102 2101
};

struct BuildingPattern {
  std::string phase{};
  std::string building{};
  std::vector<std::string> stairs{};  // empty: one, unnamed
  int first_floor = 1;                // negative for floors below ground; there is no floor 0
  int last_floor = 1;
  int rooms_per_floor = 1;  // of one stair
  Numbering numbering = Numbering::floor_room;
  std::vector<int> skipped_floors{};  // no such floor is named: 4, 13, 14
  // Floors with another name, the room number is built with it: {4, "3A"}, {13, "12A"}.
  std::vector<std::pair<int, std::string>> renamed_floors{};
  int shop_floors = 0;  // the lowest floors above ground hold shops, not dwellings
  int room_digits = 2;  // 101 or 1001
};

struct PatternDwelling {
  RoomRef room{};
  int floor = 1;
  friend bool operator==(const PatternDwelling&, const PatternDwelling&) = default;
};

// Errors: 422 with the fields named (range, too_many, duplicate).
base::Result<std::vector<PatternDwelling>> expand(const BuildingPattern& pattern);

}  // namespace engine::intake
