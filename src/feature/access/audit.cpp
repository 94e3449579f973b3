// Who did and saw what: for the auditor, and for the office whose people it concerns.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/list.hpp"
#include "feature/access/api.hpp"
#include "feature/access/service.hpp"

namespace feature::access {
namespace {

using api::Permission;
using base::Result;

constexpr std::string_view account_actor = "account:";

// Entries without a compound (accounts, roles) are for those who answer for the whole installation.
constexpr auto entries = db::ScopedSql(
    "SELECT a.id, a.at_ms, a.actor, a.action, a.entity, a.record_id, p.name, a.detail, a.reason, a.position "
    "FROM audit a LEFT JOIN place p ON p.id = a.compound_id WHERE (($1 = 1 AND a.compound_id IS NULL) OR "
    "(p.id IS NOT NULL AND {scope:p}))");

AuditShown load(const db::Row& r) {
  AuditShown a;
  a.id = r.integer(0);
  a.at_ms = r.integer(1);
  a.actor = r.str(2);
  a.action = r.str(3);
  a.entity = r.str(4);
  a.record_id = r.integer(5);
  a.compound_name = r.maybe_text(6);
  a.detail = r.str(7);
  a.reason = r.maybe_text(8);
  a.sealed = !r.is_null(9);
  return a;
}

void name_actors(db::Connection& raw, std::vector<AuditShown>& items) {
  std::vector<std::int64_t> ids;
  for (const auto& a : items)
    if (a.actor.starts_with(account_actor)) ids.push_back(std::atoll(a.actor.c_str() + account_actor.size()));
  const auto list = db::json_array(ids);
  std::map<std::string, std::string> names;
  raw.run("SELECT id, display_name FROM account WHERE id " + raw.in_list(1), {list},
          [&](const db::Row& r) { names[fmt::format("{}{}", account_actor, r.integer(0))] = r.str(1); });
  for (auto& a : items)
    if (const auto found = names.find(a.actor); found != names.end()) a.actor_name = found->second;
}

// The household an entry speaks of, for those who may read it.
void name_subjects(db::Scoped& q, std::vector<AuditShown>& items) {
  struct Home {
    std::string label{};
    std::int64_t household = 0;
  };
  const auto homes = [&](std::string_view entity, const db::ScopedSql& sql) {
    std::vector<std::int64_t> ids;
    for (const auto& a : items)
      if (a.entity == entity) ids.push_back(a.record_id);
    const auto list = db::json_array(ids);
    std::map<std::int64_t, Home> found;
    if (!ids.empty())
      q.run(sql, {list}, [&](const db::Row& r) { found[r.integer(0)] = {r.str(1), r.integer(2)}; });
    for (auto& a : items)
      if (const auto home = found.find(a.record_id); a.entity == entity && home != found.end()) {
        a.subject = home->second.label;
        a.household_id = home->second.household;
      }
  };
  homes("person",
        "SELECT r.person_id, h.label, h.id FROM residence r JOIN household h ON h.id = r.household_id JOIN "
        "place p ON p.id = r.dwelling_id WHERE r.person_id {in:1} AND {scope:p} ORDER BY r.is_primary, r.id");
  homes("household",
        "SELECT h.id, h.label, h.id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.id {in:1} "
        "AND {scope:p}");
}

Result<api::Page<AuditShown>> list_audit(api::Context& c, const AuditQuery& in) {
  std::int64_t before = 0;
  if (in.cursor) {
    const auto keys = api::read_cursor(*in.cursor, 1);
    if (!keys) return base::fail_field("/cursor", "not_a_cursor");
    before = std::atoll((*keys)[0].c_str());
  }
  const auto limit = in.limit ? in.limit->value : 50;
  const auto group = in.action ? *in.action + "." : "";
  return c.read([&](db::Scoped& q) -> Result<api::Page<AuditShown>> {
    auto sql = entries;
    std::vector<db::Arg> args{std::int64_t{c.who.scope.is_all()}};
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.compound_id) add(" AND a.compound_id = {arg}", *in.compound_id);
    if (in.actor) add(" AND a.actor = {arg}", *in.actor);
    if (in.from_ms) add(" AND a.at_ms >= {arg}", *in.from_ms);
    if (in.until_ms) add(" AND a.at_ms < {arg}", *in.until_ms);
    if (in.action) {
      add(" AND (a.action = {arg}", *in.action);
      add(" OR substr(a.action, 1, {arg})", static_cast<std::int64_t>(group.size()));
      add(" = {arg})", group);
    }
    if (in.cursor) add(" AND a.id < {arg}", before);
    add(" ORDER BY a.id DESC LIMIT {arg}", limit + 1);
    api::Page<AuditShown> page;
    q.run(sql, args, [&](const db::Row& r) { page.items.push_back(load(r)); });
    if (static_cast<std::int64_t>(page.items.size()) > limit) {
      page.items.pop_back();
      page.next = api::make_cursor({std::to_string(page.items.back().id)});
    }
    name_actors(q.unscoped(), page.items);
    db::Scoped households(q.unscoped(), c.who.scope_of(Permission::household_read));
    name_subjects(households, page.items);
    return page;
  });
}

}  // namespace

void audit_routes(api::Router& r) {
  core::list<list_audit>(r, "/api/audit", Permission::audit_read, "Who did and saw what");
}

}  // namespace feature::access
