#pragma once
// A made-up town of presences for benchmarks of tracing.
#include <cstdint>
#include <vector>

#include "engine/contact/contacts.hpp"

namespace bench {

using namespace engine::contact;

struct Town {
  std::vector<Presence> presences{};
  std::vector<Kind> kinds{};
  std::uint32_t persons = 0;
};

// How people of a town come together.
struct Shape {
  std::uint32_t compound = 3'500, stair = 60, household = 3, shift = 25;  // persons of each
  std::uint32_t at_work = 500;  // of 1,000 outings, to the same colleagues of the compound each time
  std::uint32_t venue = 10;     // persons who come to a place for anybody in a day
  std::uint32_t away = 36;      // of 1,000 outings, among people from anywhere
  Second rush_s = 2'000;        // a gate's busy time, morning and evening
  Second habit_s = 600;         // everybody has a minute of the rush, kept so nearly
};
// Half of the outings end among people from anywhere, and nobody keeps to a minute.
constexpr Shape far_town{
    .compound = 3'000, .at_work = 0, .venue = 6, .away = 500, .rush_s = 3'600, .habit_s = 3'600};

// Out and back on some days: the household, a crossing each way, the stair, and for some where they were.
Town generate(const Shape& shape, std::size_t presences, std::uint32_t persons, std::uint64_t seed);

// A case of that town, infectious for three of its five days, and persons drawn blindly.
Query case_of(std::uint32_t person, int depth);
std::vector<std::uint32_t> some_persons(const Town& town, std::size_t count);

}  // namespace bench
