#include "feature/trace/follow.hpp"

#include <fmt/format.h>

#include "feature/work_item/service.hpp"

namespace feature::trace {
namespace {

std::string origin_of(const MarkRow& mark) { return fmt::format("trace_mark:{}", mark.id.value); }

// Close contacts are isolated within 12 hours (rules.md 3); the others are called within a day.
base::Instant due(const MarkRow& mark) {
  return mark.created + (mark.kind == MarkKind::close_contact ? 12 : 24) * base::hour_ms;
}

}  // namespace

void follow(db::Scoped& q, const api::Context& c, const MarkRow& mark, bool minor, std::int64_t work_id) {
  if (mark.hand_over_to) return;
  work_item::Cause cause;
  cause.kind = "contact_follow_up";
  cause.origin = origin_of(mark);
  cause.detail = std::string(meta::name_of(mark.kind)) + (minor ? " minor" : "");
  cause.person_id = mark.person_id;
  cause.due = due(mark);
  cause.account_id = c.who.account;
  q.one(
      "SELECT r.dwelling_id, r.household_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE "
      "r.person_id = $1 AND r.visible = 1 AND {scope:p} ORDER BY r.is_primary DESC, r.id",
      {mark.person_id}, [&](const db::Row& r) {
        cause.place_id = r.integer(0);
        cause.household_id = r.integer(1);
      });
  work_item::open(q, cause, work_id, c.now);
}

void take_back(db::Scoped& q, const MarkRow& mark, base::Instant now) {
  work_item::settle(q, origin_of(mark), now);
}

}  // namespace feature::trace
