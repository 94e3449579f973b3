#pragma once
// Accounts, what they may do and where, and how they log in.
#include <optional>
#include <string>
#include <vector>

#include "meta/describe.hpp"

namespace feature::access {

struct AccountRow {
  meta::Id<AccountRow> id;
  std::string username{}, display_name{};
  std::optional<std::string> password_hash{};  // Argon2id; none until the one-time link is used
  bool disabled = false;
  meta::Instant created{};
  std::optional<meta::Instant> last_login{};
};
struct GrantRow {
  meta::Id<GrantRow> id;
  std::int64_t account_id = 0;
  std::string role{};
  std::optional<std::int64_t> place_id{};  // none: the whole installation
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
};

// Permissions as their names with spaces between; "*" is every one, those to come included.
struct RoleRow {
  meta::Id<RoleRow> id;
  std::string name{};                  // "community_office"; "custom_17" for one made here
  std::optional<std::string> title{};  // none: the pages have words for the name
  std::string permissions{};
  bool builtin = false;
  int version = 1;
};

struct GrantShown {
  std::int64_t id = 0;
  std::string role{};
  std::optional<std::string> role_title{};
  std::optional<std::int64_t> place_id{};
  std::string place_name{}, place_kind{};
  std::int64_t valid_from_ms = 0;
  std::optional<std::int64_t> valid_until_ms{};
};
struct CompoundName {
  std::int64_t id = 0;
  std::string name{};
};
struct Me {
  std::int64_t account_id = 0;
  std::string username{}, display_name{};
  bool must_set_password = false;
  bool from_link = false;  // came by a one-time link: may set a password without the one before
  bool totp = false;       // log-in asks for a second factor
  std::vector<std::string> permissions{};
  std::vector<GrantShown> grants{};
  std::vector<CompoundName> compounds{};  // in scope, at most 200
  std::int64_t server_ms = 0;
  std::string zone{};
  int utc_offset_minutes = 480;
  std::string program_version{};
  bool demo = false;
};
struct Account {
  meta::Id<AccountRow> id;
  std::string username{}, display_name{};
  bool disabled = false;
  std::vector<GrantShown> grants{};
  std::optional<meta::Instant> last_login{};
};

using Username = meta::Text<2, 40>;
using Password = meta::Text<10, 200>;
struct Setup {
  meta::Text<10, 100> token;
  Username username;
  Password password;
  meta::Name display_name;
};
using Code = meta::Text<6, 20>;  // of the second factor, or a recovery code
struct LogIn {
  meta::Text<1, 40> username;
  meta::Text<1, 200> password;
  std::optional<Code> code{};
};
struct LinkLogIn {
  meta::Text<10, 100> token;
  std::optional<Code> code{};
};
struct NewPassword {
  std::optional<meta::Text<1, 200>> current{};
  Password password;
};
struct NewAccount {
  Username username;
  meta::Name display_name;
  meta::Text<1, 40> role;
  std::optional<std::int64_t> place_id{};
};
struct Link {
  std::string link{};
};
struct AccountCreated {
  Account account{};
  std::string link{};
};
struct AccountQuery {
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct NewGrant {
  meta::Text<1, 40> role;
  std::optional<std::int64_t> place_id{};
  std::optional<std::int64_t> from_ms{}, until_ms{};  // from now on, without an end
};

struct Role {
  std::int64_t id = 0;
  std::string name{};
  std::optional<std::string> title{};
  std::vector<std::string> permissions{};
  bool builtin = false;
  bool fixed = false;  // has every permission, always
  int version = 1;
};
using RoleTitle = meta::Text<1, 40>;
struct NewRole {
  RoleTitle title;
  std::vector<std::string> permissions{};
};
struct RoleChange {
  std::optional<RoleTitle> title{};
  std::vector<std::string> permissions{};
  int version = 0;  // of the role that was read
};

struct Session {
  std::int64_t id = 0, created_ms = 0, expires_ms = 0;
  std::string peer{}, agent{};  // address and browser it was begun from
  bool by_link = false, current = false;
};
struct AccountFile {
  Account account{};
  std::vector<Session> sessions{};
  bool totp = false, has_password = false;
};

struct PasswordGiven {
  meta::Text<1, 200> password;
};
struct TotpStart {
  std::string secret{}, uri{}, qr_svg{};
};
struct TotpCode {
  Code code;
};
struct RecoveryCodes {
  std::vector<std::string> codes{};  // shown once, each works once
};

using Reason = meta::Text<4, 200>;
struct NewEmergency {
  std::int64_t compound_id = 0;
  Reason reason;
};
struct Emergency {
  std::int64_t id = 0, compound_id = 0;
  std::string reason{};
  std::int64_t opened_ms = 0, until_ms = 0;
};

struct AuditQuery {
  std::optional<std::int64_t> compound_id{};
  std::optional<meta::Text<1, 60>> action{};  // "person.reveal", or a group as "person"
  std::optional<meta::Text<1, 60>> actor{};   // "account:12"
  std::optional<std::int64_t> from_ms{}, until_ms{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct AuditShown {
  std::int64_t id = 0, at_ms = 0;
  std::string actor{};
  std::optional<std::string> actor_name{};
  std::string action{}, entity{};
  std::int64_t record_id = 0;
  std::optional<std::string> subject{};  // the household's label, for those who may read households
  std::optional<std::int64_t> household_id{};
  std::optional<std::string> compound_name{};
  std::string detail{};
  std::optional<std::string> reason{};
  bool sealed = false;
};

struct ProgramInfo {
  std::string version{};
  bool demo = false, setup_needed = false;
};

// One masked telephone number in full: of a vehicle's owner, or of somebody registered at a gate.
struct NumberWanted {
  std::optional<meta::Text<4, 200>> reason{};  // needed unless an emergency access is open
};
struct RevealedNumber {
  std::int64_t id = 0;
  std::optional<std::string> phone{};  // none on file
};

// The recovery sheet that backups need now; none before the first.
struct RecoveryState {
  std::optional<std::string> sheet{};
  std::optional<meta::Instant> made_ms{};
};
struct NewRecoverySheet {
  bool replace = false;  // a new one although there is one; backups made before still need theirs
};
struct RecoverySheet {
  std::string sheet{};
  std::vector<std::string> groups{};
  meta::Instant made_ms{};
};

}  // namespace feature::access

META_DESCRIBE(feature::access::GrantShown, "Grant", "", id, role, role_title, place_id, place_name,
              place_kind, valid_from_ms, valid_until_ms)
META_DESCRIBE(feature::access::CompoundName, "CompoundName", "", id, name)
META_DESCRIBE(feature::access::Me, "Me", "", account_id, username, display_name, must_set_password, from_link,
              totp, permissions, grants, compounds, server_ms, zone, utc_offset_minutes, program_version,
              demo)
META_DESCRIBE(feature::access::Setup, "Setup", "", token, username, password, display_name)
META_DESCRIBE(feature::access::LogIn, "LogIn", "", username, password, code)
META_DESCRIBE(feature::access::LinkLogIn, "LinkLogIn", "", token, code)
META_DESCRIBE(feature::access::NewPassword, "NewPassword", "", current, password)
META_DESCRIBE(feature::access::NewAccount, "NewAccount", "", username, display_name, role, place_id)
META_DESCRIBE(feature::access::Link, "Link", "", link)
META_DESCRIBE(feature::access::AccountQuery, "AccountQuery", "", limit, cursor)
META_DESCRIBE(feature::access::NewGrant, "NewGrant", "", role, place_id, from_ms, until_ms)
META_DESCRIBE(feature::access::Role, "Role", "", id, name, title, permissions, builtin, fixed, version)
META_DESCRIBE(feature::access::NewRole, "NewRole", "", title, permissions)
META_DESCRIBE(feature::access::RoleChange, "RoleChange", "", title, permissions, version)
META_DESCRIBE(feature::access::Session, "Session", "", id, created_ms, expires_ms, peer, agent, by_link,
              current)
META_DESCRIBE(feature::access::PasswordGiven, "PasswordGiven", "", password)
META_DESCRIBE(feature::access::TotpStart, "TotpStart", "", secret, uri, qr_svg)
META_DESCRIBE(feature::access::TotpCode, "TotpCode", "", code)
META_DESCRIBE(feature::access::RecoveryCodes, "RecoveryCodes", "", codes)
META_DESCRIBE(feature::access::NewEmergency, "NewEmergency", "", compound_id, reason)
META_DESCRIBE(feature::access::Emergency, "Emergency", "", id, compound_id, reason, opened_ms, until_ms)
META_DESCRIBE(feature::access::AuditQuery, "AuditQuery", "", compound_id, action, actor, from_ms, until_ms,
              limit, cursor)
META_DESCRIBE(feature::access::AuditShown, "AuditRow", "", id, at_ms, actor, actor_name, action, entity,
              record_id, subject, household_id, compound_name, detail, reason, sealed)
META_DESCRIBE(feature::access::NumberWanted, "NumberWanted", "", reason)
META_DESCRIBE(feature::access::RevealedNumber, "RevealedNumber", "", id, phone)
META_DESCRIBE(feature::access::RecoveryState, "RecoveryState", "", sheet, made_ms)
META_DESCRIBE(feature::access::NewRecoverySheet, "NewRecoverySheet", "", replace)
META_DESCRIBE(feature::access::RecoverySheet, "RecoverySheet", "", sheet, groups, made_ms)
META_DESCRIBE(feature::access::ProgramInfo, "ProgramInfo", "", version, demo, setup_needed)

namespace meta {
template <>
struct Describe<feature::access::AccountRow> {
  using T = feature::access::AccountRow;
  static constexpr std::string_view name = "AccountRow", table = "account";
  static constexpr std::array fields{
      field<&T::id>("id", {.primary_key = true, .read_only = true}),
      field<&T::username>("username"),
      field<&T::display_name>("display_name"),
      field<&T::password_hash>("password_hash", {.sensitive = true, .shown = false}),
      field<&T::disabled>("disabled"),
      field<&T::created>("created_ms"),
      field<&T::last_login>("last_login_ms")};
};
template <>
struct Describe<feature::access::GrantRow> {
  using T = feature::access::GrantRow;
  static constexpr std::string_view name = "GrantRow", table = "role_grant";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::account_id>("account_id"),
                                     field<&T::role>("role"),
                                     field<&T::place_id>("place_id"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms")};
};
template <>
struct Describe<feature::access::RoleRow> {
  using T = feature::access::RoleRow;
  static constexpr std::string_view name = "RoleRow", table = "role";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::name>("name"),
                                     field<&T::title>("title"),
                                     field<&T::permissions>("permissions"),
                                     field<&T::builtin>("builtin"),
                                     field<&T::version>("version")};
};
template <>
struct Describe<feature::access::Account> {
  using T = feature::access::Account;
  static constexpr std::string_view name = "Account", table = "";
  static constexpr std::array fields{field<&T::id>("id"),
                                     field<&T::username>("username"),
                                     field<&T::display_name>("display_name"),
                                     field<&T::disabled>("disabled"),
                                     field<&T::grants>("grants"),
                                     field<&T::last_login>("last_login_ms")};
};
}  // namespace meta

META_DESCRIBE(feature::access::AccountCreated, "AccountCreated", "", account, link)
META_DESCRIBE(feature::access::AccountFile, "AccountFile", "", account, sessions, totp, has_password)
