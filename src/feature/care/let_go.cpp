// Taking care that has ended away when its purpose has ended.
#include <array>
#include <string>

#include "feature/care/service.hpp"

namespace feature::care {
namespace {

constexpr std::array parts{"care_helper", "care_contact", "care_need"};

}  // namespace

std::vector<std::int64_t> recipients_due(db::Scoped& q, base::Instant ended_before, std::int64_t limit) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT c.id FROM care_recipient c JOIN place p ON p.id = c.dwelling_id WHERE c.ended_ms < $1 AND "
      "{scope:p} ORDER BY c.id LIMIT $2",
      {ended_before, limit}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

void let_go(db::Scoped& q, const std::vector<std::int64_t>& recipients) {
  auto& raw = q.unscoped();  // ids found through the scope
  const auto ids = db::json_array(recipients);
  const auto in = raw.in_list(1);
  for (const std::string table : parts) {
    raw.run("DELETE FROM history WHERE entity = '" + table + "' AND record_id IN (SELECT id FROM " + table +
                " WHERE recipient_id " + in + ")",
            {ids});
    raw.run("DELETE FROM " + table + " WHERE recipient_id " + in, {ids});
  }
  raw.run("DELETE FROM history WHERE entity = 'care_recipient' AND record_id " + in, {ids});
  raw.run("DELETE FROM care_recipient WHERE id " + in, {ids});
}

std::vector<std::string> tables_of_recipients() {
  std::vector<std::string> tables{"care_recipient", "history"};
  tables.insert(tables.end(), parts.begin(), parts.end());
  return tables;
}

}  // namespace feature::care
