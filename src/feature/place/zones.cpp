// Zone levels as dated data (XN-22): a level begins, and ends where the next one begins.
#include <fmt/format.h>

#include <algorithm>

#include "api/context.hpp"
#include "feature/place/below_service.hpp"
#include "feature/place/routes.hpp"
#include "feature/place/service.hpp"
#include "feature/place/zone_service.hpp"

namespace feature::place {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto zone_columns = db::ScopedSql(
    "SELECT z.id, z.place_id, z.level, z.reason, z.valid_from_ms, z.valid_until_ms, z.created_by "
    "FROM zone z JOIN place p ON p.id = z.place_id WHERE (z.valid_until_ms IS NULL OR z.valid_until_ms > "
    "z.valid_from_ms) AND {scope:p}");

Zone shown_zone(const ZoneRow& row) {
  Zone z;
  z.id = row.id;
  z.place_id = row.place_id;
  z.level = row.level;
  z.reason = row.reason;
  z.valid_from_ms = row.valid_from;
  z.valid_until_ms = row.valid_until;
  return z;
}

void fill_places(db::Scoped& q, std::vector<Zone>& zones) {
  std::vector<std::int64_t> ids;
  for (const auto& z : zones) ids.push_back(z.place_id);
  const auto labels = labels_of(q, ids);
  q.unscoped().run(fmt::format("SELECT id, kind FROM place WHERE id {}", q.unscoped().in_list(1)),
                   {db::json_array(ids)}, [&](const db::Row& r) {
                     for (auto& z : zones)
                       if (z.place_id == r.integer(0)) meta::parse_enum(r.text(1), z.place_kind);
                   });
  for (auto& z : zones) {
    if (const auto label = labels.find(z.place_id); label != labels.end()) z.place_name = label->second;
    if (z.place_kind != Kind::dwelling && z.place_kind != Kind::premises)
      z.dwellings = q.unscoped().count(
          fmt::format(
              "SELECT COUNT(*) FROM place WHERE {} = $1 AND kind = 'dwelling' AND valid_until_ms IS NULL",
              level_column(z.place_kind)),
          {z.place_id});
  }
}

Result<ZoneList> list_zones(api::Context& c, const AtQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<ZoneList> {
    const auto place = find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    ZoneList out;
    out.as_of_ms = at;
    q.run(zone_columns.with(below(place->kind))
              .with(" AND (z.valid_until_ms IS NULL OR z.valid_until_ms > {arg})")
              .with(" ORDER BY CASE z.level WHEN 'red' THEN 0 WHEN 'yellow' THEN 1 ELSE 2 END, p.sort, "
                    "z.valid_from_ms, z.id LIMIT 1000"),
          {in.place_id, at},
          [&](const db::Row& r) { out.items.push_back(shown_zone(meta::load<ZoneRow>(r))); });
    fill_places(q, out.items);
    const auto in_force = zones_at(q, {*place}, at);
    if (const auto own = in_force.find(in.place_id); own != in_force.end()) {
      q.unscoped().run(
          "SELECT z.id, z.place_id, z.level, z.reason, z.valid_from_ms, z.valid_until_ms, z.created_by FROM "
          "zone z WHERE z.place_id = $1 AND z.valid_from_ms <= $2 AND (z.valid_until_ms IS NULL OR "
          "z.valid_until_ms > $2)",
          {own->second.place_id, at},
          [&](const db::Row& r) { out.own = shown_zone(meta::load<ZoneRow>(r)); });
      std::vector<Zone> one{*out.own};
      fill_places(q, one);
      out.own = one.front();
    }
    return out;
  });
}

// What holds or begins at or after `from` gives way.
void end_levels(db::Scoped& q, std::int64_t place, base::Instant from, const core::Source& source) {
  std::vector<ZoneRow> rows;
  q.run(
      zone_columns.with(" AND z.place_id = {arg} AND (z.valid_until_ms IS NULL OR z.valid_until_ms > {arg})"),
      {place, from}, [&](const db::Row& r) { rows.push_back(meta::load<ZoneRow>(r)); });
  for (const auto& row : rows) {
    auto ended = row;
    ended.valid_until = std::max(row.valid_from, from);
    core::update(q, row, ended, source);
  }
}

Result<ZoneList> set_zones(api::Context& c, const NewZone& in) {
  const auto from = in.from_ms.value_or(c.now);
  base::Problems problems;
  if (in.place_ids.empty()) problems.push_back({"/place_ids", "required"});
  if (in.place_ids.size() > 500) problems.push_back({"/place_ids", "too_many"});
  if (from < c.now) problems.push_back({"/from_ms", "in_the_past"});
  if (!problems.empty()) return base::fail(std::move(problems));
  std::vector<std::int64_t> ids(in.place_ids.size());
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<ZoneList> {
    take_guard(q);
    ZoneList out;
    out.as_of_ms = c.now;
    base::Problems absent;
    for (std::size_t i = 0; i < in.place_ids.size(); ++i) {
      const auto place = find_place(q, in.place_ids[i]);
      if (!place) {
        absent.push_back({fmt::format("/place_ids/{}", i), "not_found"});
        continue;
      }
      ZoneRow row;
      row.id = meta::Id<ZoneRow>(ids[i]);
      row.place_id = in.place_ids[i];
      row.level = in.level;
      if (in.reason) row.reason = *in.reason;
      row.valid_from = from;
      row.created_by = c.who.account;
      begin_zone(q, *place, row, core::source_of(c));
      core::audit(q, c,
                  {"zone.set", "zone", ids[i], place->compound_id, std::string(meta::name_of(in.level))});
      out.items.push_back(shown_zone(row));
    }
    if (!absent.empty()) return base::fail(std::move(absent));
    fill_places(q, out.items);
    return out;
  });
}

// The level of the places above holds again.
Result<void> end_level(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    take_guard(q);
    const auto ended = end_zone(q, c.id(), core::source_of(c));
    if (!ended) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"zone.end", "zone", c.id(), ended->compound_id});
    return {};
  });
}

}  // namespace

void begin_zone(db::Scoped& q, const PlaceRow& place, const ZoneRow& row, const core::Source& source) {
  end_levels(q, row.place_id, row.valid_from, source);
  core::insert(q, row, source);
  core::note_change(q, "place", place.compound_id.value_or(row.place_id), row.id.value, source.now);
}

std::optional<PlaceRow> end_zone(db::Scoped& q, std::int64_t id, const core::Source& source) {
  std::optional<ZoneRow> row;
  q.one(zone_columns.with(" AND z.id = {arg} AND (z.valid_until_ms IS NULL OR z.valid_until_ms > {arg})"),
        {id, source.now}, [&](const db::Row& r) { row = meta::load<ZoneRow>(r); });
  if (!row) return std::nullopt;
  auto ended = *row;
  ended.valid_until = std::max(row->valid_from, source.now);
  core::update(q, *row, ended, source);
  auto place = find_place(q, row->place_id);
  core::note_change(q, "place", place ? place->compound_id.value_or(row->place_id) : row->place_id, id,
                    source.now);
  return place;
}

void zone_routes(api::Router& r) {
  r.get<AtQuery, ZoneList>("/api/zones", Permission::place_read,
                           "The zone level of a place, and those set below it", list_zones);
  r.post<NewZone, ZoneList>("/api/zones", Permission::place_write,
                            "Give places a zone level from an instant on", set_zones);
  r.post<void>("/api/zones/{id}/end", Permission::place_write, "End a level: the one above holds again",
               end_level);
}

}  // namespace feature::place
