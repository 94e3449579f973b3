#pragma once
// What other features ask of meters.
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "feature/meter/record.hpp"

namespace feature::meter {

// Estimates a compound's dwellings anew, from what is on record now. Running it again changes nothing.
base::Result<void> estimate_compound(api::Context& c, std::int64_t compound_id);
// Reasons as meter_estimate keeps them.
std::vector<rule::Reason> reasons_in(std::string_view text);

}  // namespace feature::meter
