// How far a round is, each count beside its denominator; of a closed round as it was closed.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/services.hpp"
#include "feature/survey/rounds.hpp"
#include "feature/survey/routes.hpp"

namespace feature::survey {

using api::Permission;
using base::ErrorKind;
using base::Result;

void add(Coverage& sum, const Coverage& part) {
  sum.dwellings += part.dwellings;
  sum.not_fitted_out += part.not_fitted_out;
  sum.vacant += part.vacant;
  sum.occupied += part.occupied;
  sum.persons += part.persons;
  sum.tried += part.tried;
  sum.registered += part.registered;
  sum.handed_over += part.handed_over;
}

namespace {

#define COUNTS                                                                                          \
  "COUNT(*), COUNT(*) FILTER (WHERE v.state = 'resolved' AND v.outcome = 'not_fitted_out'), COUNT(*) "  \
  "FILTER (WHERE v.state = 'resolved' AND v.outcome = 'vacant'), COUNT(*) FILTER (WHERE v.state = "     \
  "'resolved' AND v.outcome = 'occupied'), CAST(COALESCE(SUM(v.persons) FILTER (WHERE v.state = "       \
  "'resolved'), 0) AS bigint), "                                                                        \
  "COUNT(*) FILTER (WHERE v.state = 'open'), COUNT(*) FILTER (WHERE v.state = 'registered'), COUNT(*) " \
  "FILTER (WHERE v.state = 'handed_over')"
constexpr auto live_groups = db::ScopedSql(
    "SELECT p.compound_id, p.building_id, p.stair_id, " COUNTS
    " FROM place p LEFT JOIN survey_visit v ON v.round_id = $1 AND v.dwelling_id = p.id WHERE p.kind = "
    "'dwelling' AND p.valid_until_ms IS NULL AND {scope:p}");
#undef COUNTS

Coverage counts_at(const db::Row& r, int first) {
  return {r.integer(first),     r.integer(first + 1), r.integer(first + 2), r.integer(first + 3),
          r.integer(first + 4), r.integer(first + 5), r.integer(first + 6), r.integer(first + 7)};
}

// The part of the tree below one place; a stair is reached through its building's index.
db::ScopedSql below(const db::ScopedSql& sql, const place::PlaceRow& p, std::vector<db::Arg>& args) {
  using place::Kind;
  if (p.kind == Kind::stair && p.building_id) args.emplace_back(*p.building_id);
  args.emplace_back(p.id.value);
  switch (p.kind) {
    case Kind::district:
      return sql.with(" AND p.district_id = {arg}");
    case Kind::area:
      return sql.with(" AND p.area_id = {arg}");
    case Kind::subdistrict:
      return sql.with(" AND p.subdistrict_id = {arg}");
    case Kind::community:
      return sql.with(" AND p.community_id = {arg}");
    case Kind::compound:
      return sql.with(" AND p.compound_id = {arg}");
    case Kind::phase:
      return sql.with(" AND p.phase_id = {arg}");
    case Kind::building:
      return sql.with(" AND p.building_id = {arg}");
    case Kind::stair:
      return p.building_id ? sql.with(" AND p.building_id = {arg} AND p.stair_id = {arg}")
                           : sql.with(" AND p.stair_id = {arg}");
    default:
      return sql.with(" AND p.id = {arg}");
  }
}

std::map<std::int64_t, std::int64_t> grid_by_member(db::Scoped& q, base::Instant at) {
  std::map<std::int64_t, std::int64_t> grids;
  q.unscoped().run(
      "SELECT m.place_id, MIN(s.id) FROM place_set_member m JOIN place_set s ON s.id = m.set_id WHERE "
      "s.kind = 'grid' AND m.valid_from_ms <= $1 AND (m.valid_until_ms IS NULL OR m.valid_until_ms > $1) "
      "GROUP BY m.place_id",
      {at}, [&](const db::Row& r) { grids[r.integer(0)] = r.integer(1); });
  return grids;
}

std::vector<Group> frozen_groups(db::Scoped& q, std::int64_t round_id) {
  std::vector<Group> groups;
  q.run(
      "SELECT f.compound_id, f.building_id, f.grid_id, f.dwellings, f.not_fitted_out, f.vacant, f.occupied, "
      "f.persons, f.tried, f.registered, f.handed_over FROM survey_figure f JOIN place p ON p.id = "
      "COALESCE(f.building_id, f.compound_id) WHERE f.round_id = $1 AND {scope:p} ORDER BY f.id",
      {round_id}, [&](const db::Row& r) {
        groups.push_back({r.integer(0), r.maybe_integer(1), r.maybe_integer(2), counts_at(r, 3)});
      });
  return groups;
}

std::map<std::int64_t, std::string> grid_names(db::Scoped& q, const std::vector<std::int64_t>& ids) {
  std::map<std::int64_t, std::string> names;
  const auto json = db::json_array(ids);
  q.unscoped().run(fmt::format("SELECT id, name FROM place_set WHERE id {}", q.unscoped().in_list(1)), {json},
                   [&](const db::Row& r) { names[r.integer(0)] = r.str(1); });
  return names;
}

std::optional<std::int64_t> part_of(const Group& g, CoverageBy by) {
  if (by == CoverageBy::grid) return g.grid_id;
  if (by == CoverageBy::compound) return g.compound_id;
  return g.building_id;
}

Result<CoverageReport> coverage(api::Context& c, const CoverageQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<CoverageReport> {
    const auto round = find_round(q, c.id());
    if (!round) return base::fail(ErrorKind::not_found, "not_found");
    CoverageReport out;
    out.frozen = round->closed.has_value();
    const auto groups =
        out.frozen ? frozen_groups(q, c.id()) : count_round(q, c.id(), places_of(q, c.id()), c.now);
    const auto by = in.by.value_or(CoverageBy::compound);
    std::vector<std::int64_t> ids;
    for (const auto& g : groups) {
      if (in.compound_id && g.compound_id != *in.compound_id) continue;
      add(out.total, g.count);
      const auto part = part_of(g, by);
      auto found = std::ranges::find(out.items, part, &CoveragePart::part_id);
      if (found == out.items.end()) {
        out.items.push_back({part, {}, {}});
        found = std::prev(out.items.end());
        if (part) ids.push_back(*part);
      }
      add(found->count, g.count);
    }
    const auto names = by == CoverageBy::grid ? grid_names(q, ids) : place::labels_of(q, ids);
    for (auto& item : out.items)
      if (item.part_id)
        if (const auto name = names.find(*item.part_id); name != names.end()) item.name = name->second;
    return out;
  });
}

}  // namespace

std::vector<Group> count_round(db::Scoped& q, std::int64_t round_id,
                               const std::vector<place::PlaceRow>& places, base::Instant at) {
  const auto grids = grid_by_member(q, at);
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, Coverage> sums;
  for (const auto& p : places) {
    std::vector<db::Arg> args{round_id};
    const auto sql = below(live_groups, p, args);
    q.run(sql.with(" GROUP BY p.compound_id, p.building_id, p.stair_id"), args, [&](const db::Row& r) {
      std::int64_t grid = 0;
      for (const int column : {2, 1, 0})  // the nearest
        if (const auto id = r.maybe_integer(column); grid == 0 && id)
          if (const auto found = grids.find(*id); found != grids.end()) grid = found->second;
      add(sums[{r.integer(0), r.maybe_integer(1).value_or(0), grid}], counts_at(r, 3));
    });
  }
  std::vector<Group> groups;
  const auto known = [](std::int64_t id) {
    return id == 0 ? std::optional<std::int64_t>{} : std::optional(id);
  };
  for (const auto& [key, count] : sums)
    groups.push_back({std::get<0>(key), known(std::get<1>(key)), known(std::get<2>(key)), count});
  return groups;
}

void coverage_routes(api::Router& r) {
  r.get<CoverageQuery, CoverageReport>("/api/survey-rounds/{id}/coverage", Permission::work_read,
                                       "How far a round is, by grid, compound or building", coverage);
}

}  // namespace feature::survey
