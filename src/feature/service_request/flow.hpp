#pragma once
// Inside the feature: a request's row and what may become of it.
#include <optional>
#include <vector>

#include "api/context.hpp"
#include "feature/service_request/service.hpp"

namespace feature::service_request {

// In scope; absent and out of scope are the same.
std::optional<RequestRow> find_request(db::Scoped& q, std::int64_t id);
// The same, kept from others until the transaction ends.
std::optional<RequestRow> lock_request(db::Scoped& q, std::int64_t id);
// As lists show them: request_columns in the order that load_shown() reads, p the dwelling's place.
extern const db::ScopedSql shown_requests;
ServiceRequest load_shown(const db::Row& r);
inline constexpr int shown_columns = 25;                                   // then p.sort, r.compound_id
std::optional<ServiceRequest> find_shown(db::Scoped& q, std::int64_t id);  // in scope

bool carried(db::Scoped& q, const RequestRow& row);
// The state that a verb leads to; none: not now.
std::optional<State> after(State state, Verb verb, bool carried);
// Writes the changed row, settles its work, ends its run when nothing is left of it.
void write_request(db::Scoped& q, const RequestRow& before, RequestRow row, const core::Source& source);

std::string task_origin(std::int64_t request_id);
std::string run_origin(std::int64_t run_id);

}  // namespace feature::service_request
