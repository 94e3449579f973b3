#pragma once
// Who somebody is, and how far their duty reaches.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/service.hpp"
#include "core/trail.hpp"
#include "db/store.hpp"
#include "feature/access/record.hpp"

namespace feature::access {

inline constexpr std::int64_t session_life_ms = 12 * base::hour_ms;
inline constexpr std::int64_t link_life_ms = 24 * base::hour_ms;
inline constexpr std::int64_t emergency_ms = 30 * base::minute_ms;

// The stored text of a role: names with spaces between, or "*".
api::PermissionSet every_permission();
api::PermissionSet parse_permissions(std::string_view text);
std::vector<std::string> permission_names(api::PermissionSet set);
// Names somebody sent; none when one is unknown, then `problems` says which (not_allowed).
std::optional<api::PermissionSet> read_permissions(const std::vector<std::string>& names,
                                                   base::Problems& problems);

// The ids of a place and of what it lies in, by level; 0 where there is none.
using PlacePath = std::array<std::int64_t, db::level_count>;
// What somebody may do at one place: the union of the roles that cover it.
api::PermissionSet held_at(const api::Principal& who, const PlacePath& place);

// The level of a place that a role can be held at; none for areas, phases and premises.
std::optional<db::Level> scope_level(std::string_view place_kind);

// Session cookie or device token -> principal. Nobody signed in is not an error; a revoked device is
// ("device_revoked").
base::Result<api::Principal> authenticate(const api::Request& request, db::Store& store, base::Instant now);

// A secret for a link "/#/setup?token=..." (purpose setup) or "/#/link?token=..." (purpose login); only
// its digest is stored.
std::string new_link(db::Connection& c, std::int64_t id, std::string_view purpose,
                     std::optional<std::int64_t> account_id, base::Instant now);

// An account with one role; the caller has checked both. Without a password until its link is used.
void add_account(db::Scoped& q, std::int64_t account_id, std::int64_t grant_id, const std::string& username,
                 const std::string& display_name, const std::string& role,
                 std::optional<std::int64_t> place_id, const core::Source& source);

bool setup_needed(db::Connection& c);  // no account yet

// The asker's open emergency access (应急查看) to a compound.
std::optional<Emergency> open_emergency(db::Scoped& q, const api::Context& c, std::int64_t compound_id);

// Why the asker may see what is masked in a compound: their own reason where sensitive_read is held there,
// else that of an open emergency access. Errors: "/reason" required, conflict "emergency_access_needed",
// forbidden.
base::Result<std::string> reveal_reason(db::Scoped& q, const api::Context& c, std::int64_t compound_id,
                                        const std::optional<meta::Text<4, 200>>& reason);

}  // namespace feature::access
