#pragma once
#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "feature/people/review_record.hpp"

namespace feature::people {

// `other` becomes an alias of `keep`: its residences end, what `keep` lacks is filled from it, its numbers
// and its history are read with those of `keep`. Error: 422 /keep "lives_nowhere" when only `other` lives
// anywhere.
base::Result<void> merge_persons(db::Scoped& q, std::int64_t keep, std::int64_t other,
                                 const core::Keyring& keys, const core::Source& source, std::int64_t account);
// Puts both back as they were, but for what has been changed since. Error: conflict "merged_again" when the
// alias stands for somebody else by now.
base::Result<void> undo_merge(db::Scoped& q, std::int64_t a, std::int64_t b, const core::Keyring& keys,
                              const core::Source& source);

}  // namespace feature::people
