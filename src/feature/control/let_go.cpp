// Taking ended cases away when their purpose has ended.
#include <array>
#include <string>

#include "feature/control/service.hpp"

namespace feature::control {
namespace {

constexpr std::array parts{"control_test", "control_follow_up", "control_mark", "control_outing",
                           "control_transfer"};

}  // namespace

std::vector<std::int64_t> cases_due(db::Scoped& q, base::Instant ended_before, std::int64_t limit) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT c.id FROM control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.ended_ms < $1 AND "
      "{scope:p} ORDER BY c.id LIMIT $2",
      {ended_before, limit}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

void let_go(db::Scoped& q, const std::vector<std::int64_t>& cases) {
  auto& raw = q.unscoped();  // ids found through the scope
  const auto ids = db::json_array(cases);
  const auto in = raw.in_list(1);
  for (const std::string table : parts) {
    raw.run("DELETE FROM history WHERE entity = '" + table + "' AND record_id IN (SELECT id FROM " + table +
                " WHERE case_id " + in + ")",
            {ids});
    raw.run("DELETE FROM " + table + " WHERE case_id " + in, {ids});
  }
  raw.run("DELETE FROM history WHERE entity = 'control_case' AND record_id " + in, {ids});
  raw.run("DELETE FROM control_case WHERE id " + in, {ids});
}

std::vector<std::string> tables_of_cases() {
  std::vector<std::string> tables{"control_case", "history"};
  tables.insert(tables.end(), parts.begin(), parts.end());
  return tables;
}

}  // namespace feature::control
