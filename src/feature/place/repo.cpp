#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "feature/place/door_service.hpp"
#include "feature/place/service.hpp"

namespace feature::place {
namespace {

// Floors below ground come first on the way up; 100 keeps the number positive.
std::string dwelling_sort(const DwellingDraft& d) {
  return fmt::format("{}/{}/{}/{:03}/{}", natural_key(d.phase), natural_key(d.building), natural_key(d.stair),
                     d.floor.value_or(0) + 100, natural_key(d.room));
}

struct Tree {  // nodes of the compound by their path, as they exist and as they are added
  std::map<std::string, PlaceRow> phases, buildings, stairs;
  std::map<std::string, std::int64_t> dwellings;
};

std::string phase_path(const DwellingDraft& d) { return "/" + d.phase; }
std::string building_path(const DwellingDraft& d) { return phase_path(d) + "/" + d.building; }

// Of the dwellings only those of the buildings that are spoken of: a part of a large file asks again and
// again.
Tree load_tree(db::Scoped& q, std::int64_t compound_id, const std::vector<DwellingDraft>& drafts) {
  Tree tree;
  std::vector<PlaceRow> rows;
  q.run(
      "SELECT p.id, p.kind, p.parent_id, p.name, p.code, p.compound_kind, p.sort, p.district_id, "
      "p.area_id, p.subdistrict_id, p.community_id, p.compound_id, p.phase_id, p.building_id, p.stair_id, "
      "p.valid_from_ms, p.valid_until_ms, p.version FROM place p WHERE p.compound_id = $1 AND p.kind IN "
      "('phase', 'building', 'stair') AND p.valid_until_ms IS NULL AND {scope:p}",
      {compound_id}, [&](const db::Row& r) { rows.push_back(meta::load<PlaceRow>(r)); });
  std::map<std::int64_t, std::string> path;
  for (const auto kind : {Kind::phase, Kind::building, Kind::stair})
    for (const auto& row : rows) {
      if (row.kind != kind) continue;
      const auto parent = path.find(row.parent_id.value_or(0));
      const auto name = (parent == path.end() ? "" : parent->second) + "/" +
                        (kind == Kind::building && !row.phase_id ? "/" : "") + row.name;
      path[row.id.value] = name;
      (kind == Kind::phase ? tree.phases : kind == Kind::building ? tree.buildings : tree.stairs)[name] = row;
    }
  std::set<std::string> named;
  for (const auto& d : drafts) named.insert(building_path(d));
  std::vector<std::int64_t> buildings;
  for (const auto& [where, row] : tree.buildings)
    if (named.contains(where)) buildings.push_back(row.id.value);
  q.run(
      "SELECT p.id, d.label FROM dwelling d JOIN place p ON p.id = d.id WHERE p.building_id {in:1} AND "
      "p.valid_until_ms IS NULL AND {scope:p}",
      {db::json_array(buildings)}, [&](const db::Row& r) { tree.dwellings[r.str(1)] = r.integer(0); });
  return tree;
}

}  // namespace

std::size_t plan_ids(const std::vector<DwellingDraft>& drafts) {
  std::map<std::tuple<std::string, std::string, std::string>, int> stairs;
  for (const auto& d : drafts) ++stairs[{d.phase, d.building, d.stair}];
  return drafts.size() + stairs.size() * 3;
}

AddedDwellings add_dwellings(db::Scoped& q, const PlaceRow& compound,
                             const std::vector<DwellingDraft>& drafts, std::vector<std::int64_t> ids,
                             const core::Keyring& keys, const core::Source& source) {
  AddedDwellings result;
  Tree tree = load_tree(q, compound.id.value, drafts);
  std::vector<PlaceRow> nodes;
  std::vector<DwellingRow> dwellings;
  std::size_t next = 0;
  const auto node = [&](std::map<std::string, PlaceRow>& level, const std::string& path,
                        const PlaceRow& parent, Kind kind, const std::string& name) -> PlaceRow {
    if (const auto found = level.find(path); found != level.end()) return found->second;
    nodes.push_back(child_of(parent, kind, name, ids.at(next++), source.now));
    return level.emplace(path, nodes.back()).first->second;
  };
  for (const auto& d : drafts) {
    const auto label = dwelling_label(d.phase, d.building, d.stair, d.room);
    if (tree.dwellings.contains(label)) {
      ++result.existing;
      continue;
    }
    PlaceRow parent = compound;
    if (!d.phase.empty()) parent = node(tree.phases, phase_path(d), parent, Kind::phase, d.phase);
    const auto path = building_path(d);
    parent = node(tree.buildings, path, parent, Kind::building, d.building);
    if (result.buildings.empty() || result.buildings.back() != parent.id.value)
      result.buildings.push_back(parent.id.value);
    if (!d.stair.empty()) parent = node(tree.stairs, path + "/" + d.stair, parent, Kind::stair, d.stair);
    auto place = child_of(parent, Kind::dwelling, d.room, ids.at(next++), source.now);
    place.sort = dwelling_sort(d);
    DwellingRow row;
    row.id = place.id;
    row.phase = d.phase;
    row.building = d.building;
    row.stair = d.stair;
    row.floor = d.floor;
    row.room = d.room;
    row.label = label;
    row.area_m2 = d.area_m2;
    row.fitted_out = d.fitted_out;
    row.occupancy = d.occupancy;
    row.owner_name = d.owner_name;
    if (d.owner_phone) {
      row.owner_phone_sealed =
          meta::Bytes{keys.seal("dwelling", "owner_phone", row.id.value, *d.owner_phone)};
      row.owner_phone_masked = core::mask_phone(*d.owner_phone);
    }
    row.source = source.source;
    row.import_id = source.import_id;
    row.updated = source.now;
    tree.dwellings[label] = row.id.value;
    nodes.push_back(std::move(place));
    dwellings.push_back(std::move(row));
    ++result.added;
  }
  core::insert_all(q, nodes, source);
  core::insert_all(q, dwellings, source);
  return result;
}

void seen_at_door(db::Scoped& q, std::int64_t dwelling, Tri fitted_out, Tri occupied,
                  const core::Source& source) {
  const auto& record = meta::record_of<DwellingRow>();
  std::optional<DwellingRow> before;
  q.unscoped().run(fmt::format("SELECT {} FROM dwelling d WHERE d.id = $1", meta::column_list(record, "d")),
                   {dwelling}, [&](const db::Row& r) { before = meta::load<DwellingRow>(r); });
  if (!before) return;
  auto after = *before;
  if (fitted_out != Tri::unknown) after.fitted_out = fitted_out;
  if (occupied == Tri::no || fitted_out == Tri::no) after.occupancy = Occupancy::vacant;
  if (occupied == Tri::yes && after.occupancy != Occupancy::rented) after.occupancy = Occupancy::lived_in;
  if (after.fitted_out == before->fitted_out && after.occupancy == before->occupancy) return;
  after.source = source.source;
  after.import_id = source.import_id;
  after.updated = source.now;
  core::update(q, *before, after, source);
}

}  // namespace feature::place
