#pragma once
// What a passage makes somebody do, opened in the same transaction: an upload of a phone that was offline
// makes it too, and exactly once.
#include "feature/gate/service.hpp"

namespace feature::gate {

inline constexpr std::string_view copy_flag = "copy_suspected";  // in the ledger; the phone is not told

// The same card at another opening within minutes: one of the two may be a copy (practice.md 13). Asked
// before the passage is in the ledger.
bool copy_suspected(db::Scoped& q, const PassageRow& row);

// Opens what follows from a passage that has been written.
void raise_alerts(db::Scoped& q, const PassageRow& row, const rule::Verdict& verdict, const RecordIds& ids,
                  base::Instant now);

}  // namespace feature::gate
