#pragma once
#include "base/error.hpp"
#include "db/scoped.hpp"
#include "feature/people/file_record.hpp"

namespace feature::people {

// An alias answers with whom it stands for. Error: not_found.
base::Result<PersonFile> load_person_file(db::Scoped& q, std::int64_t id, base::Day today);
// Open pairs with this person whose other side is in scope as well.
int count_pairs_of(db::Scoped& q, std::int64_t person);
// What is open of the members of a household, best first: the answer to making one names them.
base::Result<HouseholdFile> load_household_file(db::Scoped& q, std::int64_t id);

}  // namespace feature::people
