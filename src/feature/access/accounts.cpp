// Accounts and what they hold where, seen and changed by those who manage the places concerned.
#include <fmt/format.h>

#include <algorithm>

#include "core/services.hpp"
#include "feature/access/api.hpp"
#include "feature/access/log_in.hpp"

namespace feature::access {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

PlacePath path_at(const db::Row& r, int first) {
  PlacePath path{};
  for (std::size_t level = 0; level < path.size(); ++level)
    path[level] = r.integer(first + static_cast<int>(level));
  return path;
}

// An account is judged by what it holds and will hold; one that holds nothing any more by all it ever held.
constexpr auto judged_grants = db::ScopedSql(
    "SELECT r.permissions, g.place_id, p.district_id, p.subdistrict_id, p.community_id, p.compound_id, "
    "p.building_id, p.stair_id, p.id FROM role_grant g LEFT JOIN role r ON r.name = g.role "
    "LEFT JOIN place p ON p.id = g.place_id AND {scope:p} WHERE g.account_id = $1 AND "
    "(g.valid_until_ms IS NULL OR g.valid_until_ms > $2 OR NOT EXISTS (SELECT 1 FROM role_grant later "
    "WHERE later.account_id = g.account_id AND (later.valid_until_ms IS NULL OR later.valid_until_ms > "
    "$2)))");

// Whether the asker manages this account: each of its roles lies where the asker manages accounts, and gives
// nothing there that the asker lacks. Otherwise it is to them as if it did not exist.
bool manages(db::Scoped& q, const api::Context& c, std::int64_t account) {
  bool any = false, all = true;
  q.run(judged_grants, {account, c.now}, [&](const db::Row& r) {
    any = true;
    const bool everywhere = r.is_null(1);
    const bool within = everywhere ? q.scope().is_all() : !r.is_null(8);
    all = all && within && parse_permissions(r.text(0)).within(held_at(c.who, path_at(r, 2)));
  });
  return any && all;
}

Result<void> find_managed(db::Scoped& q, const api::Context& c, std::int64_t account) {
  if (!manages(q, c, account)) return base::fail(ErrorKind::not_found, "not_found");
  return {};
}

// Whoever changes grants waits for the one before, so that two cannot take away the last two administrators.
void lock_grants(db::Connection& raw) {
  raw.run("UPDATE setting SET value = '' WHERE name = 'access_guard'");
}

Result<void> keep_an_administrator(db::Connection& raw, base::Instant now) {
  const auto left = raw.count(
      "SELECT COUNT(*) FROM role_grant g JOIN account a ON a.id = g.account_id WHERE g.role = "
      "'administrator' AND g.place_id IS NULL AND a.disabled = 0 AND g.valid_from_ms <= $1 AND "
      "g.valid_until_ms IS NULL",
      {now});
  if (left == 0) return base::fail(ErrorKind::conflict, "last_administrator");
  return {};
}

std::optional<Account> load_account(db::Connection& raw, std::int64_t id, base::Instant now) {
  std::optional<Account> found;
  raw.run("SELECT id, username, display_name, disabled, last_login_ms FROM account WHERE id = $1", {id},
          [&](const db::Row& r) {
            Account a;
            a.id = meta::Id<AccountRow>(r.integer(0));
            a.username = r.str(1);
            a.display_name = r.str(2);
            a.disabled = r.boolean(3);
            a.last_login = r.maybe_instant(4);
            found = std::move(a);
          });
  if (found) found->grants = grants_of(raw, id, now, true);
  return found;
}

// Accounts after `after` that may be the asker's to manage, by place; manages() judges each.
std::vector<std::int64_t> candidates(db::Scoped& q, std::int64_t after, std::int64_t limit) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT a.id FROM account a WHERE a.id > $1 AND EXISTS (SELECT 1 FROM role_grant g LEFT JOIN place p "
      "ON p.id = g.place_id WHERE g.account_id = a.id AND (($3 = 1 AND p.id IS NULL) OR {scope:p})) ORDER "
      "BY a.id LIMIT $2",
      {after, limit, std::int64_t{q.scope().is_all()}},
      [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

Result<api::Page<Account>> list_accounts(api::Context& c, const AccountQuery& in) {
  std::int64_t after = 0;
  if (in.cursor) {
    const auto keys = api::read_cursor(*in.cursor, 1);
    if (!keys) return base::fail_field("/cursor", "not_a_cursor");
    after = std::atoll((*keys)[0].c_str());
  }
  const auto limit = static_cast<std::size_t>(in.limit ? in.limit->value : 50);
  return c.read([&](db::Scoped& q) -> Result<api::Page<Account>> {
    api::Page<Account> page;
    auto from = after;
    for (bool more = true; more && page.items.size() <= limit;) {
      const auto ids = candidates(q, from, 200);
      more = !ids.empty();
      for (const auto id : ids) {
        from = id;
        if (page.items.size() <= limit && manages(q, c, id))
          page.items.push_back(*load_account(q.unscoped(), id, c.now));
      }
    }
    if (page.items.size() > limit) {
      page.items.pop_back();
      page.next = api::make_cursor({std::to_string(page.items.back().id.value)});
    }
    return page;
  });
}

Result<AccountFile> show_account(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<AccountFile> {
    if (auto found = find_managed(q, c, c.id()); !found) return tl::unexpected(found.error());
    auto& raw = q.unscoped();
    AccountFile file;
    file.account = *load_account(raw, c.id(), c.now);
    file.sessions = sessions_of(raw, c.id(), c.who.session, c.now);
    file.totp = has_second_factor(raw, c.id());
    file.has_password =
        raw.count("SELECT COUNT(*) FROM account WHERE id = $1 AND password_hash IS NOT NULL", {c.id()}) > 0;
    return file;
  });
}

struct Wanted {
  std::string role{};
  std::optional<std::int64_t> place_id{};
};
// Nobody gives a place they do not manage, nor a permission they do not hold there themselves.
Result<void> may_give(db::Scoped& q, const api::Context& c, const Wanted& in) {
  std::optional<api::PermissionSet> permissions;
  std::vector<std::string> names;
  q.unscoped().run("SELECT name, permissions FROM role ORDER BY id", {}, [&](const db::Row& r) {
    names.push_back(r.str(0));
    if (r.text(0) == in.role) permissions = parse_permissions(r.text(1));
  });
  if (!permissions)
    return base::fail_field("/role", "not_allowed", {{"allowed", fmt::format("{}", fmt::join(names, ", "))}});
  PlacePath path{};
  if (in.place_id) {
    bool level = false;
    const bool found = q.one(
        "SELECT p.kind, p.district_id, p.subdistrict_id, p.community_id, p.compound_id, p.building_id, "
        "p.stair_id, p.id FROM place p WHERE p.id = $1 AND p.valid_until_ms IS NULL AND {scope:p}",
        {*in.place_id}, [&](const db::Row& r) {
          level = scope_level(r.text(0)).has_value();
          path = path_at(r, 1);
        });
    if (!found) return base::fail_field("/place_id", "not_found");
    if (!level) return base::fail_field("/place_id", "not_a_level_of_duty");
  } else if (!q.scope().is_all()) {
    return base::fail_field("/place_id", "required");
  }
  if (!permissions->within(held_at(c.who, path))) return base::fail_field("/role", "beyond_your_own");
  return {};
}

Result<AccountCreated> create_account(api::Context& c, const NewAccount& in) {
  const auto id = c.store.next_id(), grant = c.store.next_id(), link_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<AccountCreated> {
    auto& raw = q.unscoped();
    if (auto may = may_give(q, c, {in.role, in.place_id}); !may) return tl::unexpected(may.error());
    if (raw.count("SELECT COUNT(*) FROM account WHERE username = $1", {in.username}) > 0)
      return base::fail_field("/username", "taken");
    add_account(q, id, grant, in.username, in.display_name, in.role, in.place_id, core::source_of(c));
    core::audit(q, c, {"account.create", "account", id, std::nullopt, in.role});
    AccountCreated out;
    out.account = *load_account(raw, id, c.now);
    out.link = "/#/link?token=" + new_link(raw, link_id, "login", id, c.now);
    return out;
  });
}

Result<Link> create_link(api::Context& c) {
  const auto link_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Link> {
    if (auto found = find_managed(q, c, c.id()); !found) return tl::unexpected(found.error());
    if (load_account(q.unscoped(), c.id(), c.now)->disabled)
      return base::fail(ErrorKind::conflict, "account_disabled");
    core::audit(q, c, {"account.link", "account", c.id()});
    return Link{"/#/link?token=" + new_link(q.unscoped(), link_id, "login", c.id(), c.now)};
  });
}

void end_sessions(db::Connection& raw, std::int64_t account, base::Instant now) {
  raw.run("UPDATE session SET revoked_ms = $2 WHERE account_id = $1 AND revoked_ms IS NULL", {account, now});
}

Result<Account> disable_account(api::Context& c) {
  if (c.id() == c.who.account) return base::fail(ErrorKind::conflict, "not_yourself");
  return c.write([&](db::Scoped& q) -> Result<Account> {
    auto& raw = q.unscoped();
    lock_grants(raw);
    if (auto found = find_managed(q, c, c.id()); !found) return tl::unexpected(found.error());
    raw.run("UPDATE account SET disabled = 1 WHERE id = $1", {c.id()});
    if (auto kept = keep_an_administrator(raw, c.now); !kept) return tl::unexpected(kept.error());
    end_sessions(raw, c.id(), c.now);
    core::audit(q, c, {"account.disable", "account", c.id()});
    return *load_account(raw, c.id(), c.now);
  });
}

Result<Account> enable_account(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<Account> {
    if (auto found = find_managed(q, c, c.id()); !found) return tl::unexpected(found.error());
    q.unscoped().run("UPDATE account SET disabled = 0 WHERE id = $1", {c.id()});
    core::audit(q, c, {"account.enable", "account", c.id()});
    return *load_account(q.unscoped(), c.id(), c.now);
  });
}

Result<void> end_all_sessions(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    if (auto found = find_managed(q, c, c.id()); !found) return found;
    end_sessions(q.unscoped(), c.id(), c.now);
    core::audit(q, c, {"account.sessions_end", "account", c.id()});
    return {};
  });
}

Result<void> take_second_factor(api::Context& c) {
  if (c.id() == c.who.account) return base::fail(ErrorKind::conflict, "not_yourself");
  return c.write([&](db::Scoped& q) -> Result<void> {
    if (auto found = find_managed(q, c, c.id()); !found) return found;
    drop_second_factor(q.unscoped(), c.id());
    core::audit(q, c, {"account.totp_off", "account", c.id()});
    return {};
  });
}

Result<Account> add_grant(api::Context& c, const NewGrant& in) {
  // Who could give to themselves could outlast the end of what they were given.
  if (c.id() == c.who.account) return base::fail(ErrorKind::conflict, "not_yourself");
  GrantRow grant;
  grant.id = c.new_id<GrantRow>();
  grant.account_id = c.id();
  grant.role = in.role;
  grant.place_id = in.place_id;
  grant.valid_from = {std::max(in.from_ms.value_or(c.now.ms), c.now.ms)};
  if (in.until_ms) grant.valid_until = base::Instant{*in.until_ms};
  if (grant.valid_until && *grant.valid_until <= grant.valid_from)
    return base::fail_field("/until_ms", "in_the_past");
  return c.write([&](db::Scoped& q) -> Result<Account> {
    lock_grants(q.unscoped());
    if (auto found = find_managed(q, c, c.id()); !found) return tl::unexpected(found.error());
    if (auto may = may_give(q, c, {in.role, in.place_id}); !may) return tl::unexpected(may.error());
    core::insert(q, grant, core::source_of(c));
    core::audit(q, c, {"grant.add", "account", c.id(), std::nullopt, in.role});
    return *load_account(q.unscoped(), c.id(), c.now);
  });
}

Result<Account> end_grant(api::Context& c) {
  if (c.id() == c.who.account) return base::fail(ErrorKind::conflict, "not_yourself");
  return c.write([&](db::Scoped& q) -> Result<Account> {
    auto& raw = q.unscoped();
    lock_grants(raw);
    if (auto found = find_managed(q, c, c.id()); !found) return tl::unexpected(found.error());
    std::optional<GrantRow> before;
    raw.run(
        "SELECT id, account_id, role, place_id, valid_from_ms, valid_until_ms FROM role_grant WHERE id = $1 "
        "AND account_id = $2 AND (valid_until_ms IS NULL OR valid_until_ms > $3)",
        {c.id("grant"), c.id(), c.now}, [&](const db::Row& r) { before = meta::load<GrantRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    after.valid_until = c.now;
    after.valid_from = std::min(after.valid_from, c.now);
    core::update(q, *before, after, core::source_of(c));
    if (auto kept = keep_an_administrator(raw, c.now); !kept) return tl::unexpected(kept.error());
    core::audit(q, c, {"grant.end", "account", c.id(), std::nullopt, after.role});
    return *load_account(raw, c.id(), c.now);
  });
}

}  // namespace

void account_routes(api::Router& r) {
  constexpr auto write = Permission::account_write;
  r.get<AccountQuery, api::Page<Account>>("/api/accounts", write, "Accounts", list_accounts);
  r.get<AccountFile>("/api/accounts/{id}", write, "One account, its roles and log-ins", show_account);
  r.post<NewAccount, AccountCreated>("/api/accounts", write, "Add an account", create_account);
  r.post<Link>("/api/accounts/{id}/link", write, "A new one-time log-in link", create_link);
  r.post<Account>("/api/accounts/{id}/disable", write, "Close an account", disable_account);
  r.post<Account>("/api/accounts/{id}/enable", write, "Open a closed account again", enable_account);
  r.post<void>("/api/accounts/{id}/sessions/end", write, "End all log-ins of an account", end_all_sessions);
  r.post<void>("/api/accounts/{id}/totp/off", write, "Take the second factor off an account",
               take_second_factor);
  r.post<NewGrant, Account>("/api/accounts/{id}/grants", write, "Give a role at a place", add_grant);
  r.post<Account>("/api/accounts/{id}/grants/{grant}/end", write, "End a role", end_grant);
}

}  // namespace feature::access
