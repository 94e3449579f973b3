#include "feature/trace/follow.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "feature/work_item/service.hpp"

namespace feature::trace {
namespace {

// Close contacts are isolated within 12 hours (rules.md 3); the others are called within a day.
base::Instant due(const Decision& decision) {
  return decision.created + (decision.kind == MarkKind::close_contact ? 12 : 24) * base::hour_ms;
}

control::Category category_of(MarkKind kind) {
  switch (kind) {
    case MarkKind::close_contact:
      return control::Category::close_contact;
    case MarkKind::secondary_contact:
      return control::Category::secondary_contact;
    case MarkKind::general_contact:
      break;
  }
  return control::Category::general_contact;
}

// False: the person has no home here any more, or is under control already.
bool begin_control(db::Scoped& q, const api::Context& c, const Decision& decision, bool minor,
                   const TracePolicy& policy, const control::Ids& ids) {
  if (std::ranges::count(policy.control_kinds, decision.kind) == 0) return false;
  control::Begin what;
  what.person_id = decision.person_id;
  what.category = category_of(decision.kind);
  what.began = base::civil_day(c.now);
  if (decision.last_exposed) what.exposed = std::min(base::civil_day(*decision.last_exposed), what.began);
  what.decided_by = decision.decided_by;
  what.reference = decision.document_ref;
  what.origin = decision.origin;
  what.account_id = c.who.account;
  if (minor) what.detail = "minor";
  const auto begun = control::begin(q, what, ids, core::source_of(c));
  if (!begun) return false;
  core::audit(q, c, {"control.begin", "control_case", *begun, decision.place_id});
  return true;
}

// Of the decisions for other cases the one with the longest clock first; those taken here before those of
// other offices.
std::optional<Decision> other_decision(db::Scoped& q, const Decision& decision) {
  std::optional<Decision> found;
  const auto take = [&](const char* origin) {
    return [&found, origin](const db::Row& r) {
      Decision d;
      d.origin = fmt::format("{}:{}", origin, r.integer(0));
      meta::parse_enum(r.text(1), d.kind);
      d.person_id = r.integer(2);
      d.place_id = r.integer(3);
      if (!r.is_null(4)) d.last_exposed = r.instant(4);
      d.decided_by = r.str(5);
      d.document_ref = r.str(6);
      d.created = r.instant(7);
      found = d;
    };
  };
  auto& raw = q.unscoped();  // of a person found through the scope
  if (!raw.one(
          "SELECT m.id, m.kind, m.person_id, m.compound_id, m.last_exposed_ms, m.decided_by, "
          "m.document_ref, m.created_ms FROM trace_mark m WHERE m.person_id = $1 AND m.lifted_ms IS NULL "
          "AND m.hand_over_to IS NULL AND 'trace_mark:' || m.id <> $2 ORDER BY CASE m.kind WHEN "
          "'close_contact' THEN 0 WHEN 'secondary_contact' THEN 1 ELSE 2 END, COALESCE(m.last_exposed_ms, 0) "
          "DESC, m.id LIMIT 1",
          {decision.person_id, decision.origin}, take("trace_mark")))
    raw.one(
        "SELECT m.id, m.kind, m.person_id, m.place_id, m.last_exposed_ms, m.decided_by, m.document_ref, "
        "m.created_ms FROM received_contact m WHERE m.person_id = $1 AND m.withdrawn_ms IS NULL AND "
        "'received_contact:' || m.id <> $2 ORDER BY CASE m.kind WHEN 'close_contact' THEN 0 WHEN "
        "'secondary_contact' THEN 1 ELSE 2 END, COALESCE(m.last_exposed_ms, 0) DESC, m.id LIMIT 1",
        {decision.person_id, decision.origin}, take("received_contact"));
  return found;
}

}  // namespace

Decision decision_of(const MarkRow& mark) {
  return {fmt::format("trace_mark:{}", mark.id.value),
          mark.kind,
          mark.person_id,
          mark.compound_id,
          mark.last_exposed,
          mark.decided_by,
          mark.document_ref,
          mark.created,
          mark.hand_over_to.has_value()};
}

FollowIds follow_ids(db::Store& store) { return {store.next_id(), control::take_ids(store)}; }
TakeBackIds take_back_ids(db::Store& store) { return {control::take_ids(store), control::take_ids(store)}; }

void follow(db::Scoped& q, const api::Context& c, const Decision& decision, bool minor,
            const TracePolicy& policy, const FollowIds& ids) {
  if (decision.handed_over) return;
  if (begin_control(q, c, decision, minor, policy, ids.control)) return;
  work_item::Cause cause;
  cause.kind = "contact_follow_up";
  cause.origin = decision.origin;
  cause.detail = std::string(meta::name_of(decision.kind)) + (minor ? " minor" : "");
  cause.person_id = decision.person_id;
  cause.due = due(decision);
  cause.account_id = c.who.account;
  q.one(
      "SELECT r.dwelling_id, r.household_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE "
      "r.person_id = $1 AND r.visible = 1 AND {scope:p} ORDER BY r.is_primary DESC, r.id",
      {decision.person_id}, [&](const db::Row& r) {
        cause.place_id = r.integer(0);
        cause.household_id = r.integer(1);
      });
  work_item::open(q, cause, ids.work, c.now);
}

void take_back(db::Scoped& q, const api::Context& c, const Decision& decision, const TakeBackIds& ids) {
  work_item::settle(q, decision.origin, c.now);
  if (!control::take_back(q, decision.origin, decision.document_ref, ids.ended, core::source_of(c))) return;
  const auto other = other_decision(q, decision);
  if (!other) return;
  const auto who = who_are(q, {decision.person_id}, c.now);
  const bool minor = !who.empty() && who.begin()->second.minor;
  begin_control(q, c, *other, minor, policy_at(q.unscoped(), other->created), ids.next);
}

}  // namespace feature::trace
