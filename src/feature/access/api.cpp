#include "feature/access/api.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "core/keyring.hpp"
#include "core/services.hpp"
#include "feature/access/service.hpp"

namespace feature::access {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

std::string hash_password(const std::string& password) {
  std::string out(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(out.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    throw std::bad_alloc();
  out.resize(out.find('\0'));
  return out;
}

bool right_password(const std::string& hash, const std::string& password) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void set_cookie(api::Context& c, const std::string& token, std::int64_t seconds) {
  c.answer->set("Set-Cookie", fmt::format("sw_session={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}",
                                          token, seconds, c.request.secure ? "; Secure" : ""));
}

std::vector<GrantShown> grants_of(db::Connection& c, std::int64_t account, base::Instant now) {
  std::vector<GrantShown> out;
  c.run(
      "SELECT g.role, g.place_id, p.name, p.kind FROM role_grant g LEFT JOIN place p ON p.id = g.place_id "
      "WHERE g.account_id = $1 AND g.valid_from_ms <= $2 AND (g.valid_until_ms IS NULL OR g.valid_until_ms > "
      "$2) "
      "ORDER BY g.id",
      {account, now}, [&](const db::Row& r) {
        out.push_back({r.str(0), r.maybe_integer(1), r.str(2), r.str(3)});
      });
  return out;
}

Result<Me> me_of(api::Context& c, const api::Principal& who) {
  return c.store.read([&](db::Connection& raw) -> Result<Me> {
    Me me;
    me.account_id = who.account;
    bool found = false;
    raw.run("SELECT username, display_name, password_hash FROM account WHERE id = $1", {who.account},
            [&](const db::Row& r) {
              found = true;
              me.username = r.str(0);
              me.display_name = r.str(1);
              me.must_set_password = r.is_null(2);
            });
    if (!found) return base::fail(ErrorKind::unauthenticated, "unauthenticated");
    for (int p = 0; p < static_cast<int>(meta::EnumNames<Permission>::names.size()); ++p)
      if (who.permissions.has(static_cast<Permission>(p)))
        me.permissions.emplace_back(meta::name_of(static_cast<Permission>(p)));
    me.grants = grants_of(raw, who.account, c.now);
    db::Scoped q(raw, who.scope);
    q.run(
        "SELECT p.id, p.name FROM place p WHERE p.kind = 'compound' AND p.valid_until_ms IS NULL AND "
        "{scope:p} "
        "ORDER BY p.sort LIMIT 200",
        {}, [&](const db::Row& r) {
          me.compounds.push_back({r.integer(0), r.str(1)});
        });
    me.server_ms = c.now.ms;
    me.zone = base::zone_name();
    me.utc_offset_minutes = base::utc_offset_minutes(c.now);
    me.program_version = c.services.program_version;
    me.demo = c.services.demo;
    return me;
  });
}

// A session for the account; the answer carries its cookie.
Result<Me> start_session(api::Context& c, std::int64_t account) {
  const auto token = core::random_token();
  const auto digest = core::token_digest(token);
  const auto id = c.store.next_id();
  auto stored = c.store.write([&](db::Connection& raw) -> Result<bool> {
    raw.run(
        "INSERT INTO session (id, account_id, token_digest, created_ms, expires_ms) VALUES ($1, $2, $3, $4, "
        "$5)",
        {id, account, db::Blob{digest}, c.now, c.now + session_life_ms});
    raw.run("UPDATE account SET failures = 0, locked_until_ms = 0, last_login_ms = $2 WHERE id = $1",
            {account, c.now});
    return true;
  });
  if (!stored) return tl::unexpected(std::move(stored).error());
  api::Request again = c.request;
  again.headers = {{"cookie", "sw_session=" + token}};
  const auto who = authenticate(again, c.store, c.now);
  if (!who) return tl::unexpected(who.error());
  set_cookie(c, token, session_life_ms / 1000);
  return me_of(c, *who);
}

// The account a link belongs to (0 for set-up), once: the link is used up.
Result<std::int64_t> use_link(db::Connection& raw, std::string_view purpose, const std::string& token,
                              base::Instant now) {
  const auto digest = core::token_digest(token);
  std::optional<std::int64_t> account;
  raw.run(
      "UPDATE one_time_link SET used_ms = $3 WHERE token_digest = $1 AND purpose = $2 AND used_ms IS NULL "
      "AND "
      "expires_ms > $3 RETURNING account_id",
      {db::Blob{digest}, purpose, now}, [&](const db::Row& r) { account = r.integer(0); });
  if (!account) return base::fail_field("/token", "link_used_or_expired");
  return *account;
}

Result<Me> set_up(api::Context& c, const Setup& in) {
  const auto hash = hash_password(in.password);
  const auto account = c.store.next_id(), grant = c.store.next_id();
  auto made = c.store.write([&](db::Connection& raw) -> Result<std::int64_t> {
    // The link is the guard: two set-ups at once cannot both use it.
    if (auto link = use_link(raw, "setup", in.token, c.now); !link) return link;
    if (!setup_needed(raw)) return base::fail(ErrorKind::conflict, "already_set_up");
    db::Scoped q(raw, db::Scope::all());
    const auto source = core::Source{"office", "program", c.now, std::nullopt};
    add_account(q, account, grant, in.username, in.display_name, "administrator", std::nullopt, source);
    raw.run("UPDATE account SET password_hash = $2 WHERE id = $1", {account, hash});
    core::audit(q, c, {"account.setup", "account", account});
    return account;
  });
  if (!made) return tl::unexpected(std::move(made).error());
  return start_session(c, account);
}

// Failures lock the account for a while; the wait grows with each further one. The same work is done for
// an unknown name, so that neither answer nor time tells which names exist.
Result<Me> log_in(api::Context& c, const LogIn& in) {
  struct Found {
    std::int64_t id = 0;
    std::string hash{};
    std::int64_t locked_until = 0;
    bool disabled = false;
  };
  auto found = c.store.read([&](db::Connection& raw) -> Result<Found> {
    Found f;
    raw.run("SELECT id, password_hash, locked_until_ms, disabled FROM account WHERE username = $1",
            {in.username}, [&](const db::Row& r) {
              f = {r.integer(0), r.str(1), r.integer(2), r.boolean(3)};
            });
    return f;
  });
  if (!found) return tl::unexpected(std::move(found).error());
  if (found->locked_until > c.now.ms)
    return base::fail(ErrorKind::rate_limited, "too_many_attempts",
                      {{"seconds", std::to_string((found->locked_until - c.now.ms + 999) / 1000)}});
  static const std::string nobody = hash_password("nobody has this password");
  const bool right = right_password(found->hash.empty() ? nobody : found->hash, in.password);
  if (right && !found->hash.empty() && !found->disabled) return start_session(c, found->id);
  if (found->id) {
    auto counted = c.store.write([&](db::Connection& raw) -> Result<bool> {
      raw.run("UPDATE account SET failures = failures + 1 WHERE id = $1", {found->id});
      const auto failures = raw.count("SELECT failures FROM account WHERE id = $1", {found->id});
      if (failures >= failures_before_lock) {
        const auto doubled = lock_ms << std::min<std::int64_t>(failures - failures_before_lock, 9);
        raw.run("UPDATE account SET locked_until_ms = $2 WHERE id = $1",
                {found->id, c.now + std::min(doubled, base::day_ms)});
      }
      return true;
    });
    if (!counted) return tl::unexpected(std::move(counted).error());
  }
  return base::fail(ErrorKind::unauthenticated, "wrong_login");
}

Result<Me> log_in_by_link(api::Context& c, const LinkLogIn& in) {
  auto account = c.store.write([&](db::Connection& raw) -> Result<std::int64_t> {
    auto used = use_link(raw, "login", in.token, c.now);
    if (used && raw.count("SELECT COUNT(*) FROM account WHERE id = $1 AND disabled = 0", {*used}) == 0)
      return base::fail_field("/token", "link_used_or_expired");
    return used;
  });
  if (!account) return tl::unexpected(std::move(account).error());
  return start_session(c, *account);
}

Result<Me> show_me(api::Context& c) {
  if (!c.who.account) return base::fail(ErrorKind::unauthenticated, "unauthenticated");
  return me_of(c, c.who);
}

Result<void> log_out(api::Context& c) {
  set_cookie(c, "", 0);
  return c.store.write([&](db::Connection& raw) -> Result<void> {
    raw.run("UPDATE session SET revoked_ms = $2 WHERE id = $1", {c.who.session, c.now});
    return {};
  });
}

Result<void> change_password(api::Context& c, const NewPassword& in) {
  auto old = c.store.read([&](db::Connection& raw) -> Result<std::string> {
    std::string hash;
    raw.run("SELECT password_hash FROM account WHERE id = $1", {c.who.account},
            [&](const db::Row& r) { hash = r.str(0); });
    return hash;
  });
  if (!old) return tl::unexpected(std::move(old).error());
  if (!old->empty() && !(in.current && right_password(*old, *in.current)))
    return base::fail_field("/current", "wrong_password");
  const auto hash = hash_password(in.password);
  return c.write([&](db::Scoped& q) -> Result<void> {
    q.unscoped().run("UPDATE account SET password_hash = $2 WHERE id = $1", {c.who.account, hash});
    q.unscoped().run(
        "UPDATE session SET revoked_ms = $3 WHERE account_id = $1 AND id <> $2 AND revoked_ms IS NULL",
        {c.who.account, c.who.session, c.now});
    core::audit(q, c, {"account.password", "account", c.who.account});
    return {};
  });
}

Result<api::Page<Account>> list_accounts(api::Context& c, const AccountQuery& in) {
  std::int64_t after = 0;
  if (in.cursor) {
    const auto keys = api::read_cursor(*in.cursor, 1);
    if (!keys) return base::fail_field("/cursor", "not_a_cursor");
    after = std::atoll((*keys)[0].c_str());
  }
  const auto limit = in.limit ? in.limit->value : 50;
  return c.store.read([&](db::Connection& raw) -> Result<api::Page<Account>> {
    api::Page<Account> page;
    raw.run(
        "SELECT id, username, display_name, disabled, last_login_ms FROM account WHERE id > $1 ORDER BY id "
        "LIMIT $2",
        {after, limit + 1}, [&](const db::Row& r) {
          Account a;
          a.id = meta::Id<AccountRow>(r.integer(0));
          a.username = r.str(1);
          a.display_name = r.str(2);
          a.disabled = r.boolean(3);
          a.last_login = r.maybe_instant(4);
          page.items.push_back(std::move(a));
        });
    if (static_cast<std::int64_t>(page.items.size()) > limit) {
      page.items.pop_back();
      page.next = api::make_cursor({std::to_string(page.items.back().id.value)});
    }
    for (auto& a : page.items) a.grants = grants_of(raw, a.id.value, c.now);
    return page;
  });
}

Result<AccountCreated> create_account(api::Context& c, const NewAccount& in) {
  const auto& names = role_names();
  if (std::find(names.begin(), names.end(), in.role) == names.end())
    return base::fail_field("/role", "not_allowed", {{"allowed", fmt::format("{}", fmt::join(names, ", "))}});
  if (in.role != "administrator" && !in.place_id) return base::fail_field("/place_id", "required");
  const auto id = c.store.next_id(), grant = c.store.next_id(), link_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<AccountCreated> {
    auto& raw = q.unscoped();
    // Nobody can give a place they do not hold themselves.
    if (in.place_id &&
        q.count("SELECT COUNT(*) FROM place p WHERE p.id = $1 AND {scope:p}", {*in.place_id}) == 0)
      return base::fail_field("/place_id", "not_found");
    if (!in.place_id && !c.who.scope.is_all()) return base::fail_field("/place_id", "required");
    if (raw.count("SELECT COUNT(*) FROM account WHERE username = $1", {in.username}) > 0)
      return base::fail_field("/username", "taken");
    add_account(q, id, grant, in.username, in.display_name, in.role, in.place_id, core::source_of(c));
    core::audit(q, c, {"account.create", "account", id, std::nullopt, in.role});
    AccountCreated out;
    out.account.id = meta::Id<AccountRow>(id);
    out.account.username = in.username;
    out.account.display_name = in.display_name;
    out.account.grants = grants_of(raw, id, c.now);
    out.link = "/#/link?token=" + new_link(raw, link_id, "login", id, c.now);
    return out;
  });
}

Result<Link> create_link(api::Context& c) {
  const auto link_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Link> {
    if (q.unscoped().count("SELECT COUNT(*) FROM account WHERE id = $1 AND disabled = 0", {c.id()}) == 0)
      return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"account.link", "account", c.id()});
    return Link{"/#/link?token=" + new_link(q.unscoped(), link_id, "login", c.id(), c.now)};
  });
}

Result<Account> disable_account(api::Context& c) {
  if (c.id() == c.who.account) return base::fail(ErrorKind::conflict, "not_yourself");
  return c.write([&](db::Scoped& q) -> Result<Account> {
    auto& raw = q.unscoped();
    Account a;
    raw.run(
        "UPDATE account SET disabled = 1 WHERE id = $1 RETURNING id, username, display_name, disabled, "
        "last_login_ms",
        {c.id()}, [&](const db::Row& r) {
          a.id = meta::Id<AccountRow>(r.integer(0));
          a.username = r.str(1);
          a.display_name = r.str(2);
          a.disabled = true;
          a.last_login = r.maybe_instant(4);
        });
    if (!a.id) return base::fail(ErrorKind::not_found, "not_found");
    raw.run("UPDATE session SET revoked_ms = $2 WHERE account_id = $1 AND revoked_ms IS NULL",
            {c.id(), c.now});
    core::audit(q, c, {"account.disable", "account", c.id()});
    a.grants = grants_of(raw, c.id(), c.now);
    return a;
  });
}

Result<ProgramInfo> program(api::Context& c) {
  return c.store.read([&](db::Connection& raw) -> Result<ProgramInfo> {
    return ProgramInfo{c.services.program_version, c.services.demo, setup_needed(raw)};
  });
}

}  // namespace

void routes(api::Router& r) {
  r.get<ProgramInfo>("/api/program", Permission::anybody, "Which program this is", program);
  r.post<Setup, Me>("/api/setup", Permission::anybody, "Make the first administrator with the one-time link",
                    set_up);
  r.post<LogIn, Me>("/api/session", Permission::anybody, "Log in", log_in);
  r.post<LinkLogIn, Me>("/api/session/link", Permission::anybody, "Log in with a one-time link",
                        log_in_by_link);
  r.get<Me>("/api/session", Permission::signed_in, "Who I am and what I may do", show_me);
  r.remove<void>("/api/session", Permission::signed_in, "Log out", log_out);
  r.post<NewPassword, void>("/api/session/password", Permission::signed_in, "Set my password",
                            change_password);
  r.get<AccountQuery, api::Page<Account>>("/api/accounts", Permission::account_write, "Accounts",
                                          list_accounts);
  r.post<NewAccount, AccountCreated>("/api/accounts", Permission::account_write, "Add an account",
                                     create_account);
  r.post<Link>("/api/accounts/{id}/link", Permission::account_write, "A new one-time log-in link",
               create_link);
  r.post<Account>("/api/accounts/{id}/disable", Permission::account_write, "Close an account",
                  disable_account);
}

}  // namespace feature::access
