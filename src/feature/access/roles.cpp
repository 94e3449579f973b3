// Roles are data. They hold for the whole installation, so only those who manage all of it change them.
#include <fmt/format.h>

#include "core/services.hpp"
#include "feature/access/api.hpp"
#include "feature/access/service.hpp"

namespace feature::access {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::string_view role_columns = "SELECT id, name, title, permissions, builtin, version FROM role ";
constexpr std::string_view all_of_them = "*";

Role shown(const RoleRow& row) {
  return {row.id.value, row.name,
          row.title,    permission_names(parse_permissions(row.permissions)),
          row.builtin,  row.permissions == all_of_them,
          row.version};
}

Result<api::Page<Role>> list_roles(api::Context& c) {
  return c.store.read([&](db::Connection& raw) -> Result<api::Page<Role>> {
    api::Page<Role> page;
    raw.run(std::string(role_columns) + "ORDER BY id LIMIT 500", {},
            [&](const db::Row& r) { page.items.push_back(shown(meta::load<RoleRow>(r))); });
    return page;
  });
}

// What is added must be the asker's own; what a role had already may stay.
Result<std::string> permissions_text(const api::Context& c, const std::vector<std::string>& names,
                                     api::PermissionSet before) {
  if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
  base::Problems problems;
  const auto wanted = read_permissions(names, problems);
  if (!wanted) return base::fail(std::move(problems));
  const auto beyond = wanted->without(before).without(held_at(c.who, {}));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (Permission p{}; meta::parse_enum(names[i], p) && beyond.has(p))
      problems.push_back({fmt::format("/permissions/{}", i), "beyond_your_own"});
  if (!problems.empty()) return base::fail(std::move(problems));
  return fmt::format("{}", fmt::join(permission_names(*wanted), " "));
}

Result<Role> create_role(api::Context& c, const NewRole& in) {
  auto permissions = permissions_text(c, in.permissions, {});
  if (!permissions) return tl::unexpected(std::move(permissions).error());
  RoleRow row;
  row.id = c.new_id<RoleRow>();
  row.name = fmt::format("custom_{}", row.id.value);
  row.title = in.title;
  row.permissions = std::move(*permissions);
  return c.write([&](db::Scoped& q) -> Result<Role> {
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"role.create", "role", row.id.value, std::nullopt, row.permissions});
    return shown(row);
  });
}

Result<Role> change_role(api::Context& c, const RoleChange& in) {
  return c.write([&](db::Scoped& q) -> Result<Role> {
    std::optional<RoleRow> before;
    q.unscoped().run("UPDATE role SET version = version WHERE id = $1", {c.id()});
    q.unscoped().run(std::string(role_columns) + "WHERE id = $1", {c.id()},
                     [&](const db::Row& r) { before = meta::load<RoleRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    if (before->permissions == all_of_them) return base::fail(ErrorKind::conflict, "role_is_fixed");
    auto permissions = permissions_text(c, in.permissions, parse_permissions(before->permissions));
    if (!permissions) return tl::unexpected(std::move(permissions).error());
    if (in.version != before->version) return base::fail(ErrorKind::conflict, "changed_meanwhile");
    auto after = *before;
    if (in.title) after.title = *in.title;
    after.permissions = std::move(*permissions);
    ++after.version;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"role.change", "role", c.id(), std::nullopt, after.permissions});
    return shown(after);
  });
}

}  // namespace

void role_routes(api::Router& r) {
  // Who gives roles must see them.
  r.get<api::Page<Role>>("/api/roles", Permission::account_write, "Roles and what each may do", list_roles);
  r.post<NewRole, Role>("/api/roles", Permission::role_write, "Add a role", create_role);
  r.patch<RoleChange, Role>("/api/roles/{id}", Permission::role_write, "Change what a role may do",
                            change_role);
}

}  // namespace feature::access
