#pragma once
// What the handlers share: finding a case that may be traced, and the words for persons and places.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/services.hpp"
#include "core/trail.hpp"
#include "feature/trace/service.hpp"

namespace feature::trace {

std::optional<CaseRow> find_case(db::Scoped& q, std::int64_t id);
base::Result<TraceCase> shown_case(db::Scoped& q, const api::Context& c, std::int64_t id);
// The case for a question, which is on record before anything is answered. Not found, or conflict
// "case_not_open" while nobody has approved it and after it was lifted.
base::Result<CaseRow> open_case(api::Context& c, std::int64_t id, const std::string& action,
                                const std::string& detail);

TracePolicy policy_at(db::Connection& c, base::Instant at);
contact::Policy engine_policy(const TracePolicy& policy);

// Codes stored with spaces between.

// A gate's phone that has not been heard of for a while, or holds records it could not send.
struct SilentGate {
  std::int64_t compound_id = 0;
  TraceGap gap{};
};
std::vector<SilentGate> silent_gates(db::Scoped& q, base::Instant now);
std::vector<TraceGap> shown_gaps(const std::vector<SilentGate>& gates,
                                 const std::set<std::int64_t>& compounds);

struct Who {
  std::string name{};  // masked
  std::optional<std::string> label{};
  std::int64_t compound_id = 0;
  bool guest = false, minor = false;
};
// Those of the ids who live, or were guests, within the asker's scope.
std::map<std::int64_t, Who> who_are(db::Scoped& q, const std::vector<std::int64_t>& ids, base::Instant now);
// Names of places within the scope; others are not in it.
std::map<PlaceKey, std::string> names_of(db::Scoped& q, const std::vector<PlaceKey>& keys);

}  // namespace feature::trace
