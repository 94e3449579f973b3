// 应急查看 (break-glass): for a reason, one compound, half an hour; it ends by itself and is on record.
#include "core/services.hpp"
#include "feature/access/api.hpp"
#include "feature/access/service.hpp"

namespace feature::access {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

Emergency load(const db::Row& r) { return meta::load<Emergency>(r); }

Result<Emergency> open(api::Context& c, const NewEmergency& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Emergency> {
    if (q.count("SELECT COUNT(*) FROM place p WHERE p.id = $1 AND p.kind = 'compound' AND {scope:p}",
                {in.compound_id}) == 0)
      return base::fail_field("/compound_id", "not_found");
    const Emergency e{id, in.compound_id, in.reason, c.now.ms, c.now.ms + emergency_ms};
    q.unscoped().run(
        "INSERT INTO emergency_access (id, account_id, compound_id, reason, opened_ms, until_ms) VALUES ($1, "
        "$2, $3, $4, $5, $6)",
        {e.id, c.who.account, e.compound_id, e.reason, e.opened_ms, e.until_ms});
    core::audit(q, c, {"emergency.open", "emergency", id, in.compound_id, {}, in.reason});
    return e;
  });
}

Result<api::Page<Emergency>> mine(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Emergency>> {
    api::Page<Emergency> page;
    q.run(
        "SELECT e.id, e.compound_id, e.reason, e.opened_ms, e.until_ms FROM emergency_access e JOIN place p "
        "ON p.id = e.compound_id WHERE e.account_id = $1 AND e.until_ms > $2 AND {scope:p} "
        "ORDER BY e.until_ms DESC LIMIT 50",
        {c.who.account, c.now}, [&](const db::Row& r) { page.items.push_back(load(r)); });
    return page;
  });
}

Result<void> close(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    std::int64_t compound = 0;
    q.unscoped().run(
        "UPDATE emergency_access SET until_ms = $3 WHERE id = $1 AND account_id = $2 AND until_ms > $3 "
        "RETURNING compound_id",
        {c.id(), c.who.account, c.now}, [&](const db::Row& r) { compound = r.integer(0); });
    if (compound == 0) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"emergency.close", "emergency", c.id(), compound});
    return {};
  });
}

}  // namespace

std::optional<Emergency> open_emergency(db::Scoped& q, const api::Context& c, std::int64_t compound_id) {
  std::optional<Emergency> found;
  // A role that has ended takes its open access along.
  db::Scoped allowed(q.unscoped(), c.who.scope_of(Permission::break_glass));
  allowed.one(
      "SELECT e.id, e.compound_id, e.reason, e.opened_ms, e.until_ms FROM emergency_access e JOIN place p "
      "ON p.id = e.compound_id WHERE e.account_id = $1 AND e.compound_id = $2 AND e.until_ms > $3 AND "
      "{scope:p} ORDER BY e.until_ms DESC",
      {c.who.account, compound_id, c.now}, [&](const db::Row& r) { found = load(r); });
  return found;
}

Result<std::string> reveal_reason(db::Scoped& q, const api::Context& c, std::int64_t compound_id,
                                  const std::optional<meta::Text<4, 200>>& reason) {
  db::Scoped allowed(q.unscoped(), c.who.scope_of(Permission::sensitive_read));
  if (allowed.count("SELECT COUNT(*) FROM place p WHERE p.id = $1 AND {scope:p}", {compound_id}) > 0) {
    if (!reason) return base::fail_field("/reason", "required");
    return std::string(*reason);
  }
  if (const auto open = open_emergency(q, c, compound_id)) return open->reason;
  if (!c.who.scope_of(Permission::break_glass).is_none())
    return base::fail(ErrorKind::conflict, "emergency_access_needed");
  return base::fail(ErrorKind::forbidden, "forbidden",
                    {{"permission", std::string(meta::name_of(Permission::sensitive_read))}});
}

void emergency_routes(api::Router& r) {
  r.post<NewEmergency, Emergency>("/api/emergency-access", Permission::break_glass,
                                  "See masked numbers of one compound for half an hour", open);
  r.get<api::Page<Emergency>>("/api/emergency-access", Permission::break_glass, "My open emergency accesses",
                              mine);
  r.remove<void>("/api/emergency-access/{id}", Permission::break_glass, "End one before its time", close);
}

}  // namespace feature::access
