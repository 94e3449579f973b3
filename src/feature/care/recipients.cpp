// Care recipients: the list with how today stands, who might be one, and the decisions about them.
#include <fmt/format.h>

#include <map>
#include <set>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/keyring.hpp"
#include "core/list.hpp"
#include "feature/care/keeping.hpp"
#include "feature/care/routes.hpp"
#include "feature/care/service.hpp"
#include "feature/organisation/service.hpp"
#include "feature/people/home_service.hpp"
#include "feature/place/below_service.hpp"
#include "feature/stewardship/service.hpp"
#include "feature/stewardship/staff_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::care {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr api::PageOrder walking{" AND (c.compound_id, p.sort, c.id) > ({arg}, {arg}, {arg})",
                                 " ORDER BY c.compound_id, p.sort, c.id LIMIT {arg}", "",
                                 " AND c.compound_id >= {arg}"};

struct Filter {
  db::ScopedSql sql = recipient_rows;
  std::vector<db::Arg> args{};
  void add(db::Fragment fragment, std::initializer_list<db::Arg> more = {}) {
    sql = sql.with(fragment);
    args.insert(args.end(), more);
  }
};

void add_today(Filter& f, Today today, base::Instant now) {
  const auto day = base::civil_day(now);
  const auto start = base::start_of(day);
  if (today == Today::contacted) {
    f.add(
        " AND EXISTS (SELECT 1 FROM care_contact t WHERE t.recipient_id = c.id AND t.day = {arg} AND "
        "t.reached = 1)",
        {day});
    return;
  }
  f.add(
      " AND c.ended_ms IS NULL AND NOT EXISTS (SELECT 1 FROM care_contact t WHERE t.recipient_id = c.id AND "
      "t.day = {arg} AND t.reached = 1)",
      {day});
  if (today == Today::overdue)
    f.add(" AND c.contact_minute * 60000 <= {arg} AND c.created_ms - c.contact_minute * 60000 < {arg}",
          {now - start, start});
  else
    f.add(" AND NOT (c.contact_minute * 60000 <= {arg} AND c.created_ms - c.contact_minute * 60000 < {arg})",
          {now - start, start});
}

// Health: looking at the list is audited like a change, masked as it is.
Result<api::Page<CareRecipient>> list_recipients(api::Context& c, const CareQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<api::Page<CareRecipient>> {
    Filter f;
    if (in.place_id) f.add(place::below(q, *in.place_id), {*in.place_id});
    const auto standing = in.care_standing.value_or(Standing::open);
    if (standing == Standing::open) f.add(" AND c.ended_ms IS NULL");
    if (standing == Standing::ended) f.add(" AND c.ended_ms IS NOT NULL");
    const auto kind = in.care_kind ? "% " + *in.care_kind + " %" : std::string{};
    if (in.care_kind) f.add(" AND ' ' || c.kinds || ' ' LIKE {arg}", {kind});
    if (in.care_today) add_today(f, *in.care_today, c.now);
    if (in.mine.value_or(false))
      f.add(
          " AND EXISTS (SELECT 1 FROM care_helper h JOIN account_staff s ON s.staff_id = h.staff_id WHERE "
          "h.recipient_id = c.id AND h.valid_until_ms IS NULL AND s.account_id = {arg})",
          {c.who.account});
    auto page = api::fetch_page<RecipientRow>(
        q, f.sql, f.args, in.limit, in.cursor, walking,
        [](const db::Row& r) { return meta::load<RecipientRow>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(17), r.integer(0), r.integer(4)};
        });
    if (!page) return tl::unexpected(std::move(page).error());
    core::audit(q, c,
                {"care.list", "care_recipient", in.place_id.value_or(0), std::nullopt,
                 std::to_string(page->items.size())});
    return api::Page<CareRecipient>{shown(q, page->items, c.now), page->next};
  });
}

std::int64_t count_today(db::Scoped& q, const std::optional<std::int64_t>& place, Today today,
                         base::Instant now) {
  Filter f;
  f.sql = db::ScopedSql(
      "SELECT COUNT(*) FROM care_recipient c JOIN place p ON p.id = c.dwelling_id WHERE {scope:p}");
  f.add(" AND c.ended_ms IS NULL");
  if (place) f.add(place::below(q, *place), {*place});
  add_today(f, today, now);
  return q.count(f.sql, f.args);
}

Result<CareSummary> summary(api::Context& c, const CareSummaryQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<CareSummary> {
    CareSummary out;
    out.contacted = count_today(q, in.place_id, Today::contacted, c.now);
    out.waiting = count_today(q, in.place_id, Today::waiting, c.now);
    out.overdue = count_today(q, in.place_id, Today::overdue, c.now);
    out.persons = out.contacted + out.waiting + out.overdue;
    Filter f;
    f.sql = db::ScopedSql(
        "SELECT c.kinds, COUNT(*) FROM care_recipient c JOIN place p ON p.id = c.dwelling_id WHERE "
        "c.ended_ms IS NULL AND {scope:p}");
    if (in.place_id) f.add(place::below(q, *in.place_id), {*in.place_id});
    std::map<std::string, std::int64_t> kinds;
    q.run(f.sql.with(" GROUP BY c.kinds"), f.args, [&](const db::Row& r) {
      for (const auto& kind : base::words_of(r.text(0))) kinds[kind] += r.integer(1);
    });
    for (const auto& [kind, persons] : kinds) out.kinds.push_back({kind, persons});
    Filter needs;
    needs.sql = db::ScopedSql(
        "SELECT COUNT(*) FROM care_need n JOIN care_recipient c ON c.id = n.recipient_id JOIN place p ON "
        "p.id = c.dwelling_id WHERE c.ended_ms IS NULL AND n.done_ms IS NULL AND n.due - n.lead_days <= $1 "
        "AND {scope:p}");
    needs.args.push_back(base::civil_day(c.now));
    if (in.place_id) needs.add(place::below(q, *in.place_id), {*in.place_id});
    out.needs_due = q.count(needs.sql, needs.args);
    return out;
  });
}

// Kinds of care and flags of a person's file have the same names where they mean the same.
Result<api::Page<CareCandidate>> list_candidates(api::Context& c, const CandidateQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<api::Page<CareCandidate>> {
    Filter f;
    f.sql = db::ScopedSql(
        "SELECT r.person_id, r.household_id, d.label, pe.name, pe.flags, p.sort, r.id, p.compound_id FROM "
        "residence r "
        "JOIN person pe ON pe.id = r.person_id JOIN place p ON p.id = r.dwelling_id JOIN dwelling d ON "
        "d.id = p.id WHERE r.valid_until_ms IS NULL AND r.is_primary = 1 AND pe.flags <> '' AND EXISTS "
        "(SELECT 1 FROM term t WHERE t.list = 'care_kind' AND t.retired_ms IS NULL AND ' ' || pe.flags || "
        "' ' LIKE '% ' || t.code || ' %') AND NOT EXISTS (SELECT 1 FROM care_recipient c WHERE c.person_id "
        "= r.person_id AND c.ended_ms IS NULL) AND {scope:p}");
    f.add(place::below(q, in.place_id), {in.place_id});
    auto page = api::fetch_page<CareCandidate>(
        q, f.sql, f.args, in.limit, in.cursor,
        api::PageOrder{" AND (p.compound_id, p.sort, r.id) > ({arg}, {arg}, {arg})",
                       " ORDER BY p.compound_id, p.sort, r.id LIMIT {arg}"},
        [&](const db::Row& r) {
          return CareCandidate{r.integer(0), r.integer(1), r.str(2), core::mask_name(r.text(3)),
                               base::words_of(r.text(4))};
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(5), r.integer(6), r.integer(7)};
        });
    if (!page) return page;
    for (auto& each : page->items)
      std::erase_if(each.care_kinds, [&](const std::string& code) {
        return !organisation::known_term(q, organisation::TermList::care_kind, code);
      });
    core::audit(q, c, {"care.list", "person", in.place_id, std::nullopt, std::to_string(page->items.size())});
    return page;
  });
}

Result<std::string> kinds_text(db::Scoped& q, const std::vector<std::string>& kinds) {
  base::Problems problems;
  if (kinds.empty()) problems.push_back({"/care_kinds", "required"});
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (!organisation::known_term(q, organisation::TermList::care_kind, kinds[i]))
      problems.push_back({fmt::format("/care_kinds/{}", i), "not_allowed", {{"value", kinds[i]}}});
  if (!problems.empty()) return base::fail(std::move(problems));
  const std::set<std::string> once(kinds.begin(), kinds.end());
  return fmt::format("{}", fmt::join(once, " "));
}

// The one named, or whoever answers for the home, lowest tier first.
Result<std::int64_t> helper_for(db::Scoped& q, const std::optional<std::int64_t>& named,
                                const RecipientRow& row, base::Instant now) {
  if (named) {
    if (!stewardship::sees_staff(q, *named)) return base::fail_field("/staff_id", "not_found");
    return *named;
  }
  if (const auto home = place::find_place(q, row.dwelling_id))
    for (const auto& tier : stewardship::standing_for(q, *home, now).tiers)
      if (!tier.stewards.empty()) return tier.stewards.front().staff_id;
  return base::fail_field("/staff_id", "required");
}

void give_helper(db::Scoped& q, std::int64_t recipient, std::int64_t staff, std::int64_t id,
                 std::int64_t account, base::Instant now) {
  q.unscoped().run(
      "UPDATE care_helper SET valid_until_ms = $2 WHERE recipient_id = $1 AND valid_until_ms IS NULL",
      {recipient, now});
  HelperRow helper;
  helper.id = meta::Id<HelperRow>(id);
  helper.recipient_id = recipient;
  helper.staff_id = staff;
  helper.valid_from = now;
  helper.assigned_by = account;
  core::append(q, helper);
}

Result<CareFile> begin_care(api::Context& c, const NewRecipient& in) {
  const auto ids = take_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<CareFile> {
    const auto compound = begin(q, in, ids, c.who.account, core::source_of(c));
    if (!compound) return tl::unexpected(compound.error());
    core::audit(q, c, {"care.begin", "care_recipient", ids.recipient, *compound});
    return file_of(q, ids.recipient, c);
  });
}

Result<CareFile> get_care(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<CareFile> {
    const auto row = find_recipient(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"care.read", "care_recipient", c.id(), row->compound_id});
    return file_of(q, c.id(), c);
  });
}

// One whose care has not ended, changed by `change` and written with its history.
template <class Change>
Result<CareFile> with_recipient(api::Context& c, std::string action, Change change) {
  return c.write([&](db::Scoped& q) -> Result<CareFile> {
    const auto row = lock_recipient(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->ended) return base::fail(ErrorKind::conflict, "care.ended");
    auto after = *row;
    if (Result<void> done = change(q, after); !done) return tl::unexpected(std::move(done).error());
    core::update(q, *row, after, core::source_of(c));
    core::audit(q, c, {action, "care_recipient", c.id(), row->compound_id});
    core::note_change(q, "work", row->compound_id, c.id(), c.now);
    return file_of(q, c.id(), c);
  });
}

Result<CareFile> change_care(api::Context& c, const RecipientPatch& in) {
  return with_recipient(c, "care.change", [&](db::Scoped& q, RecipientRow& row) -> Result<void> {
    if (in.care_kinds) {
      auto kinds = kinds_text(q, *in.care_kinds);
      if (!kinds) return tl::unexpected(std::move(kinds).error());
      row.kinds = std::move(*kinds);
    }
    if (in.contact_minute) {
      row.contact_minute = static_cast<int>(in.contact_minute->value);
      row.check = next_check(row, reached_on(q, row.id.value, base::civil_day(c.now)), c.now);
    }
    if (in.door_mark) row.door_mark = *in.door_mark;
    if (in.note) row.note = *in.note;
    return {};
  });
}

// Exactly one at a time: the new one begins when the earlier one ends, and takes over what is open.
Result<CareFile> change_helper(api::Context& c, const NewHelper& in) {
  const auto id = c.store.next_id();
  return with_recipient(c, "care.helper", [&](db::Scoped& q, RecipientRow& row) -> Result<void> {
    if (!stewardship::sees_staff(q, in.staff_id)) return base::fail_field("/staff_id", "not_found");
    if (helper_of(q, row.id.value) == in.staff_id) return base::fail_field("/staff_id", "unchanged");
    give_helper(q, row.id.value, in.staff_id, id, c.who.account, c.now);
    work_item::give_all(q, origin_of(row, ""), {in.staff_id, {}}, c.who.account, c.now);
    return {};
  });
}

Result<CareFile> end_care(api::Context& c, const CareEnd& in) {
  return with_recipient(c, "care.end", [&](db::Scoped& q, RecipientRow& row) -> Result<void> {
    row.ended = c.now;
    row.end_reason = in.reason;
    if (in.note) row.end_note = *in.note;
    row.check.reset();
    auto& raw = q.unscoped();
    raw.run("UPDATE care_helper SET valid_until_ms = $2 WHERE recipient_id = $1 AND valid_until_ms IS NULL",
            {row.id, c.now});
    raw.run("UPDATE care_need SET notify_ms = NULL WHERE recipient_id = $1", {row.id});
    work_item::settle_all(q, origin_of(row, ""), c.now);
    return {};
  });
}

}  // namespace

Ids take_ids(db::Store& store) {
  Ids ids;
  ids.recipient = store.next_id();
  ids.helper = store.next_id();
  return ids;
}

Result<std::int64_t> begin(db::Scoped& q, const NewRecipient& in, const Ids& ids, std::int64_t account,
                           const core::Source& source) {
  RecipientRow row;
  row.id = meta::Id<RecipientRow>(ids.recipient);
  row.person_id = in.person_id;
  row.began = base::civil_day(source.now);
  if (in.contact_minute) row.contact_minute = static_cast<int>(in.contact_minute->value);
  row.door_mark = in.door_mark.value_or(false);
  if (in.note) row.note = *in.note;
  row.created_by = account;
  row.created = source.now;
  row.check = next_check(row, false, source.now);
  // The person is the guard: two who begin at once take turns.
  q.unscoped().run("UPDATE person SET updated_ms = updated_ms WHERE id = $1", {in.person_id});
  const auto home = people::home_of(q, in.person_id);
  if (!home) return base::fail_field("/person_id", "not_found");
  row.household_id = home->household;
  row.dwelling_id = home->dwelling;
  row.compound_id = home->compound;
  auto kinds = kinds_text(q, in.care_kinds);
  if (!kinds) return tl::unexpected(std::move(kinds).error());
  row.kinds = std::move(*kinds);
  const auto staff = helper_for(q, in.staff_id, row, source.now);
  if (!staff) return tl::unexpected(staff.error());
  if (q.unscoped().count("SELECT COUNT(*) FROM care_recipient WHERE person_id = $1 AND ended_ms IS NULL",
                         {in.person_id}) > 0)
    return base::fail(ErrorKind::conflict, "care.already");
  core::insert(q, row, source);
  give_helper(q, ids.recipient, *staff, ids.helper, account, source.now);
  core::note_change(q, "work", row.compound_id, ids.recipient, source.now);
  return row.compound_id;
}

void recipient_routes(api::Router& r) {
  core::list<list_recipients>(r, "/api/care-recipients", Permission::control_read,
                              "People who are looked after, masked, and how today stands");
  core::list<list_candidates>(r, "/api/care-candidates", Permission::follow_up_write,
                              "People whose file gives a reason for care and who have none");
  r.get<CareSummaryQuery, CareSummary>("/api/care-recipients/summary", Permission::control_read,
                                       "How many are looked after, and how today stands", summary);
  r.get<CareFile>("/api/care-recipients/{id}", Permission::control_read, "One care recipient", get_care);
  r.post<NewRecipient, CareFile>("/api/care-recipients", Permission::follow_up_write, "Look after somebody",
                                 begin_care);
  r.patch<RecipientPatch, CareFile>("/api/care-recipients/{id}", Permission::follow_up_write,
                                    "Change why, the hour of the contact, the mark at the door, the note",
                                    change_care);
  r.post<NewHelper, CareFile>("/api/care-recipients/{id}/helper", Permission::control_write,
                              "Give the recipient another helper", change_helper);
  r.post<CareEnd, CareFile>("/api/care-recipients/{id}/end", Permission::control_write, "End the care",
                            end_care);
}

}  // namespace feature::care
