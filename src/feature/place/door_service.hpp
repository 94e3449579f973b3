#pragma once
// What a visitor saw at a door.
#include "core/trail.hpp"
#include "feature/place/record.hpp"

namespace feature::place {

// It goes into the dwelling's row with its source; what was not seen stays. A dwelling on record as rented
// stays so when somebody lives there.
void seen_at_door(db::Scoped& q, std::int64_t dwelling, Tri fitted_out, Tri occupied,
                  const core::Source& source);

}  // namespace feature::place
