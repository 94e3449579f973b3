// Grids, sealed units and scope lists: named, dated sets of places beside the tree (practice.md 9, XN-01).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/context.hpp"
#include "api/paging.hpp"
#include "feature/place/below_service.hpp"
#include "feature/place/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::place {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto set_columns = db::ScopedSql(
    "SELECT s.id, s.kind, s.place_id, s.name, s.code, s.note, s.valid_from_ms, s.valid_until_ms "
    "FROM place_set s JOIN place p ON p.id = s.place_id WHERE {scope:p}");

std::optional<PlaceSetRow> find_set(db::Scoped& q, std::int64_t id, base::Instant at) {
  std::optional<PlaceSetRow> found;
  q.one(set_columns.with(" AND s.id = {arg}")
            .with(" AND s.valid_from_ms <= {arg} AND (s.valid_until_ms IS NULL OR s.valid_until_ms > {arg})"),
        {id, at, at}, [&](const db::Row& r) { found = meta::load<PlaceSetRow>(r); });
  return found;
}

std::vector<PlaceSetMemberRow> members_of(db::Scoped& q, std::int64_t set, base::Instant at) {
  std::vector<PlaceSetMemberRow> rows;
  // The set was found through the scope, and its members lie below its place.
  q.unscoped().run(
      "SELECT m.id, m.set_id, m.place_id, m.valid_from_ms, m.valid_until_ms FROM place_set_member m JOIN "
      "place p ON p.id = m.place_id WHERE m.set_id = $1 AND m.valid_from_ms <= $2 AND (m.valid_until_ms IS "
      "NULL OR m.valid_until_ms > $2) ORDER BY p.sort, m.place_id",
      {set, at}, [&](const db::Row& r) { rows.push_back(meta::load<PlaceSetMemberRow>(r)); });
  return rows;
}

std::int64_t dwellings_below(db::Scoped& q, Kind kind, std::int64_t id) {
  return q.unscoped().count(fmt::format("SELECT COUNT(*) FROM place WHERE {} = $1 AND kind = 'dwelling' AND "
                                        "valid_until_ms IS NULL",
                                        level_column(kind)),
                            {id});
}

PlaceSet shown_set(const PlaceSetRow& row) {
  PlaceSet s;
  s.id = meta::Id<PlaceSetRow>(row.id.value);
  s.kind = row.kind;
  s.place_id = row.place_id;
  s.name = row.name;
  s.code = row.code;
  s.note = row.note;
  s.valid_from_ms = row.valid_from;
  s.valid_until_ms = row.valid_until;
  return s;
}

// Members as of `at`; dwellings are counted as they stand today.
void count_members(db::Scoped& q, std::vector<PlaceSet>& sets, base::Instant at) {
  std::map<std::int64_t, PlaceSet*> by_id;
  std::vector<std::int64_t> ids, places;
  for (auto& s : sets) {
    by_id[s.id.value] = &s;
    ids.push_back(s.id.value);
    places.push_back(s.place_id);
  }
  const auto json = db::json_array(ids);
  auto& raw = q.unscoped();
  raw.run(fmt::format("SELECT m.set_id, COUNT(*), COUNT(DISTINCT p.compound_id) FROM place_set_member m "
                      "JOIN place p ON p.id = m.place_id WHERE m.set_id {} AND m.valid_from_ms <= $2 AND "
                      "(m.valid_until_ms IS NULL OR m.valid_until_ms > $2) GROUP BY m.set_id",
                      raw.in_list(1)),
          {json, at}, [&](const db::Row& r) {
            by_id[r.integer(0)]->members = r.integer(1);
            by_id[r.integer(0)]->compounds = r.integer(2);
          });
  raw.run(fmt::format("SELECT m.set_id, COUNT(DISTINCT d.id) FROM place_set_member m JOIN place p ON p.id = "
                      "m.place_id JOIN place d ON d.compound_id = p.compound_id AND d.kind = 'dwelling' AND "
                      "m.place_id IN (d.id, d.stair_id, d.building_id, d.phase_id, d.compound_id) "
                      "WHERE m.set_id {} AND m.valid_from_ms <= $2 AND (m.valid_until_ms IS NULL OR "
                      "m.valid_until_ms > $2) AND d.valid_until_ms IS NULL GROUP BY m.set_id",
                      raw.in_list(1)),
          {json, at}, [&](const db::Row& r) { by_id[r.integer(0)]->dwellings = r.integer(1); });
  std::map<std::int64_t, std::pair<std::string, std::int64_t>> owners;
  raw.run(fmt::format("SELECT id, name, kind FROM place WHERE id {}", raw.in_list(1)),
          {db::json_array(places)}, [&](const db::Row& r) {
            Kind kind{};
            meta::parse_enum(r.text(2), kind);
            owners[r.integer(0)] = {r.str(1), static_cast<std::int64_t>(kind)};
          });
  for (auto& [id, owner] : owners) owner.second = dwellings_below(q, static_cast<Kind>(owner.second), id);
  for (auto& s : sets) {
    s.place_name = owners[s.place_id].first;
    s.dwellings_of = owners[s.place_id].second;
  }
}

std::vector<SetMember> shown_members(db::Scoped& q, const std::vector<std::int64_t>& ids) {
  const auto labels = labels_of(q, ids);
  std::map<std::int64_t, Kind> kinds;
  q.unscoped().run(fmt::format("SELECT id, kind FROM place WHERE id {}", q.unscoped().in_list(1)),
                   {db::json_array(ids)},
                   [&](const db::Row& r) { meta::parse_enum(r.text(1), kinds[r.integer(0)]); });
  std::vector<SetMember> out;
  for (const auto id : ids) {
    const auto label = labels.find(id);
    out.push_back({id, kinds[id], label == labels.end() ? std::string{} : label->second,
                   dwellings_below(q, kinds[id], id)});
  }
  return out;
}

std::vector<std::int64_t> ids_of(const std::vector<PlaceSetMemberRow>& rows) {
  std::vector<std::int64_t> ids;
  for (const auto& row : rows) ids.push_back(row.place_id);
  return ids;
}

PlaceSetDetail detail_of(db::Scoped& q, const PlaceSetRow& row, base::Instant at) {
  std::vector<PlaceSet> one{shown_set(row)};
  count_members(q, one, at);
  return {one.front(), shown_members(q, ids_of(members_of(q, row.id.value, at)))};
}

Result<api::Page<PlaceSet>> list_sets(api::Context& c, const SetQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  const auto kind = meta::name_of(in.kind);
  return c.read([&](db::Scoped& q) -> Result<api::Page<PlaceSet>> {
    api::Page<PlaceSet> page;
    q.run(set_columns.with(" AND s.kind = {arg}")
              .with(below(q, in.place_id))
              .with(" AND s.valid_from_ms <= {arg} AND (s.valid_until_ms IS NULL OR s.valid_until_ms > "
                    "{arg}) ORDER BY s.name, s.id"),
          {kind, in.place_id, at, at},
          [&](const db::Row& r) { page.items.push_back(shown_set(meta::load<PlaceSetRow>(r))); });
    count_members(q, page.items, at);
    return page;
  });
}

Result<PlaceSetDetail> get_set(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<PlaceSetDetail> {
    const auto set = find_set(q, c.id(), c.now);
    if (!set) return base::fail(ErrorKind::not_found, "not_found");
    return detail_of(q, *set, c.now);
  });
}

bool may_own(SetKind set, Kind place) {
  switch (set) {
    case SetKind::grid:
      return place == Kind::community || place == Kind::area;
    case SetKind::sealed_unit:
      return place == Kind::compound;
    case SetKind::scope_list:
      return place <= Kind::community;
  }
  return false;
}

Result<PlaceSetDetail> create_set(api::Context& c, const NewPlaceSet& in) {
  std::vector<std::int64_t> ids(in.member_ids.size() + 1);
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<PlaceSetDetail> {
    const auto place = find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    if (!may_own(in.kind, place->kind))
      return base::fail_field("/place_id", "wrong_level",
                              {{"kind", std::string(meta::name_of(place->kind))}});
    take_guard(q);
    if (auto problems = member_problems(q, in.kind, *place, in.member_ids, 0); !problems.empty())
      return base::fail(std::move(problems));
    PlaceSetRow row;
    row.id = meta::Id<PlaceSetRow>(ids.front());
    row.kind = in.kind;
    row.place_id = in.place_id;
    row.name = in.name;
    if (in.code) row.code = *in.code;
    if (in.note) row.note = *in.note;
    row.valid_from = c.now;
    add_set(q, row, in.member_ids, ids, core::source_of(c));
    core::audit(q, c,
                {"place_set.create", "place_set", row.id.value, place->compound_id,
                 std::to_string(in.member_ids.size())});
    core::note_change(q, "place", place->compound_id.value_or(in.place_id), row.id.value, c.now);
    return detail_of(q, row, c.now);
  });
}

void end_member(db::Scoped& q, const PlaceSetMemberRow& row, const core::Source& source) {
  auto ended = row;
  ended.valid_until = source.now;
  core::update(q, row, ended, source);
}

Result<PlaceSetDetail> change_set(api::Context& c, const PlaceSetPatch& in) {
  std::vector<std::int64_t> ids(in.member_ids ? in.member_ids->size() : 0);
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<PlaceSetDetail> {
    take_guard(q);
    const auto before = find_set(q, c.id(), c.now);
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    const auto place = find_place(q, before->place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    const auto source = core::source_of(c);
    auto after = *before;
    if (in.name) after.name = *in.name;
    if (in.code) after.code = *in.code;
    if (in.note) after.note = *in.note;
    core::update(q, *before, after, source);
    if (in.member_ids) {
      if (auto problems = member_problems(q, before->kind, *place, *in.member_ids, c.id()); !problems.empty())
        return base::fail(std::move(problems));
      const auto known = members_of(q, c.id(), c.now);
      for (const auto& row : known)
        if (std::ranges::find(*in.member_ids, row.place_id) == in.member_ids->end())
          end_member(q, row, source);
      std::vector<PlaceSetMemberRow> fresh;
      for (std::size_t i = 0; i < in.member_ids->size(); ++i) {
        const auto member = (*in.member_ids)[i];
        if (std::ranges::find(known, member, &PlaceSetMemberRow::place_id) == known.end())
          fresh.push_back({meta::Id<PlaceSetMemberRow>(ids[i]), c.id(), member, c.now, std::nullopt});
      }
      core::insert_all(q, fresh, source);
    }
    core::audit(q, c,
                {"place_set.change", "place_set", c.id(), place->compound_id,
                 in.member_ids ? std::to_string(in.member_ids->size()) : std::string{}});
    core::note_change(q, "place", place->compound_id.value_or(before->place_id), c.id(), c.now);
    return detail_of(q, after, c.now);
  });
}

Result<void> end_set(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    take_guard(q);
    const auto before = find_set(q, c.id(), c.now);
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    const auto source = core::source_of(c);
    for (const auto& row : members_of(q, c.id(), c.now)) end_member(q, row, source);
    auto after = *before;
    after.valid_until = c.now;
    core::update(q, *before, after, source);
    core::audit(q, c, {"place_set.end", "place_set", c.id(), std::nullopt});
    core::note_change(q, "place", before->place_id, c.id(), c.now);
    return {};
  });
}

Result<Share> share_of(api::Context& c, const ShareQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<Share> {
    const auto part = find_set(q, c.id(), at), whole = find_set(q, in.of, at);
    if (!part) return base::fail(ErrorKind::not_found, "not_found");
    if (!whole) return base::fail_field("/of", "not_found");
    const auto own = ids_of(members_of(q, c.id(), at)), all = ids_of(members_of(q, in.of, at));
    const std::set<std::int64_t> own_set(own.begin(), own.end()), all_set(all.begin(), all.end());
    std::vector<std::int64_t> missing, outside;
    std::ranges::copy_if(all, std::back_inserter(missing), [&](auto id) { return !own_set.contains(id); });
    std::ranges::copy_if(own, std::back_inserter(outside), [&](auto id) { return !all_set.contains(id); });
    Share s;
    s.denominator = static_cast<std::int64_t>(all.size());
    s.value = s.denominator - static_cast<std::int64_t>(missing.size());
    s.name = part->name;
    s.denominator_name = whole->name;
    s.missing = shown_members(q, missing);
    s.outside = shown_members(q, outside);
    return s;
  });
}

// --- dwellings in no grid ---------------------------------------------------------------------------------
#define IN_A_GRID                                                                                           \
  "EXISTS (SELECT 1 FROM place_set_member m JOIN place_set s ON s.id = m.set_id WHERE s.kind = 'grid' AND " \
  "s.valid_until_ms IS NULL AND m.valid_until_ms IS NULL AND m.place_id IN (p.id, p.stair_id, "             \
  "p.building_id, p.phase_id, p.compound_id))"

Result<Uncovered> uncovered(api::Context& c, const PlaceIdQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<Uncovered> {
    const auto place = find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    Uncovered out;
    // What lies below a place in scope is in scope.
    q.unscoped().run(
        fmt::format(
            "SELECT p.compound_id, k.name, COUNT(*), SUM(CASE WHEN " IN_A_GRID
            " THEN 0 ELSE 1 END) FROM place p JOIN place k ON k.id = p.compound_id WHERE p.{} = $1 AND "
            "p.kind = 'dwelling' AND p.valid_until_ms IS NULL GROUP BY p.compound_id, k.name, k.sort "
            "ORDER BY k.sort, p.compound_id",
            level_column(place->kind)),
        {in.place_id}, [&](const db::Row& r) {
          out.dwellings += r.integer(2);
          out.uncovered += r.integer(3);
          out.compounds.push_back({r.integer(0), r.str(1), r.integer(3), r.integer(2)});
        });
    return out;
  });
}

Result<api::Page<SetMember>> uncovered_dwellings(api::Context& c, const UncoveredQuery& in) {
  return c.read([&](db::Scoped& q) {
    const auto sql = db::ScopedSql(
        "SELECT p.id, d.label, p.sort FROM place p JOIN dwelling d ON d.id = p.id WHERE p.compound_id = $1 "
        "AND p.kind = 'dwelling' AND p.valid_until_ms IS NULL AND NOT " IN_A_GRID " AND {scope:p}");
    return api::fetch_page<SetMember>(
        q, sql, {in.compound_id}, in.limit, in.cursor,
        {" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}"},
        [](const db::Row& r) {
          return SetMember{r.integer(0), Kind::dwelling, r.str(1), 1};
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(2), r.integer(0)};
        });
  });
}
#undef IN_A_GRID

// Another set of the kind that holds the place, a place above it or a place below it.
std::optional<std::string> taken_by(db::Scoped& q, SetKind kind, const PlaceRow& member, std::int64_t own) {
  std::optional<std::string> name;
  q.unscoped().run(
      fmt::format("SELECT s.name FROM place_set_member m JOIN place_set s ON s.id = m.set_id JOIN place p ON "
                  "p.id = m.place_id WHERE s.kind = $2 AND s.id <> $3 AND m.valid_until_ms IS NULL AND "
                  "s.valid_until_ms IS NULL AND (m.place_id {} OR p.{} = $4) ORDER BY s.id LIMIT 1",
                  q.unscoped().in_list(1), level_column(member.kind)),
      {db::json_array(chain_of(member)), meta::name_of(kind), own, member.id},
      [&](const db::Row& r) { name = r.str(0); });
  return name;
}

}  // namespace

base::Problems member_problems(db::Scoped& q, SetKind kind, const PlaceRow& place,
                               const std::vector<std::int64_t>& members, std::int64_t own_set) {
  base::Problems problems;
  if (members.empty()) problems.push_back({"/member_ids", "required"});
  std::set<std::int64_t> seen;
  std::vector<PlaceRow> rows;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto path = fmt::format("/member_ids/{}", i);
    const auto row = find_place(q, members[i]);
    if (!row) {
      problems.push_back({path, "not_found"});
      continue;
    }
    const auto chain = chain_of(*row);
    const bool right_kind =
        kind == SetKind::scope_list ? row->kind == Kind::compound : row->kind >= Kind::compound;
    if (!right_kind)
      problems.push_back({path, "wrong_level", {{"kind", std::string(meta::name_of(row->kind))}}});
    else if (std::ranges::find(chain, place.id.value) == chain.end())
      problems.push_back({path, "outside_its_place"});
    else if (!seen.insert(members[i]).second)
      problems.push_back({path, "duplicate"});
    else if (kind == SetKind::scope_list)
      continue;
    else if (const auto other = taken_by(q, kind, *row, own_set))
      problems.push_back({path, "in_another_set", {{"name", *other}}});
    else
      rows.push_back(*row);
  }
  // A building beside its own compound would count twice.
  for (const auto& row : rows) {
    const auto chain = chain_of(row);
    for (std::size_t i = 1; i < chain.size(); ++i)
      if (seen.contains(chain[i])) {
        const auto at = std::ranges::find(members, row.id.value) - members.begin();
        problems.push_back({fmt::format("/member_ids/{}", at), "inside_another_member"});
        break;
      }
  }
  return problems;
}

void add_set(db::Scoped& q, const PlaceSetRow& set, const std::vector<std::int64_t>& members,
             const std::vector<std::int64_t>& ids, const core::Source& source) {
  core::insert(q, set, source);
  std::vector<PlaceSetMemberRow> rows;
  for (std::size_t i = 0; i < members.size(); ++i)
    rows.push_back(
        {meta::Id<PlaceSetMemberRow>(ids.at(i + 1)), set.id.value, members[i], source.now, std::nullopt});
  core::insert_all(q, rows, source);
}

void set_routes(api::Router& r) {
  r.get<SetQuery, api::Page<PlaceSet>>("/api/place-sets", Permission::place_read,
                                       "Grids, sealed units or scope lists of a place, at any time",
                                       list_sets);
  r.get<PlaceIdQuery, Uncovered>("/api/place-sets/uncovered", Permission::place_read,
                                 "How many dwellings are in no grid, by compound", uncovered);
  r.get<UncoveredQuery, api::Page<SetMember>>("/api/place-sets/uncovered/dwellings", Permission::place_read,
                                              "Dwellings of a compound in no grid", uncovered_dwellings);
  r.get<PlaceSetDetail>("/api/place-sets/{id}", Permission::place_read, "A set with its members", get_set);
  r.get<ShareQuery, Share>("/api/place-sets/{id}/share", Permission::place_read,
                           "How much of another set stands in this one", share_of);
  r.post<NewPlaceSet, PlaceSetDetail>("/api/place-sets", Permission::place_write,
                                      "Make a grid, sealed unit or scope list", create_set);
  r.patch<PlaceSetPatch, PlaceSetDetail>("/api/place-sets/{id}", Permission::place_write,
                                         "Rename a set or change its members from now on", change_set);
  r.post<void>("/api/place-sets/{id}/end", Permission::place_write, "End a set", end_set);
}

}  // namespace feature::place
