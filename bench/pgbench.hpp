#pragma once
// The yardstick on PostgreSQL: its own load generator with the statements of one decision.
#include <optional>
#include <string>

namespace bench {

struct PgbenchSite {  // how the site numbers its rows; a phone for each of the first `phones` compounds
  std::int64_t per_compound = 0, phones = 0;
  std::int64_t compound_base = 0, opening_base = 0, phone_base = 0, pass_base = 0;
  std::int64_t now_ms = 0;
};

// Decisions a second of `clients` sessions. Empty where pgbench is not installed or fails.
std::optional<double> pgbench_rate(const std::string& url, const PgbenchSite& site, int clients,
                                   double seconds);

}  // namespace bench
