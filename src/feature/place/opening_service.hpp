#pragma once
// What is wrong with the openings of one compound: a pure function over what is recorded.
#include <vector>

#include "feature/place/opening_record.hpp"
#include "feature/place/rule_record.hpp"

namespace feature::place {

struct SealedUnit {
  std::int64_t id = 0;
  std::vector<std::int64_t> openings{};  // that serve it
};

// practice.md 3 and 10: none unguarded, of each kind at most so many guarded (a reasoned exception that has
// not run out does not count), what a seal must say, a guarded way for people in and out at every hour, and
// one for every sealed unit.
std::vector<Violation> check_openings(const std::vector<Opening>& openings,
                                      const std::vector<SealedUnit>& units, const PlaceRules& rules,
                                      base::Instant now);
bool lets_people_through(const Opening& opening);  // guarded, and not for vehicles alone
OpeningTally tally(const std::vector<Opening>& openings, base::Instant now);

}  // namespace feature::place
