#pragma once
// The sealing ladder (rules.md section 5): 1 / 2 / 3 households under observation in a stair seal household /
// stair / building, 1 / 2 cases seal stair / building. Pure; it proposes, a person decides.
#include <cstdint>
#include <span>
#include <vector>

namespace engine::control {

// Counted in one stair; in a building without stairs, in the building. 0: never.
struct Ladder {
  int household_observed = 1, stair_observed = 2, building_observed = 3;
  int stair_cases = 1, building_cases = 2;
};

// A household with somebody under observation, or with confirmed or suspected cases who live or lived there.
struct Home {
  std::int64_t household = 0, dwelling = 0;
  std::int64_t stair = 0;  // 0: the building has none
  std::int64_t building = 0;
  bool observed = false;
  int cases = 0;
};

enum class Reach : std::uint8_t { household, stair, building };
struct Sealing {
  Reach reach = Reach::household;
  std::int64_t place = 0;  // the dwelling, stair or building
  int observed = 0;        // households in it
  int cases = 0;
};
// The widest of each, none inside another, ordered by place. A household's rows are counted once.
std::vector<Sealing> propose(std::span<const Home> homes, const Ladder& ladder);

}  // namespace engine::control
