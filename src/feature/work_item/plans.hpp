#pragma once
// Inside the feature: what plans do by themselves.
#include "db/store.hpp"
#include "feature/work_item/plan_record.hpp"

namespace feature::work_item {

// One part of the items whose time has come. How many were made, at least 1 while something is left to do.
base::Result<std::int64_t> recur(db::Store& store, base::Instant now);

}  // namespace feature::work_item
