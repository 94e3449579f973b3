#pragma once
// Care recipients, for other features: beginning care, its contacts and needs, the round that keeps them from
// being forgotten, and letting go.
#include <cstdint>
#include <string>
#include <vector>

#include "core/trail.hpp"
#include "db/scoped.hpp"
#include "db/store.hpp"
#include "feature/care/record.hpp"

namespace feature::care {

// Taken before the closure.
struct Ids {
  std::int64_t recipient = 0, helper = 0;
};
Ids take_ids(db::Store& store);
// Each gives the compound, for the audit that the caller writes. Errors of fields as the records name them;
// "not_found", conflict "care.already", "care.ended".
base::Result<std::int64_t> begin(db::Scoped& q, const NewRecipient& in, const Ids& ids, std::int64_t account,
                                 const core::Source& source);
base::Result<std::int64_t> note_contact(db::Scoped& q, std::int64_t recipient, const NewContact& in,
                                        std::int64_t id, std::int64_t account, const core::Source& source);
base::Result<std::int64_t> plan_need(db::Scoped& q, std::int64_t recipient, const NewNeed& in,
                                     std::int64_t id, std::int64_t account, const core::Source& source);

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
