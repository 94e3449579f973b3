#pragma once
// Rounds for other features: one as its caller may see it, and its doors.
#include <optional>
#include <string>
#include <vector>

#include "db/scoped.hpp"
#include "feature/survey/record.hpp"

namespace feature::survey {

// A round that goes over something in the scope, or over something the scope lies in.
std::optional<RoundRow> find_round(db::Scoped& q, std::int64_t id);
// A round whose whole place the caller looks after.
std::optional<RoundRow> own_round(db::Scoped& q, std::int64_t id);

// A dwelling that lies in the scope and in the round.
struct RoundDoor {
  std::int64_t compound_id = 0;
  std::string sort{}, label{};
};
std::optional<RoundDoor> door_of_round(db::Scoped& q, std::int64_t round_id, std::int64_t dwelling_id);

}  // namespace feature::survey
