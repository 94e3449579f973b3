#pragma once
#include <cstdint>
#include <vector>

#include "core/services.hpp"
#include "db/store.hpp"
#include "feature/erasure/record.hpp"

namespace feature::erasure {

// Erases again whom the journal names and a copy of the store has brought back, and ends what a crash
// interrupted; how many persons. To be called before anybody is served.
base::Result<std::int64_t> replay(db::Store& store, core::Services& services, base::Instant now);

// Once a night, after three o'clock: what the rules say is due goes in parts of low priority, and what went
// is recorded; at the end the bytes of files that no row names. True after a part: to be called again; a
// night that a crash or a failure cut short goes on.
base::Result<bool> run_tonight(db::Store& store, core::Services& services, base::Instant now);

// The same by hand. What every rule says is due, nothing being changed; and all of it removed at once, kind
// by kind, overwritten in the files of the store (PostgreSQL: see docs/operations.md). An error leaves the
// parts before it removed.
base::Result<std::vector<Due>> due_now(db::Store& store, const core::Services& services, base::Instant now);
base::Result<std::vector<KindCount>> remove_due(db::Store& store, core::Services& services,
                                                base::Instant now);

}  // namespace feature::erasure
