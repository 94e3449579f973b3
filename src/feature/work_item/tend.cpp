// What becomes of items by themselves: they climb, and they follow who stands for their place.
#include <algorithm>

#include "feature/work_item/flow.hpp"
#include "feature/work_item/plans.hpp"
#include "feature/work_item/service.hpp"

namespace feature::work_item {
namespace {

using base::Result;

constexpr int round_max = 50;  // items of one round: the writer is not held for long

void climb(db::Scoped& q, std::int64_t id, base::Instant now) {
  auto item = lock_open(q, id);
  if (!item || !item->climb || *item->climb > now) return;
  const auto place = place::find_place(q, item->place_id);
  const auto kind = find_kind(q, item->kind);
  std::optional<Answerable> next;
  if (place) next = answerable_above(stewardship::standing_for(q, *place, now), item->tier);
  item->climb.reset();
  if (!next || !kind) {
    // Nobody above: it stays where it is, overdue for all to see.
    write_item(q, *item, {"nobody_above"}, now);
    return;
  }
  item->assignee_id = next->staff_id;
  item->tier = next->tier;
  item->handed = false;
  item->resolved = now;
  if (kind->climb_minutes && next->more_above) item->climb = now + *kind->climb_minutes * base::minute_ms;
  write_item(q, *item, {"escalated"}, now);
  tell(q, *place, *item, "escalated", now);
}

// Until all they stood for has ended; volunteers never stood for anything.
bool serves(db::Scoped& q, std::int64_t staff, base::Instant now) {
  return q.unscoped().count(
             "SELECT CASE WHEN EXISTS (SELECT 1 FROM stewardship WHERE staff_id = $1 AND valid_from_ms <= $2 "
             "AND (valid_until_ms IS NULL OR valid_until_ms > $2)) OR NOT EXISTS (SELECT 1 FROM stewardship "
             "WHERE staff_id = $1 AND valid_until_ms <= $2) THEN 1 ELSE 0 END",
             {staff, now}) > 0;
}

// Of the team, of whom it was given to by name, of its own tier, or of the next one that has somebody.
struct Stand {
  bool stays = false;
  std::optional<Answerable> whose{};
};
Stand stand_of(db::Scoped& q, const ItemRow& item, base::Instant now) {
  if (item.team_id && item.tier == 0 && !item.handed)
    if (const auto head = head_of_team(q, *item.team_id, now))
      return {item.assignee_id == head, Answerable{*head, 0, false}};
  const auto place = place::find_place(q, item.place_id);
  const auto all = place ? stewardship::standing_for(q, *place, now) : stewardship::Responsible{};
  Stand out;
  out.stays = item.assignee_id && item.handed && serves(q, *item.assignee_id, now);
  for (const auto& tier : all.tiers)
    for (const auto& s : tier.stewards)
      if (item.assignee_id == s.staff_id && tier.tier == item.tier) out.stays = true;
  out.whose = answerable_above(all, std::max(0, item.tier - 1));
  if (!out.whose) out.whose = answerable_above(all, 0);  // those above are gone: whoever is left
  return out;
}

void find_whose(db::Scoped& q, std::int64_t id, base::Instant now) {
  auto item = lock_open(q, id);
  if (!item) return;
  item->resolved = now;
  const auto [stays, whose] = stand_of(q, *item, now);
  if (stays || (!whose && !item->assignee_id)) {
    q.unscoped().run("UPDATE work_item SET resolved_ms = $2 WHERE id = $1", {id, now});
    return;
  }
  item->assignee_id = whose ? std::optional(whose->staff_id) : std::nullopt;
  item->tier = whose ? whose->tier : 0;
  item->handed = false;
  write_item(q, *item, {"reassigned"}, now);
}

// The instant of the last change of who stands for what, or of a team's roster.
base::Instant last_change_of_rosters(db::Connection& c, base::Instant now) {
  return {c.count(
      "SELECT COALESCE(MAX(at), 0) FROM (SELECT MAX(valid_from_ms) AS at FROM stewardship WHERE "
      "valid_from_ms <= $1 UNION ALL SELECT MAX(valid_until_ms) FROM stewardship WHERE valid_until_ms <= $1 "
      "UNION ALL SELECT MAX(valid_from_ms) FROM place_set_member WHERE valid_from_ms <= $1 UNION ALL SELECT "
      "MAX(valid_until_ms) FROM place_set_member WHERE valid_until_ms <= $1 UNION ALL SELECT "
      "MAX(valid_from_ms) FROM team_version WHERE valid_from_ms <= $1 UNION ALL SELECT MAX(valid_until_ms) "
      "FROM team_version WHERE valid_until_ms <= $1) changes",
      {now})};
}

struct Due {
  std::vector<std::int64_t> climbing{}, orphaned{};
};

}  // namespace

Result<std::int64_t> tend(db::Store& store, base::Instant now) {
  auto due = store.read([&](db::Connection& c) -> Result<Due> {
    Due found;
    c.run(
        "SELECT id FROM work_item WHERE closed_ms IS NULL AND climb_ms <= $1 ORDER BY climb_ms, id LIMIT $2",
        {now, round_max}, [&](const db::Row& r) { found.climbing.push_back(r.integer(0)); });
    // Who was resolved in the very instant of a change may not have seen it.
    const auto change = last_change_of_rosters(c, now);
    const auto seen_from = change < now ? change + 1 : change;
    c.run(
        "SELECT id FROM work_item WHERE closed_ms IS NULL AND resolved_ms < $1 ORDER BY resolved_ms, id "
        "LIMIT $2",
        {seen_from, round_max}, [&](const db::Row& r) { found.orphaned.push_back(r.integer(0)); });
    return found;
  });
  if (!due) return tl::unexpected(std::move(due).error());
  const auto many = static_cast<std::int64_t>(due->climbing.size() + due->orphaned.size());
  // However much waits, what recurs is made in its hour.
  const auto made = recur(store, now);
  if (!made || many == 0) return made;
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        db::Scoped q(c, db::Scope::all());
        for (const auto id : due->climbing) climb(q, id, now);
        for (const auto id : due->orphaned) find_whose(q, id, now);
        return many + *made;
      },
      db::Priority::low);
}

}  // namespace feature::work_item
