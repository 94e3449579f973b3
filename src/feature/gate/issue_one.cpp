// Single cards: of a person, of somebody with a certificate, of a vehicle, of a visitor whose host has
// confirmed, of a worker who comes regularly. The token says the class and ids, never why.
#include "feature/gate/issuing.hpp"
#include "feature/gate/routes.hpp"
#include "feature/people/service.hpp"
#include "feature/place/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int visitor_days_max = 3;

struct Home {
  std::int64_t household_id = 0, dwelling_id = 0;
  std::string sort{}, label{};
};
constexpr auto home_columns = db::ScopedSql(
    "SELECT h.id, h.dwelling_id, h.sort, h.label FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
    "h.valid_until_ms IS NULL AND {scope:p}");

std::optional<Home> find_home(db::Scoped& q, db::Fragment which, std::int64_t compound_id, std::int64_t id) {
  std::optional<Home> found;
  q.one(home_columns.with(" AND h.compound_id = {arg}").with(which), {compound_id, id},
        [&](const db::Row& r) {
          found = Home{r.integer(0), r.integer(1), r.str(2), r.str(3)};
        });
  return found;
}

void put_home(PassRow& row, const Home& home) {
  row.dwelling_id = home.dwelling_id;
  row.sort = home.sort;
  row.label = home.label;
}

// The last day a certificate that holds today gives.
std::optional<base::Day> certified_until(db::Scoped& q, std::int64_t compound_id, std::int64_t person_id,
                                         base::Instant now) {
  std::optional<base::Day> until;
  for (const auto& x : exemptions_of(q, compound_id, person_id, now)) {
    if (x.valid_from_ms > now.ms || x.valid_until_ms <= now.ms) continue;
    const auto last = base::civil_day({x.valid_until_ms - 1});
    if (!until || *until < last) until = last;
  }
  return until;
}

Result<void> put_person(db::Scoped& q, const NewPass& in, PassRow& row, base::Instant now) {
  if (!in.person_id) return base::fail_field("/person_id", "required");
  const auto home =
      find_home(q,
                " AND h.id IN (SELECT r.household_id FROM residence r WHERE r.person_id = {arg} AND "
                "r.valid_until_ms IS NULL) ORDER BY h.id LIMIT 1",
                in.compound_id, *in.person_id);
  if (!home) return base::fail_field("/person_id", "not_found");
  if (row.pass_class == PassClass::exempt) {
    const auto until = certified_until(q, in.compound_id, *in.person_id, now);
    if (!until) return base::fail_field("/person_id", "no_exemption");
    row.valid_until = std::min(row.valid_until, *until);
  }
  row.person_id = in.person_id;
  row.household_id = home->household_id;
  put_home(row, *home);
  return {};
}

Result<void> put_vehicle(db::Scoped& q, const NewPass& in, PassRow& row) {
  if (!in.vehicle_id) return base::fail_field("/vehicle_id", "required");
  const bool found = q.one(
      "SELECT v.household_id, v.dwelling_id, p.sort, v.label FROM vehicle v JOIN place p ON p.id = "
      "COALESCE(v.dwelling_id, v.compound_id) WHERE v.id = $1 AND v.compound_id = $2 AND v.valid_until_ms "
      "IS NULL AND v.plate <> '' AND {scope:p}",
      {*in.vehicle_id, in.compound_id}, [&](const db::Row& r) {
        row.household_id = r.maybe_integer(0);
        row.dwelling_id = r.maybe_integer(1);
        row.sort = r.str(2);
        row.label = r.maybe_text(3);
      });
  if (!found) return base::fail_field("/vehicle_id", "not_found");
  row.vehicle_id = in.vehicle_id;
  return {};
}

Result<void> put_guest(db::Scoped& q, api::Context& c, const NewPass& in, PassRow& row,
                       std::int64_t guest_id) {
  if (!in.name) return base::fail_field("/name", "required");
  auto guest = office_guest(c.services.keys, guest_id, in.compound_id, {*in.name, in.phone, in.note}, c.now);
  if (row.pass_class == PassClass::visitor) {
    if (!in.household_id) return base::fail_field("/household_id", "required");
    const auto host = find_home(q, " AND h.id = {arg}", in.compound_id, *in.household_id);
    if (!host) return base::fail_field("/household_id", "not_found");
    put_home(row, *host);
    guest.dwelling_id = host->dwelling_id;
  } else if (!in.note) {
    return base::fail_field("/note", "required");
  }
  core::append(q, guest);
  row.guest_id = guest_id;
  return {};
}

Result<void> put_holder(db::Scoped& q, api::Context& c, const NewPass& in, PassRow& row,
                        std::int64_t guest_id) {
  switch (row.pass_class) {
    case PassClass::person:
    case PassClass::exempt:
      return put_person(q, in, row, c.now);
    case PassClass::vehicle:
      return put_vehicle(q, in, row);
    default:
      return put_guest(q, c, in, row, guest_id);
  }
}

Result<IssuedPass> issue_one(api::Context& c, const NewPass& in) {
  if (in.pass_class == PassClass::household)
    return base::fail_field("/pass_class", "not_allowed",
                            {{"allowed", "person, exempt, vehicle, visitor, worker"}});
  const auto today = base::civil_day(c.now);
  const auto until = in.valid_until.value_or(today + usual_days(in.pass_class));
  if (until < today) return base::fail_field("/valid_until", "in_the_past");
  if (in.pass_class == PassClass::visitor && today + visitor_days_max < until)
    return base::fail_field("/valid_until", "too_long_for_a_visit",
                            {{"days", std::to_string(visitor_days_max)}});
  const auto id = c.store.next_id(), guest_id = c.store.next_id();
  const auto batch = new_batch(c.now);
  return c.write([&](db::Scoped& q) -> Result<IssuedPass> {
    if (!place::find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    PassRow holder;
    holder.pass_class = in.pass_class;
    holder.valid_until = until;
    if (auto put = put_holder(q, c, in, holder, guest_id); !put)
      return tl::unexpected(std::move(put).error());
    std::vector<PassRow> made{make_pass(c.services.keys, id, in.compound_id, holder.household_id, batch,
                                        holder.valid_until, c.now, c.who.account, in.pass_class)};
    auto& row = made.front();
    row.dwelling_id = holder.dwelling_id;
    row.sort = holder.sort;
    row.label = holder.label;
    row.person_id = holder.person_id;
    row.vehicle_id = holder.vehicle_id;
    row.guest_id = holder.guest_id;
    // A visitor comes with the code that was told; there is no door where it is handed over.
    if (in.pass_class == PassClass::visitor) {
      row.state = PassState::active;
      row.activated = c.now;
    }
    insert_passes(q, made, core::source_of(c));
    core::audit(q, c, {"pass.issue", "pass", id, in.compound_id, std::string(meta::name_of(in.pass_class))});
    core::note_change(q, "pass", in.compound_id, id, c.now);
    IssuedPass out;
    out.pass = pass_shown(q, id);
    out.short_code = row.short_code.substr(0, 4) + " " + row.short_code.substr(4);
    return out;
  });
}

}  // namespace

int usual_days(PassClass pass_class) {
  return pass_class == PassClass::visitor ? 0 : pass_class == PassClass::worker ? 30 : 90;
}

GuestRow office_guest(const core::Keyring& keys, std::int64_t id, std::int64_t compound_id,
                      const GuestSaid& said, base::Instant now) {
  GuestRow guest;
  guest.id = meta::Id<GuestRow>(id);
  guest.compound_id = compound_id;
  guest.name_sealed.value = keys.seal("guest", "name", id, said.name);
  guest.name_masked = core::mask_name(said.name);
  if (said.phone) guest.phone_sealed = meta::Bytes{keys.seal("guest", "phone", id, *said.phone)};
  if (said.note) guest.note = *said.note;
  guest.state = GuestState::dismissed;
  guest.created = now;
  return guest;
}

void issue_one_routes(api::Router& r) {
  r.post<NewPass, IssuedPass>("/api/passes/one", Permission::pass_write,
                              "One card of a person, a vehicle, a visitor or a worker", issue_one);
}

}  // namespace feature::gate
