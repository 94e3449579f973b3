// Finding places and what holds at them.
#include <fmt/format.h>

#include <algorithm>

#include "feature/place/below_service.hpp"
#include "feature/place/service.hpp"

namespace feature::place {
namespace {

constexpr auto place_by_id = db::ScopedSql(
    "SELECT p.id, p.kind, p.parent_id, p.name, p.code, p.compound_kind, p.sort, p.district_id, p.area_id, "
    "p.subdistrict_id, p.community_id, p.compound_id, p.phase_id, p.building_id, p.stair_id, "
    "p.valid_from_ms, p.valid_until_ms, p.version FROM place p WHERE p.valid_until_ms IS NULL AND {scope:p}");

std::string joined(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return std::string(a.empty() ? b : a);
  return fmt::format("{} {}", a, b);
}

}  // namespace

std::optional<PlaceRow> find_place(db::Scoped& q, std::int64_t id) {
  std::optional<PlaceRow> found;
  q.one(place_by_id.with(" AND p.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<PlaceRow>(r); });
  return found;
}

std::vector<PlaceRow> find_places(db::Scoped& q, const std::vector<std::int64_t>& ids) {
  std::vector<PlaceRow> found;
  q.run(place_by_id.with(" AND p.id {in}"), {db::json_array(ids)},
        [&](const db::Row& r) { found.push_back(meta::load<PlaceRow>(r)); });
  return found;
}

std::optional<PlaceRow> find_compound(db::Scoped& q, std::int64_t id) {
  auto found = find_place(q, id);
  if (found && found->kind != Kind::compound) found.reset();
  return found;
}

std::vector<PlaceRow> compounds_below(db::Scoped& q, const PlaceRow& place) {
  std::vector<PlaceRow> rows;
  // What lies below a place in scope is in scope.
  q.unscoped().run(fmt::format("SELECT {} FROM place p WHERE p.{} = $1 AND p.kind = 'compound' AND "
                               "p.valid_until_ms IS NULL ORDER BY p.sort, p.id",
                               meta::column_list(meta::record_of<PlaceRow>(), "p"), level_column(place.kind)),
                   {place.id}, [&](const db::Row& r) { rows.push_back(meta::load<PlaceRow>(r)); });
  return rows;
}

std::string_view level_column(Kind kind) {
  constexpr std::string_view columns[] = {"district_id", "area_id",  "subdistrict_id", "community_id",
                                          "compound_id", "phase_id", "building_id",    "stair_id",
                                          "id",          "id"};
  return columns[static_cast<std::size_t>(kind)];
}

db::Fragment below(Kind kind) {
  switch (kind) {
    case Kind::district:
      return " AND p.district_id = {arg}";
    case Kind::area:
      return " AND p.area_id = {arg}";
    case Kind::subdistrict:
      return " AND p.subdistrict_id = {arg}";
    case Kind::community:
      return " AND p.community_id = {arg}";
    case Kind::compound:
      return " AND p.compound_id = {arg}";
    case Kind::phase:
      return " AND p.phase_id = {arg}";
    case Kind::building:
      return " AND p.building_id = {arg}";
    case Kind::stair:
      return " AND p.stair_id = {arg}";
    case Kind::dwelling:
    case Kind::premises:
      break;
  }
  return " AND p.id = {arg}";
}

db::Fragment below(db::Scoped& q, std::int64_t place_id) {
  auto kind = Kind::dwelling;
  q.unscoped().one("SELECT kind FROM place WHERE id = $1", {place_id},
                   [&](const db::Row& r) { meta::parse_enum(r.text(0), kind); });
  return below(kind);
}

std::vector<std::int64_t> chain_of(const PlaceRow& p) {
  std::vector<std::int64_t> chain{p.id.value};
  for (const auto& above : {p.stair_id, p.building_id, p.phase_id, p.compound_id, p.community_id,
                            p.subdistrict_id, p.area_id, p.district_id})
    if (above && std::ranges::find(chain, *above) == chain.end()) chain.push_back(*above);
  return chain;
}

std::vector<std::int64_t> chains_of(const std::vector<PlaceRow>& places) {
  std::vector<std::int64_t> ids;
  for (const auto& p : places)
    for (const auto id : chain_of(p)) ids.push_back(id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<std::int64_t> above_scope(db::Scoped& q) {
  std::vector<std::int64_t> ids;
  for (const auto& node : q.scope().nodes())
    if (const auto at = find_place(q, node.place))
      for (const auto id : chain_of(*at)) ids.push_back(id);
  return ids;
}

std::map<std::int64_t, std::string> labels_of(db::Scoped& q, const std::vector<std::int64_t>& ids) {
  std::map<std::int64_t, std::string> labels;
  q.unscoped().run(
      fmt::format(
          "SELECT p.id, p.kind, p.name, c.name, ph.name, b.name, d.label FROM place p "
          "LEFT JOIN place c ON c.id = p.compound_id LEFT JOIN place ph ON ph.id = p.phase_id "
          "LEFT JOIN place b ON b.id = p.building_id LEFT JOIN dwelling d ON d.id = p.id WHERE p.id {}",
          q.unscoped().in_list(1)),
      {db::json_array(ids)}, [&](const db::Row& r) {
        const auto kind = r.text(1);
        const auto compound = r.str(3), phase = r.str(4);
        auto& label = labels[r.integer(0)];
        if (kind == "dwelling")
          label = joined(compound, r.str(6));
        else if (kind == "phase" || kind == "premises")
          label = joined(compound, r.str(2));
        else if (kind == "building" || kind == "stair")
          label = joined(compound, dwelling_label(phase, r.str(5), kind == "stair" ? r.str(2) : "", ""));
        else
          label = r.str(2);
      });
  return labels;
}

Place shown(const PlaceRow& row) {
  Place p;
  p.id = row.id;
  p.kind = row.kind;
  p.parent_id = row.parent_id;
  p.name = row.name;
  p.code = row.code;
  p.compound_kind = row.compound_kind;
  p.sort = row.sort;
  return p;
}

std::map<std::int64_t, ZoneInForce> zones_at(db::Scoped& q, const std::vector<PlaceRow>& places,
                                             base::Instant at) {
  std::map<std::int64_t, ZoneLevel> set;
  // Levels of the places above hold below; they are no secret to anyone inside.
  q.unscoped().run(
      fmt::format("SELECT z.place_id, z.level FROM zone z WHERE z.place_id {} AND "
                  "z.valid_from_ms <= $2 AND (z.valid_until_ms IS NULL OR z.valid_until_ms > $2)",
                  q.unscoped().in_list(1)),
      {db::json_array(chains_of(places)), at},
      [&](const db::Row& r) { meta::parse_enum(r.text(1), set[r.integer(0)]); });
  std::map<std::int64_t, ZoneInForce> zones;
  for (const auto& p : places)
    for (const auto id : chain_of(p))
      if (const auto found = set.find(id); found != set.end()) {
        zones[p.id.value] = {found->second, id};
        break;
      }
  return zones;
}

std::map<std::int64_t, GridsAbove> grids_of(db::Scoped& q, const std::vector<PlaceRow>& places,
                                            base::Instant at) {
  std::map<std::int64_t, std::int64_t> grid_at;  // member -> grid
  q.unscoped().run(
      fmt::format(
          "SELECT m.place_id, m.set_id FROM place_set_member m JOIN place_set s ON s.id = m.set_id "
          "WHERE s.kind = 'grid' AND m.place_id {} AND m.valid_from_ms <= $2 AND (m.valid_until_ms IS "
          "NULL OR m.valid_until_ms > $2) AND (s.valid_until_ms IS NULL OR s.valid_until_ms > $2)",
          q.unscoped().in_list(1)),
      {db::json_array(chains_of(places)), at},
      [&](const db::Row& r) { grid_at[r.integer(0)] = r.integer(1); });
  std::map<std::int64_t, GridsAbove> grids;
  for (const auto& place : places) {
    auto& of = grids[place.id.value];
    for (const auto id : chain_of(place))
      if (const auto found = grid_at.find(id); found != grid_at.end()) of.emplace_back(found->second, id);
  }
  return grids;
}

GridsAbove grids_of(db::Scoped& q, const PlaceRow& place, base::Instant at) {
  return grids_of(q, std::vector{place}, at)[place.id.value];
}

void take_guard(db::Scoped& q) {
  q.unscoped().run("UPDATE setting SET value = value WHERE name = 'place_guard'");
}

}  // namespace feature::place
