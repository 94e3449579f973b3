// Decisions: who of a trace is a close, secondary or general contact, by a named officer and a document.
#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/trace/follow.hpp"
#include "feature/trace/rings.hpp"
#include "feature/trace/routes.hpp"

namespace feature::trace {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto mark_columns = db::ScopedSql(
    "SELECT m.id, t.number, m.case_id, m.person_id, pe.name, gu.name_masked, pe.sex, pe.birth_day, (SELECT "
    "f.number_masked FROM phone f WHERE f.person_id = m.person_id ORDER BY f.position, f.id LIMIT 1), "
    "p.name, (SELECT d.label FROM residence r JOIN dwelling d ON d.id = r.dwelling_id WHERE r.person_id = "
    "m.person_id AND r.visible = 1 ORDER BY r.is_primary DESC, r.id LIMIT 1), m.kind, m.ring, "
    "m.exposed_ms, m.grounds, m.strength_percent, m.decided_by, m.document_ref, m.note, m.created_ms, "
    "m.lifted_ms, m.lift_reason, m.hand_over_to, m.last_exposed_ms, (SELECT k.id FROM control_case k WHERE "
    "k.person_id = m.person_id AND k.ended_ms IS NULL), m.received_ms FROM trace_mark m JOIN trace_case t "
    "ON t.id = m.case_id JOIN place p ON p.id = m.compound_id LEFT JOIN person pe ON pe.id = m.person_id "
    "LEFT JOIN guest gu ON gu.id = m.person_id WHERE {scope:p}");

ContactMark load_mark(const db::Row& r) {
  ContactMark m;
  m.id = r.integer(0);
  m.case_number = r.str(1);
  m.case_id = r.integer(2);
  m.person_id = r.integer(3);
  m.person_name = r.is_null(4) ? r.maybe_text(5).value_or("") : r.str(4);
  if (!r.is_null(6) && r.text(6) != "unknown") m.sex = r.str(6);
  if (!r.is_null(7)) m.birth_day = base::Day{static_cast<std::int32_t>(r.integer(7))};
  m.phone = r.maybe_text(8);
  m.compound_name = r.maybe_text(9);
  m.label = r.maybe_text(10);
  meta::parse_enum(r.text(11), m.kind);
  m.ring = static_cast<int>(r.integer(12));
  m.exposed_ms = r.instant(13);
  m.grounds = base::words_of(r.text(14));
  m.strength_percent = static_cast<int>(r.integer(15));
  m.decided_by = r.str(16);
  m.document_ref = r.str(17);
  m.note = r.maybe_text(18);
  m.created_ms = r.instant(19);
  if (!r.is_null(20)) m.lifted_ms = r.instant(20);
  m.lift_reason = r.maybe_text(21);
  m.hand_over_to = r.maybe_text(22);
  if (!r.is_null(23)) m.last_exposed_ms = r.instant(23);
  m.control_id = r.maybe_integer(24);
  if (!r.is_null(25)) m.received_ms = r.instant(25);
  return m;
}

Result<api::Page<ContactMark>> list_marks(api::Context& c, const MarkQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = mark_columns;
    std::vector<db::Arg> args;
    if (in.case_id) sql = sql.with(" AND m.case_id = {arg}"), args.push_back(*in.case_id);
    if (in.kind) sql = sql.with(" AND m.kind = {arg}"), args.push_back(meta::name_of(*in.kind));
    return api::fetch_page<ContactMark>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (m.created_ms, m.id) > ({arg}, {arg})", " ORDER BY m.created_ms, m.id LIMIT {arg}"}, load_mark,
        [](const db::Row& r) {
          return api::SortKey{r.integer(19), r.integer(0)};
        });
  });
}

Result<ContactMark> shown(db::Scoped& q, std::int64_t id) {
  std::optional<ContactMark> found;
  q.one(mark_columns.with(" AND m.id = {arg}"), {id}, [&](const db::Row& r) { found = load_mark(r); });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return std::move(*found);
}

Result<ContactMark> mark(api::Context& c, const NewMark& in) {
  auto asked = open_case(c, c.id(), "trace.rings", "3");
  if (!asked) return tl::unexpected(std::move(asked).error());
  auto traced = trace(c, *asked, {.depth = 3});
  if (!traced) return tl::unexpected(std::move(traced).error());
  MarkRow row;
  row.id = c.new_id<MarkRow>();
  const auto ids = follow_ids(c.store);
  row.case_id = asked->id.value;
  row.person_id = in.person_id;
  row.kind = in.kind;
  row.exposed = asked->from;  // an investigator's own ground, unless the trace says more
  for (std::size_t i = 0; i < traced->subjects.size(); ++i)
    if (traced->subjects[i].id == in.person_id) {
      const auto& contact = traced->answer.contacts[i];
      row.ring = static_cast<int>(contact.ring);
      row.exposed = instant_of(contact.at);
      row.last_exposed = instant_of(contact.last);
      row.grounds = fmt::format("{}", fmt::join(kind_names(contact.kinds), " "));
      row.strength_percent = percent(contact.strength);
    }
  row.decided_by = in.decided_by;
  row.document_ref = in.document_ref;
  if (in.hand_over_to) row.hand_over_to = *in.hand_over_to;
  if (in.note) row.note = *in.note;
  row.created_by = c.who.account;
  row.created = c.now;
  if (in.person_id == asked->person_id) return base::fail_field("/person_id", "is_the_case");
  return c.write([&](db::Scoped& q) -> Result<ContactMark> {
    // The case is the guard: nobody is decided on twice, and nothing follows from a case already lifted.
    q.unscoped().run("UPDATE trace_case SET policy_id = policy_id WHERE id = $1", {c.id()});
    const auto now_open = find_case(q, c.id());
    if (!now_open || now_open->state != CaseState::open)
      return base::fail(ErrorKind::conflict, "case_not_open");
    const auto who = who_are(q, {in.person_id}, c.now);
    if (!who.contains(in.person_id)) return base::fail_field("/person_id", "not_found");
    if (q.unscoped().count(
            "SELECT COUNT(*) FROM trace_mark WHERE case_id = $1 AND person_id = $2 AND lifted_ms IS NULL",
            {c.id(), in.person_id}) > 0)
      return base::fail(ErrorKind::conflict, "already_marked");
    const auto& person = who.at(in.person_id);
    if (person.guest && !row.hand_over_to) return base::fail_field("/hand_over_to", "required");
    auto stored = row;
    stored.compound_id = person.compound_id;
    core::insert(q, stored, core::source_of(c));
    follow(q, c, decision_of(stored), person.minor, policy_at(q.unscoped(), now_open->opened), ids);
    core::audit(q, c,
                {"contact.mark", "trace_mark", stored.id.value, stored.compound_id,
                 std::string(meta::name_of(stored.kind))});
    return shown(q, stored.id.value);
  });
}

Result<ContactMark> lift(api::Context& c, const CaseLift& in) {
  const auto ids = take_back_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<ContactMark> {
    q.unscoped().run("UPDATE trace_mark SET ring = ring WHERE id = $1", {c.id()});
    if (auto seen = shown(q, c.id()); !seen) return seen;
    std::optional<MarkRow> before;
    q.unscoped().run(fmt::format("SELECT {} FROM trace_mark m WHERE m.id = $1",
                                 meta::column_list(meta::record_of<MarkRow>(), "m")),
                     {c.id()}, [&](const db::Row& r) { before = meta::load<MarkRow>(r); });
    if (before->lifted) return base::fail(ErrorKind::conflict, "mark_lifted");
    auto after = *before;
    after.lifted = c.now;
    after.lifted_by = c.who.account;
    after.lift_reason = in.reason;
    core::update(q, *before, after, core::source_of(c));
    take_back(q, c, decision_of(*before), ids);
    core::audit(q, c,
                {"contact.lift", "trace_mark", c.id(), before->compound_id, "", std::string(in.reason)});
    return shown(q, c.id());
  });
}

// Of a case within the scope of who asks.
Result<ControlOrigin> control_origin(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<ControlOrigin> {
    ControlOrigin out;
    q.one(
        "SELECT t.id, t.number FROM control_case k JOIN place d ON d.id = k.dwelling_id JOIN trace_mark m ON "
        "k.origin = 'trace_mark:' || m.id JOIN trace_case t ON t.id = m.case_id JOIN place p ON p.id = "
        "t.compound_id WHERE k.id = $1 AND {scope:d} AND {scope:p}",
        {c.id()}, [&](const db::Row& r) {
          out.case_id = r.integer(0);
          out.case_number = r.str(1);
        });
    // Or of another office, which handed the person over.
    q.one(
        "SELECT t.case_number, t.from_office FROM control_case k JOIN place d ON d.id = k.dwelling_id JOIN "
        "received_contact m ON k.origin = 'received_contact:' || m.id JOIN received_case t ON t.id = "
        "m.case_id WHERE k.id = $1 AND {scope:d}",
        {c.id()}, [&](const db::Row& r) {
          out.case_number = r.str(0);
          out.from_office = r.str(1);
        });
    return out;
  });
}

}  // namespace

void mark_routes(api::Router& r) {
  core::list<list_marks>(r, "/api/case-contacts", Permission::trace_export,
                         "Contacts decided on, as the investigation form has them");
  r.post<NewMark, ContactMark>("/api/cases/{id}/contacts", Permission::trace_write,
                               "Decide that a person is a contact of the case", mark);
  r.post<CaseLift, ContactMark>("/api/case-contacts/{id}/lift", Permission::trace_write,
                                "Take a decision on a contact back", lift);
  r.get<ControlOrigin>("/api/control-cases/{id}/origin", Permission::trace_read,
                       "The case a person is under control for, when a decision on a contact began it",
                       control_origin);
}

}  // namespace feature::trace
