#pragma once
// The rules that may hold in a compound at an instant, read once: the gate list, the decision, the preview,
// the replay and the page ask the same book which of them holds where (engine/gate/subject.hpp).
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/scoped.hpp"
#include "engine/gate/subject.hpp"
#include "feature/gate/policy_record.hpp"

namespace feature::gate {

// A building, stair or dwelling with what stands between it and the compound, nearest first.
using PlacesBelow = std::vector<std::int64_t>;
PlacesBelow places_below(db::Scoped& q, std::int64_t compound_id, std::int64_t place_id);
// The same from a row that has a dwelling's id, stair_id, building_id and phase_id from this column on.
PlacesBelow places_below(const db::Row& row, int first);

class RuleBook {
 public:
  // Versions whose time has not come are in the book too, and never chosen.
  RuleBook(db::Scoped& q, std::int64_t compound_id, base::Instant at);

  // One that is only tried out, in place of the versions of its subject.
  void try_out(rule::Candidate candidate, const rule::Policy& policy);

  const std::vector<rule::Candidate>& candidates() const;
  std::vector<rule::Weighed> weigh(const PlacesBelow& below) const;
  std::vector<rule::Weighed> weigh(const PlacesBelow& below, base::Instant at) const;
  // With the hours of this place alone. Without any version the built-in policy in mode warn (version 0):
  // nobody is stopped by a rule that nobody made.
  rule::Policy policy(db::Scoped& q, const PlacesBelow& below) const;
  rule::Policy policy(db::Scoped& q, const PlacesBelow& below, base::Instant at) const;
  // A version as a passage was decided by it, whichever holds now; 0 is the built-in one.
  rule::Policy version(db::Scoped& q, std::int64_t version, const PlacesBelow& below, base::Instant at) const;
  // Changes whenever another rule may hold somewhere in the compound.
  std::string stamp() const;

 private:
  struct Ground;
  static std::shared_ptr<const Ground> remembered_ground(db::Scoped& q, std::int64_t compound_id);
  rule::Standpoint standpoint(const PlacesBelow& below) const;

  base::Instant at_;
  std::shared_ptr<const Ground> ground_;
  std::vector<rule::Candidate> tried_;                     // with one that is tried out; else empty
  mutable std::map<std::int64_t, rule::Policy> policies_;  // tried out, or no longer in force
};

// Params as they are stored; a parameter that came after the version has its default. Throws when they cannot
// be read: only checked policies are stored.
rule::Policy stored_policy(std::string_view params, std::int64_t version, base::Instant effective_from);

}  // namespace feature::gate
