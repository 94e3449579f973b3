#include <algorithm>
#include <array>
#include <map>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/place/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::place {
namespace {

using api::Permission;
using base::Result;

PatternPreview preview_of(const std::vector<DwellingDraft>& drafts) {
  PatternPreview out;
  out.dwellings = static_cast<std::int64_t>(drafts.size());
  for (std::size_t i = 0; i < drafts.size() && i < 500; ++i) {
    const auto& d = drafts[i];
    out.sample.push_back(
        {d.stair, d.floor.value_or(0), d.room, dwelling_label(d.phase, d.building, d.stair, d.room)});
  }
  return out;
}

Result<PatternPreview> preview_building(api::Context&, const BuildingPattern& in) {
  return expand(in).map(preview_of);
}

Result<PatternResult> create_building(api::Context& c, const BuildingPattern& in) {
  const auto drafts = expand(in);
  if (!drafts) return tl::unexpected(drafts.error());
  std::vector<std::int64_t> ids(plan_ids(*drafts));
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<PatternResult> {
    const auto compound = find_compound(q, in.compound_id);
    if (!compound) return base::fail_field("/compound_id", "not_found");
    const auto added =
        add_dwellings(q, *compound, *drafts, ids, c.services.keys, core::source_of(c, "pattern"));
    if (added.added == 0) return base::fail_field("/name", "building_exists");
    core::audit(
        q, c,
        {"place.pattern", "place", added.buildings.front(), in.compound_id, std::to_string(added.added)});
    core::note_change(q, "place", in.compound_id, added.buildings.front(), c.now);
    return PatternResult{shown(*find_place(q, added.buildings.front())), added.added};
  });
}

constexpr std::array dwelling_orders{
    api::PageOrder{" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}", "walking"},
    api::PageOrder{" AND (p.sort, p.id) < ({arg}, {arg})", " ORDER BY p.sort DESC, p.id DESC LIMIT {arg}",
                   "walking_back"}};

Result<api::Page<Dwelling>> list_dwellings(api::Context& c, const DwellingQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Dwelling>> {
    auto sql = db::ScopedSql(
        "SELECT d.id, d.building, d.stair, d.floor, d.room, d.label, d.area_m2, d.fitted_out, d.occupancy, "
        "(SELECT COUNT(*) FROM household h WHERE h.dwelling_id = d.id AND h.valid_until_ms IS NULL), p.sort "
        "FROM dwelling d JOIN place p ON p.id = d.id WHERE p.compound_id = $1 AND p.kind = 'dwelling' AND "
        "p.valid_until_ms IS NULL AND {scope:p}");
    std::vector<db::Arg> args{in.compound_id};
    if (in.building_id) {
      sql = sql.with(" AND p.building_id = {arg}");
      args.push_back(*in.building_id);
    }
    const auto like = in.q ? *in.q + "%" : "";
    if (in.q) {
      sql = sql.with(" AND d.label LIKE {arg}");
      args.push_back(like);
    }
    return api::fetch_page<Dwelling>(
        q, sql, args, in.limit, in.cursor, api::order_of(in.order, dwelling_orders),
        [](const db::Row& r) { return meta::load<Dwelling>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(10), r.integer(0)};
        });
  });
}

// Storeys and stairs as far as they are known; a building without dwellings is drawn as unknown.
Result<Drawing> drawing(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<Drawing> {
    const auto compound = find_compound(q, c.id());
    if (!compound) return base::fail(base::ErrorKind::not_found, "not_found");
    Drawing out;
    std::vector<PlaceRow> rows;
    q.run(
        "SELECT p.id, p.kind, p.parent_id, p.name, p.code, p.compound_kind, p.sort, p.district_id, "
        "p.area_id, p.subdistrict_id, p.community_id, p.compound_id, p.phase_id, p.building_id, "
        "p.stair_id, p.valid_from_ms, p.valid_until_ms, p.version FROM place p LEFT JOIN place ph ON ph.id "
        "= p.phase_id WHERE p.compound_id = $1 AND p.kind = 'building' AND p.valid_until_ms IS NULL AND "
        "{scope:p} ORDER BY ph.sort NULLS FIRST, p.sort, p.id",
        {compound->id}, [&](const db::Row& r) { rows.push_back(meta::load<PlaceRow>(r)); });
    std::vector<std::int64_t> ids;
    for (const auto& row : rows) ids.push_back(row.id.value);
    const auto zones = zones_at(q, rows, c.now);
    const auto labels = labels_of(q, ids);
    std::map<std::int64_t, std::size_t> at;
    for (const auto& row : rows) {
      DrawnBuilding b;
      b.id = row.id.value;
      // The compound's own name stands above the drawing.
      b.name = labels.at(b.id).substr(std::min(labels.at(b.id).size(), compound->name.size() + 1));
      if (const auto zone = zones.find(b.id); zone != zones.end()) b.zone = zone->second.level;
      if (const auto grids = grids_of(q, row, c.now); !grids.empty())
        q.unscoped().run("SELECT name FROM place_set WHERE id = $1", {grids.front().first},
                         [&](const db::Row& r) { b.grid = r.str(0); });
      at[b.id] = out.buildings.size();
      out.buildings.push_back(std::move(b));
    }
    q.run(
        "SELECT p.building_id, d.stair, d.floor, COUNT(*), SUM(CASE WHEN d.occupancy IN ('lived_in', "
        "'rented') THEN 1 ELSE 0 END), SUM(CASE d.occupancy WHEN 'vacant' THEN 1 ELSE 0 END), "
        "SUM(CASE d.occupancy WHEN 'unknown' THEN 1 ELSE 0 END), SUM(CASE WHEN EXISTS (SELECT 1 FROM "
        "household h WHERE h.dwelling_id = d.id AND h.valid_until_ms IS NULL) THEN 1 ELSE 0 END) "
        "FROM dwelling d JOIN place p ON p.id = d.id WHERE p.compound_id = $1 AND p.kind = 'dwelling' AND "
        "p.valid_until_ms IS NULL AND {scope:p} GROUP BY p.building_id, d.stair, d.floor "
        "ORDER BY p.building_id, d.stair, d.floor",
        {compound->id}, [&](const db::Row& r) {
          const auto found = at.find(r.integer(0));
          if (found == at.end()) return;
          auto& b = out.buildings[found->second];
          DrawnCell cell;
          cell.stair = r.str(1);
          if (!r.is_null(2)) cell.floor = static_cast<int>(r.integer(2));
          cell.dwellings = static_cast<int>(r.integer(3));
          cell.lived_in = static_cast<int>(r.integer(4));
          cell.vacant = static_cast<int>(r.integer(5));
          cell.unknown = static_cast<int>(r.integer(6));
          cell.registered = static_cast<int>(r.integer(7));
          out.dwellings += cell.dwellings;
          out.registered += cell.registered;
          out.occupancy_unknown += cell.unknown;
          if (std::ranges::find(b.stairs, cell.stair) == b.stairs.end()) b.stairs.push_back(cell.stair);
          b.cells.push_back(std::move(cell));
        });
    for (auto& b : out.buildings)
      std::ranges::sort(b.stairs, {}, [](const std::string& stair) { return natural_key(stair); });
    return out;
  });
}

}  // namespace

void building_routes(api::Router& r) {
  r.post<BuildingPattern, PatternPreview>("/api/buildings/preview", Permission::place_read,
                                          "Dwellings a pattern would make", preview_building);
  r.post<BuildingPattern, PatternResult>("/api/buildings", Permission::place_write,
                                         "Make a building from a pattern", create_building);
  core::list<list_dwellings>(r, "/api/dwellings", Permission::place_read, "Dwellings in walking order");
  r.get<Drawing>("/api/places/{id}/drawing", Permission::place_read,
                 "Storeys and stairs of a compound's buildings", drawing);
}

}  // namespace feature::place
