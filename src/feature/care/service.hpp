#pragma once
// Care recipients, for other features: the round that keeps contacts and needs from being forgotten, and
// letting go.
#include <cstdint>
#include <string>
#include <vector>

#include "db/scoped.hpp"
#include "db/store.hpp"
#include "feature/care/record.hpp"

namespace feature::care {

// Contacts nobody made by their hour and needs whose day comes near, some dozen at a time, each an item of
// work once. How many were looked at; 0: none is left.
base::Result<std::int64_t> tend(db::Store& store, base::Instant now);
// Who has moved is looked after at the new home, some dozen at a time; how many. It looks at everybody.
base::Result<std::int64_t> follow_moves(db::Store& store, base::Instant now);

// --- retention -------------------------------------------------------------------------------------
// Recipients whose care ended before, in scope; and away with them, their lines and their history.
std::vector<std::int64_t> recipients_due(db::Scoped& q, base::Instant ended_before, std::int64_t limit);
void let_go(db::Scoped& q, const std::vector<std::int64_t>& recipients);
std::vector<std::string> tables_of_recipients();  // where something was removed

}  // namespace feature::care
