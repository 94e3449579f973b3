#pragma once
// Changing the tree and keeping what it was.
#include "feature/place/service.hpp"

namespace feature::place {

// GB/T 2260 and the statistical codes below it: 6 digits of a district, 9 of a subdistrict, 12 of a community
// (shorter levels may be filled up with zeros to 12). Statistical pseudo-units (4xx, 5xx) are no places.
bool good_code(Kind kind, std::string_view code);

// The new version of a node; the old one becomes a closed period.
void write_version(db::Scoped& q, const PlaceRow& before, PlaceRow after, std::int64_t past_id,
                   const core::Source& source);

// What a move does to ancestors: the moved node's own, and of those below it every one they have from above.
PlaceRow under(const PlaceRow& moved, const PlaceRow& parent);
bool move_under_way(db::Scoped& q);
// Moves the node alone and notes what is left to do for finish_moves.
PlaceRow begin_move(db::Scoped& q, const PlaceRow& before, const PlaceRow& parent, std::int64_t past_id,
                    std::int64_t move_id, const core::Source& source);

}  // namespace feature::place
