#include "engine/control/sealing.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace engine::control {
namespace {

struct Counted {
  std::set<std::int64_t> observed{};
  int cases = 0;
};

Counted count(std::span<const Home> homes) {
  Counted out;
  for (const auto& home : homes) {
    if (home.observed) out.observed.insert(home.household);
    out.cases += home.cases;
  }
  return out;
}

bool reached(int number, int step) { return step > 0 && number >= step; }

Sealing sealing_of(Reach reach, std::int64_t place, const Counted& counted) {
  return {reach, place, static_cast<int>(counted.observed.size()), counted.cases};
}

// What a stair, or a building without stairs, is sealed as; the households of it when neither is reached.
enum class Step : std::uint8_t { none, households, stair, building };
Step step_of(const Counted& counted, const Ladder& ladder) {
  const auto observed = static_cast<int>(counted.observed.size());
  if (reached(observed, ladder.building_observed) || reached(counted.cases, ladder.building_cases))
    return Step::building;
  if (reached(observed, ladder.stair_observed) || reached(counted.cases, ladder.stair_cases))
    return Step::stair;
  return reached(observed, ladder.household_observed) ? Step::households : Step::none;
}

void add_households(std::span<const Home> homes, std::vector<Sealing>& out) {
  std::map<std::int64_t, std::vector<Home>> by_dwelling;
  for (const auto& home : homes) by_dwelling[home.dwelling].push_back(home);
  for (const auto& [dwelling, lived] : by_dwelling)
    if (const auto counted = count(lived); !counted.observed.empty())
      out.push_back(sealing_of(Reach::household, dwelling, counted));
}

}  // namespace

std::vector<Sealing> propose(std::span<const Home> homes, const Ladder& ladder) {
  std::map<std::int64_t, std::map<std::int64_t, std::vector<Home>>> buildings;
  for (const auto& home : homes) buildings[home.building][home.stair].push_back(home);
  std::vector<Sealing> out;
  for (const auto& [building, stairs] : buildings) {
    std::vector<Home> all;
    std::vector<Sealing> inside;
    bool whole = false;
    for (const auto& [stair, lived] : stairs) {
      all.insert(all.end(), lived.begin(), lived.end());
      const auto counted = count(lived);
      const auto step = step_of(counted, ladder);
      if (step == Step::building || (step == Step::stair && stair == 0)) whole = true;
      if (step == Step::stair && stair != 0) inside.push_back(sealing_of(Reach::stair, stair, counted));
      if (step == Step::households) add_households(lived, inside);
    }
    if (whole)
      out.push_back(sealing_of(Reach::building, building, count(all)));
    else
      out.insert(out.end(), inside.begin(), inside.end());
  }
  std::ranges::sort(out, {}, &Sealing::place);
  return out;
}

}  // namespace engine::control
