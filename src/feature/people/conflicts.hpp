#pragma once
#include "feature/people/fields.hpp"
#include "feature/people/review_record.hpp"

namespace feature::people {

// Keeps what contradicts, beside what is known; 0 when it was kept before, whatever became of it.
std::size_t keep_conflict(db::Scoped& q, const Subject& s, const Saying& told, const core::Keyring& keys,
                          const core::Source& source);

}  // namespace feature::people
