#pragma once
// Erasing: one write per person, then the proof for all of them together.
#include <optional>
#include <string>
#include <vector>

#include "core/services.hpp"
#include "db/store.hpp"
#include "feature/erasure/record.hpp"

namespace feature::erasure {

struct Order {
  Cause cause = Cause::person;
  Reason reason = Reason::purpose_ended;
  std::optional<std::string> reference{};
  std::string actor{};  // "account:12", "program"
  base::Instant now{};
  std::string request_id{};
};

// What is left to do once the rows are gone.
struct Unproven {
  std::vector<std::int64_t> erasures{};
  std::vector<std::string> needles{};  // what the removed rows looked like in the file
  std::vector<std::int64_t> files{};   // imports whose kept file may hold the person
};

// The ids a person has or had: themselves and those merged into them. Empty when nobody has the id.
std::vector<std::int64_t> ids_of(db::Connection& c, std::int64_t person);

Preview preview_of(db::Connection& c, std::int64_t person);

// Journals the ids, then removes in one write whatever the inventory names. Once erased, again changes
// nothing.
base::Result<void> erase_person(db::Store& store, core::Services& services, std::int64_t person,
                                const Order& order, db::Priority priority, Unproven& unproven);

// Drops the files, empties the log, looks for the bytes, writes the whole store anew should any be left, and
// puts the outcome on the receipts. An error leaves them pending; the next start goes on.
base::Result<void> prove(db::Store& store, core::Services& services, const Unproven& unproven,
                         base::Instant now);

}  // namespace feature::erasure
