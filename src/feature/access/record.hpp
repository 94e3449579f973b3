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
  int failures = 0;
  meta::Instant locked_until{};
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

struct GrantShown {
  std::string role{};
  std::optional<std::int64_t> place_id{};
  std::string place_name{}, place_kind{};
};
struct CompoundName {
  std::int64_t id = 0;
  std::string name{};
};
struct Me {
  std::int64_t account_id = 0;
  std::string username{}, display_name{};
  bool must_set_password = false;
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
struct LogIn {
  meta::Text<1, 40> username;
  meta::Text<1, 200> password;
};
struct LinkLogIn {
  meta::Text<10, 100> token;
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
struct ProgramInfo {
  std::string version{};
  bool demo = false, setup_needed = false;
};

}  // namespace feature::access

META_DESCRIBE(feature::access::GrantShown, "Grant", "", role, place_id, place_name, place_kind)
META_DESCRIBE(feature::access::CompoundName, "CompoundName", "", id, name)
META_DESCRIBE(feature::access::Me, "Me", "", account_id, username, display_name, must_set_password,
              permissions, grants, compounds, server_ms, zone, utc_offset_minutes, program_version, demo)
META_DESCRIBE(feature::access::Setup, "Setup", "", token, username, password, display_name)
META_DESCRIBE(feature::access::LogIn, "LogIn", "", username, password)
META_DESCRIBE(feature::access::LinkLogIn, "LinkLogIn", "", token)
META_DESCRIBE(feature::access::NewPassword, "NewPassword", "", current, password)
META_DESCRIBE(feature::access::NewAccount, "NewAccount", "", username, display_name, role, place_id)
META_DESCRIBE(feature::access::Link, "Link", "", link)
META_DESCRIBE(feature::access::AccountQuery, "AccountQuery", "", limit, cursor)
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
      field<&T::failures>("failures"),
      field<&T::locked_until>("locked_until_ms"),
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
