// What the office does with an arrival: confirm it for the home, file it, or take a mistaken one back.
#include <fmt/format.h>

#include <algorithm>

#include "core/services.hpp"
#include "feature/arrival/repo.hpp"
#include "feature/arrival/routes.hpp"
#include "feature/control/service.hpp"
#include "feature/people/service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::arrival {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// "20200211-1047": the day of the filing and the arrival's own number, so that no two are the same.
std::string filing_number(std::int64_t arrival_id, base::Day day) {
  const auto parts = base::parts_of(day);
  return fmt::format("{:04}{:02}{:02}-{}", parts.year, parts.month, parts.day, arrival_id);
}

// One that is open, changed by `change` and stored.
template <class Change>
Result<ArrivalFile> with_arrival(api::Context& c, std::string action, Change change) {
  return c.write([&](db::Scoped& q) -> Result<ArrivalFile> {
    const auto row = lock_arrival(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->filed || row->withdrawn) return base::fail(ErrorKind::conflict, "arrival.settled");
    auto after = *row;
    Result<void> changed = change(q, after);
    if (!changed) return tl::unexpected(std::move(changed).error());
    core::update(q, *row, after, core::source_of(c));
    if (after.filed || after.withdrawn) work_item::settle(q, origin_of(c.id()), c.now);
    core::audit(q, c, {action, "arrival", c.id(), row->compound_id});
    core::note_change(q, "arrival", row->compound_id, c.id(), c.now);
    return file_of(q, c.id(), c.now);
  });
}

// The owner's word, or what stands for it: no answer from an owner is no reason to refuse (practice 1).
Result<ArrivalFile> confirm(api::Context& c, const Confirmation& in) {
  return with_arrival(c, "arrival.confirm", [&](db::Scoped& q, ArrivalRow& row) -> Result<void> {
    if (in.proof == HostProof::on_record &&
        std::ranges::any_of(people_of(q, row.id.value), [](const auto& p) { return !p.person_id; }))
      return base::fail_field("/proof", "not_allowed");
    row.proof = in.proof;
    if (in.host_name) row.host_name = *in.host_name;
    row.confirmed_by = c.who.account;
    row.confirmed = c.now;
    row.state = State::confirmed;
    return {};
  });
}

// Whoever was known by name alone comes on record, in the household or, where there is none, in a new one.
struct Registering {
  people::HouseholdDraft draft{};
  std::vector<PersonRow> who{};
  std::vector<std::int64_t> ids{};
};

Result<Registering> registering(api::Context& c) {
  auto found = c.read([&](db::Scoped& q) -> Result<Registering> {
    Registering out;
    if (!find_arrival(q, c.id())) return out;
    for (auto& person : people_of(q, c.id()))
      if (!person.person_id) out.who.push_back(std::move(person));
    return out;
  });
  if (!found) return found;
  for (const auto& person : found->who) {
    people::PersonDraft draft;
    const auto id = person.id.value;
    const auto& keys = c.services.keys;
    if (person.name_sealed)
      draft.name = keys.unseal("arrival_person", "name", id, person.name_sealed->value).value_or("");
    if (person.phone_sealed)
      if (auto phone = keys.unseal("arrival_person", "phone", id, person.phone_sealed->value))
        draft.phones.push_back(std::move(*phone));
    draft.relation = person.relation;
    found->draft.members.push_back(std::move(draft));
  }
  // One more: a household of their own, where there is none.
  found->ids.resize(people::plan_ids(found->draft) + 1);
  for (auto& id : found->ids) id = c.store.next_id();
  return found;
}

void register_newcomers(db::Scoped& q, api::Context& c, ArrivalRow& row, const Registering& newcomers,
                        const core::Source& source) {
  if (newcomers.who.empty()) return;
  auto draft = newcomers.draft;
  draft.dwelling_id = row.dwelling_id;
  draft.compound_id = row.compound_id;
  for (auto& member : draft.members) {
    member.origin = row.origin;
    member.return_day = row.arrived;
  }
  draft.joins = row.household_id;
  auto& raw = q.unscoped();
  if (row.household_id) {
    raw.run("UPDATE household SET version = version + 1 WHERE id = $1", {*row.household_id});
    draft.first_position = static_cast<int>(
        raw.count("SELECT COALESCE(MAX(position), -1) + 1 FROM residence WHERE household_id = $1",
                  {*row.household_id}));
  } else {
    raw.one("SELECT p.sort, d.label FROM dwelling d JOIN place p ON p.id = d.id WHERE d.id = $1",
            {row.dwelling_id}, [&](const db::Row& r) {
              draft.sort = r.str(0);
              draft.label = r.str(1);
            });
    draft.members.front().relation = Relation::head;
  }
  const auto added = people::add_households(q, {draft}, newcomers.ids, c.services.keys, source);
  if (!row.household_id) row.household_id = added.households.front();
  for (std::size_t i = 0; i < newcomers.who.size(); ++i) {
    auto after = newcomers.who[i];
    after.person_id = added.person_ids[i];
    after.name_sealed.reset();  // the registry has them now
    after.phone_sealed.reset();
    core::update(q, newcomers.who[i], after, source);
  }
  core::note_change(q, "household", row.compound_id, *row.household_id, source.now);
}

// Where the key area demands it, everybody of the party who is not under control yet is from now on.
Result<void> begin_observation(db::Scoped& q, api::Context& c, const ArrivalRow& row, const Filing& in,
                               const std::vector<control::Ids>& ids) {
  if (row.demand != Demand::observation) return {};
  if (!in.decided_by) return base::fail_field("/decided_by", "required");
  const auto people = people_of(q, row.id.value);
  for (std::size_t i = 0; i < people.size() && i < ids.size(); ++i) {
    if (!people[i].person_id || control::category_of(q, *people[i].person_id)) continue;
    control::Begin what;
    what.person_id = *people[i].person_id;
    what.category = control::Category::arrival;
    what.began = std::min(row.arrived, base::civil_day(c.now));
    what.decided_by = *in.decided_by;
    what.reference = row.filing_number;
    what.origin = fmt::format("arrival:{}:{}", row.id.value, *people[i].person_id);
    what.account_id = c.who.account;
    if (auto begun = control::begin(q, what, ids[i], core::source_of(c)); !begun)
      return tl::unexpected(std::move(begun).error());
  }
  return {};
}

Result<ArrivalFile> file(api::Context& c, const Filing& in) {
  const auto newcomers = registering(c);
  if (!newcomers) return tl::unexpected(newcomers.error());
  std::vector<control::Ids> ids;
  for (std::size_t i = 0; i < party_max; ++i) ids.push_back(control::take_ids(c.store));
  return with_arrival(c, "arrival.file", [&](db::Scoped& q, ArrivalRow& row) -> Result<void> {
    if (row.state != State::confirmed) return base::fail(ErrorKind::conflict, "arrival.not_confirmed");
    register_newcomers(q, c, row, *newcomers, core::source_of(c));
    row.state = State::filed;
    row.filed = c.now;
    row.filed_by = c.who.account;
    row.filing_number = filing_number(row.id.value, base::civil_day(c.now));
    return begin_observation(q, c, row, in, ids);
  });
}

Result<ArrivalFile> withdraw(api::Context& c) {
  return with_arrival(c, "arrival.withdraw", [&](db::Scoped&, ArrivalRow& row) -> Result<void> {
    row.state = State::withdrawn;
    row.withdrawn = c.now;
    return {};
  });
}

}  // namespace

void act_routes(api::Router& r) {
  r.post<Confirmation, ArrivalFile>("/api/arrivals/{id}/confirm", Permission::follow_up_write,
                                    "Who vouches that they belong to this home", confirm);
  r.post<Filing, ArrivalFile>("/api/arrivals/{id}/file", Permission::control_write,
                              "The community's filing: the gate admits them from now on", file);
  r.post<ArrivalFile>("/api/arrivals/{id}/withdraw", Permission::control_write,
                      "Take back an arrival that was entered by mistake", withdraw);
}

}  // namespace feature::arrival
