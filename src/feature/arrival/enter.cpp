// Entering an arrival, by staff or by the household itself: one check, one row, one work item due at 24:00.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "feature/arrival/repo.hpp"
#include "feature/place/service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::arrival {
namespace {

using base::Result;

constexpr int arrived_back_days = 30, arrived_ahead_days = 7;

template <class T>
std::optional<std::string> text_of(const std::optional<T>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

// The home in scope: by its household, or by its dwelling where none is on record.
bool find_home(db::Scoped& q, const NewArrival& in, ArrivalRow& row, base::Problems& problems) {
  if (in.household_id.has_value() == in.dwelling_id.has_value()) {
    problems.push_back({"/household_id", "required"});
    return false;
  }
  const auto take = [&](const db::Row& r) {
    row.dwelling_id = r.integer(0);
    row.compound_id = r.integer(1);
  };
  if (in.household_id) {
    row.household_id = in.household_id;
    if (q.one("SELECT h.dwelling_id, h.compound_id FROM household h JOIN place p ON p.id = h.dwelling_id "
              "WHERE h.id = $1 AND h.valid_until_ms IS NULL AND {scope:p}",
              {*in.household_id}, take))
      return true;
    problems.push_back({"/household_id", "not_found"});
    return false;
  }
  if (q.one("SELECT p.id, p.compound_id FROM place p WHERE p.id = $1 AND p.kind = 'dwelling' AND "
            "p.valid_until_ms IS NULL AND {scope:p}",
            {*in.dwelling_id}, take))
    return true;
  problems.push_back({"/dwelling_id", "not_found"});
  return false;
}

void add_people(db::Scoped& q, const core::Keyring& keys, const NewArrival& in, const ArrivalRow& row,
                const Ids& ids, std::vector<PersonRow>& people, base::Problems& problems) {
  std::size_t next = 0;
  const auto add = [&](PersonRow person) {
    person.id = meta::Id<PersonRow>(ids.people.at(next));
    person.arrival_id = row.id.value;
    person.position = static_cast<int>(next++);
    people.push_back(std::move(person));
  };
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < in.person_ids.size(); ++i) {
    PersonRow person;
    person.person_id = in.person_ids[i];
    const bool lives_here =
        row.household_id &&
        q.one(
            "SELECT pe.name, r.relation FROM residence r JOIN person pe ON pe.id = r.person_id JOIN place "
            "p ON p.id = r.dwelling_id WHERE r.person_id = $1 AND r.household_id = $2 AND r.valid_until_ms "
            "IS NULL AND {scope:p}",
            {in.person_ids[i], *row.household_id}, [&](const db::Row& r) {
              person.name_masked = core::mask_name(r.text(0));
              meta::parse_enum(r.text(1), person.relation);
            });
    if (!lives_here)
      problems.push_back({fmt::format("/person_ids/{}", i), "not_found"});
    else if (!seen.insert(in.person_ids[i]).second)
      problems.push_back({fmt::format("/person_ids/{}", i), "twice"});
    add(std::move(person));
  }
  for (const auto& newcomer : in.newcomers) {
    PersonRow person;
    const auto id = ids.people.at(next);
    person.name_sealed = meta::Bytes{keys.seal("arrival_person", "name", id, newcomer.name)};
    if (newcomer.phone)
      person.phone_sealed = meta::Bytes{keys.seal("arrival_person", "phone", id, *newcomer.phone)};
    person.name_masked = core::mask_name(newcomer.name);
    person.relation = newcomer.relation;
    add(std::move(person));
  }
}

base::Problems check(const NewArrival& in, base::Day today) {
  base::Problems problems;
  if (in.person_ids.empty() && in.newcomers.empty()) problems.push_back({"/person_ids", "required"});
  const auto day = in.arrived.value_or(today);
  if (day > today + arrived_ahead_days) problems.push_back({"/arrived", "in_the_future"});
  if (day < today + -arrived_back_days) problems.push_back({"/arrived", "too_long_ago"});
  for (std::size_t i = 0; i < in.newcomers.size(); ++i)
    if (in.newcomers[i].relation == Relation::head)
      problems.push_back({fmt::format("/newcomers/{}/relation", i), "not_allowed"});
  return problems;
}

// Filed by 24:00 of the day (rules.md section 2); late, it climbs like all work.
void open_work(db::Scoped& q, const ArrivalRow& row, std::int64_t id, const Teller& teller) {
  work_item::Cause cause;
  cause.kind = "arrival_to_file";
  cause.place_id = row.dwelling_id;
  cause.origin = origin_of(row.id.value);
  cause.household_id = row.household_id;
  cause.due = std::max(base::start_of(row.arrived + 1), teller.source.now);
  work_item::open(q, cause, id, teller.source.now);
}

}  // namespace

Ids take_ids(db::Store& store, const NewArrival& in) {
  Ids ids{store.next_id(), store.next_id(), {}};
  const auto party = std::min(in.person_ids.size() + in.newcomers.size(), party_max);
  for (std::size_t i = 0; i < party; ++i) ids.people.push_back(store.next_id());
  return ids;
}

Result<std::int64_t> enter(db::Scoped& q, const core::Keyring& keys, const NewArrival& in,
                           const Teller& teller, const Ids& ids) {
  if (in.person_ids.size() + in.newcomers.size() > party_max)
    return base::fail_field("/person_ids", "too_many");
  const auto now = teller.source.now;
  auto problems = check(in, base::civil_day(now));
  ArrivalRow row;
  row.id = meta::Id<ArrivalRow>(ids.arrival);
  const bool home = find_home(q, in, row, problems);
  std::vector<PersonRow> people;
  if (home) add_people(q, keys, in, row, ids, people, problems);
  if (!problems.empty()) return base::fail(std::move(problems));
  // Of one household at a time, so that a form that comes twice waits and finds itself.
  if (row.household_id)
    q.unscoped().run("UPDATE household SET version = version + 1 WHERE id = $1", {*row.household_id});
  row.client_key = in.client_key ? fmt::format("{}:{}", row.dwelling_id, std::string(*in.client_key))
                                 : fmt::format("hand:{}", ids.arrival);
  std::optional<std::int64_t> known;
  q.unscoped().one("SELECT id FROM arrival WHERE client_key = $1", {row.client_key},
                   [&](const db::Row& r) { known = r.integer(0); });
  if (known) return *known;
  row.source = teller.by;
  row.state = teller.by == Told::resident ? State::reported : State::entered;
  row.arrived = in.arrived.value_or(base::civil_day(now));
  row.origin = in.origin;
  row.been_to = text_of(in.been_to);
  if (const auto area = area_of(q, row.dwelling_id, row.origin, row.arrived)) {
    row.origin_area_id = area->id;
    row.demand = area->demand;
  }
  if (row.been_to)
    if (const auto area = area_of(q, row.dwelling_id, *row.been_to, row.arrived)) {
      row.been_area_id = area->id;
      row.demand = std::max(row.demand, area->demand);
    }
  row.transport = in.transport;
  if (in.transport_number)
    if (auto number = plain_number(*in.transport_number); !number.empty()) row.transport_number = number;
  row.seat = text_of(in.seat);
  row.created_by = teller.account_id;
  row.created = now;
  core::insert(q, row, teller.source);
  core::insert_all(q, people, teller.source);
  open_work(q, row, ids.work, teller);
  core::note_change(q, "arrival", row.compound_id, row.id.value, now);
  return row.id.value;
}

}  // namespace feature::arrival
