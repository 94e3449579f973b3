// Taking shifts and test sessions away when their time is over.
#include "feature/attendance/service.hpp"

namespace feature::attendance {
namespace {

std::vector<std::int64_t> due(db::Scoped& q, const db::ScopedSql& sql, base::Instant before,
                              std::int64_t limit) {
  std::vector<std::int64_t> ids;
  q.run(sql, {before, limit}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

}  // namespace

std::vector<std::int64_t> shifts_due(db::Scoped& q, base::Instant begun_before, std::int64_t limit) {
  return due(q,
             "SELECT d.id FROM place p JOIN duty_shift d ON d.compound_id = p.id WHERE p.kind = 'compound' "
             "AND d.from_ms < $1 AND {scope:p} LIMIT $2",
             begun_before, limit);
}

std::vector<std::int64_t> sessions_due(db::Scoped& q, base::Instant begun_before, std::int64_t limit) {
  return due(q,
             "SELECT t.id FROM place p JOIN test_session t ON t.compound_id = p.id WHERE p.kind = 'compound' "
             "AND t.from_ms < $1 AND {scope:p} LIMIT $2",
             begun_before, limit);
}

void let_go_shifts(db::Scoped& q, const std::vector<std::int64_t>& shifts) {
  auto& raw = q.unscoped();  // ids found through the scope
  const auto ids = db::json_array(shifts);
  raw.run("DELETE FROM history WHERE entity = 'duty_shift' AND record_id " + raw.in_list(1), {ids});
  raw.run("DELETE FROM duty_shift WHERE id " + raw.in_list(1), {ids});
}

void let_go_sessions(db::Scoped& q, const std::vector<std::int64_t>& sessions) {
  auto& raw = q.unscoped();  // ids found through the scope
  const auto ids = db::json_array(sessions);
  raw.run("DELETE FROM test_swab WHERE session_id " + raw.in_list(1), {ids});
  raw.run("DELETE FROM history WHERE entity = 'test_session' AND record_id " + raw.in_list(1), {ids});
  raw.run("DELETE FROM test_session WHERE id " + raw.in_list(1), {ids});
}

}  // namespace feature::attendance
