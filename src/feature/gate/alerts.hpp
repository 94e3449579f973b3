#pragma once
// What a passage makes somebody do, opened in the same transaction: an upload of a phone that was offline
// makes it too, and exactly once.
#include <span>

#include "feature/gate/entering.hpp"

namespace feature::gate {

inline constexpr std::string_view copy_flag = "copy_suspected";  // in the ledger; the phone is not told

// The same card at another opening within minutes: one of the two may be a copy (practice.md 13). Of the
// crossings of its household before it.
bool copy_suspected(const PassageRow& row, std::span<const Crossing> crossings);

// Opens what follows from a passage that has been written.
void raise_alerts(db::Scoped& q, const PassageRow& row, const rule::Verdict& verdict, const RecordIds& ids,
                  base::Instant now);

}  // namespace feature::gate
