#pragma once
// Zone levels for features that decide on them.
#include "core/trail.hpp"
#include "feature/place/zone_record.hpp"

namespace feature::place {

// A level begins at a place found in scope; what held or was to begin there from then on gives way.
void begin_zone(db::Scoped& q, const PlaceRow& place, const ZoneRow& row, const core::Source& source);
// Its place; nothing where there is no such level in scope, or it is over.
std::optional<PlaceRow> end_zone(db::Scoped& q, std::int64_t id, const core::Source& source);

}  // namespace feature::place
