#pragma once
// Invented subdistricts of real size, the same from the same seed. The totals are those of a real one
// (LZ-07); every name, number and person is made up: documents lie in the area 000000, which is no place,
// and phones begin with 1990000.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace engine::town {

class Dice;

enum class CompoundKind { property_managed, owners_committee, unmanaged, scattered_cluster };

struct Totals {
  int compounds = 0, buildings = 0, households = 0;
};
// LZ-07: "物管小区82个1085栋35976户、非物管小区33个285栋4268户、散楼栋206栋3392户". Scattered buildings
// belong to no compound; the clusters they are fenced into (LZ-05, LZ-08) are the plan's own.
inline constexpr Totals property_managed{82, 1085, 35976};
inline constexpr Totals without_property{33, 285, 4268};
inline constexpr Totals scattered{0, 206, 3392};
inline constexpr int checkpoints = 300;  // LZ-14: "300余个"
inline constexpr int first_tier = 205;   // LZ-10

struct Building {
  std::string name{};
  int stairs = 1, floors = 6, rooms_per_floor = 2;  // rooms of one stair on one floor
  int households = 0;                               // at most the rooms
  int rooms() const { return stairs * floors * rooms_per_floor; }
};

struct Compound {
  std::string name{};
  CompoundKind kind = CompoundKind::property_managed;
  int community = 0;  // index into Plan::communities
  std::vector<Building> buildings{};
  int guarded = 1, sealed = 0;  // openings
  int households() const;
};

struct Plan {
  std::string name{};
  std::vector<std::string> communities{};
  std::vector<Compound> compounds{};
  int first_tier = town::first_tier;  // stewards, spread over the buildings
};

Plan plan(std::uint64_t seed);

enum class Relation { head, spouse, child, parent, tenant };

struct Person {
  std::string name{};
  Relation relation = Relation::head;
  bool male = false;
  base::Day birth_day{};
  std::string document{};  // 18 characters with a right check character
  std::string phone{};     // empty for children
  bool elder_alone = false;
};

struct Home {
  int building = 0, stair = 1, floor = 1;
  std::string room{};  // "1201"
  bool fitted_out = true, lived_in = true, rented = false;
  int area_m2 = 90;
  // None, one or several (practice.md 8). Where somebody lives whom nobody has registered yet, none too.
  std::vector<std::vector<Person>> households{};
};

std::string person_name(Dice& dice);

// Every dwelling of a compound in walking order; exactly Building::households households each.
std::vector<Home> homes(const Compound& compound, std::uint64_t seed, base::Day today);

}  // namespace engine::town
