// Shifts at a gate: a guard's phone tells who took over, the office says who of the staff that was, and both
// may be written by hand. Who is a person of the registry was then at the opening (XN-46).
#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/attendance/record.hpp"
#include "feature/attendance/routes.hpp"
#include "feature/attendance/service.hpp"
#include "feature/gate/service.hpp"
#include "feature/place/below_service.hpp"
#include "feature/stewardship/staff_service.hpp"

namespace feature::attendance {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t handovers_max = 100;  // the phone keeps no more
constexpr std::int64_t longest_ms = base::day_ms;

constexpr auto shown = db::ScopedSql(
    "SELECT d.id, d.compound_id, d.opening_id, o.name, d.staff_id, d.guard, d.confirmed, CASE WHEN "
    "d.enrolment_id IS NULL THEN 0 ELSE 1 END, d.from_ms, d.until_ms, s.name FROM duty_shift d JOIN opening "
    "o "
    "ON o.id = d.opening_id JOIN place p ON p.id = d.compound_id LEFT JOIN staff s ON s.id = d.staff_id "
    "WHERE "
    "d.withdrawn_ms IS NULL AND {scope:p}");

// A trace follows the feed: whose shift it is now, and whose it was.
void note(db::Scoped& q, const ShiftRow& row, base::Instant now) {
  if (row.staff_id) core::note_change(q, "attendance", row.compound_id, *row.staff_id, now);
}

Result<Shift> shift_by_id(db::Scoped& q, std::int64_t id) {
  std::optional<Shift> found;
  q.one(shown.with(" AND d.id = {arg}"), {id}, [&](const db::Row& r) { found = meta::load<Shift>(r); });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return *found;
}

// Changed by one at a time.
std::optional<ShiftRow> lock_shift(db::Scoped& q, std::int64_t id) {
  std::optional<ShiftRow> found;
  const auto load = [&](const db::Row& r) { found = meta::load<ShiftRow>(r); };
  const auto of = q.count(
      "SELECT COUNT(*) FROM duty_shift d JOIN place p ON p.id = d.compound_id WHERE d.id = $1 AND {scope:p}",
      {id});
  if (of == 0) return found;
  q.unscoped().run("UPDATE duty_shift SET recorded_ms = recorded_ms WHERE id = $1", {id});
  q.unscoped().run(
      "SELECT id, compound_id, opening_id, enrolment_id, device_ms, staff_id, guard, confirmed, from_ms, "
      "until_ms, recorded_by, recorded_ms, withdrawn_ms FROM duty_shift WHERE id = $1 AND withdrawn_ms IS "
      "NULL",
      {id}, load);
  return found;
}

std::optional<std::string> name_of_staff(db::Scoped& q, std::int64_t staff) {
  if (!stewardship::sees_staff(q, staff)) return std::nullopt;
  std::optional<std::string> name;
  q.unscoped().run("SELECT name FROM staff WHERE id = $1", {staff},
                   [&](const db::Row& r) { name = r.str(0); });
  return name;
}

Result<void> check_times(base::Instant from, const std::optional<base::Instant>& until, base::Instant now) {
  if (from > now) return base::fail_field("/from_ms", "in_the_future");
  if (!until) return {};
  if (*until > now) return base::fail_field("/until_ms", "in_the_future");
  if (*until <= from) return base::fail_field("/until_ms", "not_later");
  if (*until - from > longest_ms) return base::fail_field("/until_ms", "too_long");
  return {};
}

Result<Shift> add_shift(api::Context& c, const NewShift& in) {
  const auto id = c.store.next_id();
  const auto form = core::form_sent(c, "new_shift", in.client_id, meta::to_json(in));
  return c.write([&](db::Scoped& q) -> Result<Shift> {
    const auto before = core::make_once(q, c, form, id);
    if (!before) return tl::unexpected(before.error());
    if (*before) return shift_by_id(q, **before);
    ShiftRow row;
    row.id = meta::Id<ShiftRow>(id);
    q.one(
        "SELECT o.compound_id FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.id = $1 AND "
        "o.valid_until_ms IS NULL AND {scope:p}",
        {in.opening_id}, [&](const db::Row& r) { row.compound_id = r.integer(0); });
    if (row.compound_id == 0) return base::fail_field("/opening_id", "not_found");
    const auto name = name_of_staff(q, in.staff_id);
    if (!name) return base::fail_field("/staff_id", "not_found");
    row.opening_id = in.opening_id;
    row.staff_id = in.staff_id;
    row.guard = *name;
    row.confirmed = true;
    row.from = in.from_ms.value_or(c.now);
    row.until = in.until_ms;
    if (auto good = check_times(row.from, row.until, c.now); !good)
      return tl::unexpected(std::move(good).error());
    row.recorded_by = c.who.account;
    row.recorded = c.now;
    store_shift(q, row, core::source_of(c));
    core::audit(q, c, {"duty_shift.create", "duty_shift", id, row.compound_id});
    return shift_by_id(q, id);
  });
}

template <class Change>
Result<Shift> change_shift(api::Context& c, std::string action, Change change) {
  return c.write([&](db::Scoped& q) -> Result<Shift> {
    const auto before = lock_shift(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    if (Result<void> done = change(q, after); !done) return tl::unexpected(std::move(done).error());
    const auto answer = shift_by_id(q, c.id());
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {action, "duty_shift", c.id(), after.compound_id});
    note(q, *before, c.now);
    if (after.staff_id != before->staff_id) note(q, after, c.now);
    return after.withdrawn ? answer : shift_by_id(q, c.id());
  });
}

Result<Shift> end_shift(api::Context& c, const ShiftEnd& in) {
  return change_shift(c, "duty_shift.end", [&](db::Scoped&, ShiftRow& row) -> Result<void> {
    row.until = in.until_ms.value_or(c.now);
    return check_times(row.from, row.until, c.now);
  });
}

Result<Shift> name_guard(api::Context& c, const ShiftGuard& in) {
  return change_shift(c, "duty_shift.guard", [&](db::Scoped& q, ShiftRow& row) -> Result<void> {
    if (!name_of_staff(q, in.staff_id)) return base::fail_field("/staff_id", "not_found");
    row.staff_id = in.staff_id;
    row.confirmed = true;
    return {};
  });
}

Result<Shift> withdraw(api::Context& c) {
  return change_shift(c, "duty_shift.withdraw", [&](db::Scoped&, ShiftRow& row) -> Result<void> {
    row.withdrawn = c.now;
    return {};
  });
}

Result<api::Page<Shift>> list_shifts(api::Context& c, const ShiftQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = shown;
    std::vector<db::Arg> args;
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.place_id) add(place::below(q, *in.place_id), *in.place_id);
    if (in.opening_id) add(" AND d.opening_id = {arg}", *in.opening_id);
    if (in.day) {
      add(" AND d.from_ms < {arg}", base::start_of(*in.day + 1));
      // One whose end nobody wrote down, or wrote down days later, touches its first two days.
      add(" AND d.from_ms >= {arg}", base::start_of(*in.day) + -longest_ms);
      add(" AND COALESCE(d.until_ms, d.from_ms + 86400000) >= {arg}", base::start_of(*in.day));
    }
    if (in.unconfirmed) add(" AND d.confirmed <> {arg}", std::int64_t{*in.unconfirmed});
    return api::fetch_page<Shift>(
        q, sql, args, in.limit, in.cursor,
        api::PageOrder{" AND (d.from_ms, d.id) < ({arg}, {arg})",
                       " ORDER BY d.from_ms DESC, d.id DESC LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<Shift>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(8), r.integer(0)};
        });
  });
}

// The only one of that name who works here; a name that two have is nobody's.
std::optional<std::int64_t> only_one_called(db::Scoped& q, const std::string& name) {
  std::vector<std::int64_t> found;
  q.run(db::ScopedSql("SELECT s.id FROM staff s WHERE s.name = $1 AND " STAFF_SEEN " ORDER BY s.id LIMIT 2"),
        {name}, [&](const db::Row& r) { found.push_back(r.integer(0)); });
  if (found.size() != 1) return std::nullopt;
  return found.front();
}

// Who takes over ends the shift before, in whatever order the phone's records come.
void store_handover(db::Scoped& q, ShiftRow row, const core::Source& source) {
  auto& raw = q.unscoped();
  raw.run(
      "SELECT MIN(from_ms) FROM duty_shift WHERE enrolment_id = $1 AND from_ms > $2 AND device_ms IS NOT "
      "NULL "
      "AND withdrawn_ms IS NULL",
      {*row.enrolment_id, row.from}, [&](const db::Row& r) { row.until = r.maybe_instant(0); });
  std::vector<ShiftRow> ended;
  raw.run(
      "SELECT id, compound_id, opening_id, enrolment_id, device_ms, staff_id, guard, confirmed, from_ms, "
      "until_ms, recorded_by, recorded_ms, withdrawn_ms FROM duty_shift WHERE enrolment_id = $1 AND from_ms "
      "< "
      "$2 AND (until_ms IS NULL OR until_ms > $2) AND withdrawn_ms IS NULL",
      {*row.enrolment_id, row.from}, [&](const db::Row& r) { ended.push_back(meta::load<ShiftRow>(r)); });
  for (const auto& before : ended) {
    auto after = before;
    after.until = row.from;
    core::update(q, before, after, source);
    note(q, after, source.now);
  }
  store_shift(q, row, source);
}

Result<HandoversDone> hand_over(api::Context& c, const Handovers& in) {
  if (in.items.size() > handovers_max) return base::fail_field("/items", "too_many");
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < in.items.size(); ++i) ids.push_back(c.store.next_id());
  return c.write([&](db::Scoped& q) -> Result<HandoversDone> {
    const auto device = gate::device_of(q, c.who.enrolment);
    if (!device) return base::fail(ErrorKind::forbidden, "not_a_gate_phone");
    // Of one phone at a time: the same records sent twice wait here and find themselves.
    q.unscoped().run("UPDATE enrolment SET last_contact_ms = $2 WHERE id = $1",
                     {device->enrolment_id, c.now});
    HandoversDone out;
    for (std::size_t i = 0; i < in.items.size(); ++i) {
      const auto& item = in.items[i];
      if (q.unscoped().count("SELECT COUNT(*) FROM duty_shift WHERE enrolment_id = $1 AND device_ms = $2",
                             {device->enrolment_id, item.at_ms}) > 0)
        continue;
      ShiftRow row;
      row.id = meta::Id<ShiftRow>(ids[i]);
      row.compound_id = device->compound_id;
      row.opening_id = device->opening_id;
      row.enrolment_id = device->enrolment_id;
      row.device_ms = item.at_ms;
      row.guard = item.guard;
      row.staff_id = only_one_called(q, row.guard);
      row.from = base::Instant{std::min(item.at_ms + c.now.ms - in.client_ms, c.now.ms)};
      row.recorded = c.now;
      store_handover(q, std::move(row), core::source_of(c, "gate"));
      ++out.stored;
    }
    return out;
  });
}

}  // namespace

void store_shift(db::Scoped& q, const ShiftRow& row, const core::Source& source) {
  core::insert(q, row, source);
  note(q, row, source.now);
}

void shift_routes(api::Router& r) {
  core::list<list_shifts>(r, "/api/duty-shifts", Permission::enrolment_write, "Who stood at which gate");
  r.post<NewShift, Shift>("/api/duty-shifts", Permission::enrolment_write, "Write a shift at a gate down",
                          add_shift);
  r.post<ShiftEnd, Shift>("/api/duty-shifts/{id}/end", Permission::enrolment_write, "When a shift ended",
                          end_shift);
  r.post<ShiftGuard, Shift>("/api/duty-shifts/{id}/guard", Permission::enrolment_write,
                            "Say who of the staff the guard was", name_guard);
  r.remove<Shift>("/api/duty-shifts/{id}", Permission::enrolment_write, "Take a shift back that was not",
                  withdraw);
  r.post<Handovers, HandoversDone>("/api/gate/handovers", Permission::gate_decide, "Guards changed",
                                   hand_over);
}

}  // namespace feature::attendance
