#pragma once
// From crossings of a compound to stays inside it, with honest bounds: what was not recorded is an interval,
// not an instant.
#include <optional>
#include <span>
#include <vector>

#include "engine/contact/types.hpp"

namespace engine::contact {

struct Crossing {
  Second at = 0;
  bool in = false;
};

// Inside from somewhere in [from_earliest, from_latest] until somewhere in [until_earliest, until_latest].
struct Stay {
  Second from_earliest = 0, from_latest = 0, until_earliest = 0, until_latest = 0;
  Certainty certainty = Certainty::observed;
  friend bool operator==(const Stay&, const Stay&) = default;
};

struct InferPolicy {
  Second longest_stay_s = 0;  // of somebody who does not live here, when an end is missing; 0: no bound
};

// `crossings` by time. `home`: since when and until when the person lives here: inside then unless a crossing
// says otherwise. `gaps`: when records of this compound may be missing. `now` ends what is open.
std::vector<Stay> stays(std::span<const Crossing> crossings, std::optional<Span> home,
                        std::span<const Span> gaps, Second now, const InferPolicy& policy);

}  // namespace engine::contact
