#pragma once
// Who somebody is, and how far their duty reaches.
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
inline constexpr int failures_before_lock = 5;
inline constexpr std::int64_t lock_ms =
    5 * base::minute_ms;  // doubled with every further failure, at most a day

// Permissions of a named role; empty set for an unknown name.
api::PermissionSet permissions_of(std::string_view role);
const std::vector<std::string_view>& role_names();

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

}  // namespace feature::access
