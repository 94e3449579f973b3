// Beginning, and following who has moved.
#include <fmt/format.h>

#include "feature/control/clockwork.hpp"
#include "feature/people/home_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

using base::ErrorKind;
using base::Result;

constexpr int round_max = 50;  // cases of one round: the writer is not held for long
constexpr int began_back_days = 60;

base::Problems check_days(const Begin& what, base::Day today) {
  base::Problems problems;
  if (what.began > today) problems.push_back({"/began", "in_the_future"});
  if (what.began < today + -began_back_days) problems.push_back({"/began", "too_long_ago"});
  if (what.exposed && *what.exposed > what.began) problems.push_back({"/exposed", "after_beginning"});
  return problems;
}

}  // namespace

Ids take_ids(db::Store& store) {
  Ids ids;
  ids.first = store.next_id();
  for (auto& id : ids.levels) id = store.next_id();
  for (auto& id : ids.work) id = store.next_id();
  ids.sealing = store.next_id();
  ids.sealing_left = store.next_id();
  ids.moved = store.next_id();
  ids.down = store.next_id();
  return ids;
}

Result<std::int64_t> begin(db::Scoped& q, const Begin& what, const Ids& ids, const core::Source& source) {
  auto problems = check_days(what, base::civil_day(source.now));
  CaseRow row;
  row.id = meta::Id<CaseRow>(ids.first);
  row.person_id = what.person_id;
  // The person is the guard: two who decide at once take turns.
  q.unscoped().run("UPDATE person SET updated_ms = updated_ms WHERE id = $1", {what.person_id});
  if (const auto home = people::home_of(q, what.person_id)) {
    row.household_id = home->household;
    row.dwelling_id = home->dwelling;
    row.compound_id = home->compound;
  } else {
    problems.push_back({"/person_id", "not_found"});
  }
  if (what.team_id && q.unscoped().count("SELECT COUNT(*) FROM team WHERE id = $1", {*what.team_id}) == 0)
    problems.push_back({"/team_id", "not_found"});
  if (!problems.empty()) return base::fail(std::move(problems));
  row.origin = what.origin.empty() ? fmt::format("hand:{}", ids.first) : what.origin;
  if (q.unscoped().count("SELECT COUNT(*) FROM control_case WHERE (person_id = $1 AND ended_ms IS NULL) OR "
                         "origin = $2",
                         {what.person_id, row.origin}) > 0)
    return base::fail(ErrorKind::conflict, "control.already");
  row.category = what.category;
  row.began = what.began;
  row.exposed = what.exposed;
  row.decided_by = what.decided_by;
  row.reference = what.reference;
  row.site = what.site;
  row.team_id = what.team_id;
  row.created_by = what.account_id;
  row.created = source.now;
  bring_up_to_date(q, std::nullopt, row, ids, source);
  work_item::Cause cause;  // whoever answers for the home puts up the notice and asks what is needed
  cause.kind = "control_begun";
  cause.place_id = row.dwelling_id;
  cause.origin = origin_of(row.id.value, "begun");
  cause.detail = what.detail;
  cause.household_id = row.household_id;
  cause.person_id = row.person_id;
  cause.team_id = row.team_id;
  work_item::open(q, cause, ids.work.back(), source.now);
  tell_sealing(q, row, ids.sealing, source.now);
  return row.id.value;
}

bool take_back(db::Scoped& q, std::string_view origin, const std::string& reference, const Ids& ids,
               const core::Source& source) {
  const auto id = q.count(
      "SELECT c.id FROM control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.origin = $1 AND "
      "c.ended_ms IS NULL AND {scope:p}",
      {origin});
  const auto row = lock_case(q, id);
  if (!row || row->ended) return false;
  end_case(q, *row, EndReason::mistaken_record, reference, ids, source);
  return true;
}

std::optional<Category> category_of(db::Scoped& q, std::int64_t person_id) {
  std::optional<Category> found;
  q.one(
      "SELECT c.category FROM control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.person_id = $1 AND "
      "c.ended_ms IS NULL AND {scope:p}",
      {person_id}, [&](const db::Row& r) {
        found.emplace();
        meta::parse_enum(r.text(0), *found);
      });
  return found;
}

Result<std::int64_t> follow_moves(db::Store& store, base::Instant now) {
  auto moved = store.read([&](db::Connection& c) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> ids;
    c.run("SELECT x.id FROM control_case x WHERE x.ended_ms IS NULL AND " PERSON_HAS_MOVED
          " ORDER BY x.id LIMIT $1",
          {round_max}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
    return ids;
  });
  if (!moved) return tl::unexpected(std::move(moved).error());
  if (moved->empty()) return 0;
  std::vector<Ids> ids;
  for (std::size_t i = 0; i < moved->size(); ++i) ids.push_back(take_ids(store));
  return store.write(
      [&](db::Connection& c) -> Result<std::int64_t> {
        db::Scoped q(c, db::Scope::all());
        std::int64_t followed = 0;
        for (std::size_t i = 0; i < moved->size(); ++i)
          if (const auto row = lock_case(q, (*moved)[i]); row && !row->ended)
            followed += follow_person(q, *row, ids[i], {"office", "program", now, {}}) ? 1 : 0;
        return followed;
      },
      db::Priority::low);
}

}  // namespace feature::control
