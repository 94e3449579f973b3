#pragma once
// Private to this feature: whether somebody who comes from elsewhere is filed (XN-50).
#include <vector>

#include "feature/gate/service.hpp"

namespace feature::gate {

std::vector<ListFiling> filings_of_compound(db::Scoped& q, std::int64_t compound_id, base::Instant at);
// Missing when one of these persons waits for it; filed when it is there. Nobody chosen: filed when all of
// the household's are. The phone decides alike (web/src/gate/model/directory.ts).
rule::Filing filing_of(db::Scoped& q, std::int64_t household_id, const std::vector<std::int64_t>& persons,
                       base::Instant at);

}  // namespace feature::gate
