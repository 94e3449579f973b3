// The contact of the day, the calendar of needs, and calling.
#include <fmt/format.h>

#include "core/services.hpp"
#include "feature/care/keeping.hpp"
#include "feature/care/routes.hpp"
#include "feature/care/service.hpp"
#include "feature/place/service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::care {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int days_back = 2;
constexpr int usual_lead_days = 2;
constexpr std::int64_t morning_ms = 8 * base::hour_ms;  // work of a day is opened at eight

Result<CareFile> add_contact(api::Context& c, const NewContact& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<CareFile> {
    const auto compound = note_contact(q, c.id(), in, id, c.who.account, core::source_of(c));
    if (!compound) return tl::unexpected(compound.error());
    core::audit(q, c, {"care.contact", "care_recipient", c.id(), *compound});
    return file_of(q, c.id(), c);
  });
}

base::Instant notify_of(const NeedRow& need) {
  return base::start_of(need.due + -need.lead_days) + morning_ms;
}

Result<CareFile> add_need(api::Context& c, const NewNeed& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<CareFile> {
    const auto compound = plan_need(q, c.id(), in, id, c.who.account, core::source_of(c));
    if (!compound) return tl::unexpected(compound.error());
    core::audit(q, c, {"care.need", "care_recipient", c.id(), *compound});
    return file_of(q, c.id(), c);
  });
}

std::optional<NeedRow> find_need(db::Scoped& q, std::int64_t id) {
  std::optional<NeedRow> found;
  q.one(
      "SELECT n.id, n.recipient_id, n.kind, n.what, n.due, n.lead_days, n.every_days, n.notify_ms, "
      "n.created_by, n.created_ms, n.done_ms, n.done_by FROM care_need n JOIN care_recipient c ON c.id = "
      "n.recipient_id JOIN place p ON p.id = c.dwelling_id WHERE n.id = $1 AND {scope:p}",
      {id}, [&](const db::Row& r) { found = meta::load<NeedRow>(r); });
  return found;
}

// What comes again gets its next day with it, never one that has passed.
Result<CareFile> need_done(api::Context& c) {
  const auto next_id = c.new_id<NeedRow>();
  return c.write([&](db::Scoped& q) -> Result<CareFile> {
    const auto seen = find_need(q, c.id());
    if (!seen) return base::fail(ErrorKind::not_found, "not_found");
    const auto row = lock_recipient(q, seen->recipient_id);
    const auto need = find_need(q, c.id());
    if (row->ended) return base::fail(ErrorKind::conflict, "care.ended");
    if (need->done) return base::fail(ErrorKind::conflict, "care.need_done");
    auto after = *need;
    after.done = c.now;
    after.done_by = c.who.account;
    after.notify.reset();
    core::update(q, *need, after, core::source_of(c));
    work_item::settle(q, origin_of(*row, fmt::format("need:{}", c.id())), c.now);
    if (need->every_days) {
      auto next = *need;
      next.id = next_id;
      while (next.due <= base::civil_day(c.now) || next.due == need->due)
        next.due = next.due + *need->every_days;
      next.notify = notify_of(next);
      next.created_by = c.who.account;
      next.created = c.now;
      core::insert(q, next, core::source_of(c));
    }
    core::audit(q, c, {"care.need", "care_recipient", row->id.value, row->compound_id});
    core::note_change(q, "work", row->compound_id, row->id.value, c.now);
    return file_of(q, row->id.value, c);
  });
}

// The helper calls every day, so no reason is typed (practice 20); the row of the audit is on disk before a
// number is opened.
Result<work_item::Reach> reach(api::Context& c) {
  auto noted = c.write([&](db::Scoped& q) -> Result<RecipientRow> {
    const auto row = find_recipient(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->ended) return base::fail(ErrorKind::conflict, "care.ended");
    const auto staff = work_item::staff_of(q, c.who.account);
    if (staff == 0 || helper_of(q, c.id()) != staff)
      return base::fail(ErrorKind::conflict, "care.not_helper");
    core::audit(q, c,
                {"care.reach", "household", row->household_id, row->compound_id,
                 fmt::format("care_recipient={}", c.id())});
    return *row;
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return c.read([&](db::Scoped& q) -> Result<work_item::Reach> {
    return work_item::reach_of(q, c.services.keys, noted->household_id, noted->dwelling_id);
  });
}

}  // namespace

Result<std::int64_t> note_contact(db::Scoped& q, std::int64_t recipient, const NewContact& in,
                                  std::int64_t id, std::int64_t account, const core::Source& source) {
  const auto today = base::civil_day(source.now);
  const auto row = lock_recipient(q, recipient);
  if (!row) return base::fail(ErrorKind::not_found, "not_found");
  if (row->ended) return base::fail(ErrorKind::conflict, "care.ended");
  ContactRow contact;
  contact.id = meta::Id<ContactRow>(id);
  contact.recipient_id = recipient;
  contact.day = in.day.value_or(today);
  if (contact.day > today) return base::fail_field("/day", "in_the_future");
  if (contact.day < today + -days_back) return base::fail_field("/day", "too_long_ago");
  contact.channel = in.channel;
  contact.reached = in.reached;
  if (in.note) contact.note = *in.note;
  contact.recorded_by = account;
  contact.recorded = source.now;
  core::append(q, contact);
  // Somebody was reached: what was open because nobody was is over, of earlier days too.
  if (in.reached) work_item::settle_all(q, origin_of(*row, "day:"), source.now);
  // A try that reached nobody puts nothing off: an hour that passed a moment ago may not be looked at yet.
  if (reached_on(q, recipient, today))
    q.unscoped().run("UPDATE care_recipient SET check_ms = $2 WHERE id = $1",
                     {row->id, next_check(*row, true, source.now)});
  core::note_change(q, "work", row->compound_id, recipient, source.now);
  return row->compound_id;
}

Result<std::int64_t> plan_need(db::Scoped& q, std::int64_t recipient, const NewNeed& in, std::int64_t id,
                               std::int64_t account, const core::Source& source) {
  NeedRow need;
  need.id = meta::Id<NeedRow>(id);
  need.recipient_id = recipient;
  need.kind = in.kind;
  need.what = in.what;
  need.due = in.due;
  need.lead_days = in.lead_days ? static_cast<int>(in.lead_days->value) : usual_lead_days;
  if (in.every_days) need.every_days = static_cast<int>(in.every_days->value);
  need.notify = notify_of(need);
  need.created_by = account;
  need.created = source.now;
  if (need.due < base::civil_day(source.now)) return base::fail_field("/due", "in_the_past");
  const auto row = lock_recipient(q, recipient);
  if (!row) return base::fail(ErrorKind::not_found, "not_found");
  if (row->ended) return base::fail(ErrorKind::conflict, "care.ended");
  core::insert(q, need, source);
  return row->compound_id;
}

void day_routes(api::Router& r) {
  r.post<NewContact, CareFile>("/api/care-recipients/{id}/contacts", Permission::follow_up_write,
                               "Somebody was called or visited, reached or not", add_contact);
  r.post<NewNeed, CareFile>("/api/care-recipients/{id}/needs", Permission::follow_up_write,
                            "What will be needed on a day: medicine, dialysis", add_need);
  r.post<CareFile>("/api/care-needs/{id}/done", Permission::follow_up_write,
                   "It has been seen to; what comes again gets its next day", need_done);
  r.post<work_item::Reach>("/api/care-recipients/{id}/reach", Permission::follow_up_write,
                           "Whom the helper calls; on record", reach);
}

}  // namespace feature::care
