#pragma once
#include <cstdint>

#include "core/services.hpp"
#include "db/store.hpp"

namespace feature::erasure {

// Erases again whom the journal names and a copy of the store has brought back, and ends what a crash
// interrupted; how many persons. To be called before anybody is served.
base::Result<std::int64_t> replay(db::Store& store, core::Services& services, base::Instant now);

}  // namespace feature::erasure
