// Taking requests that are over away when their purpose has ended.
#include "feature/service_request/service.hpp"

namespace feature::service_request {

std::vector<std::int64_t> requests_due(db::Scoped& q, base::Instant ended_before, std::int64_t limit) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT r.id FROM service_request r JOIN place p ON p.id = r.dwelling_id WHERE r.ended_ms < $1 AND "
      "{scope:p} ORDER BY r.id LIMIT $2",
      {ended_before, limit}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

void let_go(db::Scoped& q, const std::vector<std::int64_t>& requests) {
  auto& raw = q.unscoped();  // ids found through the scope
  const auto ids = db::json_array(requests);
  const auto in = raw.in_list(1);
  raw.run("DELETE FROM history WHERE entity = 'service_request' AND record_id " + in, {ids});
  raw.run("DELETE FROM service_request WHERE id " + in, {ids});
}

}  // namespace feature::service_request
