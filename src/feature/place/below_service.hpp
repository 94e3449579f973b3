#pragma once
// For lists of a place: what stands at it or anywhere below it.
#include <cstdint>

#include "db/scoped.hpp"
#include "feature/place/record.hpp"

namespace feature::place {

// Of a query whose place is `p`; its argument is the id of the place asked for. It names the one column of
// that kind, which an index can serve.
db::Fragment below(Kind kind);
// The same by the id; of a place that is not there nothing is listed.
db::Fragment below(db::Scoped& q, std::int64_t place_id);

}  // namespace feature::place
