#pragma once
// Reading the facts that the checks look at; every one lies below the place asked for, which was found in
// scope.
#include "feature/place/service.hpp"
#include "feature/stewardship/checks.hpp"

namespace feature::stewardship {

Facts load_facts(db::Scoped& q, const place::PlaceRow& place, const place::PlaceRules& rules,
                 base::Instant now);
std::vector<Person> load_people(db::Scoped& q, const place::PlaceRow& place);

}  // namespace feature::stewardship
