#pragma once
// Inside the feature: what a case that begins makes somebody decide about the places around it.
#include "feature/control/outbreak_record.hpp"
#include "feature/control/record.hpp"

namespace feature::control {

// In the transaction in which the case begins or ends: one open item for what is proposed around its home.
void tell_sealing(db::Scoped& q, const CaseRow& row, std::int64_t work_id, base::Instant now);

}  // namespace feature::control
