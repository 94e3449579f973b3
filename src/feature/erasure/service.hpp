#pragma once
#include <cstdint>

#include "core/services.hpp"
#include "db/store.hpp"

namespace feature::erasure {

// Erases again whom the journal names and a copy of the store has brought back, and ends what a crash
// interrupted; how many persons. To be called before anybody is served.
base::Result<std::int64_t> replay(db::Store& store, core::Services& services, base::Instant now);

// Once a night, after three o'clock: what the rules say is due goes in parts of low priority, and what went
// is recorded; at the end the bytes of files that no row names. True after a part: to be called again; a
// night that a crash or a failure cut short goes on.
base::Result<bool> run_tonight(db::Store& store, core::Services& services, base::Instant now);

}  // namespace feature::erasure
