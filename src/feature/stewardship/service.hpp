#pragma once
// Who answers for a place, for every feature that looks for somebody.
#include <map>
#include <vector>

#include "feature/place/service.hpp"
#include "feature/stewardship/record.hpp"

namespace feature::stewardship {

// A steward and how far up from the place asked for they stand: 0 the place itself, more for each node above,
// a grid between its member and the node above that.
struct Candidacy {
  Steward steward{};
  int distance = 0;
};
// Of every tier those who stand nearest; a tier without anybody is there and empty.
std::vector<TierAnswer> nearest(std::vector<Candidacy> all, const std::vector<place::TierRule>& tiers);

// The phone sealed, findable and masked; false when it is none.
bool give_phone(StaffRow& staff, std::string_view typed, const core::Keyring& keys);

// Who stands for the place at an instant, tier by tier. The place was found in scope; those above it are no
// secret to anyone inside. Without names of places and the zone: for giving work to somebody.
Responsible standing_for(db::Scoped& q, const place::PlaceRow& place, base::Instant at);
// Of many places, by their ids.
std::map<std::int64_t, Responsible> standing_for(db::Scoped& q, const std::vector<place::PlaceRow>& places,
                                                 base::Instant at);
// The same with the names of places and the zone, as it is shown.
Responsible responsible_for(db::Scoped& q, const place::PlaceRow& place, base::Instant at);

}  // namespace feature::stewardship
