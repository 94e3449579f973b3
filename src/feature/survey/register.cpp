// The register of doors where every way was tried, handed to the community, and its receipt (XN-56).
#include <fmt/format.h>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/place/below_service.hpp"
#include "feature/survey/rounds.hpp"
#include "feature/survey/routes.hpp"
#include "feature/work_item/service.hpp"

namespace feature::survey {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

Result<api::Page<RegisterLine>> list_register(api::Context& c, const RegisterQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<RegisterLine>> {
    if (!find_round(q, in.round_id)) return base::fail_field("/round_id", "not_found");
    auto sql = db::ScopedSql(
        "SELECT v.dwelling_id, co.name, d.label, v.unanswered_knocks, v.settled_ms, d.owner_name, "
        "d.owner_phone_masked, (SELECT COUNT(*) FROM residence n WHERE n.dwelling_id = p.id AND "
        "n.valid_until_ms IS NULL), o.handed_ms, o.received_ms, p.sort, v.compound_id FROM survey_visit v "
        "JOIN place p ON "
        "p.id = v.dwelling_id JOIN dwelling d ON d.id = p.id JOIN place co ON co.id = v.compound_id LEFT "
        "JOIN survey_handover o ON o.id = v.handover_id WHERE v.round_id = $1 AND v.state IN "
        "('registered', 'handed_over') AND {scope:p}");
    std::vector<db::Arg> args{in.round_id};
    if (in.compound_id) {
      sql = sql.with(" AND v.compound_id = {arg}");
      args.emplace_back(*in.compound_id);
    }
    if (in.handed_over)
      sql = *in.handed_over ? sql.with(" AND v.state = 'handed_over'")
                            : sql.with(" AND v.state = 'registered'");
    return api::fetch_page<RegisterLine>(
        q, sql, args, in.limit, in.cursor,
        {" AND (v.compound_id, p.sort, p.id) > ({arg}, {arg}, {arg})",
         " ORDER BY v.compound_id, p.sort, p.id LIMIT {arg}"},
        [](const db::Row& r) {
          RegisterLine line;
          line.dwelling_id = r.integer(0);
          line.compound = r.str(1);
          line.label = r.str(2);
          line.unanswered_knocks = r.integer(3);
          line.settled_ms = r.instant(4);
          if (!r.is_null(5)) line.owner_masked = core::mask_name(r.text(5));
          line.owner_phone_masked = r.maybe_text(6);
          line.on_file = r.integer(7);
          line.handed_ms = r.maybe_instant(8);
          line.received_ms = r.maybe_instant(9);
          return line;
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(10), r.integer(0), r.integer(11)};
        });
  });
}

constexpr auto handovers = db::ScopedSql(
    "SELECT o.id, o.round_id, o.place_id, p.name, o.doors, o.note, o.handed_ms, a.display_name, "
    "o.received_ms, ra.display_name, o.receipt_note FROM survey_handover o JOIN place p ON p.id = "
    "o.place_id JOIN account a ON a.id = o.handed_by LEFT JOIN account ra ON ra.id = o.received_by WHERE "
    "{scope:p}");

Result<HandoverList> list_handovers(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<HandoverList> {
    if (!find_round(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    HandoverList out;
    q.run(handovers.with(" AND o.round_id = {arg} ORDER BY o.handed_ms DESC, o.id DESC LIMIT 500"), {c.id()},
          [&](const db::Row& r) { out.items.push_back(meta::load<Handover>(r)); });
    return out;
  });
}

Handover one(db::Scoped& q, std::int64_t id) {
  Handover found;
  q.one(handovers.with(" AND o.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<Handover>(r); });
  return found;
}

Result<Handover> hand_over(api::Context& c, const NewHandover& in) {
  const auto id = c.store.next_id(), item = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Handover> {
    if (!find_round(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
    // Its own row first, so that two at once hand over each line once.
    HandoverRow row;
    row.id = meta::Id<HandoverRow>(id);
    row.round_id = c.id();
    row.place_id = in.place_id;
    if (in.note) row.note = *in.note;
    row.handed = c.now;
    row.handed_by = c.who.account;
    core::append(q, row);
    constexpr db::ScopedSql registered(
        "UPDATE survey_visit SET state = 'handed_over', handover_id = $2, version = version + 1 WHERE "
        "round_id = $1 AND state = 'registered' AND dwelling_id IN (SELECT p.id FROM place p WHERE p.kind = "
        "'dwelling' AND {scope:p}");
    row.doors = q.run(registered.with(place::below(q, in.place_id)).with(")"), {c.id(), id, in.place_id});
    if (row.doors == 0) return base::fail(ErrorKind::conflict, "survey.nothing_to_hand_over");
    q.unscoped().run("UPDATE survey_handover SET doors = $2 WHERE id = $1", {id, row.doors});
    work_item::Cause cause;
    cause.kind = "survey_register";
    cause.place_id = in.place_id;
    cause.origin = fmt::format("survey_handover:{}", id);
    cause.note = fmt::format("{}", row.doors);
    cause.account_id = c.who.account;
    work_item::open(q, cause, item, c.now);
    core::audit(
        q, c, {"survey.hand_over", "survey_handover", id, std::nullopt, fmt::format("doors={}", row.doors)});
    return one(q, id);
  });
}

Result<Handover> receive(api::Context& c, const Receipt& in) {
  return c.write([&](db::Scoped& q) -> Result<Handover> {
    q.unscoped().run("UPDATE survey_handover SET doors = doors WHERE id = $1", {c.id()});
    const auto before = one(q, c.id());
    if (before.id.value == 0) return base::fail(ErrorKind::not_found, "not_found");
    if (before.received_ms) return base::fail(ErrorKind::conflict, "survey.received");
    std::optional<std::string> note;
    if (in.note) note = *in.note;
    q.unscoped().run(
        "UPDATE survey_handover SET received_ms = $2, received_by = $3, receipt_note = $4 WHERE id = $1",
        {c.id(), c.now, c.who.account, note});
    work_item::settle(q, fmt::format("survey_handover:{}", c.id()), c.now);
    core::audit(q, c, {"survey.receive", "survey_handover", c.id()});
    return one(q, c.id());
  });
}

}  // namespace

void register_routes(api::Router& r) {
  core::list<list_register>(r, "/api/survey-register", Permission::work_read,
                            "Doors where every way was tried and nobody answered");
  r.get<HandoverList>("/api/survey-rounds/{id}/handovers", Permission::work_read,
                      "What of the register was handed over, newest first", list_handovers);
  r.post<NewHandover, Handover>("/api/survey-rounds/{id}/handovers", Permission::place_write,
                                "Hand the register of a place to its community", hand_over);
  r.post<Receipt, Handover>("/api/survey-handovers/{id}/receipt", Permission::place_write,
                            "Say that the register has come", receive);
}

}  // namespace feature::survey
