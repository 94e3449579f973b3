#pragma once
// What people of the staff did at doors, who are known as persons of the registry: surveys that were
// answered, and what was handed over. Their office confirmed who they are (organisation/staff_person.cpp).
#include <cstdint>
#include <vector>

#include "db/scoped.hpp"
#include "feature/trace/presences.hpp"

namespace feature::trace {

struct Errand {
  PlaceKey place{};  // the one meeting: the attempt, or the request
  std::int64_t person = 0, dwelling = 0, compound = 0;
  std::int64_t household = 0;  // 0: whoever lives there
  contact::Second at = 0;
};

// Of these persons, and to these dwellings.
std::vector<Errand> errands_of(db::Scoped& q, const std::vector<std::int64_t>& persons,
                               const std::vector<std::int64_t>& dwellings, base::Instant since);

// Who was at one of these doors, or at one in these compounds.
std::vector<std::int64_t> persons_sent(db::Scoped& q, const std::vector<std::int64_t>& dwellings,
                                       const std::vector<std::int64_t>& compounds, base::Instant since);
// Where these requests were for; others of the ids are passed over.
std::vector<std::int64_t> dwellings_of_requests(db::Scoped& q, const std::vector<std::int64_t>& requests);
// A change of who somebody of the staff is names staff, accounts and persons: whose presences that concerns,
// and the doors they were at.
std::vector<std::int64_t> persons_of_staff(db::Scoped& q, const std::vector<std::int64_t>& ids);
std::vector<std::int64_t> dwellings_of_staff(db::Scoped& q, const std::vector<std::int64_t>& ids,
                                             base::Instant since);

}  // namespace feature::trace
