#include <map>

#include "core/keyring.hpp"
#include "feature/access/service.hpp"

namespace feature::access {
namespace {

// Grants of an account that hold now, as nodes of the place tree.
void load_grants(db::Connection& c, std::int64_t account, base::Instant now, api::Principal& who) {
  std::vector<db::ScopeNode> nodes;
  bool everywhere = false;
  c.run(
      "SELECT r.permissions, g.place_id, p.kind FROM role_grant g JOIN role r ON r.name = g.role "
      "LEFT JOIN place p ON p.id = g.place_id "
      "WHERE g.account_id = $1 AND g.valid_from_ms <= $2 AND (g.valid_until_ms IS NULL OR g.valid_until_ms > "
      "$2)",
      {account, now}, [&](const db::Row& r) {
        api::Held held{parse_permissions(r.text(0)), std::nullopt};
        if (r.is_null(1)) {
          everywhere = true;
        } else if (const auto level = scope_level(r.text(2))) {
          held.node = db::ScopeNode{*level, r.integer(1)};
          nodes.push_back(*held.node);
        } else {
          return;  // a place that nobody's duty can be
        }
        who.permissions.add(held.permissions);
        who.held.push_back(std::move(held));
      });
  who.scope = everywhere ? db::Scope::all() : db::Scope::of(std::move(nodes));
}

base::Result<api::Principal> by_session(const std::string& token, db::Store& store, base::Instant now) {
  return store.read([&](db::Connection& c) -> base::Result<api::Principal> {
    api::Principal who;
    const auto digest = core::token_digest(token);
    c.run(
        "SELECT s.id, a.id, a.display_name FROM session s JOIN account a ON a.id = s.account_id "
        "WHERE s.token_digest = $1 AND s.revoked_ms IS NULL AND s.expires_ms > $2 AND a.disabled = 0",
        {db::Blob{digest}, now}, [&](const db::Row& r) {
          who.session = r.integer(0);
          who.account = r.integer(1);
          who.name = r.str(2);
        });
    if (who.account) load_grants(c, who.account, now, who);
    return who;
  });
}

base::Result<api::Principal> by_device(const std::string& token, db::Store& store) {
  return store.read([&](db::Connection& c) -> base::Result<api::Principal> {
    api::Principal who;
    const auto digest = core::token_digest(token);
    c.run("SELECT id, compound_id, label FROM enrolment WHERE device_digest = $1 AND state = 'active'",
          {db::Blob{digest}}, [&](const db::Row& r) {
            who.enrolment = r.integer(0);
            who.scope = db::Scope::of({{db::Level::compound, r.integer(1)}});
            who.name = r.str(2);
            who.permissions = {api::Permission::gate_decide};
          });
    if (!who.enrolment) return base::fail(base::ErrorKind::unauthenticated, "device_revoked");
    return who;
  });
}

}  // namespace

std::optional<db::Level> scope_level(std::string_view place_kind) {
  static const std::map<std::string, db::Level, std::less<>> levels{
      {"district", db::Level::district},   {"subdistrict", db::Level::subdistrict},
      {"community", db::Level::community}, {"compound", db::Level::compound},
      {"building", db::Level::building},   {"stair", db::Level::stair},
      {"dwelling", db::Level::dwelling}};
  const auto found = levels.find(place_kind);
  return found == levels.end() ? std::nullopt : std::optional(found->second);
}

base::Result<api::Principal> authenticate(const api::Request& request, db::Store& store, base::Instant now) {
  const auto authorization = request.header("authorization");
  if (authorization.starts_with("Bearer ")) return by_device(std::string(authorization.substr(7)), store);
  if (const auto token = api::cookie(request.header("cookie"), "sw_session"); !token.empty())
    return by_session(token, store, now);
  return api::Principal{};
}

std::string new_link(db::Connection& c, std::int64_t id, std::string_view purpose,
                     std::optional<std::int64_t> account_id, base::Instant now) {
  const auto token = core::random_token();
  const auto digest = core::token_digest(token);
  c.run(
      "INSERT INTO one_time_link (id, purpose, account_id, token_digest, created_ms, expires_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {id, purpose, account_id, db::Blob{digest}, now, now + link_life_ms});
  return token;
}

void add_account(db::Scoped& q, std::int64_t account_id, std::int64_t grant_id, const std::string& username,
                 const std::string& display_name, const std::string& role,
                 std::optional<std::int64_t> place_id, const core::Source& source) {
  AccountRow account;
  account.id = meta::Id<AccountRow>(account_id);
  account.username = username;
  account.display_name = display_name;
  account.created = source.now;
  core::insert(q, account, source);
  GrantRow grant;
  grant.id = meta::Id<GrantRow>(grant_id);
  grant.account_id = account_id;
  grant.role = role;
  grant.place_id = place_id;
  grant.valid_from = source.now;
  core::insert(q, grant, source);
}

bool setup_needed(db::Connection& c) { return c.count("SELECT COUNT(*) FROM account") == 0; }

}  // namespace feature::access
