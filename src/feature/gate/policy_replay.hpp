#pragma once
#include "api/context.hpp"
#include "feature/gate/policy_record.hpp"

namespace feature::gate {

// The passages of the last seven days decided again: by the version they were decided by, and by this one. A
// passage differs when the two verdicts differ on the facts the ledger holds.
base::Result<PolicyReplay> replay_policy(api::Context& c, const NewPolicy& in,
                                         const std::vector<std::int64_t>& compounds, std::int64_t all);

}  // namespace feature::gate
