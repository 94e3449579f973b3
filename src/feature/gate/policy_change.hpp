#pragma once
// What a version of the rules that is not in force yet would change.
#include "api/context.hpp"
#include "api/router.hpp"
#include "engine/gate/subject.hpp"
#include "feature/gate/policy_record.hpp"

namespace feature::gate {

// Problems of whom it is for: a unit elsewhere, a place below a compound with a kind of compounds.
base::Problems check_subject(db::Scoped& q, const NewPolicy& in);

// Of a NewPolicy or a PolicyRow.
template <class P>
rule::Subject subject_of(const P& policy) {
  rule::Subject s;
  s.place_id = policy.place_id;
  if (policy.zone_level) s.zone_level = meta::name_of(*policy.zone_level);
  if (policy.compound_kind) s.compound_kind = meta::name_of(*policy.compound_kind);
  s.unit_id = policy.unit_id.value_or(0);
  return s;
}

// Against what would hold without it: the version in force of the same subject; where there is none, what
// holds at the place itself. Ending cards is a tightening whatever else changes.
struct PolicyChange {
  bool tightening = false;
  std::int64_t against_version = 0;
  base::Instant earliest{};  // by the notice of the version it replaces, when agreed to at `now`
  std::vector<PolicyDifference> differences{};
};
PolicyChange change_of(db::Scoped& q, const rule::Subject& subject, const rule::Policy& params,
                       bool voids_cards, const place::PlaceRow& place, base::Instant now);

// The templates of rules.md, as starting points of a version.
PolicyTemplates policy_templates();

void policy_change_routes(api::Router& r);

}  // namespace feature::gate
