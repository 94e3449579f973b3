#pragma once
// For lists of a place: what stands at it or anywhere below it.
#include "db/scoped.hpp"

namespace feature::place {

// Of a query whose place is `p`; its argument is the place asked for.
inline constexpr db::Fragment at_or_below =
    " AND {arg} IN (p.id, p.stair_id, p.building_id, p.phase_id, p.compound_id, p.community_id, "
    "p.subdistrict_id, p.area_id, p.district_id)";

}  // namespace feature::place
