#pragma once
// What follows from a decision on a contact, and what takes it back: in the transaction of the decision. One
// place, so that whoever else acts on contacts is called from here.
#include "feature/control/service.hpp"
#include "feature/trace/cases.hpp"

namespace feature::trace {

// Of a mark here, or of one that another office decided on and handed over.
struct Decision {
  std::string origin{};
  MarkKind kind = MarkKind::close_contact;
  std::int64_t person_id = 0, place_id = 0;
  std::optional<base::Instant> last_exposed{};
  std::string decided_by{}, document_ref{};
  base::Instant created{};
  bool handed_over = false;  // to another office
};
Decision decision_of(const MarkRow& mark);

// Taken before the closure.
struct FollowIds {
  std::int64_t work = 0;
  control::Ids control{};
};
struct TakeBackIds {
  control::Ids ended{}, next{};
};
FollowIds follow_ids(db::Store& store);
TakeBackIds take_back_ids(db::Store& store);

// A contact who lives here: put under control where the policy says so, with the clock, the gate's level and
// the work that this brings; else a work item at the home. Neither names the case. Who is under control
// already stays so. One who is handed over leaves with the signed file instead.
void follow(db::Scoped& q, const api::Context& c, const Decision& decision, bool minor,
            const TracePolicy& policy, const FollowIds& ids);
// Ends what this decision began and nothing else. A decision for another case that still stands takes over.
void take_back(db::Scoped& q, const api::Context& c, const Decision& decision, const TakeBackIds& ids);

}  // namespace feature::trace
