#pragma once
// Bonds of bodies and leaders with places, within the feature.
#include <vector>

#include "feature/organisation/service.hpp"

namespace feature::organisation {

// Within the caller's scope: in force, to come and past, newest first.
std::vector<OrganisationBond> bonds_of_organisation(db::Scoped& q, std::int64_t organisation);
// All of them, wherever they stand: the body is no more.
void end_bonds_of(db::Scoped& q, std::int64_t organisation, const core::Source& source);
// Bonds at these places in force at an instant; the places were found in scope or stand above such.
std::vector<OrganisationBond> bonds_at(db::Scoped& q, const std::vector<std::int64_t>& places,
                                       base::Instant at);
void name_places(db::Scoped& q, std::vector<OrganisationBond>& bonds);

}  // namespace feature::organisation
