#pragma once
// What others write into these ledgers, and how they are let go when their time is over.
#include <vector>

#include "core/trail.hpp"
#include "feature/attendance/record.hpp"
#include "feature/attendance/session_record.hpp"
#include "feature/control/sample_service.hpp"

namespace feature::attendance {

// As it is: whoever writes has checked it. A session is a record like any other (core::insert).
void store_shift(db::Scoped& q, const ShiftRow& row, const core::Source& source);
// The sample of whoever is under control comes with it.
void store_swab(db::Scoped& q, const SessionRow& session, SwabRow row, const control::Ids& sample,
                const core::Source& source);

// --- retention -------------------------------------------------------------------------------------
// Shifts and sessions that began before, in scope, taken back or not; and away with them and their history,
// a session with its swabs.
std::vector<std::int64_t> shifts_due(db::Scoped& q, base::Instant begun_before, std::int64_t limit);
std::vector<std::int64_t> sessions_due(db::Scoped& q, base::Instant begun_before, std::int64_t limit);
void let_go_shifts(db::Scoped& q, const std::vector<std::int64_t>& shifts);
void let_go_sessions(db::Scoped& q, const std::vector<std::int64_t>& sessions);

}  // namespace feature::attendance
