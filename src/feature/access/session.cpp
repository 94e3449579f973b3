// Set-up, log-in, one's own password and sessions.
#include <fmt/format.h>
#include <sodium.h>

#include "core/keyring.hpp"
#include "core/services.hpp"
#include "feature/access/api.hpp"
#include "feature/access/log_in.hpp"

namespace feature::access {

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
  static const std::string nobody = hash_password("nobody has this password");
  const auto& tried = hash.empty() ? nobody : hash;
  return crypto_pwhash_str_verify(tried.c_str(), password.data(), password.size()) == 0 && !hash.empty();
}

std::vector<GrantShown> grants_of(db::Connection& raw, std::int64_t account, base::Instant now, bool coming) {
  std::vector<GrantShown> out;
  raw.run(
      "SELECT g.id, g.role, r.title, g.place_id, p.name, p.kind, g.valid_from_ms, g.valid_until_ms "
      "FROM role_grant g LEFT JOIN role r ON r.name = g.role LEFT JOIN place p ON p.id = g.place_id "
      "WHERE g.account_id = $1 AND (g.valid_from_ms <= $2 OR $3 = 1) AND "
      "(g.valid_until_ms IS NULL OR g.valid_until_ms > $2) ORDER BY g.id",
      {account, now, std::int64_t{coming}}, [&](const db::Row& r) {
        out.push_back({r.integer(0), r.str(1), r.maybe_text(2), r.maybe_integer(3), r.str(4), r.str(5),
                       r.integer(6), r.maybe_integer(7)});
      });
  return out;
}

std::vector<Session> sessions_of(db::Connection& raw, std::int64_t account, std::int64_t current,
                                 base::Instant now) {
  std::vector<Session> out;
  raw.run(
      "SELECT id, created_ms, expires_ms, peer, agent, by_link FROM session WHERE account_id = $1 AND "
      "revoked_ms IS NULL AND expires_ms > $2 ORDER BY created_ms DESC, id DESC LIMIT 200",
      {account, now}, [&](const db::Row& r) {
        out.push_back({r.integer(0), r.integer(1), r.integer(2), r.str(3), r.str(4), r.boolean(5),
                       r.integer(0) == current});
      });
  return out;
}

namespace {

constexpr std::size_t agent_bytes = 200;

void set_cookie(api::Context& c, const std::string& token, std::int64_t seconds) {
  c.answer->set("Set-Cookie", fmt::format("sw_session={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}",
                                          token, seconds, c.request.secure ? "; Secure" : ""));
}

Result<Me> me_of(api::Context& c, const api::Principal& who) {
  return c.store.read([&](db::Connection& raw) -> Result<Me> {
    Me me;
    me.account_id = who.account;
    bool found = false;
    raw.run(
        "SELECT a.username, a.display_name, a.password_hash, s.by_link FROM account a JOIN session s ON "
        "s.account_id = a.id WHERE a.id = $1 AND s.id = $2",
        {who.account, who.session}, [&](const db::Row& r) {
          found = true;
          me.username = r.str(0);
          me.display_name = r.str(1);
          me.must_set_password = r.is_null(2);
          me.from_link = r.boolean(3);
        });
    if (!found) return base::fail(ErrorKind::unauthenticated, "unauthenticated");
    me.totp = has_second_factor(raw, who.account);
    me.permissions = permission_names(who.permissions);
    me.grants = grants_of(raw, who.account, c.now);
    db::Scoped q(raw, who.scope);
    q.run(
        "SELECT p.id, p.name FROM place p WHERE p.kind = 'compound' AND p.valid_until_ms IS NULL AND "
        "{scope:p} ORDER BY p.sort LIMIT 200",
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

struct NewSession {
  std::int64_t id = 0;
  std::string token = core::random_token();
  std::string digest = core::token_digest(token);
};

// The part of a log-in inside its write.
void store_session(db::Connection& raw, const api::Context& c, const NewSession& s, std::int64_t account,
                   bool by_link) {
  const auto agent = c.request.header("user-agent").substr(0, agent_bytes);
  std::string shown;
  for (const char ch : agent) shown += ch >= ' ' && ch <= '~' ? ch : '?';
  raw.run(
      "INSERT INTO session (id, account_id, token_digest, created_ms, expires_ms, peer, agent, by_link) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {s.id, account, db::Blob{s.digest}, c.now, c.now + session_life_ms, c.request.peer, shown,
       std::int64_t{by_link}});
  raw.run("UPDATE account SET last_login_ms = $2 WHERE id = $1", {account, c.now});
}

// The answer of a log-in, with the cookie.
Result<Me> welcome(api::Context& c, const NewSession& s) {
  api::Request again = c.request;
  again.headers = {{"cookie", "sw_session=" + s.token}};
  const auto who = authenticate(again, c.store, c.now);
  if (!who) return tl::unexpected(who.error());
  set_cookie(c, s.token, session_life_ms / 1000);
  return me_of(c, *who);
}

// The account a link belongs to (0 for set-up), once: the link is used up.
Result<std::int64_t> use_link(db::Connection& raw, std::string_view purpose, const std::string& token,
                              base::Instant now) {
  const auto digest = core::token_digest(token);
  std::optional<std::int64_t> account;
  raw.run(
      "UPDATE one_time_link SET used_ms = $3 WHERE token_digest = $1 AND purpose = $2 AND used_ms IS NULL "
      "AND expires_ms > $3 RETURNING account_id",
      {db::Blob{digest}, purpose, now}, [&](const db::Row& r) { account = r.integer(0); });
  if (!account) return base::fail_field("/token", "link_used_or_expired");
  return *account;
}

Result<Me> set_up(api::Context& c, const Setup& in) {
  const auto hash = hash_password(in.password);
  const auto account = c.store.next_id(), grant = c.store.next_id();
  const NewSession session{c.store.next_id()};
  auto made = c.store.write([&](db::Connection& raw) -> Result<std::int64_t> {
    // The link is the guard: two set-ups at once cannot both use it.
    if (auto link = use_link(raw, "setup", in.token, c.now); !link) return link;
    if (!setup_needed(raw)) return base::fail(ErrorKind::conflict, "already_set_up");
    db::Scoped q(raw, db::Scope::all());
    const auto source = core::Source{"office", "program", c.now, std::nullopt};
    add_account(q, account, grant, in.username, in.display_name, "administrator", std::nullopt, source);
    raw.run("UPDATE account SET password_hash = $2 WHERE id = $1", {account, hash});
    core::audit(q, c, {"account.setup", "account", account});
    store_session(raw, c, session, account, false);
    return account;
  });
  if (!made) return tl::unexpected(std::move(made).error());
  return welcome(c, session);
}

// The same work, the same count and the same answer for a name that exists and for one that does not.
Result<Me> log_in(api::Context& c, const LogIn& in) {
  struct Found {
    std::int64_t id = 0;
    std::string hash{};
    bool disabled = false;
  };
  const auto attempt = attempt_of(c, in.username);
  if (auto free = may_try(c, attempt); !free) return tl::unexpected(std::move(free).error());
  auto found = c.store.read([&](db::Connection& raw) -> Result<Found> {
    Found f;
    raw.run("SELECT id, password_hash, disabled FROM account WHERE username = $1", {in.username},
            [&](const db::Row& r) {
              f = {r.integer(0), r.str(1), r.boolean(2)};
            });
    return f;
  });
  if (!found) return tl::unexpected(std::move(found).error());
  if (!right_password(found->hash, in.password) || found->disabled) {
    if (auto counted = count_failure(c, attempt); !counted) return tl::unexpected(counted.error());
    return base::fail(ErrorKind::unauthenticated, "wrong_login");
  }
  const NewSession session{c.store.next_id()};
  auto entered = c.store.write([&](db::Connection& raw) -> Result<void> {
    if (auto passed = pass_second_factor(raw, c.services.keys, found->id, in.code, c.now); !passed)
      return passed;
    forget_failures(raw, attempt, c.now);
    store_session(raw, c, session, found->id, false);
    return {};
  });
  if (entered) return welcome(c, session);
  if (entered.error().kind == ErrorKind::invalid)
    if (auto counted = count_failure(c, attempt); !counted) return tl::unexpected(counted.error());
  return tl::unexpected(std::move(entered).error());
}

// A link stands for the password, not for the second factor; asked for that, it is not used up.
Result<Me> log_in_by_link(api::Context& c, const LinkLogIn& in) {
  const auto attempt = attempt_of(c, "link " + core::token_digest(in.token));
  if (in.code)
    if (auto free = may_try(c, attempt); !free) return tl::unexpected(std::move(free).error());
  const NewSession session{c.store.next_id()};
  auto entered = c.store.write([&](db::Connection& raw) -> Result<void> {
    auto account = use_link(raw, "login", in.token, c.now);
    if (!account) return tl::unexpected(std::move(account).error());
    if (raw.count("SELECT COUNT(*) FROM account WHERE id = $1 AND disabled = 0", {*account}) == 0)
      return base::fail_field("/token", "link_used_or_expired");
    if (auto passed = pass_second_factor(raw, c.services.keys, *account, in.code, c.now); !passed)
      return passed;
    store_session(raw, c, session, *account, true);
    return {};
  });
  if (entered) return welcome(c, session);
  if (in.code && entered.error().kind == ErrorKind::invalid)
    if (auto counted = count_failure(c, attempt); !counted) return tl::unexpected(counted.error());
  return tl::unexpected(std::move(entered).error());
}

// Throttled like a log-in: a session left open must not become a way to find the password.
Result<void> check_password(api::Context& c, const std::string& hash, const std::string& password,
                            const std::string& path) {
  const auto attempt = attempt_of(c, fmt::format("own {}", c.who.account));
  if (auto free = may_try(c, attempt); !free) return free;
  if (right_password(hash, password)) return {};
  if (auto counted = count_failure(c, attempt); !counted) return counted;
  return base::fail_field(path, "wrong_password");
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
  struct Old {
    std::string hash{};
    bool by_link = false;
  };
  auto old = c.store.read([&](db::Connection& raw) -> Result<Old> {
    Old found;
    raw.run(
        "SELECT a.password_hash, s.by_link FROM account a JOIN session s ON s.account_id = a.id "
        "WHERE a.id = $1 AND s.id = $2",
        {c.who.account, c.who.session}, [&](const db::Row& r) {
          found = {r.str(0), r.boolean(1)};
        });
    return found;
  });
  if (!old) return tl::unexpected(std::move(old).error());
  // Who came by a one-time link has forgotten the old one.
  if (!old->hash.empty() && !old->by_link)
    if (auto right = check_password(c, old->hash, in.current.value_or(""), "/current"); !right) return right;
  const auto hash = hash_password(in.password);
  return c.write([&](db::Scoped& q) -> Result<void> {
    q.unscoped().run("UPDATE account SET password_hash = $2 WHERE id = $1", {c.who.account, hash});
    q.unscoped().run("UPDATE session SET by_link = 0 WHERE id = $1", {c.who.session});
    q.unscoped().run(
        "UPDATE session SET revoked_ms = $3 WHERE account_id = $1 AND id <> $2 AND revoked_ms IS NULL",
        {c.who.account, c.who.session, c.now});
    core::audit(q, c, {"account.password", "account", c.who.account});
    return {};
  });
}

Result<api::Page<Session>> my_sessions(api::Context& c) {
  return c.store.read([&](db::Connection& raw) -> Result<api::Page<Session>> {
    return api::Page<Session>{sessions_of(raw, c.who.account, c.who.session, c.now), std::nullopt};
  });
}

Result<void> end_session(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    const auto ended = q.unscoped().run(
        "UPDATE session SET revoked_ms = $3 WHERE id = $1 AND account_id = $2 AND revoked_ms IS NULL",
        {c.id(), c.who.account, c.now});
    if (ended == 0) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"session.end", "account", c.who.account});
    return {};
  });
}

Result<ProgramInfo> program(api::Context& c) {
  return c.store.read([&](db::Connection& raw) -> Result<ProgramInfo> {
    return ProgramInfo{c.services.program_version, c.services.demo, setup_needed(raw)};
  });
}

}  // namespace

Result<void> check_own_password(api::Context& c, const std::string& password) {
  auto hash = c.store.read([&](db::Connection& raw) -> Result<std::string> {
    std::string found;
    raw.run("SELECT password_hash FROM account WHERE id = $1", {c.who.account},
            [&](const db::Row& r) { found = r.str(0); });
    return found;
  });
  if (!hash) return tl::unexpected(std::move(hash).error());
  return check_password(c, *hash, password, "/password");
}

void session_routes(api::Router& r) {
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
  r.get<api::Page<Session>>("/api/sessions", Permission::signed_in, "Where I am logged in", my_sessions);
  r.remove<void>("/api/sessions/{id}", Permission::signed_in, "End one of my log-ins", end_session);
}

}  // namespace feature::access
