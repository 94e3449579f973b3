#include "feature/work_item/flow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "feature/work_item/done.hpp"
#include "feature/work_item/service.hpp"

namespace feature::work_item {
namespace {

std::optional<base::Instant> after(base::Instant at, const std::optional<std::int64_t>& minutes) {
  if (!minutes) return std::nullopt;
  return at + *minutes * base::minute_ms;
}

// Whose it is when nobody has it by name: of the head of its team, else of whoever stands for the place.
template <class Standing>
void assign_to(db::Scoped& q, ItemRow& item, base::Instant now, Standing standing) {
  item.handed = false;
  item.tier = 0;
  item.assignee_id = item.team_id ? head_of_team(q, *item.team_id, now) : std::nullopt;
  if (item.assignee_id) return;  // it climbs from there to whoever stands for the place
  const auto whose = answerable_above(standing(), 0);
  if (!whose) return;
  item.assignee_id = whose->staff_id;
  item.tier = whose->tier;
}
void assign(db::Scoped& q, ItemRow& item, const place::PlaceRow& place, base::Instant now) {
  assign_to(q, item, now, [&] { return stewardship::standing_for(q, place, now); });
}

struct Hook {
  std::int64_t id = 0, place_id = 0;
};
// Those that want this kind, on any of the places.
std::vector<Hook> hooks_on(db::Scoped& q, const std::vector<std::int64_t>& places, const std::string& kind) {
  auto& raw = q.unscoped();
  std::vector<Hook> hooks;
  const auto wanted = "% " + kind + " %";
  raw.run(
      fmt::format("SELECT w.id, w.place_id FROM webhook w WHERE w.removed_ms IS NULL AND w.place_id {} AND "
                  "(w.kinds = '' OR ' ' || w.kinds || ' ' LIKE $2) ORDER BY w.id",
                  raw.in_list(1)),
      {db::json_array(places), wanted}, [&](const db::Row& r) {
        hooks.push_back({r.integer(0), r.integer(1)});
      });
  return hooks;
}

void tell_hooks(db::Scoped& q, const std::vector<Hook>& hooks, const place::PlaceRow& place,
                const ItemRow& item, std::string_view verb, base::Instant now) {
  if (hooks.empty()) return;
  const auto chain = place::chain_of(place);
  for (const auto& hook : hooks)
    if (std::ranges::find(chain, hook.place_id) != chain.end())
      q.unscoped().run(
          "INSERT INTO outbox (webhook_id, item_id, verb, created_ms, attempts, next_ms) VALUES ($1, $2, $3, "
          "$4, 0, $4)",
          {hook.id, item.id, verb, now});
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

constexpr std::string_view insert_event =
    "INSERT INTO work_event (item_id, at_ms, verb, state, account_id, tier, assignee_id, note, client_id, "
    "latitude_e4, longitude_e4, accuracy_m) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
// They stand for as long as `item` and what `what` names do.
void append_event(const ItemRow& item, const Happened& what, base::Instant now, std::vector<db::Arg>& args) {
  args = {item.id, now, what.verb, item.state, what.account_id, item.tier, item.assignee_id, what.note};
  if (what.client_id)
    args.emplace_back(std::string_view(*what.client_id));
  else
    args.emplace_back(nullptr);
  std::optional<std::int64_t> latitude, longitude, accuracy;
  if (what.location) {
    latitude = what.location->latitude_e4.value;
    longitude = what.location->longitude_e4.value;
    if (what.location->accuracy_m) accuracy = what.location->accuracy_m->value;
  }
  args.insert(args.end(), {latitude, longitude, accuracy});
}

void write_event(db::Scoped& q, const ItemRow& item, const Happened& what, base::Instant now) {
  std::vector<db::Arg> args;
  append_event(item, what, now, args);
  q.unscoped().run(insert_event, args, {});
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
  tell_hooks(q, hooks_on(q, place::chain_of(place), item.kind), place, item, verb, now);
}

namespace {

// What items of one transaction ask of the store, asked once for all of them.
class Opening {
 public:
  Opening(db::Scoped& q, std::span<const Cause> causes, base::Instant now) : q_(q), now_(now) {
    std::vector<std::int64_t> ids;
    for (const auto& cause : causes) ids.push_back(cause.place_id);
    rows_ = place::find_places(q, ids);
    for (const auto& row : rows_) places_[row.id.value] = &row;
  }

  bool open(const Cause& cause, std::int64_t id) {
    const auto item = item_of(cause, id);
    std::vector<db::Arg> args;
    if (!item) return false;
    meta::append_args(meta::record_of<ItemRow>(), &*item, args);
    if (q_.unscoped().run(insert_item(), args, {}) == 0) return false;
    write_event(q_, *item, opened_by(cause), now_);
    core::note_change(q_, "work", item->compound_id, id, now_);
    tell_hooks(q_, hooks_of(item->kind), *places_.at(item->place_id), *item, "opened", now_);
    return true;
  }

  // Row after row of one table: a store that is asked over a wire answers once for all of them.
  std::int64_t open_all(std::span<const Cause> causes, std::span<const std::int64_t> ids) {
    std::vector<Made> made;
    for (std::size_t i = 0; i < causes.size(); ++i)
      if (auto item = item_of(causes[i], ids[i])) made.push_back({std::move(*item), &causes[i]});
    auto& c = q_.unscoped();
    write_rows(c, insert_item(), made, [](const Made& one, std::vector<db::Arg>& args) {
      meta::append_args(meta::record_of<ItemRow>(), &one.item, args);
    });
    // Those whose origin was known already are not there by this number.
    std::set<std::int64_t> there;
    c.run("SELECT id FROM work_item WHERE id " + c.in_list(1),
          {db::json_array(std::vector(ids.begin(), ids.end()))},
          [&](const db::Row& r) { there.insert(r.integer(0)); });
    std::erase_if(made, [&](const Made& one) { return !there.contains(one.item.id.value); });
    write_rows(c, insert_event, made, [&](const Made& one, std::vector<db::Arg>& args) {
      append_event(one.item, opened_by(*one.cause), now_, args);
    });
    std::vector<core::Changed> changed;
    for (const auto& one : made) changed.push_back({one.item.compound_id, one.item.id.value});
    core::note_changes(q_, "work", changed, now_);
    for (const auto& one : made)
      tell_hooks(q_, hooks_of(one.item.kind), *places_.at(one.item.place_id), one.item, "opened", now_);
    return static_cast<std::int64_t>(made.size());
  }

 private:
  struct Made {
    ItemRow item{};
    const Cause* cause = nullptr;
  };
  template <class Append>
  static void write_rows(db::Connection& c, std::string_view sql, const std::vector<Made>& made,
                         Append append) {
    std::vector<db::Arg> args;
    c.run_many(sql, made.size(), [&](std::size_t i) -> std::span<const db::Arg> {
      args.clear();
      append(made[i], args);
      return args;
    });
  }
  static const std::string& insert_item() {
    static const auto sql = meta::insert_sql(meta::record_of<ItemRow>()) + " ON CONFLICT DO NOTHING";
    return sql;
  }
  static Happened opened_by(const Cause& cause) { return {"opened", cause.account_id, std::nullopt}; }

  std::optional<ItemRow> item_of(const Cause& cause, std::int64_t id) {
    const auto& kind = kind_of(cause.kind);
    const auto at = places_.find(cause.place_id);
    if (!kind || at == places_.end() || about_a_door(*at->second, kind->category)) return std::nullopt;
    const auto& place = *at->second;
    ItemRow item;
    item.id = meta::Id<ItemRow>(id);
    item.kind = kind->code;
    item.place_id = place.id.value;
    item.compound_id = place.compound_id.value_or(place.id.value);
    item.household_id = cause.household_id;
    item.person_id = cause.person_id;
    item.passage_id = cause.passage_id;
    item.opening_id = cause.opening_id;
    item.detail = cause.detail;
    item.note = cause.note;
    item.origin = cause.origin;
    item.opened = item.resolved = now_;
    item.due = cause.due ? cause.due : after(now_, kind->due_minutes);
    item.climb = kind->climb_minutes ? after(now_, kind->climb_minutes) : item.due;
    item.team_id = cause.team_id;
    item.assignee_id = cause.staff_id;
    item.handed = cause.staff_id.has_value();
    if (!item.handed)
      assign_to(q_, item, now_, [&]() -> const stewardship::Responsible& {
        if (!standing_) standing_ = stewardship::standing_for(q_, rows_, now_);
        return standing_->at(cause.place_id);
      });
    return item;
  }

  const std::optional<KindRow>& kind_of(std::string_view code) {
    const auto known = kinds_.find(code);
    return known != kinds_.end() ? known->second
                                 : kinds_.emplace(std::string(code), find_kind(q_, code)).first->second;
  }
  const std::vector<Hook>& hooks_of(const std::string& kind) {
    const auto known = hooks_.find(kind);
    return known != hooks_.end()
               ? known->second
               : hooks_.emplace(kind, hooks_on(q_, place::chains_of(rows_), kind)).first->second;
  }

  db::Scoped& q_;
  base::Instant now_;
  std::vector<place::PlaceRow> rows_{};
  std::map<std::int64_t, const place::PlaceRow*> places_{};
  std::map<std::string, std::optional<KindRow>, std::less<>> kinds_{};
  std::map<std::string, std::vector<Hook>> hooks_{};
  std::optional<std::map<std::int64_t, stewardship::Responsible>> standing_{};
};

}  // namespace

bool open(db::Scoped& q, const Cause& cause, std::int64_t id, base::Instant now) {
  return Opening(q, {&cause, 1}, now).open(cause, id);
}

std::int64_t open_all(db::Scoped& q, std::span<const Cause> causes, std::span<const std::int64_t> ids,
                      base::Instant now) {
  return Opening(q, causes, now).open_all(causes, ids.first(causes.size()));
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
