#pragma once
// Whether a new version takes something away from people (practice.md 4). Each parameter is compared by
// itself; one that is tighter makes the version a tightening, whatever else it loosens.
//
// Tighter is: more days of a window (0 is none), a rolling window, fewer outings or persons, fewer minutes of
// refund or outside, an overrun that costs; an exemption less, terms where there were none, a certificate,
// fewer of its days and hours; a card that a look-up does not replace; a step more, a shorter age of a test,
// code and test before code, test or either before none; a lower fever threshold, one that counts at the
// threshold itself, a higher low threshold, a lower highest one, a longer wait for the second reading; hours
// or a curfew that leave fewer minutes of a week at any place; refer before approval before allow; a filing;
// not leaving before asking before leaving; a level that covers the household; a shorter notice; an earlier
// end of the trial days; enforce before warn before record.
#include <string>
#include <vector>

#include "engine/gate/types.hpp"

namespace engine::gate {

enum class Effect : std::uint8_t { looser, tighter };

struct Difference {
  std::string field{};  // of Policy; "modes.quota", "level_rights.home_observation" for members
  Effect effect = Effect::looser;
  friend bool operator==(const Difference&, const Difference&) = default;
};

// In the order of the parameters; version, time of effect and offset are none. A field that is tighter in one
// way and looser in another is tighter.
std::vector<Difference> differences(const Policy& before, const Policy& after);
bool tightens(const std::vector<Difference>& differences);

}  // namespace engine::gate
