#pragma once
// Records as they were: a ledger shows the name and the address of its own time, whatever was said since.
//
//   "SELECT pe.name, " AS_OF("person", "g.person_id", "g.happened_ms") " FROM passage g ..."
//   said_then(r, 1, "name", r.maybe_text(0))
#include <optional>
#include <string>
#include <string_view>

#include "meta/sql.hpp"

namespace core {

// A subquery: the version of the record that held at that instant, NULL where today's still is the one. Of
// the history, which keeps what stood before each change.
#define AS_OF(entity, record, at)                                                               \
  "(SELECT hi.before FROM history hi WHERE hi.entity = '" entity "' AND hi.record_id = " record \
  " AND hi.recorded_ms > " at " AND hi.before IS NOT NULL ORDER BY hi.recorded_ms, hi.id LIMIT 1)"

// The text member `field` of the version in column `index`; `today` where there is none.
std::optional<std::string> said_then(const meta::Row& row, int index, std::string_view field,
                                     std::optional<std::string> today);

}  // namespace core
