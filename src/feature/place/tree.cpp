#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "feature/place/routes.hpp"
#include "feature/place/service.hpp"
#include "feature/place/tree_change.hpp"

namespace feature::place {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto place_columns = db::ScopedSql(
    "SELECT p.id, p.kind, p.parent_id, p.name, p.code, p.compound_kind, p.sort, p.district_id, p.area_id, "
    "p.subdistrict_id, p.community_id, p.compound_id, p.phase_id, p.building_id, p.stair_id, "
    "p.valid_from_ms, p.valid_until_ms, p.version FROM place p WHERE p.valid_until_ms IS NULL AND {scope:p}");

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
        "r.dwelling_id WHERE h.compound_id = $1 AND r.valid_until_ms IS NULL AND {scope:p}");
  else if (p.kind == Kind::building)
    fill(
        "SELECT COUNT(*) FROM place p WHERE p.building_id = $1 AND p.kind = 'dwelling' AND p.valid_until_ms "
        "IS NULL AND {scope:p}",
        "SELECT COUNT(*) FROM household h JOIN place p ON p.id = h.dwelling_id WHERE p.building_id = $1 AND "
        "h.valid_until_ms IS NULL AND {scope:p}",
        "SELECT COUNT(*) FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE p.building_id = $1 AND "
        "r.valid_until_ms IS NULL AND {scope:p}");
}

void fill_zones(db::Scoped& q, const std::vector<PlaceRow>& rows, std::vector<Place>& places,
                base::Instant at) {
  const auto zones = zones_at(q, rows, at);
  for (auto& p : places)
    if (const auto zone = zones.find(p.id.value); zone != zones.end()) p.zone = zone->second.level;
}

// The tree as it was: a node's state is the closed period that holds the instant, else the present row. Seen
// by whom it belongs to today; counts of then are not known.
Result<api::Page<Place>> list_then(api::Context& c, const PlaceQuery& in, base::Instant at) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Place>> {
    api::Page<Place> page;
    auto now_sql = db::ScopedSql(
        "SELECT p.id, p.kind, p.parent_id, p.name, p.code, p.compound_kind, p.sort FROM place p WHERE "
        "p.valid_from_ms <= $1 AND (p.valid_until_ms IS NULL OR p.valid_until_ms > $1) AND NOT EXISTS "
        "(SELECT 1 FROM place_past e WHERE e.place_id = p.id AND e.valid_until_ms > $1) AND {scope:p}");
    auto past_sql = db::ScopedSql(
        "SELECT p.id, p.kind, e.parent_id, e.name, e.code, e.compound_kind, p.sort FROM place_past e JOIN "
        "place p ON p.id = e.place_id WHERE e.valid_from_ms <= $1 AND e.valid_until_ms > $1 AND {scope:p}");
    std::vector<db::Arg> args{at};
    if (in.parent_id) {
      now_sql = now_sql.with(" AND p.parent_id = {arg}");
      past_sql = past_sql.with(" AND e.parent_id = {arg}");
      args.push_back(*in.parent_id);
    } else {
      now_sql = now_sql.with(" AND p.parent_id IS NULL");
      past_sql = past_sql.with(" AND e.parent_id IS NULL");
    }
    const std::string kind(in.kind ? meta::name_of(*in.kind) : "");
    if (in.kind) {
      now_sql = now_sql.with(" AND p.kind = {arg}");
      past_sql = past_sql.with(" AND p.kind = {arg}");
      args.push_back(kind);
    }
    const auto add = [&](const db::Row& r) {
      PlaceRow row;
      row.id = meta::Id<PlaceRow>(r.integer(0));
      meta::parse_enum(r.text(1), row.kind);
      row.parent_id = r.maybe_integer(2);
      row.name = r.str(3);
      row.code = r.maybe_text(4);
      if (!r.is_null(5)) meta::parse_enum(r.text(5), row.compound_kind.emplace());
      row.sort = row.kind == Kind::dwelling ? r.str(6) : natural_key(row.name);
      page.items.push_back(shown(row));
    };
    q.run(now_sql.with(" LIMIT 1000"), args, add);
    q.run(past_sql.with(" LIMIT 1000"), args, add);
    std::ranges::sort(page.items, {}, [](const Place& p) { return std::pair(p.sort, p.id.value); });
    return page;
  });
}

Result<api::Page<Place>> list_places(api::Context& c, const PlaceQuery& in) {
  if (in.at_ms && *in.at_ms < c.now.ms) return list_then(c, in, {*in.at_ms});
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
    std::vector<PlaceRow> rows;
    auto page = api::fetch_page<Place>(
        q, sql, args, in.limit, in.cursor,
        {" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}"},
        [&](const db::Row& r) {
          rows.push_back(meta::load<PlaceRow>(r));
          return shown(rows.back());
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(6), r.integer(0)};
        });
    if (page) {
      for (auto& p : page->items) count_below(q, p);
      fill_zones(q, rows, page->items, c.now);
    }
    return page;
  });
}

Result<PlaceDetail> get_place(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<PlaceDetail> {
    auto row = find_place(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    PlaceDetail out{shown(*row)};
    count_below(q, out.place);
    if (const auto zones = zones_at(q, {*row}, c.now); !zones.empty())
      out.place.zone = zones.begin()->second.level;
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
      return parent == Kind::community || parent == Kind::area;
    case Kind::phase:
      return parent == Kind::compound;
    case Kind::building:
      return parent == Kind::compound || parent == Kind::phase;
    default:
      return false;
  }
}

Result<void> check_code(Kind kind, const std::optional<meta::Text<1, 20>>& code) {
  if (code && !good_code(kind, *code)) return base::fail_field("/code", "not_a_division_code");
  return {};
}

Result<Place> create_place(api::Context& c, const NewPlace& in) {
  if (auto checked = check_code(in.kind, in.code); !checked) return tl::unexpected(checked.error());
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

Result<Place> change_place(api::Context& c, const PlacePatch& in) {
  const auto past_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Place> {
    take_guard(q);
    const auto before = find_place(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    if (before->kind == Kind::dwelling || before->kind == Kind::stair || before->kind == Kind::building)
      return base::fail(ErrorKind::conflict, "named_by_its_rooms");
    if (in.compound_kind && before->kind != Kind::compound)
      return base::fail_field("/compound_kind", "not_allowed_here");
    if (auto checked = check_code(before->kind, in.code); !checked) return tl::unexpected(checked.error());
    auto after = *before;
    if (in.name) after.name = *in.name;
    if (in.code) after.code = *in.code;
    if (in.compound_kind) after.compound_kind = in.compound_kind;
    after.sort = natural_key(after.name);
    write_version(q, *before, after, past_id, core::source_of(c));
    core::audit(q, c, {"place.change", "place", c.id(), before->compound_id});
    core::note_change(q, "place", before->compound_id.value_or(c.id()), c.id(), c.now);
    return shown(after);
  });
}

Result<Place> move_place(api::Context& c, const PlaceMove& in) {
  const auto past_id = c.store.next_id(), move_id = c.store.next_id();
  auto moved = c.write([&](db::Scoped& q) -> Result<Place> {
    take_guard(q);
    const auto before = find_place(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    const auto parent = find_place(q, in.parent_id);
    if (!parent) return base::fail_field("/parent_id", "not_found");
    // A building's rooms carry its address; it stays where it stands.
    if (before->kind < Kind::area || before->kind > Kind::compound || !may_hold(parent->kind, before->kind))
      return base::fail_field("/parent_id", "not_below_parent",
                              {{"parent", std::string(meta::name_of(parent->kind))}});
    const auto chain = chain_of(*parent);
    if (std::ranges::find(chain, c.id()) != chain.end())
      return base::fail_field("/parent_id", "below_itself");
    if (move_under_way(q)) return base::fail(ErrorKind::conflict, "move_under_way");
    const auto after = begin_move(q, *before, *parent, past_id, move_id, core::source_of(c));
    core::audit(q, c, {"place.move", "place", c.id(), before->compound_id, std::to_string(in.parent_id)});
    core::note_change(q, "place", before->compound_id.value_or(c.id()), c.id(), c.now);
    return shown(after);
  });
  if (!moved) return moved;
  if (auto done = finish_moves(c.store, c.now); !done) return tl::unexpected(std::move(done).error());
  return moved;
}

Result<Place> close_place(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<Place> {
    take_guard(q);
    const auto before = find_place(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    const auto below = q.unscoped().count(
        "SELECT COUNT(*) FROM place WHERE parent_id = $1 AND valid_until_ms IS NULL", {c.id()});
    const auto households = q.unscoped().count(
        "SELECT COUNT(*) FROM household WHERE dwelling_id = $1 AND valid_until_ms IS NULL", {c.id()});
    if (below + households > 0)
      return base::fail(ErrorKind::conflict, "place_not_empty",
                        {{"below", std::to_string(below)}, {"households", std::to_string(households)}});
    auto after = *before;
    after.valid_until = c.now;
    ++after.version;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"place.close", "place", c.id(), before->compound_id});
    core::note_change(q, "place", before->compound_id.value_or(c.id()), c.id(), c.now);
    return shown(after);
  });
}

Result<PlaceHistory> history(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<PlaceHistory> {
    const auto place = find_place(q, c.id());
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    PlaceHistory out;
    auto since = place->valid_from;
    q.unscoped().run(
        "SELECT e.name, e.code, up.name, e.compound_kind, e.valid_from_ms, e.valid_until_ms FROM "
        "place_past e LEFT JOIN place up ON up.id = e.parent_id WHERE e.place_id = $1 ORDER BY "
        "e.valid_until_ms DESC",
        {c.id()}, [&](const db::Row& r) {
          PlaceVersion v{r.str(0), r.maybe_text(1), r.maybe_text(2), {}, r.instant(4), r.instant(5)};
          if (!r.is_null(3)) meta::parse_enum(r.text(3), v.compound_kind.emplace());
          since = std::max(since, r.instant(5));
          out.items.push_back(std::move(v));
        });
    PlaceVersion present{place->name, place->code, {}, place->compound_kind, since, {}};
    q.unscoped().run("SELECT name FROM place WHERE id = $1", {place->parent_id},
                     [&](const db::Row& r) { present.parent_name = r.str(0); });
    out.items.insert(out.items.begin(), std::move(present));
    return out;
  });
}

}  // namespace

void tree_routes(api::Router& r) {
  r.get<PlaceQuery, api::Page<Place>>("/api/places", Permission::place_read,
                                      "Places below a node, or the roots, now or as they were", list_places);
  r.get<PlaceDetail>("/api/places/{id}", Permission::place_read, "One place with its address", get_place);
  r.get<PlaceHistory>("/api/places/{id}/history", Permission::place_read,
                      "What a place was called and where it "
                      "stood",
                      history);
  r.post<NewPlace, Place>("/api/places", Permission::place_write, "Add a place", create_place);
  r.patch<PlacePatch, Place>("/api/places/{id}", Permission::place_write,
                             "Rename a place or mend its code; what it was stays known", change_place);
  r.post<PlaceMove, Place>("/api/places/{id}/move", Permission::place_write,
                           "Put a place with all below it under another one", move_place);
  r.post<Place>("/api/places/{id}/close", Permission::place_write, "Close an empty place", close_place);
}

}  // namespace feature::place
