// The office's queue of people who said at the gate that they live here (practice.md 11).
#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/access/service.hpp"
#include "feature/gate/routes.hpp"
#include "feature/people/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto guest_columns = db::ScopedSql(
    "SELECT gu.id, gu.name_sealed, gu.dwelling_id, d.label, gu.phone_sealed, gu.note, gu.state, "
    "gu.created_ms, gu.compound_id "
    "FROM guest gu JOIN place p ON p.id = gu.compound_id LEFT JOIN dwelling d ON d.id = gu.dwelling_id WHERE "
    "{scope:p}");

Guest load_guest(const db::Row& r, const core::Keyring& keys) {
  Guest g;
  g.id = r.integer(0);
  g.name = keys.unseal("guest", "name", g.id, r.blob(1)).value_or("");
  g.dwelling_id = r.maybe_integer(2);
  g.label = r.maybe_text(3);
  if (!r.is_null(4))
    if (const auto phone = keys.unseal("guest", "phone", g.id, r.blob(4)))
      g.phone_masked = core::mask_phone(*phone);
  g.note = r.maybe_text(5);
  meta::parse_enum(r.text(6), g.state);
  g.created = r.instant(7);
  return g;
}

Result<api::Page<Guest>> list_guests(api::Context& c, const GuestQuery& in) {
  return c.read([&](db::Scoped& q) {
    return api::fetch_page<Guest>(
        q, guest_columns.with(" AND gu.compound_id = {arg}").with(" AND gu.state = {arg}"),
        {in.compound_id, meta::name_of(in.state.value_or(GuestState::waiting))}, in.limit, in.cursor,
        {" AND (gu.created_ms, gu.id) > ({arg}, {arg})", " ORDER BY gu.created_ms, gu.id LIMIT {arg}"},
        [&](const db::Row& r) { return load_guest(r, c.services.keys); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(7), r.integer(0)};
        });
  });
}

Result<Guest> settle(api::Context& c, const SettleGuest& in) {
  std::vector<std::int64_t> ids(8);
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Guest> {
    // The state change is the guard: two officers cannot both settle one.
    const auto taken = q.unscoped().run(
        "UPDATE guest SET state = $2, settled_ms = $3, settled_by = $4 WHERE id = $1 AND state = 'waiting'",
        {c.id(), in.accept ? "registered" : "dismissed", c.now, c.who.account});
    std::optional<Guest> guest;
    std::int64_t compound = 0;
    std::string phone;
    q.one(guest_columns.with(" AND gu.id = {arg}"), {c.id()}, [&](const db::Row& r) {
      guest = load_guest(r, c.services.keys);
      compound = r.integer(8);
      if (!r.is_null(4)) phone = c.services.keys.unseal("guest", "phone", guest->id, r.blob(4)).value_or("");
    });
    if (!guest) return base::fail(ErrorKind::not_found, "not_found");
    if (taken == 0) return base::fail(ErrorKind::conflict, "already_settled");
    if (in.accept) {
      const auto dwelling = in.dwelling_id ? in.dwelling_id : guest->dwelling_id;
      if (!dwelling) return base::fail_field("/dwelling_id", "required");
      people::HouseholdDraft draft;
      draft.dwelling_id = *dwelling;
      people::PersonDraft person;
      person.name = guest->name;
      person.relation = people::Relation::head;
      if (!phone.empty()) person.phones.push_back(phone);
      draft.members.push_back(std::move(person));
      const bool found = q.one(
          "SELECT p.compound_id, p.sort, d.label FROM dwelling d JOIN place p ON p.id = d.id WHERE d.id = $1 "
          "AND {scope:p}",
          {*dwelling}, [&](const db::Row& r) {
            draft.compound_id = r.integer(0);
            draft.sort = r.str(1);
            draft.label = r.str(2);
          });
      if (!found || draft.compound_id != compound) return base::fail_field("/dwelling_id", "not_found");
      const auto added = people::add_households(q, {draft}, ids, c.services.keys, core::source_of(c, "gate"));
      core::note_change(q, "household", compound, added.households[0], c.now);
    }
    core::audit(q, c, {in.accept ? "guest.register" : "guest.dismiss", "guest", guest->id, compound});
    guest->state = in.accept ? GuestState::registered : GuestState::dismissed;
    return *guest;
  });
}

Result<access::RevealedNumber> reveal(api::Context& c, const access::NumberWanted& in) {
  auto sealed = c.write([&](db::Scoped& q) -> Result<std::string> {
    std::int64_t compound = 0;
    std::string phone;
    if (!q.one(guest_columns.with(" AND gu.id = {arg}"), {c.id()}, [&](const db::Row& r) {
          compound = r.integer(8);
          phone = std::string(r.blob(4));
        }))
      return base::fail(ErrorKind::not_found, "not_found");
    auto reason = access::reveal_reason(q, c, compound, in.reason);
    if (!reason) return reason;
    core::audit(q, c, {"guest.reveal", "guest", c.id(), compound, "phones", std::move(*reason)});
    return phone;
  });
  if (!sealed) return tl::unexpected(std::move(sealed).error());
  return access::RevealedNumber{c.id(), c.services.keys.unseal("guest", "phone", c.id(), *sealed)};
}

}  // namespace

void guest_routes(api::Router& r) {
  core::list<list_guests>(r, "/api/guests", Permission::household_read,
                          "People registered at the gate, to settle");
  r.post<access::NumberWanted, access::RevealedNumber>(
      "/api/guests/{id}/reveal", Permission::household_read,
      "The telephone number of somebody registered at a gate in full, for a reason", reveal);
  r.post<SettleGuest, Guest>("/api/guests/{id}/settle", Permission::household_write, "Register or dismiss",
                             settle);
}

}  // namespace feature::gate
