#pragma once
// Whose rule holds where: the nearest subject wins, of its versions the newest, and every other candidate is
// told why it does not. Pure; the gate list, the decision, the ledger's second look and the page ask here.
//
// What is near: how far up the tree from the household the thing is that makes the rule hold. A rule for a
// sealed unit holds through the unit's member, a rule for a zone level through the place that was given the
// level, a rule for a kind of compound through the place it was written for. At the same distance a sealed
// unit goes before a zone level, that before a kind, that before a plain place; then the rule of the nearer
// place.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/gate/types.hpp"

namespace engine::gate {

// A rule written for a place holds for all below it, or for a part of that.
struct Subject {
  std::int64_t place_id = 0;
  std::string zone_level{};     // only where this level is in force
  std::string compound_kind{};  // only in compounds of this kind
  std::int64_t unit_id = 0;     // only in this sealed unit
  friend bool operator==(const Subject&, const Subject&) = default;
};

struct Candidate {
  Subject subject{};
  std::int64_t version = 0;
  std::int64_t effective_from_ms = 0;
};

// Where a household stands.
struct Standpoint {
  std::vector<std::int64_t> chain{};  // dwelling, stair, building, phase, compound .. district; nearest first
  std::string compound_kind{};
  std::string zone_level{};     // in force: its own or the nearest above
  std::int64_t zone_place = 0;  // which was given it
  struct Unit {
    std::int64_t id = 0, member_place = 0;
  };
  std::vector<Unit> units{};
};

enum class Why : std::uint8_t {
  chosen,
  farther,     // a nearer rule holds
  older,       // the same subject has a newer version
  not_begun,   // its time has not come
  other_zone,  // another level is in force here, or none
  other_kind,
  other_unit,
  other_place,
};

struct Weighed {
  std::size_t candidate = 0;  // index
  Why why = Why::chosen;
  std::int64_t through = 0;  // the place that makes it hold; 0 when none does
};

// Nearest first, at most one of them chosen; those that do not hold here come last.
std::vector<Weighed> weigh(std::span<const Candidate> candidates, const Standpoint& at, std::int64_t at_ms);

// The policy as it concerns a household: of the hours, those that name one of its places, or where none does,
// those that name no place. Their places are left out.
Policy policy_for(const Policy& policy, const std::vector<std::int64_t>& chain);

}  // namespace engine::gate
