#pragma once
// What a log-in passes besides the password: the throttle and the second factor. Inside the feature.
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "api/context.hpp"
#include "core/keyring.hpp"
#include "feature/access/service.hpp"

namespace feature::access {

inline constexpr int failures_before_lock = 5;        // of one name, whether it exists or not
inline constexpr int peer_failures_before_lock = 30;  // of one address, over all names, within an hour
inline constexpr std::int64_t lock_ms =
    5 * base::minute_ms;  // doubled with every further failure, at most a day

// What a failure is counted under: keyed digests of the name and of the address.
struct Attempt {
  std::string name, peer;
};
Attempt attempt_of(const api::Context& c, std::string_view name);
base::Result<void> may_try(api::Context& c, const Attempt& attempt);  // rate_limited "too_many_attempts"
base::Result<void> count_failure(api::Context& c, const Attempt& attempt);
void forget_failures(db::Connection& raw, const Attempt& attempt, base::Instant now);

// The second factor of an account that has one; runs inside the caller's write, so that a code is used up
// with what it opens. Errors: unauthenticated "totp_required", 422 /code "wrong_code".
base::Result<void> pass_second_factor(db::Connection& raw, const core::Keyring& keys, std::int64_t account,
                                      const std::optional<Code>& code, base::Instant now);
bool has_second_factor(db::Connection& raw, std::int64_t account);
void drop_second_factor(db::Connection& raw, std::int64_t account);

// Argon2id; an empty hash belongs to nobody and fits nothing, after the same work.
std::string hash_password(const std::string& password);
bool right_password(const std::string& hash, const std::string& password);
// 422 /password "wrong_password" unless it is the asker's.
base::Result<void> check_own_password(api::Context& c, const std::string& password);

std::vector<Session> sessions_of(db::Connection& raw, std::int64_t account, std::int64_t current,
                                 base::Instant now);
// Grants that hold now; with `coming` also those that begin later.
std::vector<GrantShown> grants_of(db::Connection& raw, std::int64_t account, base::Instant now,
                                  bool coming = false);

}  // namespace feature::access
