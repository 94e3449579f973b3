#pragma once
// Counting compounds: the program does it beside its work, tests and the demonstration when they want it
// done.
#include "db/store.hpp"

namespace feature::command {

// Counts the compounds that have changed since they were counted, or never were, a few dozen in one write of
// low priority; how many. 0: all figures are up to date.
base::Result<std::int64_t> count_compounds(db::Store& store, base::Instant now);

}  // namespace feature::command
