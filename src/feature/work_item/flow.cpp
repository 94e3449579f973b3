#include "feature/work_item/flow.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "feature/work_item/done.hpp"
#include "feature/work_item/service.hpp"

namespace feature::work_item {
namespace {

std::optional<base::Instant> after(base::Instant at, const std::optional<std::int64_t>& minutes) {
  if (!minutes) return std::nullopt;
  return at + *minutes * base::minute_ms;
}

// Whose it is when nobody has it by name: of the head of its team, else of whoever stands for the place.
void assign(db::Scoped& q, ItemRow& item, const place::PlaceRow& place, base::Instant now) {
  item.handed = false;
  item.tier = 0;
  item.assignee_id = item.team_id ? head_of_team(q, *item.team_id, now) : std::nullopt;
  if (item.assignee_id) return;  // it climbs from there to whoever stands for the place
  const auto whose = answerable_above(stewardship::standing_for(q, place, now), 0);
  if (!whose) return;
  item.assignee_id = whose->staff_id;
  item.tier = whose->tier;
}

}  // namespace

std::optional<ItemRow> find_item(db::Scoped& q, std::int64_t id) {
  std::optional<ItemRow> found;
  q.one(
      "SELECT i.id, i.kind, i.place_id, i.compound_id, i.household_id, i.person_id, i.passage_id, "
      "i.opening_id, i.team_id, i.assignee_id, i.tier, i.handed, i.taken_by, i.state, i.detail, i.note, "
      "i.origin, i.opened_ms, i.climb_ms, i.due_ms, i.resolved_ms, i.closed_ms, i.version FROM work_item i "
      "JOIN place p ON p.id = i.place_id WHERE i.id = $1 AND {scope:p}",
      {id}, [&](const db::Row& r) { found = meta::load<ItemRow>(r); });
  return found;
}

std::optional<ItemRow> lock_open(db::Scoped& q, std::int64_t id) {
  q.unscoped().run("UPDATE work_item SET version = version + 1 WHERE id = $1", {id});
  auto item = find_item(q, id);
  if (!item || item->closed) return std::nullopt;
  return item;
}

std::optional<KindRow> find_kind(db::Scoped& q, std::string_view code) {
  std::optional<KindRow> found;
  q.unscoped().run(
      "SELECT id, code, category, flow, climb_minutes, due_minutes, by_hand, evidence FROM work_kind WHERE "
      "code = $1",
      {code}, [&](const db::Row& r) { found = meta::load<KindRow>(r); });
  return found;
}

std::optional<TransitionRow> find_transition(db::Scoped& q, const std::string& flow, const std::string& from,
                                             std::string_view verb) {
  std::optional<TransitionRow> found;
  q.unscoped().run(
      "SELECT id, flow, from_state, verb, to_state, permission, needs_note, ends FROM work_transition WHERE "
      "flow = $1 AND from_state = $2 AND verb = $3",
      {flow, from, verb}, [&](const db::Row& r) { found = meta::load<TransitionRow>(r); });
  return found;
}

std::optional<std::int64_t> head_of_team(db::Scoped& q, std::int64_t team_id, base::Instant now) {
  std::optional<std::int64_t> head;
  q.unscoped().one(
      "SELECT m.staff_id FROM team_version v JOIN team_member m ON m.version_id = v.id WHERE v.team_id = "
      "$1 AND v.valid_from_ms <= $2 AND (v.valid_until_ms IS NULL OR v.valid_until_ms > $2) ORDER BY CASE "
      "m.role WHEN 'head' THEN 0 ELSE 1 END, m.id LIMIT 1",
      {team_id, now}, [&](const db::Row& r) { head = r.integer(0); });
  return head;
}

std::optional<Answerable> answerable_above(const stewardship::Responsible& all, int after) {
  std::optional<Answerable> found;
  for (const auto& tier : all.tiers) {
    if (tier.tier <= after || tier.stewards.empty()) continue;
    if (found) {
      found->more_above = true;
      break;
    }
    found = Answerable{tier.stewards.front().staff_id, tier.tier, false};
  }
  return found;
}

void write_event(db::Scoped& q, const ItemRow& item, const Happened& what, base::Instant now) {
  std::optional<std::string> client_id;
  if (what.client_id) client_id = std::string(*what.client_id);
  std::optional<std::int64_t> latitude, longitude, accuracy;
  if (what.location) {
    latitude = what.location->latitude_e4.value;
    longitude = what.location->longitude_e4.value;
    if (what.location->accuracy_m) accuracy = what.location->accuracy_m->value;
  }
  q.unscoped().run(
      "INSERT INTO work_event (item_id, at_ms, verb, state, account_id, tier, assignee_id, note, client_id, "
      "latitude_e4, longitude_e4, accuracy_m) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {item.id, now, what.verb, item.state, what.account_id, item.tier, item.assignee_id, what.note,
       client_id, latitude, longitude, accuracy});
}

void write_item(db::Scoped& q, ItemRow& item, const Happened& what, base::Instant now) {
  ++item.version;
  std::vector<db::Arg> args;
  const auto& record = meta::record_of<ItemRow>();
  meta::append_args(record, &item, args);
  q.unscoped().run(meta::update_sql(record), args, {});
  write_event(q, item, what, now);
  core::note_change(q, "work", item.compound_id, item.id.value, now);
}

void take(ItemRow& item, const KindRow& kind, const TransitionRow& step, base::Instant now) {
  const bool again = item.closed.has_value() && !step.ends;
  item.state = step.to_state;
  if (step.ends) {
    item.closed = now;
    item.climb.reset();
    return;
  }
  item.closed.reset();
  if (again) {
    item.due = after(now, kind.due_minutes);
    item.climb = kind.climb_minutes ? after(now, kind.climb_minutes) : item.due;
    item.taken_by.reset();
  } else {
    // Somebody has it: only its due time counts from now on.
    item.climb = item.due && *item.due > now ? item.due : std::nullopt;
  }
}

void tell(db::Scoped& q, const place::PlaceRow& place, const ItemRow& item, std::string_view verb,
          base::Instant now) {
  auto& raw = q.unscoped();
  std::vector<std::int64_t> targets;
  const auto wanted = "% " + item.kind + " %";
  raw.run(
      fmt::format("SELECT w.id FROM webhook w WHERE w.removed_ms IS NULL AND w.place_id {} AND (w.kinds = '' "
                  "OR ' ' || w.kinds || ' ' LIKE $2) ORDER BY w.id",
                  raw.in_list(1)),
      {db::json_array(place::chain_of(place)), wanted},
      [&](const db::Row& r) { targets.push_back(r.integer(0)); });
  for (const auto target : targets)
    raw.run(
        "INSERT INTO outbox (webhook_id, item_id, verb, created_ms, attempts, next_ms) VALUES ($1, $2, $3, "
        "$4, 0, $4)",
        {target, item.id, verb, now});
}

bool open(db::Scoped& q, const Cause& cause, std::int64_t id, base::Instant now) {
  const auto kind = find_kind(q, cause.kind);
  const auto place = place::find_place(q, cause.place_id);
  if (!kind || !place || about_a_door(*place, kind->category)) return false;
  ItemRow item;
  item.id = meta::Id<ItemRow>(id);
  item.kind = kind->code;
  item.place_id = place->id.value;
  item.compound_id = place->compound_id.value_or(place->id.value);
  item.household_id = cause.household_id;
  item.person_id = cause.person_id;
  item.passage_id = cause.passage_id;
  item.opening_id = cause.opening_id;
  item.detail = cause.detail;
  item.note = cause.note;
  item.origin = cause.origin;
  item.opened = item.resolved = now;
  item.due = cause.due ? cause.due : after(now, kind->due_minutes);
  item.climb = kind->climb_minutes ? after(now, kind->climb_minutes) : item.due;
  item.team_id = cause.team_id;
  item.assignee_id = cause.staff_id;
  item.handed = cause.staff_id.has_value();
  if (!item.handed) assign(q, item, *place, now);
  std::vector<db::Arg> args;
  const auto& record = meta::record_of<ItemRow>();
  meta::append_args(record, &item, args);
  if (q.unscoped().run(meta::insert_sql(record) + " ON CONFLICT DO NOTHING", args, {}) == 0) return false;
  write_event(q, item, {"opened", cause.account_id, std::nullopt}, now);
  core::note_change(q, "work", item.compound_id, id, now);
  tell(q, *place, item, "opened", now);
  return true;
}

namespace {

// The first text that no longer begins so.
std::string beyond(std::string_view origins) {
  std::string text(origins);
  ++text.back();
  return text;
}

std::vector<std::int64_t> open_of(db::Scoped& q, std::string_view origins) {
  const auto end = beyond(origins);
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT i.id FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.origin >= $1 AND i.origin < $2 "
      "AND i.closed_ms IS NULL AND {scope:p} ORDER BY i.id",
      {origins, end}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

bool close_by_itself(db::Scoped& q, std::int64_t id, base::Instant now) {
  auto item = lock_open(q, id);
  const auto kind = item ? find_kind(q, item->kind) : std::nullopt;
  const auto step = kind ? find_transition(q, kind->flow, item->state, "close") : std::nullopt;
  if (!step) return false;
  take(*item, *kind, *step, now);
  write_item(q, *item, {"settled"}, now);
  return true;
}

}  // namespace

bool settle(db::Scoped& q, std::string_view origin, base::Instant now) {
  const auto id = q.count(
      "SELECT i.id FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.origin = $1 AND i.closed_ms IS "
      "NULL AND {scope:p}",
      {origin});
  return id != 0 && close_by_itself(q, id, now);
}

std::int64_t settle_all(db::Scoped& q, std::string_view origins, base::Instant now) {
  const auto ids = open_of(q, origins);
  return std::count_if(ids.begin(), ids.end(), [&](auto id) { return close_by_itself(q, id, now); });
}

bool any_open(db::Scoped& q, std::string_view origins) {
  const auto end = beyond(origins);
  return q.unscoped().count(
             "SELECT COUNT(*) FROM work_item WHERE origin >= $1 AND origin < $2 AND closed_ms IS NULL",
             {origins, end}) > 0;
}

std::map<std::string, bool> items_about(db::Scoped& q, std::span<const std::int64_t> persons,
                                        base::Instant since) {
  std::map<std::string, bool> items;
  auto& raw = q.unscoped();
  raw.run(
      "SELECT origin, closed_ms FROM work_item WHERE (closed_ms IS NULL OR opened_ms >= $2) AND person_id " +
          raw.in_list(1),
      {db::json_array(persons), since}, [&](const db::Row& r) { items.emplace(r.str(0), r.is_null(1)); });
  return items;
}

std::int64_t give_all(db::Scoped& q, std::string_view origins, const Whose& to, std::int64_t account_id,
                      base::Instant now) {
  const auto ids = open_of(q, origins);
  for (const auto id : ids) {
    auto item = lock_open(q, id);
    const auto place = item ? place::find_place(q, item->place_id) : std::nullopt;
    if (!place) continue;
    item->team_id = to.team_id;
    item->assignee_id = to.staff_id;
    item->handed = to.staff_id.has_value();
    item->tier = 0;
    if (!item->handed) assign(q, *item, *place, now);
    item->taken_by.reset();
    write_item(q, *item, {"handed_over", account_id}, now);
  }
  return static_cast<std::int64_t>(ids.size());
}

void bring_all(db::Scoped& q, std::string_view origins, std::int64_t dwelling_id, std::int64_t household_id,
               base::Instant now) {
  const auto home = place::find_place(q, dwelling_id);
  if (!home) return;
  for (const auto id : open_of(q, origins)) {
    auto item = lock_open(q, id);
    if (!item) continue;
    item->place_id = dwelling_id;
    item->compound_id = home->compound_id.value_or(dwelling_id);
    item->household_id = household_id;
    item->resolved = now;
    if (!item->handed) assign(q, *item, *home, now);
    write_item(q, *item, {"reassigned"}, now);
  }
}

std::int64_t open_items(db::Scoped& q, std::int64_t compound_id) {
  return q.count(
      "SELECT COUNT(*) FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.compound_id = $1 AND "
      "i.closed_ms IS NULL AND {scope:p}",
      {compound_id});
}

std::int64_t staff_of(db::Scoped& q, std::int64_t account_id) {
  return q.unscoped().count("SELECT staff_id FROM account_staff WHERE account_id = $1", {account_id});
}

}  // namespace feature::work_item
