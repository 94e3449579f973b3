// The round: whom nobody reached by the hour, and what will be needed soon.
#include <fmt/format.h>

#include <algorithm>

#include "feature/care/keeping.hpp"
#include "feature/care/service.hpp"
#include "feature/people/home_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::care {
namespace {

using base::Result;

constexpr int round_max = 50;  // of one round: the writer is not held for long

work_item::Cause cause_of(db::Scoped& q, const RecipientRow& row, std::string_view kind, std::string origin) {
  work_item::Cause cause;
  cause.kind = kind;
  cause.place_id = row.dwelling_id;
  cause.origin = std::move(origin);
  cause.household_id = row.household_id;
  cause.person_id = row.person_id;
  cause.staff_id = helper_of(q, row.id.value);
  return cause;
}

// One open item is enough, however many days nobody was reached: it has climbed all the while.
void look_at_day(db::Scoped& q, std::int64_t recipient, std::int64_t work_id, base::Instant now) {
  const auto row = lock_recipient(q, recipient);
  if (!row || row->ended || !row->check || *row->check > now) return;
  const auto day = base::civil_day(*row->check);
  if (!reached_on(q, recipient, day) && !reached_on(q, recipient, base::civil_day(now)) &&
      !work_item::any_open(q, origin_of(*row, "day:")))
    work_item::open(q, cause_of(q, *row, "care_missed", origin_of(*row, fmt::format("day:{}", day.number))),
                    work_id, now);
  const auto today = base::civil_day(now);
  q.unscoped().run("UPDATE care_recipient SET check_ms = $2 WHERE id = $1",
                   {recipient, std::max(hour_of(*row, day + 1), hour_of(*row, today))});
}

void look_at_need(db::Scoped& q, std::int64_t need, std::int64_t work_id, base::Instant now) {
  std::int64_t recipient = 0;
  q.unscoped().one("SELECT recipient_id FROM care_need WHERE id = $1", {need},
                   [&](const db::Row& r) { recipient = r.integer(0); });
  const auto row = lock_recipient(q, recipient);
  std::string kind;
  base::Day due;
  const bool waits = q.unscoped().one(
      "SELECT kind, due FROM care_need WHERE id = $1 AND done_ms IS NULL AND notify_ms <= $2", {need, now},
      [&](const db::Row& r) {
        kind = r.str(0);
        due = r.day(1);
      });
  if (!row || row->ended || !waits) return;
  auto cause = cause_of(q, *row, "care_need_due", origin_of(*row, fmt::format("need:{}", need)));
  cause.detail = kind;
  cause.due = std::max(base::start_of(due) + 12 * base::hour_ms, now + base::hour_ms);
  work_item::open(q, cause, work_id, now);
  q.unscoped().run("UPDATE care_need SET notify_ms = NULL WHERE id = $1", {need});
}

// They are looked after where they live; the helper stays until the office decides otherwise.
bool follow_person(db::Scoped& q, std::int64_t recipient, std::int64_t work_id, base::Instant now) {
  const auto row = lock_recipient(q, recipient);
  const auto home = row && !row->ended ? people::home_of(q, row->person_id) : std::nullopt;
  if (!home) return false;
  auto after = *row;
  after.household_id = home->household;
  after.dwelling_id = home->dwelling;
  after.compound_id = home->compound;
  core::update(q, *row, after, {"office", "program", now, {}});
  work_item::bring_all(q, origin_of(after, ""), after.dwelling_id, after.household_id, now);
  auto cause = cause_of(q, after, "person_moved", origin_of(after, fmt::format("moved:{}", work_id)));
  cause.staff_id.reset();  // for whoever answers for the new home, to meet them and to agree on the helper
  work_item::open(q, cause, work_id, now);
  core::note_change(q, "work", row->compound_id, recipient, now);
  core::note_change(q, "work", after.compound_id, recipient, now);
  return true;
}

struct Due {
  std::vector<std::int64_t> recipients{}, needs{};
};

}  // namespace

Result<std::int64_t> follow_moves(db::Store& store, base::Instant now) {
  auto moved = store.read([&](db::Connection& c) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> found;
    c.run("SELECT x.id FROM care_recipient x WHERE x.ended_ms IS NULL AND " PERSON_HAS_MOVED
          " ORDER BY x.id LIMIT $1",
          {round_max}, [&](const db::Row& r) { found.push_back(r.integer(0)); });
    return found;
  });
  if (!moved) return tl::unexpected(std::move(moved).error());
  if (moved->empty()) return 0;
  std::vector<std::int64_t> ids(moved->size());
  for (auto& id : ids) id = store.next_id();
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        db::Scoped q(c, db::Scope::all());
        std::int64_t followed = 0;
        for (std::size_t i = 0; i < ids.size(); ++i)
          followed += follow_person(q, (*moved)[i], ids[i], now) ? 1 : 0;
        return followed;
      },
      db::Priority::low);
}

Result<std::int64_t> tend(db::Store& store, base::Instant now) {
  auto due = store.read([&](db::Connection& c) -> Result<Due> {
    Due found;
    c.run("SELECT id FROM care_recipient WHERE check_ms <= $1 ORDER BY check_ms, id LIMIT $2",
          {now, round_max}, [&](const db::Row& r) { found.recipients.push_back(r.integer(0)); });
    c.run("SELECT id FROM care_need WHERE notify_ms <= $1 ORDER BY notify_ms, id LIMIT $2", {now, round_max},
          [&](const db::Row& r) { found.needs.push_back(r.integer(0)); });
    return found;
  });
  if (!due) return tl::unexpected(std::move(due).error());
  const auto many = due->recipients.size() + due->needs.size();
  if (many == 0) return 0;
  std::vector<std::int64_t> ids(many);
  for (auto& id : ids) id = store.next_id();
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        db::Scoped q(c, db::Scope::all());
        std::size_t next = 0;
        for (const auto id : due->recipients) look_at_day(q, id, ids[next++], now);
        for (const auto id : due->needs) look_at_need(q, id, ids[next++], now);
        return static_cast<std::int64_t>(many);
      },
      db::Priority::low);
}

}  // namespace feature::care
