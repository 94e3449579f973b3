#pragma once
// The decision at a gate (practice.md 1-7, 11, 15-17, 24; LZ-17, 18, 26, 28; XN-40, 41, 43). Pure: the
// verdict depends on the arguments alone, so that a phone without a network, the server and a replay
// years later say the same. web/src/shared/decide.ts is its twin; tests/vectors/gate.json holds the two
// together.
//
// Always true: an emergency is allowed without a step; an entry is never denied and never stopped by
// quota or card; a group in record or warn stops nobody.
#include <span>

#include "engine/gate/types.hpp"

namespace engine::gate {

Verdict decide(const Facts& facts, const Policy& policy);

// Those of the persons crossing who count against the quota, at least 1: PassageEvent::persons of a
// confirmed exit. Accompanied children and one carer do not (practice.md 6).
int counted_persons(const Facts& facts);

// Whether 放行 may be tapped and the screen may turn green: nothing enforced stands in the way.
// What a warning asks for may be skipped.
bool may_release(const Verdict& verdict);

// The version with the latest effective_from_ms that is not after `at_ms`; of two, the higher version.
// Null when none is.
const Policy* policy_in_force(std::span<const Policy> policies, std::int64_t at_ms);

}  // namespace engine::gate
