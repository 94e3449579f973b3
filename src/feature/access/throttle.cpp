#include <algorithm>

#include "core/services.hpp"
#include "feature/access/log_in.hpp"

namespace feature::access {
namespace {

constexpr std::int64_t name_memory_ms = 2 * base::day_ms;  // longer than the longest lock
constexpr std::int64_t peer_memory_ms = base::hour_ms;

void count(db::Connection& raw, const std::string& digest, int limit, std::int64_t memory_ms,
           base::Instant now) {
  std::int64_t failures = 0;
  raw.run(
      "INSERT INTO login_throttle (digest, failures, locked_until_ms, updated_ms) VALUES ($1, 1, 0, $2) "
      "ON CONFLICT (digest) DO UPDATE SET failures = CASE WHEN login_throttle.updated_ms < $3 THEN 1 ELSE "
      "login_throttle.failures + 1 END, updated_ms = $2 RETURNING failures",
      {db::Blob{digest}, now, now + -memory_ms}, [&](const db::Row& r) { failures = r.integer(0); });
  if (failures < limit) return;
  const auto doubled = lock_ms << std::min<std::int64_t>(failures - limit, 9);
  raw.run("UPDATE login_throttle SET locked_until_ms = $2 WHERE digest = $1",
          {db::Blob{digest}, now + std::min(doubled, base::day_ms)});
}

}  // namespace

Attempt attempt_of(const api::Context& c, std::string_view name) {
  return {c.services.keys.blind("login_name", name), c.services.keys.blind("login_peer", c.request.peer)};
}

base::Result<void> may_try(api::Context& c, const Attempt& attempt) {
  auto until = c.store.read([&](db::Connection& raw) -> base::Result<std::int64_t> {
    return raw.count("SELECT MAX(locked_until_ms) FROM login_throttle WHERE digest IN ($1, $2)",
                     {db::Blob{attempt.name}, db::Blob{attempt.peer}});
  });
  if (!until) return tl::unexpected(std::move(until).error());
  if (*until <= c.now.ms) return {};
  return base::fail(base::ErrorKind::rate_limited, "too_many_attempts",
                    {{"seconds", std::to_string((*until - c.now.ms + 999) / 1000)}});
}

base::Result<void> count_failure(api::Context& c, const Attempt& attempt) {
  return c.store.write([&](db::Connection& raw) -> base::Result<void> {
    // Names that nobody has are counted too, so old ones go.
    raw.run("DELETE FROM login_throttle WHERE updated_ms < $1", {c.now + -name_memory_ms});
    count(raw, attempt.name, failures_before_lock, name_memory_ms, c.now);
    count(raw, attempt.peer, peer_failures_before_lock, peer_memory_ms, c.now);
    return {};
  });
}

void forget_failures(db::Connection& raw, const Attempt& attempt, base::Instant now) {
  // The address is kept: whoever knows one password must not try all the others in between.
  raw.run("DELETE FROM login_throttle WHERE digest = $1 AND locked_until_ms <= $2",
          {db::Blob{attempt.name}, now});
}

}  // namespace feature::access
