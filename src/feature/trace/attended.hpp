#pragma once
// Who was at a place by duty or by call, as the ledgers of feature/attendance say.
#include <cstdint>
#include <vector>

#include "feature/trace/presences.hpp"

namespace feature::trace {

struct Attended {
  PlaceKey place{};
  std::int64_t person = 0, compound = 0;
  contact::Span most{}, least{};
  contact::Certainty certainty = contact::Certainty::observed;
};
// Of these persons, since a little before.
std::vector<Attended> attended_by(db::Scoped& q, const std::vector<std::int64_t>& persons,
                                  base::Instant since);
// Who was at such a place in one of these compounds.
std::vector<std::int64_t> persons_attending(db::Scoped& q, const std::vector<std::int64_t>& compounds,
                                            base::Instant since);

}  // namespace feature::trace
