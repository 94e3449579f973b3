#include "feature/place/api.hpp"

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/place/service.hpp"

namespace feature::place {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

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

constexpr auto place_columns = db::ScopedSql(
    "SELECT p.id, p.kind, p.parent_id, p.name, p.code, p.compound_kind, p.sort, p.district_id, p.area_id, "
    "p.subdistrict_id, p.community_id, p.compound_id, p.phase_id, p.building_id, p.stair_id, "
    "p.valid_from_ms, "
    "p.valid_until_ms, p.version FROM place p WHERE p.valid_until_ms IS NULL AND {scope:p}");

void count_below(db::Scoped& q, Place& p) {
  const auto id = p.id.value;
  const auto fill = [&](const db::ScopedSql& dwellings, const db::ScopedSql& households,
                        const db::ScopedSql& persons) {
    p.dwellings = q.count(dwellings, {id});
    p.households = q.count(households, {id});
    p.persons = q.count(persons, {id});
  };
  if (p.kind == Kind::compound)
    fill(
        "SELECT COUNT(*) FROM place p WHERE p.compound_id = $1 AND p.kind = 'dwelling' AND p.valid_until_ms "
        "IS NULL AND {scope:p}",
        "SELECT COUNT(*) FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.compound_id = $1 AND "
        "h.valid_until_ms IS NULL AND {scope:p}",
        "SELECT COUNT(*) FROM residence r JOIN household h ON h.id = r.household_id JOIN place p ON p.id = "
        "r.dwelling_id "
        "WHERE h.compound_id = $1 AND r.valid_until_ms IS NULL AND {scope:p}");
  else if (p.kind == Kind::building)
    fill(
        "SELECT COUNT(*) FROM place p WHERE p.building_id = $1 AND p.kind = 'dwelling' AND p.valid_until_ms "
        "IS NULL AND {scope:p}",
        "SELECT COUNT(*) FROM household h JOIN place p ON p.id = h.dwelling_id WHERE p.building_id = $1 AND "
        "h.valid_until_ms IS NULL AND {scope:p}",
        "SELECT COUNT(*) FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE p.building_id = $1 AND "
        "r.valid_until_ms IS NULL AND {scope:p}");
}

Result<api::Page<Place>> list_places(api::Context& c, const PlaceQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Place>> {
    auto sql = place_columns;
    std::vector<db::Arg> args;
    if (in.parent_id) {
      sql = sql.with(" AND p.parent_id = {arg}");
      args.push_back(*in.parent_id);
    } else if (!in.kind) {
      // The roots of what the caller may see: nodes whose parent lies outside the scope.
      sql = sql.with(" AND NOT EXISTS (SELECT 1 FROM place up WHERE up.id = p.parent_id AND {scope:up})");
    }
    const std::string kind(in.kind ? meta::name_of(*in.kind) : "");
    if (in.kind) {
      sql = sql.with(" AND p.kind = {arg}");
      args.push_back(kind);
    }
    auto page = api::fetch_page<Place>(
        q, sql, args, in.limit, in.cursor,
        {" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}"},
        [](const db::Row& r) { return shown(meta::load<PlaceRow>(r)); },
        [](const db::Row& r) {
          return api::SortKey{r.str(6), r.integer(0)};
        });
    if (page)
      for (auto& p : page->items) count_below(q, p);
    return page;
  });
}

Result<PlaceDetail> get_place(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<PlaceDetail> {
    auto row = find_place(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    PlaceDetail out{shown(*row)};
    count_below(q, out.place);
    // Names of the way up are no secret to someone inside: their own address.
    for (auto up = row->parent_id; up;) {
      std::optional<std::int64_t> next;
      q.unscoped().run("SELECT id, kind, parent_id, name, code, compound_kind, sort FROM place WHERE id = $1",
                       {*up}, [&](const db::Row& r) {
                         Place p;
                         p.id = meta::Id<PlaceRow>(r.integer(0));
                         meta::parse_enum(r.text(1), p.kind);
                         p.parent_id = next = r.maybe_integer(2);
                         p.name = r.str(3);
                         p.code = r.maybe_text(4);
                         p.sort = r.str(6);
                         out.ancestors.insert(out.ancestors.begin(), p);
                       });
      up = next;
    }
    return out;
  });
}

// A district holds subdistricts and areas, a community compounds ...; buildings come from patterns and files.
bool may_hold(Kind parent, Kind child) {
  switch (child) {
    case Kind::area:
    case Kind::subdistrict:
      return parent == Kind::district || parent == Kind::area;
    case Kind::community:
      return parent == Kind::subdistrict || parent == Kind::area;
    case Kind::compound:
      return parent == Kind::community;
    case Kind::phase:
      return parent == Kind::compound;
    case Kind::building:
      return parent == Kind::compound || parent == Kind::phase;
    default:
      return false;
  }
}

Result<Place> create_place(api::Context& c, const NewPlace& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Place> {
    const auto parent = find_place(q, in.parent_id);
    if (!parent) return base::fail_field("/parent_id", "not_found");
    if (!may_hold(parent->kind, in.kind))
      return base::fail_field("/kind", "not_below_parent",
                              {{"parent", std::string(meta::name_of(parent->kind))}});
    if ((in.kind == Kind::compound) != in.compound_kind.has_value())
      return base::fail_field("/compound_kind", in.compound_kind ? "not_allowed_here" : "required");
    auto row = child_of(*parent, in.kind, in.name, id, c.now);
    if (in.code) row.code = *in.code;
    row.compound_kind = in.compound_kind;
    const auto source = core::source_of(c);
    core::insert(q, row, source);
    core::audit(q, c, {"place.create", "place", id, row.compound_id});
    core::note_change(q, "place", row.compound_id.value_or(id), id, c.now);
    return shown(row);
  });
}

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
        q, sql, args, in.limit, in.cursor,
        {" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<Dwelling>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(10), r.integer(0)};
        });
  });
}

constexpr auto opening_columns = db::ScopedSql(
    "SELECT o.id, o.compound_id, o.name, o.kind, o.state, o.direction, o.key_holder, o.key_phone, "
    "o.opens_from_inside, "
    "o.valid_from_ms, o.valid_until_ms FROM opening o JOIN place p ON p.id = o.compound_id "
    "WHERE o.valid_until_ms IS NULL AND {scope:p}");

Result<api::Page<Opening>> list_openings(api::Context& c, const CompoundQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Opening>> {
    api::Page<Opening> page;
    q.run(opening_columns.with(" AND o.compound_id = {arg}").with(" ORDER BY o.id"), {in.compound_id},
          [&](const db::Row& r) { page.items.push_back(meta::load<Opening>(r)); });
    return page;
  });
}

Result<Opening> create_opening(api::Context& c, const NewOpening& in) {
  const auto id = c.new_id<Opening>();
  return c.write([&](db::Scoped& q) -> Result<Opening> {
    if (!find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    Opening o;
    o.id = id;
    o.compound_id = meta::Id<PlaceRow>(in.compound_id);
    o.name = in.name;
    o.kind = in.kind;
    o.state = in.state;
    o.direction = in.direction.value_or(OpeningDirection::both);
    o.key_holder = in.key_holder;
    o.key_phone = in.key_phone;
    o.opens_from_inside = in.opens_from_inside;
    o.valid_from = c.now;
    core::insert(q, o, core::source_of(c));
    core::audit(q, c, {"opening.create", "opening", id.value, in.compound_id});
    core::note_change(q, "place", in.compound_id, id.value, c.now);
    return o;
  });
}

Result<Opening> change_opening(api::Context& c, const OpeningPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<Opening> {
    std::optional<Opening> before;
    q.one(opening_columns.with(" AND o.id = {arg}"), {c.id()},
          [&](const db::Row& r) { before = meta::load<Opening>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    Opening after = *before;
    if (in.name) after.name = *in.name;
    if (in.kind) after.kind = *in.kind;
    if (in.state) after.state = *in.state;
    if (in.direction) after.direction = *in.direction;
    if (in.key_holder) after.key_holder = in.key_holder;
    if (in.key_phone) after.key_phone = in.key_phone;
    if (in.opens_from_inside) after.opens_from_inside = in.opens_from_inside;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"opening.change", "opening", after.id.value, after.compound_id.value});
    core::note_change(q, "place", after.compound_id.value, after.id.value, c.now);
    return after;
  });
}

}  // namespace

void routes(api::Router& r) {
  r.get<PlaceQuery, api::Page<Place>>("/api/places", Permission::place_read,
                                      "Places below a node, or the roots", list_places);
  r.get<PlaceDetail>("/api/places/{id}", Permission::place_read, "One place with its address", get_place);
  r.post<NewPlace, Place>("/api/places", Permission::place_write, "Add a place", create_place);
  r.post<BuildingPattern, PatternPreview>("/api/buildings/preview", Permission::place_read,
                                          "Dwellings a pattern would make", preview_building);
  r.post<BuildingPattern, PatternResult>("/api/buildings", Permission::place_write,
                                         "Make a building from a pattern", create_building);
  core::list<list_dwellings>(r, "/api/dwellings", Permission::place_read, "Dwellings in walking order");
  r.get<CompoundQuery, api::Page<Opening>>("/api/openings", Permission::place_read, "Openings of a compound",
                                           list_openings);
  r.post<NewOpening, Opening>("/api/openings", Permission::place_write, "Add an opening", create_opening);
  r.patch<OpeningPatch, Opening>("/api/openings/{id}", Permission::place_write, "Change an opening",
                                 change_opening);
}

}  // namespace feature::place
