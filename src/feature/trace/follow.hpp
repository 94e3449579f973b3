#pragma once
// What follows from a decision on a contact, and what takes it back: in the transaction of the decision. One
// place, so that whoever else acts on contacts (people under control, door notices) is called from here.
#include "feature/trace/cases.hpp"

namespace feature::trace {

// A contact who lives here: a work item at the home for whoever answers for it, naming neither case nor kind
// of illness. One who is handed over leaves with the signed file instead.
void follow(db::Scoped& q, const api::Context& c, const MarkRow& mark, bool minor, std::int64_t work_id);
void take_back(db::Scoped& q, const MarkRow& mark, base::Instant now);

}  // namespace feature::trace
