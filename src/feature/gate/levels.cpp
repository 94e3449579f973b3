// Control levels: dated, audited, and told to a gate as one word (practice.md 24).
#include <algorithm>
#include <iterator>
#include <map>

#include "feature/gate/routes.hpp"
#include "feature/people/record.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto level_columns = db::ScopedSql(
    "SELECT o.id, o.compound_id, o.household_id, o.person_id, o.level, o.valid_from_ms, o.valid_until_ms, "
    "o.created_by, o.created_ms FROM observation o JOIN place p ON p.id = o.compound_id WHERE {scope:p}");

Levels load_levels(db::Scoped& q, const db::ScopedSql& sql, std::int64_t id, base::Instant since) {
  Levels levels;
  q.run(sql.with(" AND (o.valid_until_ms IS NULL OR o.valid_until_ms > {arg}) ORDER BY o.id"), {id, since},
        [&](const db::Row& r) {
          const auto row = meta::load<ObservationRow>(r);
          levels.all.push_back({row.household_id, row.person_id, row.level, row.valid_from, row.valid_until});
        });
  return levels;
}

int strictness(rule::Standing word) {
  return word == rule::Standing::may_leave ? 0 : word == rule::Standing::ask_community ? 1 : 2;
}

struct HomeOf {
  std::int64_t compound_id = 0, dwelling_id = 0;
};
std::optional<HomeOf> home_of(db::Scoped& q, std::int64_t household_id) {
  std::optional<HomeOf> found;
  q.one(
      "SELECT h.compound_id, h.dwelling_id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE "
      "h.id = $1 AND h.valid_until_ms IS NULL AND {scope:p}",
      {household_id}, [&](const db::Row& r) {
        found = HomeOf{r.integer(0), r.integer(1)};
      });
  return found;
}

ObservationList list_of(db::Scoped& q, std::int64_t household_id, const HomeOf& home, base::Instant now) {
  const auto policy = policy_at(q, home.compound_id, home.dwelling_id, now);
  const auto levels = levels_of_household(q, household_id, now);
  ObservationList out;
  q.run(level_columns.with(
            " AND o.household_id = {arg} ORDER BY CASE WHEN o.valid_until_ms IS NULL THEN 0 ELSE 1 "
            "END, o.valid_from_ms DESC, o.id DESC LIMIT 200"),
        {household_id}, [&](const db::Row& r) {
          const auto row = meta::load<ObservationRow>(r);
          out.items.push_back({row.id, row.household_id, row.person_id, row.level,
                               levels.word(policy, row.household_id, row.person_id, now), row.valid_from,
                               row.valid_until});
        });
  return out;
}

// Looking at a level is looking at a person's health: it is audited like a change.
Result<ObservationList> list_levels(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<ObservationList> {
    const auto home = home_of(q, c.id());
    if (!home) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"observation.read", "household", c.id(), home->compound_id});
    return list_of(q, c.id(), *home, c.now);
  });
}

// From now on, in the order of time.
std::map<std::int64_t, std::vector<ObservationRow>> levels_of_persons(db::Scoped& q,
                                                                      std::span<const std::int64_t> persons,
                                                                      base::Instant now) {
  std::map<std::int64_t, std::vector<ObservationRow>> rows;
  const auto ids = db::json_array(persons);
  q.run(level_columns.with(" AND o.person_id {in} AND (o.valid_until_ms IS NULL OR o.valid_until_ms > "
                           "{arg}) ORDER BY o.valid_from_ms, o.id"),
        {ids, now}, [&](const db::Row& r) {
          auto row = meta::load<ObservationRow>(r);
          if (!row.valid_until || *row.valid_until > row.valid_from)
            rows[*row.person_id].push_back(std::move(row));
        });
  return rows;
}

bool as_planned(const std::vector<ObservationRow>& rows, const LevelPlan& plan, base::Instant now) {
  return std::ranges::equal(rows, plan.spans, [&](const ObservationRow& row, const LevelSpan& span) {
    return row.household_id == plan.household_id && row.level == span.level &&
           row.valid_until == span.until && std::max(row.valid_from, now) == std::max(span.from, now);
  });
}

void end_rows(db::Scoped& q, const std::vector<ObservationRow>& rows, base::Instant at,
              const core::Source& source) {
  auto ended = rows;
  std::vector<core::Versions> versions;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ended[i].valid_until = std::max(rows[i].valid_from, at);
    versions.push_back({&rows[i], &ended[i]});
  }
  core::update_all<ObservationRow>(q, versions, source);
}

Result<ObservationList> set_level(api::Context& c, const NewObservation& in) {
  const auto from = in.from_ms ? base::Instant{*in.from_ms} : c.now;
  if (in.until_ms && *in.until_ms <= from.ms) return base::fail_field("/until_ms", "not_later");
  if (from > c.now + 30 * base::day_ms || from < c.now + -30 * base::day_ms)
    return base::fail_field("/from_ms", "out_of_range");
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<ObservationList> {
    // The household's row is the guard: the gate decides before or after, never in between.
    q.unscoped().run("UPDATE household SET version = version + 1 WHERE id = $1", {c.id()});
    const auto home = home_of(q, c.id());
    if (!home) return base::fail(ErrorKind::not_found, "not_found");
    if (in.person_id && q.count("SELECT COUNT(*) FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE "
                                "r.household_id = $1 AND r.person_id = $2 AND r.valid_until_ms IS NULL AND "
                                "{scope:p}",
                                {c.id(), *in.person_id}) == 0)
      return base::fail_field("/person_id", "not_found");
    // One level at a time: the new one takes the place of what holds or is to come.
    std::vector<ObservationRow> replaced;
    q.run(level_columns.with(" AND o.household_id = {arg} AND COALESCE(o.person_id, 0) = {arg} AND "
                             "(o.valid_until_ms IS NULL OR o.valid_until_ms > {arg})"),
          {c.id(), in.person_id.value_or(0), from},
          [&](const db::Row& r) { replaced.push_back(meta::load<ObservationRow>(r)); });
    end_rows(q, replaced, from, core::source_of(c));
    ObservationRow row;
    row.id = meta::Id<ObservationRow>(id);
    row.compound_id = home->compound_id;
    row.household_id = c.id();
    row.person_id = in.person_id;
    row.level = in.level;
    row.valid_from = from;
    if (in.until_ms) row.valid_until = base::Instant{*in.until_ms};
    row.created_by = c.who.account;
    row.created = c.now;
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"observation.set", "observation", id, home->compound_id});
    core::note_change(q, "household", home->compound_id, c.id(), c.now);
    return list_of(q, c.id(), *home, c.now);
  });
}

Result<ObservationList> end_level(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<ObservationList> {
    std::vector<ObservationRow> rows;
    q.run(level_columns.with(" AND o.id = {arg} AND (o.valid_until_ms IS NULL OR o.valid_until_ms > {arg})"),
          {c.id(), c.now}, [&](const db::Row& r) { rows.push_back(meta::load<ObservationRow>(r)); });
    if (rows.empty()) return base::fail(ErrorKind::not_found, "not_found");
    const auto& row = rows.front();
    q.unscoped().run("UPDATE household SET version = version + 1 WHERE id = $1", {row.household_id});
    const auto home = home_of(q, row.household_id);
    if (!home) return base::fail(ErrorKind::not_found, "not_found");
    end_rows(q, rows, c.now, core::source_of(c));
    core::audit(q, c, {"observation.end", "observation", c.id(), row.compound_id});
    core::note_change(q, "household", row.compound_id, row.household_id, c.now);
    return list_of(q, row.household_id, *home, c.now);
  });
}

}  // namespace

rule::Standing right_of(const rule::LevelRights& rights, ControlLevel level) {
  switch (level) {
    case ControlLevel::central_observation:
      return rights.central_observation;
    case ControlLevel::home_observation:
      return rights.home_observation;
    case ControlLevel::home_monitoring:
      return rights.home_monitoring;
    case ControlLevel::health_monitoring:
      return rights.health_monitoring;
    case ControlLevel::self_monitoring:
      break;
  }
  return rights.self_monitoring;
}

rule::Standing Levels::word(const rule::Policy& policy, std::int64_t household_id,
                            std::optional<std::int64_t> person_id, base::Instant at) const {
  auto word = rule::Standing::may_leave;
  for (const auto& one : all) {
    if (one.household_id != household_id || one.from > at || (one.until && *one.until <= at)) continue;
    const bool own = !one.person_id || (person_id && *one.person_id == *person_id);
    if (!own && !policy.level_covers_household) continue;
    const auto right = right_of(policy.level_rights, one.level);
    if (strictness(right) > strictness(word)) word = right;
  }
  return word;
}

Levels levels_of_household(db::Scoped& q, std::int64_t household_id, base::Instant since) {
  return load_levels(q, level_columns.with(" AND o.household_id = {arg}"), household_id, since);
}
Levels levels_of_compound(db::Scoped& q, std::int64_t compound_id, base::Instant since) {
  return load_levels(q, level_columns.with(" AND o.compound_id = {arg}"), compound_id, since);
}

void plan_levels(db::Scoped& q, std::span<const LevelPlan> plans, const core::Source& source) {
  const auto now = source.now;
  std::vector<std::int64_t> persons;
  for (const auto& plan : plans) persons.push_back(plan.person_id);
  std::vector<db::Arg> args;
  q.unscoped().run_many("UPDATE household SET version = version + 1 WHERE id = $1", plans.size(),
                        [&](std::size_t i) -> std::span<const db::Arg> {
                          args.assign({plans[i].household_id});
                          return args;
                        });
  auto rows = levels_of_persons(q, persons, now);
  std::vector<ObservationRow> over, planned;
  std::vector<core::Changed> changed;
  for (const auto& plan : plans) {
    auto& held = rows[plan.person_id];
    if (as_planned(held, plan, now)) continue;
    std::ranges::move(held, std::back_inserter(over));
    for (std::size_t i = 0; i < plan.spans.size(); ++i) {
      auto& row = planned.emplace_back();
      row.id = meta::Id<ObservationRow>(plan.ids[i]);
      row.compound_id = plan.compound_id;
      row.household_id = plan.household_id;
      row.person_id = plan.person_id;
      row.level = plan.spans[i].level;
      row.valid_from = std::max(plan.spans[i].from, now);
      row.valid_until = plan.spans[i].until;
      row.created_by = plan.account_id;
      row.created = now;
    }
    changed.push_back({plan.compound_id, plan.household_id});
  }
  end_rows(q, over, now, source);
  core::insert_all(q, planned, source);
  core::note_changes(q, "household", changed, now);
}

std::vector<bool> levels_kept(db::Scoped& q, std::span<const LevelPlan> plans, base::Instant now) {
  std::vector<std::int64_t> persons;
  for (const auto& plan : plans) persons.push_back(plan.person_id);
  auto rows = levels_of_persons(q, persons, now);
  std::vector<bool> out;
  for (const auto& plan : plans) out.push_back(as_planned(rows[plan.person_id], plan, now));
  return out;
}

void level_routes(api::Router& r) {
  r.get<ObservationList>("/api/households/{id}/levels", Permission::sensitive_read,
                         "The control levels of a household and its members", list_levels);
  r.post<NewObservation, ObservationList>("/api/households/{id}/levels", Permission::sensitive_read,
                                          "Put a member, or everybody, under a control level", set_level);
  r.post<ObservationList>("/api/levels/{id}/end", Permission::sensitive_read, "End a control level",
                          end_level);
}

}  // namespace feature::gate
