// What is done with items: given, acknowledged, spoken about, handed over, closed; and whom to call for them.
#include <fmt/format.h>

#include <algorithm>

#include "core/once.hpp"
#include "core/services.hpp"
#include "feature/stewardship/staff_service.hpp"
#include "feature/work_item/done.hpp"
#include "feature/work_item/flow.hpp"
#include "feature/work_item/routes.hpp"
#include "feature/work_item/service.hpp"

namespace feature::work_item {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t many_max = 500;

Result<Created> create(api::Context& c, const NewWork& in) {
  if (in.place_ids.empty()) return base::fail_field("/place_ids", "required");
  if (in.place_ids.size() > many_max)
    return base::fail_field("/place_ids", "too_long", {{"max", std::to_string(many_max)}});
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < in.place_ids.size(); ++i) ids.push_back(c.store.next_id());
  const auto form = core::form_sent(c, "new_work", in.client_id, meta::to_json(in));
  return c.write([&](db::Scoped& q) -> Result<Created> {
    const auto before = core::make_once(q, c, form, static_cast<std::int64_t>(ids.size()));
    if (!before) return tl::unexpected(before.error());
    if (*before) return Created{**before};
    if (in.due && *in.due <= c.now) return base::fail_field("/due_ms", "in_the_past");
    const auto kind = find_kind(q, in.kind);
    if (!kind || !kind->by_hand) return base::fail_field("/kind", "not_allowed");
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto place = place::find_place(q, in.place_ids[i]);
      if (place && about_a_door(*place, kind->category))
        return base::fail_field(fmt::format("/place_ids/{}", i), "work.about_places_only");
      Cause cause;
      cause.kind = kind->code;
      cause.place_id = in.place_ids[i];
      cause.origin = fmt::format("hand:{}", ids[i]);
      cause.note = in.note;
      cause.due = in.due;
      cause.account_id = c.who.account;
      if (!open(q, cause, ids[i], c.now))
        return base::fail_field(fmt::format("/place_ids/{}", i), "not_found");
      core::audit(q, c, {"work.create", "work_item", ids[i], std::nullopt, kind->code});
    }
    return Created{static_cast<std::int64_t>(ids.size())};
  });
}

// The item, its row held until the transaction ends.
Result<ItemRow> held_item(db::Scoped& q, std::int64_t id) {
  if (!find_item(q, id)) return base::fail(ErrorKind::not_found, "not_found");
  q.unscoped().run("UPDATE work_item SET version = version + 1 WHERE id = $1", {id});
  return *find_item(q, id);
}

Result<void> act(api::Context& c, const Act& in) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    auto item = held_item(q, c.id());
    if (!item) return tl::unexpected(std::move(item).error());
    if (sent_before(q, c.who.account, in.client_id)) return {};
    if (in.verb == "comment") {
      if (!in.note) return base::fail_field("/note", "required");
      write_item(q, *item, {"comment", c.who.account, *in.note, in.client_id}, c.now);
      core::audit(q, c, {"work.comment", "work_item", c.id(), item->compound_id});
      return {};
    }
    const auto kind = find_kind(q, item->kind);
    const auto step = kind ? find_transition(q, kind->flow, item->state, in.verb) : std::nullopt;
    if (!step) return base::fail(ErrorKind::conflict, "work.not_now", {{"state", item->state}});
    Permission needed{};
    if (!meta::parse_enum(step->permission, needed) || !c.who.permissions.has(needed))
      return base::fail(ErrorKind::forbidden, "forbidden", {{"permission", step->permission}});
    if (step->needs_note && !in.note) return base::fail_field("/note", "required");
    if (step->ends)
      if (const auto lacking =
              evidence_missing(q, *item, *kind, {in.note.has_value(), in.location.has_value()}))
        return base::fail(ErrorKind::conflict, fmt::format("work.needs_{}", meta::name_of(*lacking)));
    take(*item, *kind, *step, c.now);
    if (!step->ends && in.verb == "acknowledge") item->taken_by = c.who.account;
    std::optional<std::string> note;
    if (in.note) note = *in.note;
    const bool where = std::ranges::count(evidence_in(kind->evidence), Evidence::location) > 0;
    write_item(q, *item, {in.verb, c.who.account, note, in.client_id, where ? in.location : std::nullopt},
               c.now);
    core::audit(q, c, {"work." + in.verb, "work_item", c.id(), item->compound_id, item->kind});
    return {};
  });
}

Result<HandedOver> hand_over(api::Context& c, const HandOver& in) {
  if (in.ids.empty() == !in.from_staff_id) return base::fail_field("/ids", "required");
  if (in.ids.size() > many_max)
    return base::fail_field("/ids", "too_long", {{"max", std::to_string(many_max)}});
  const auto form = core::form_sent(c, "hand_over", in.client_id, meta::to_json(in));
  return c.write([&](db::Scoped& q) -> Result<HandedOver> {
    if (!stewardship::sees_staff(q, in.to_staff_id)) return base::fail_field("/to_staff_id", "not_found");
    const auto sent = core::made_before(q, c, form);
    if (!sent) return tl::unexpected(sent.error());
    if (*sent) return HandedOver{**sent};
    auto ids = in.ids;
    if (in.from_staff_id)
      q.run(
          "SELECT i.id FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.assignee_id = $1 AND "
          "i.closed_ms IS NULL AND {scope:p} ORDER BY i.id LIMIT 500",
          {*in.from_staff_id}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
    const auto many = static_cast<std::int64_t>(ids.size());
    const auto meanwhile = core::make_once(q, c, form, many);
    if (!meanwhile) return tl::unexpected(meanwhile.error());
    if (*meanwhile) return HandedOver{**meanwhile};
    for (std::size_t i = 0; i < ids.size(); ++i) {
      auto item = held_item(q, ids[i]);
      if (!item) return base::fail_field(fmt::format("/ids/{}", i), "not_found");
      if (item->closed) return base::fail_field(fmt::format("/ids/{}", i), "work.closed");
      item->assignee_id = in.to_staff_id;
      item->handed = true;
      item->taken_by.reset();
      write_item(q, *item, {"handed_over", c.who.account, std::string(in.note)}, c.now);
      core::audit(q, c, {"work.hand_over", "work_item", ids[i], item->compound_id});
    }
    return HandedOver{many};
  });
}

// A visitor of the passage besides.
std::vector<Reachable> people_of(db::Scoped& q, const core::Keyring& keys, const ItemRow& item) {
  std::vector<Reachable> people;
  if (item.household_id) people = people_of_household(q, keys, *item.household_id);
  if (item.passage_id)
    q.unscoped().run(
        "SELECT gu.id, gu.name_sealed, gu.phone_sealed FROM passage g JOIN guest gu ON gu.id = g.guest_id "
        "WHERE g.compound_id = $1 AND g.id = $2 AND gu.phone_sealed IS NOT NULL",
        {item.compound_id, *item.passage_id}, [&](const db::Row& r) {
          people.push_back({keys.unseal("guest", "name", r.integer(0), r.blob(1)).value_or(""),
                            keys.unseal("guest", "phone", r.integer(0), r.blob(2))});
        });
  return people;
}

// An open item is reason enough for whoever has it, for this household alone (practice.md 20); the row of the
// audit is on disk before a number is opened.
Result<Reach> reach(api::Context& c) {
  auto noted = c.write([&](db::Scoped& q) -> Result<ItemRow> {
    const auto item = find_item(q, c.id());
    if (!item) return base::fail(ErrorKind::not_found, "not_found");
    if (item->closed) return base::fail(ErrorKind::conflict, "work.closed");
    const auto staff = staff_of(q, c.who.account);
    const bool own = item->taken_by == c.who.account || (staff != 0 && item->assignee_id == staff);
    if (!own) return base::fail(ErrorKind::conflict, "work.not_yours");
    core::audit(q, c,
                {"work.reach", item->household_id ? "household" : "work_item",
                 item->household_id.value_or(item->id.value), item->compound_id,
                 fmt::format("work_item={}", item->id.value)});
    return *item;
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return c.read([&](db::Scoped& q) -> Result<Reach> {
    Reach out;
    out.address = place::labels_of(q, {noted->place_id})[noted->place_id];
    out.people = people_of(q, c.services.keys, *noted);
    return out;
  });
}

}  // namespace

std::vector<Reachable> people_of_household(db::Scoped& q, const core::Keyring& keys,
                                           std::int64_t household_id) {
  std::vector<Reachable> people;
  q.unscoped().run(
      "SELECT pe.name, ph.id, ph.number_sealed FROM residence r JOIN person pe ON pe.id = r.person_id JOIN "
      "phone ph ON ph.person_id = pe.id WHERE r.household_id = $1 AND r.valid_until_ms IS NULL ORDER BY "
      "r.position, ph.position, ph.id",
      {household_id}, [&](const db::Row& r) {
        people.push_back({r.str(0), keys.unseal("phone", "number", r.integer(1), r.blob(2))});
      });
  return people;
}

Reach reach_of(db::Scoped& q, const core::Keyring& keys, std::int64_t household_id,
               std::int64_t dwelling_id) {
  Reach out;
  out.address = place::labels_of(q, {dwelling_id})[dwelling_id];
  out.people = people_of_household(q, keys, household_id);
  return out;
}

void act_routes(api::Router& r) {
  r.post<NewWork, Created>("/api/work-items", Permission::work_write, "Give the same task to several places",
                           create);
  r.post<HandOver, HandedOver>("/api/work-items/hand-over", Permission::work_write,
                               "Give open items to somebody else", hand_over);
  r.post<Act, void>("/api/work-items/{id}/act", Permission::work_write,
                    "Acknowledge, comment, close or reopen an item", act);
  r.post<Reach>("/api/work-items/{id}/reach", Permission::work_write,
                "Whom to call about one's own open item; on record", reach);
}

}  // namespace feature::work_item
