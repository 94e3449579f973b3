#pragma once
// Where somebody lives now.
#include <cstdint>
#include <optional>

#include "db/scoped.hpp"

// Of a record x that is kept at a person's home: they live elsewhere now. Unknown is not elsewhere.
#define PERSON_HAS_MOVED                                                                                     \
  "EXISTS (SELECT 1 FROM residence r WHERE r.person_id = x.person_id AND r.valid_until_ms IS NULL) AND NOT " \
  "EXISTS (SELECT 1 FROM residence r WHERE r.person_id = x.person_id AND r.household_id = x.household_id "   \
  "AND r.dwelling_id = x.dwelling_id AND r.valid_until_ms IS NULL)"

namespace feature::people {

struct Home {
  std::int64_t household = 0, dwelling = 0, compound = 0;
};
// The main one where there are several; within the scope, so of who lives elsewhere nothing.
std::optional<Home> home_of(db::Scoped& q, std::int64_t person);

}  // namespace feature::people
