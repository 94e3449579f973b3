// The second factor: enrolled with a QR code, confirmed with a code, ten recovery codes for a lost phone.
#include <fmt/format.h>

#include <algorithm>

#include "core/keyring.hpp"
#include "core/services.hpp"
#include "feature/access/api.hpp"
#include "feature/access/log_in.hpp"
#include "feature/access/totp.hpp"
#include "print/qr.hpp"

namespace feature::access {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::size_t secret_bytes = 20;
constexpr std::size_t recovery_codes = 10;
constexpr std::string_view issuer = "Shouwang";

// Ten letters and digits that are not mistaken for each other, 50 bits: "k7m2p-x94ta".
std::string recovery_code() {
  static constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string code;
  for (const char b : core::random_bytes(10)) code += alphabet[static_cast<unsigned char>(b) & 31];
  return code.insert(5, "-");
}

// Of what somebody types: case, spaces and the dash do not matter. Keyed, for 50 bits can be tried out.
std::string recovery_digest(const core::Keyring& keys, std::string_view typed) {
  std::string plain;
  for (const char c : typed)
    if (c != '-' && c != ' ') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return keys.blind("recovery_code", plain);
}

struct Stored {
  std::string sealed{};
  bool confirmed = false;
  std::int64_t last_step = 0;
};
std::optional<Stored> stored(db::Connection& raw, std::int64_t account) {
  std::optional<Stored> found;
  raw.run("SELECT secret_sealed, confirmed_ms, last_step FROM totp WHERE account_id = $1", {account},
          [&](const db::Row& r) {
            found = Stored{std::string(r.blob(0)), !r.is_null(1), r.integer(2)};
          });
  return found;
}

// Takes the code once: of two requests with the same code at the same time one finds the step used.
bool take_code(db::Connection& raw, const core::Keyring& keys, std::int64_t account, const Stored& s,
               const std::string& code, base::Instant now) {
  const auto secret = keys.unseal("totp", "secret", account, s.sealed);
  if (!secret) return false;
  const auto step = totp_accepts(*secret, code, now, s.last_step);
  return step && raw.run("UPDATE totp SET last_step = $2 WHERE account_id = $1 AND last_step < $2",
                         {account, *step}) == 1;
}

Result<TotpStart> start(api::Context& c, const PasswordGiven& in) {
  if (auto right = check_own_password(c, in.password); !right) return tl::unexpected(right.error());
  const auto secret = core::random_bytes(secret_bytes);
  const auto sealed = c.services.keys.seal("totp", "secret", c.who.account, secret);
  std::string username;
  auto made = c.store.write([&](db::Connection& raw) -> Result<void> {
    if (const auto before = stored(raw, c.who.account); before && before->confirmed)
      return base::fail(ErrorKind::conflict, "totp_is_on");
    raw.run("DELETE FROM totp WHERE account_id = $1", {c.who.account});
    raw.run("INSERT INTO totp (account_id, secret_sealed, confirmed_ms, last_step) VALUES ($1, $2, NULL, 0)",
            {c.who.account, db::Blob{sealed}});
    raw.run("SELECT username FROM account WHERE id = $1", {c.who.account},
            [&](const db::Row& r) { username = r.str(0); });
    return {};
  });
  if (!made) return tl::unexpected(std::move(made).error());
  const auto uri = totp_uri(secret, issuer, username);
  auto svg = print::qr_svg(uri);
  if (!svg) return tl::unexpected(std::move(svg).error());
  return TotpStart{base32(secret), uri, std::move(*svg)};
}

Result<RecoveryCodes> confirm(api::Context& c, const TotpCode& in) {
  const auto attempt = attempt_of(c, fmt::format("own {}", c.who.account));
  if (auto free = may_try(c, attempt); !free) return tl::unexpected(std::move(free).error());
  RecoveryCodes out;
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < recovery_codes; ++i) {
    out.codes.push_back(recovery_code());
    ids.push_back(c.store.next_id());
  }
  auto done = c.write([&](db::Scoped& q) -> Result<void> {
    auto& raw = q.unscoped();
    const auto s = stored(raw, c.who.account);
    if (!s) return base::fail(ErrorKind::conflict, "totp_not_begun");
    if (s->confirmed) return base::fail(ErrorKind::conflict, "totp_is_on");
    if (!take_code(raw, c.services.keys, c.who.account, *s, in.code, c.now))
      return base::fail_field("/code", "wrong_code");
    raw.run("UPDATE totp SET confirmed_ms = $2 WHERE account_id = $1", {c.who.account, c.now});
    raw.run("DELETE FROM recovery_code WHERE account_id = $1", {c.who.account});
    for (std::size_t i = 0; i < recovery_codes; ++i) {
      const auto digest = recovery_digest(c.services.keys, out.codes[i]);
      raw.run("INSERT INTO recovery_code (id, account_id, code_digest) VALUES ($1, $2, $3)",
              {ids[i], c.who.account, db::Blob{digest}});
    }
    core::audit(q, c, {"totp.on", "account", c.who.account});
    return {};
  });
  if (done) return out;
  if (done.error().kind == ErrorKind::invalid)
    if (auto counted = count_failure(c, attempt); !counted) return tl::unexpected(counted.error());
  return tl::unexpected(std::move(done).error());
}

Result<void> turn_off(api::Context& c, const PasswordGiven& in) {
  if (auto right = check_own_password(c, in.password); !right) return right;
  return c.write([&](db::Scoped& q) -> Result<void> {
    drop_second_factor(q.unscoped(), c.who.account);
    core::audit(q, c, {"totp.off", "account", c.who.account});
    return {};
  });
}

}  // namespace

bool has_second_factor(db::Connection& raw, std::int64_t account) {
  return raw.count("SELECT COUNT(*) FROM totp WHERE account_id = $1 AND confirmed_ms IS NOT NULL",
                   {account}) > 0;
}

void drop_second_factor(db::Connection& raw, std::int64_t account) {
  raw.run("DELETE FROM totp WHERE account_id = $1", {account});
  raw.run("DELETE FROM recovery_code WHERE account_id = $1", {account});
}

Result<void> pass_second_factor(db::Connection& raw, const core::Keyring& keys, std::int64_t account,
                                const std::optional<Code>& code, base::Instant now) {
  const auto s = stored(raw, account);
  if (!s || !s->confirmed) return {};
  if (!code) return base::fail(ErrorKind::unauthenticated, "totp_required");
  if (take_code(raw, keys, account, *s, *code, now)) return {};
  const auto digest = recovery_digest(keys, *code);
  const auto used = raw.run(
      "UPDATE recovery_code SET used_ms = $3 WHERE account_id = $1 AND code_digest = $2 AND used_ms IS NULL",
      {account, db::Blob{digest}, now});
  if (used == 0) return base::fail_field("/code", "wrong_code");
  return {};
}

void second_factor_routes(api::Router& r) {
  using api::Permission;
  r.post<PasswordGiven, TotpStart>("/api/session/totp", Permission::signed_in, "Begin a second factor",
                                   start);
  r.post<TotpCode, RecoveryCodes>("/api/session/totp/confirm", Permission::signed_in,
                                  "Turn the second factor on with its first code", confirm);
  r.post<PasswordGiven, void>("/api/session/totp/off", Permission::signed_in, "Turn my second factor off",
                              turn_off);
}

}  // namespace feature::access
