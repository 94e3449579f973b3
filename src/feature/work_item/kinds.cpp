// Kinds of work and their minutes; which of the staff an account belongs to.
#include "feature/stewardship/staff_service.hpp"
#include "feature/work_item/done.hpp"
#include "feature/work_item/flow.hpp"
#include "feature/work_item/routes.hpp"

namespace feature::work_item {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

Kind shown(const KindRow& row) {
  return {row.id,
          row.code,
          row.category,
          row.flow,
          row.climb_minutes,
          row.due_minutes,
          row.by_hand,
          evidence_in(row.evidence)};
}

Result<KindList> list_kinds(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<KindList> {
    KindList all;
    q.unscoped().run(
        "SELECT id, code, category, flow, climb_minutes, due_minutes, by_hand, evidence FROM work_kind ORDER "
        "BY id",
        {}, [&](const db::Row& r) { all.items.push_back(shown(meta::load<KindRow>(r))); });
    return all;
  });
}

Result<Kind> change_kind(api::Context& c, const KindPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<Kind> {
    std::optional<KindRow> before;
    q.unscoped().run(
        "SELECT id, code, category, flow, climb_minutes, due_minutes, by_hand, evidence FROM work_kind WHERE "
        "id = $1",
        {c.id()}, [&](const db::Row& r) { before = meta::load<KindRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    if (in.climb_minutes) after.climb_minutes = in.climb_minutes->value;
    if (in.due_minutes) after.due_minutes = in.due_minutes->value;
    if (in.evidence) {
      after.evidence.clear();
      for (const auto each : *in.evidence)
        after.evidence += (after.evidence.empty() ? "" : " ") + std::string(meta::name_of(each));
    }
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"work_kind.change", "work_kind", c.id(), std::nullopt, after.code});
    return shown(after);
  });
}

Seat seat_of(db::Scoped& q, std::int64_t account) {
  Seat seat{account, std::nullopt, std::nullopt};
  q.unscoped().run(
      "SELECT s.id, s.name FROM account_staff t JOIN staff s ON s.id = t.staff_id WHERE t.account_id = $1",
      {account}, [&](const db::Row& r) {
        seat.staff_id = r.integer(0);
        seat.staff_name = r.str(1);
      });
  return seat;
}

bool known_account(db::Scoped& q, std::int64_t account) {
  // An account is seen where one of its roles is held.
  return q.scope().is_all() ? q.unscoped().count("SELECT COUNT(*) FROM account WHERE id = $1", {account}) > 0
                            : q.count(
                                  "SELECT COUNT(*) FROM role_grant g JOIN place p ON p.id = g.place_id WHERE "
                                  "g.account_id = $1 AND {scope:p}",
                                  {account}) > 0;
}

Result<Seat> get_seat(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<Seat> {
    if (!known_account(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    return seat_of(q, c.id());
  });
}

Result<Seat> set_seat(api::Context& c, const SeatPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<Seat> {
    if (!known_account(q, c.id())) return base::fail(ErrorKind::not_found, "not_found");
    if (in.staff_id && !stewardship::sees_staff(q, *in.staff_id))
      return base::fail_field("/staff_id", "not_found");
    auto& raw = q.unscoped();
    std::vector<std::int64_t> concerned{c.id()};
    if (const auto before = seat_of(q, c.id()).staff_id) concerned.push_back(*before);
    if (in.staff_id) concerned.push_back(*in.staff_id);
    stewardship::note_staff_person(q, concerned, c.now);
    if (in.staff_id)
      raw.run(
          "INSERT INTO account_staff (account_id, staff_id) VALUES ($1, $2) ON CONFLICT (account_id) DO "
          "UPDATE SET staff_id = excluded.staff_id",
          {c.id(), *in.staff_id});
    else
      raw.run("DELETE FROM account_staff WHERE account_id = $1", {c.id()});
    core::audit(q, c, {"account.staff", "account", c.id()});
    return seat_of(q, c.id());
  });
}

}  // namespace

void kind_routes(api::Router& r) {
  r.get<KindList>("/api/work-kinds", Permission::work_read, "Kinds of work, when they climb and are due",
                  list_kinds);
  r.patch<KindPatch, Kind>("/api/work-kinds/{id}", Permission::term_write, "Change the minutes of a kind",
                           change_kind);
  r.get<Seat>("/api/accounts/{id}/staff", Permission::account_write,
              "Which of the staff an account belongs to", get_seat);
  r.post<SeatPatch, Seat>("/api/accounts/{id}/staff", Permission::account_write,
                          "Say which of the staff an account belongs to", set_seat);
}

}  // namespace feature::work_item
