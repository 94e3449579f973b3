#pragma once
#include "feature/people/fields.hpp"

namespace feature::people {

// What has changed about a person and those merged with them, newest first: the person, their phones, and the
// residences given. The caller has found the person in scope.
std::vector<HistoryEntry> history_of(db::Scoped& q, const std::vector<std::int64_t>& persons,
                                     const std::vector<ResidenceShown>& residences);
// Per field the last saying of it that still stands.
std::vector<FieldSource> sources_of(const std::vector<HistoryEntry>& newest_first, const std::string& about);

}  // namespace feature::people
