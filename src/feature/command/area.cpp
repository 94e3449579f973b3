// The figures of an area, from a compound to a city: sums over its compounds.
#include <fmt/format.h>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/command/area_record.hpp"
#include "feature/command/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::command {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::pair<std::string_view, std::int64_t AreaFigures::*> summed[] = {
    {"buildings", &AreaFigures::buildings},
    {"dwellings", &AreaFigures::dwellings},
    {"lived_in", &AreaFigures::lived_in},
    {"unregistered", &AreaFigures::unregistered},
    {"households", &AreaFigures::households},
    {"headless", &AreaFigures::headless},
    {"carded", &AreaFigures::carded},
    {"persons", &AreaFigures::persons},
    {"presence_known", &AreaFigures::presence_known},
    {"away", &AreaFigures::away},
    {"conflicts", &AreaFigures::conflicts},
    {"guarded", &AreaFigures::guarded},
    {"sealed", &AreaFigures::sealed},
    {"unguarded", &AreaFigures::unguarded}};

bool has_figures(place::Kind kind) { return kind <= place::Kind::compound; }

// Of a place the caller found in scope: what lies below it is in scope.
std::string sums_sql(place::Kind kind, std::string_view group) {
  std::string select = "SELECT COUNT(*), COUNT(*) - COUNT(f.compound_id), MIN(f.counted_ms)";
  for (const auto& [column, member] : summed) select += fmt::format(", COALESCE(SUM(f.{}), 0)", column);
  return select + fmt::format(
                      "{} FROM place p LEFT JOIN compound_figures f ON f.compound_id = p.id WHERE "
                      "p.{} = $1 AND p.kind = 'compound' AND p.valid_until_ms IS NULL {}",
                      group.empty() ? "" : fmt::format(", p.{}", group), place::level_column(kind),
                      group.empty() ? "" : fmt::format("GROUP BY p.{0} ORDER BY p.{0}", group));
}

constexpr int group_column = 3 + static_cast<int>(std::size(summed));

void take_sums(const db::Row& r, AreaFigures& a) {
  a.compounds = r.integer(0);
  a.uncounted = r.integer(1);
  a.counted = r.maybe_instant(2);
  int column = 3;
  for (const auto& [name, member] : summed) a.*member = r.integer(column++);
}

AreaFigures named(const place::PlaceRow& place) {
  AreaFigures a;
  a.id = place.id;
  a.kind = place.kind;
  a.name = place.name;
  a.compound_kind = place.compound_kind;
  return a;
}

Result<place::PlaceRow> find_area(db::Scoped& q, std::int64_t id) {
  auto found = place::find_place(q, id);
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  if (!has_figures(found->kind)) return base::fail_field("/place_id", "not_an_area");
  return std::move(*found);
}

Result<AreaSum> area_sum(api::Context& c, const AreaQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<AreaSum> {
    auto place = find_area(q, in.place_id);
    if (!place) return tl::unexpected(std::move(place).error());
    AreaSum out{named(*place), {}};
    q.unscoped().run(sums_sql(place->kind, ""), {in.place_id},
                     [&](const db::Row& r) { take_sums(r, out.total); });
    q.unscoped().run(sums_sql(place->kind, "compound_kind"), {in.place_id}, [&](const db::Row& r) {
      auto& a = out.by_kind.emplace_back(named(*place));
      a.compound_kind.reset();
      place::CompoundKind kind{};
      if (meta::parse_enum(r.text(group_column), kind)) a.compound_kind = kind;
      take_sums(r, a);
    });
    return out;
  });
}

Result<api::Page<AreaFigures>> area_list(api::Context& c, const AreaListQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<AreaFigures>> {
    auto place = find_area(q, in.place_id);
    if (!place) return tl::unexpected(std::move(place).error());
    const auto children = db::ScopedSql(
        "SELECT p.id, p.kind, p.name, p.compound_kind, p.sort FROM place p WHERE p.parent_id = $1 AND "
        "p.valid_until_ms IS NULL AND p.kind IN ('area', 'subdistrict', 'community', 'compound') AND "
        "{scope:p}");
    auto page = api::fetch_page<AreaFigures>(
        q, children, {in.place_id}, in.limit, in.cursor,
        {" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}"},
        [](const db::Row& r) {
          AreaFigures a;
          a.id = meta::Id<place::PlaceRow>(r.integer(0));
          meta::parse_enum(r.text(1), a.kind);
          a.name = r.str(2);
          place::CompoundKind kind{};
          if (meta::parse_enum(r.text(3), kind)) a.compound_kind = kind;
          return a;
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(4), r.integer(0)};
        });
    if (!page) return page;
    for (auto& a : page->items)
      q.unscoped().run(sums_sql(a.kind, ""), {a.id}, [&](const db::Row& r) { take_sums(r, a); });
    return page;
  });
}

}  // namespace

void area_routes(api::Router& r) {
  r.get<AreaQuery, AreaSum>("/api/area-figures/total", Permission::figure_read,
                            "The figures of a place, and of its compounds by kind", area_sum);
  core::list<area_list>(r, "/api/area-figures", Permission::figure_read,
                        "The figures of the places right below one");
}

}  // namespace feature::command
