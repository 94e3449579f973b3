#pragma once
// Who is known to live in some dwellings, as far as a roster can be compared with it.
#include <map>
#include <string>
#include <vector>

#include "feature/exchange/reading.hpp"
#include "feature/people/record.hpp"

namespace feature::exchange {

struct Resident {
  people::PersonRow person{};
  people::ResidenceRow residence{};
  std::vector<std::string> phones{};  // blind indexes
};
struct Household {
  std::int64_t id = 0;
  bool provisional = false;  // made at a gate, not yet confirmed
  int next_position = 0;
};
struct Inhabited {
  std::vector<Resident> residents{};
  std::vector<Household> households{};
};
std::map<std::int64_t, Inhabited> load_residents(db::Scoped& q, const std::vector<std::int64_t>& dwellings);

// Blind index of an intact document -> label of the dwelling, of all persons of a compound who do not come
// from this import itself: a broken-off commit goes on without meeting its own rows.
std::map<std::string, std::string> documents_of(db::Scoped& q, std::int64_t compound_id,
                                                std::int64_t import_id);

}  // namespace feature::exchange
