#include "feature/stewardship/facts.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace feature::stewardship {
namespace {

using place::Kind;
using place::PlaceRow;

// Reads below one place: what lies below a place in scope is in scope.
class Below {
 public:
  Below(db::Scoped& q, const PlaceRow& place)
      : q_(q), place_(place), column_(place::level_column(place.kind)) {}

  // {0} in the text is the column of `p` that holds the place, $1 the place.
  std::map<std::int64_t, std::int64_t> counts(fmt::format_string<std::string_view&> text,
                                              std::initializer_list<db::Arg> more = {}) {
    std::map<std::int64_t, std::int64_t> out;
    std::vector<db::Arg> args{place_.id};
    args.insert(args.end(), more.begin(), more.end());
    q_.unscoped().run(fmt::format(text, column_), args,
                      [&](const db::Row& r) { out[r.integer(0)] = r.integer(1); });
    return out;
  }
  std::string_view& column() { return column_; }

 private:
  db::Scoped& q_;
  const PlaceRow& place_;
  std::string_view column_;
};

std::int64_t at(const std::map<std::int64_t, std::int64_t>& counts, std::int64_t id) {
  const auto found = counts.find(id);
  return found == counts.end() ? 0 : found->second;
}

#define DWELLINGS "p.{0} = $1 AND p.kind = 'dwelling' AND p.valid_until_ms IS NULL"
#define MEMBER_HOLDS_P                                                                                  \
  "m.valid_until_ms IS NULL AND s.valid_until_ms IS NULL AND s.kind = 'grid' AND m.place_id IN (p.id, " \
  "p.stair_id, p.building_id, p.phase_id, p.compound_id)"

std::vector<CompoundFact> load_compounds(db::Scoped& q, Below& below, const PlaceRow& place) {
  const auto dwellings =
      below.counts("SELECT p.compound_id, COUNT(*) FROM place p WHERE " DWELLINGS " GROUP BY p.compound_id");
  const auto uncovered = below.counts("SELECT p.compound_id, COUNT(*) FROM place p WHERE " DWELLINGS
                                      " AND NOT EXISTS (SELECT 1 FROM place_set_member m JOIN place_set s ON "
                                      "s.id = m.set_id WHERE " MEMBER_HOLDS_P ") GROUP BY p.compound_id");
  const auto grids = below.counts(
      "SELECT p.compound_id, COUNT(DISTINCT m.set_id) FROM place_set_member m JOIN place_set s ON s.id = "
      "m.set_id JOIN place p ON p.id = m.place_id WHERE p.{0} = $1 AND s.kind = 'grid' AND "
      "m.valid_until_ms IS NULL AND s.valid_until_ms IS NULL GROUP BY p.compound_id");
  const auto persons = below.counts(
      "SELECT h.compound_id, COUNT(DISTINCT r.person_id) FROM household h JOIN residence r ON "
      "r.household_id = h.id JOIN place p ON p.id = h.compound_id WHERE p.{0} = $1 AND h.valid_until_ms IS "
      "NULL AND r.valid_until_ms IS NULL GROUP BY h.compound_id");
  const auto volunteers = below.counts(
      "SELECT p.id, COUNT(DISTINCT w.staff_id) FROM stewardship w JOIN place p ON p.id = w.place_id WHERE "
      "p.{0} = $1 AND w.duty = 'volunteer' AND w.valid_until_ms IS NULL GROUP BY p.id");
  std::map<std::int64_t, ProfileRow> profiles;
  q.unscoped().run(
      fmt::format("SELECT f.id, f.property_level, f.observed_households, f.volunteers_planned, "
                  "f.updated_ms FROM compound_profile f JOIN place p ON p.id = f.id WHERE p.{} = $1",
                  below.column()),
      {place.id}, [&](const db::Row& r) { profiles[r.integer(0)] = meta::load<ProfileRow>(r); });
  std::vector<CompoundFact> out;
  for (const auto& row : place::compounds_below(q, place)) {
    const auto id = row.id.value;
    CompoundFact c;
    c.id = id;
    c.community_id = row.community_id.value_or(0);
    c.name = row.name;
    c.kind = row.compound_kind.value_or(place::CompoundKind::unmanaged);
    c.dwellings = at(dwellings, id);
    c.uncovered = at(uncovered, id);
    c.grids = at(grids, id);
    c.volunteers = at(volunteers, id);
    if (persons.contains(id)) c.persons = at(persons, id);
    if (const auto profile = profiles.find(id); profile != profiles.end()) {
      c.property_level = profile->second.property_level;
      c.observed_households = profile->second.observed_households;
      c.volunteers_planned = profile->second.volunteers_planned;
    }
    out.push_back(std::move(c));
  }
  return out;
}

// Nobody of the tier at the dwelling, above it or for the grid.
#define NOBODY                                                                                             \
  "NOT EXISTS (SELECT 1 FROM stewardship w WHERE w.tier = $2 AND w.duty = 'steward' AND w.valid_until_ms " \
  "IS "                                                                                                    \
  "NULL AND (w.grid_id = m.set_id OR (w.grid_id IS NULL AND w.place_id IN (p.id, p.stair_id, "             \
  "p.building_id, "                                                                                        \
  "p.phase_id, p.compound_id, p.community_id, p.subdistrict_id, p.area_id, p.district_id))))"

std::vector<GridFact> load_grids(db::Scoped& q, Below& below, const PlaceRow& place,
                                 const place::PlaceRules& rules) {
  std::vector<GridFact> grids;
  q.unscoped().run(
      fmt::format(
          "SELECT s.id, s.place_id, s.name, COUNT(*) FROM place_set s JOIN place_set_member m ON m.set_id "
          "= s.id JOIN place p ON p.id = m.place_id WHERE p.{} = $1 AND s.kind = 'grid' AND "
          "m.valid_until_ms IS NULL AND s.valid_until_ms IS NULL GROUP BY s.id, s.place_id, s.name "
          "ORDER BY s.name, s.id",
          below.column()),
      {place.id}, [&](const db::Row& r) {
        grids.push_back({r.integer(0), r.integer(1), r.str(2), r.integer(3), {}});
      });
  const auto dwellings = below.counts(
      "SELECT m.set_id, COUNT(DISTINCT p.id) FROM place p CROSS JOIN place_set_member m JOIN place_set s ON "
      "s.id "
      "= m.set_id WHERE " DWELLINGS " AND " MEMBER_HOLDS_P " GROUP BY m.set_id");
  for (std::size_t t = 0; t < rules.tiers.size(); ++t) {
    const auto tier = static_cast<std::int64_t>(t) + 1;
    const auto without = below.counts(
        "SELECT m.set_id, COUNT(DISTINCT p.id) FROM place p CROSS JOIN place_set_member m JOIN place_set s "
        "ON "
        "s.id = m.set_id WHERE " DWELLINGS " AND " MEMBER_HOLDS_P " AND " NOBODY " GROUP BY m.set_id",
        {tier});
    // Where no dwelling is recorded yet, the grid's places stand for them.
    const auto places_without = below.counts(
        "SELECT m.set_id, COUNT(*) FROM place_set_member m JOIN place p ON p.id = m.place_id WHERE p.{0} = "
        "$1 AND "
        "m.valid_until_ms IS NULL AND " NOBODY " GROUP BY m.set_id",
        {tier});
    for (auto& g : grids)
      g.without.push_back(dwellings.contains(g.id) ? at(without, g.id) : at(places_without, g.id));
  }
  for (auto& g : grids)
    if (dwellings.contains(g.id)) g.units = at(dwellings, g.id);
  return grids;
}

std::vector<ZoneFact> load_zones(db::Scoped& q, Below& below, const PlaceRow& place, base::Instant now) {
  std::vector<ZoneFact> zones;
  std::vector<std::int64_t> ids;
  q.unscoped().run(
      fmt::format(
          "SELECT z.place_id, z.level FROM zone z JOIN place p ON p.id = z.place_id WHERE p.{} = $1 AND "
          "z.valid_from_ms <= $2 AND (z.valid_until_ms IS NULL OR z.valid_until_ms > $2) AND z.level <> "
          "'none' ORDER BY z.level, p.sort, p.id",
          below.column()),
      {place.id, now}, [&](const db::Row& r) {
        zones.push_back({r.integer(0), {}, {}, {}});
        meta::parse_enum(r.text(1), zones.back().level);
        ids.push_back(r.integer(0));
      });
  const auto labels = place::labels_of(q, ids);
  for (auto& z : zones) {
    if (const auto label = labels.find(z.place_id); label != labels.end()) z.name = label->second;
    const auto row = place::find_place(q, z.place_id);
    if (!row) continue;
    // The leaders of a whole district would fit every zone: those count who stand no higher than the
    // compound.
    std::vector<std::int64_t> near{row->id.value};
    for (const auto& up : {row->stair_id, row->building_id, row->phase_id, row->compound_id})
      if (up) near.push_back(*up);
    std::vector<std::int64_t> grids;
    for (const auto& [grid, member] : place::grids_of(q, *row, now)) grids.push_back(grid);
    auto& raw = q.unscoped();
    raw.run(
        fmt::format("SELECT DISTINCT s.id, s.rank FROM stewardship w JOIN staff s ON s.id = w.staff_id WHERE "
                    "w.valid_until_ms IS NULL AND w.duty = 'steward' AND ((w.grid_id IS NULL AND "
                    "w.place_id {}) OR w.grid_id {})",
                    raw.in_list(1), raw.in_list(2)),
        {db::json_array(near), db::json_array(grids)},
        [&](const db::Row& r) { meta::parse_enum(r.text(1), z.ranks.emplace_back()); });
  }
  return zones;
}

std::vector<AreaFact> load_areas(Below& below, db::Scoped& q, const PlaceRow& place) {
  std::vector<AreaFact> areas;
  q.unscoped().run(fmt::format("SELECT p.id, p.name FROM place p WHERE p.{} = $1 AND p.kind = 'area' AND "
                               "p.valid_until_ms IS NULL ORDER BY p.sort, p.id",
                               below.column()),
                   {place.id}, [&](const db::Row& r) {
                     areas.push_back({r.integer(0), r.str(1), 0, 0, 0});
                   });
  const auto compounds = below.counts(
      "SELECT p.area_id, COUNT(*) FROM place p WHERE p.{0} = $1 AND p.kind = 'compound' AND "
      "p.valid_until_ms IS NULL AND p.area_id IS NOT NULL GROUP BY p.area_id");
  const auto holding = [&](std::string_view duty) {
    return below.counts(
        "SELECT w.place_id, COUNT(DISTINCT w.staff_id) FROM stewardship w JOIN place p ON p.id = "
        "w.place_id WHERE p.{0} = $1 AND w.duty = $2 AND w.valid_until_ms IS NULL GROUP BY w.place_id",
        {duty});
  };
  const auto leaders = holding("leader"), deputies = holding("deputy");
  for (auto& a : areas) {
    a.compounds = at(compounds, a.id);
    a.leaders = at(leaders, a.id);
    a.deputies = at(deputies, a.id);
  }
  return areas;
}
#undef DWELLINGS
#undef MEMBER_HOLDS_P
#undef NOBODY

}  // namespace

Facts load_facts(db::Scoped& q, const PlaceRow& place, const place::PlaceRules& rules, base::Instant now) {
  Below below(q, place);
  Facts facts;
  facts.compounds = load_compounds(q, below, place);
  facts.grids = load_grids(q, below, place, rules);
  facts.zones = load_zones(q, below, place, now);
  facts.areas = load_areas(below, q, place);
  return facts;
}

std::vector<Person> load_people(db::Scoped& q, const PlaceRow& place) {
  std::vector<Person> people;
  q.unscoped().run(
      fmt::format(
          "SELECT s.id, s.name, s.rank, COALESCE(MIN(CASE WHEN w.duty = 'steward' THEN w.tier END), 0), "
          "COUNT(*) FROM stewardship w JOIN staff s ON s.id = w.staff_id JOIN place p ON p.id = "
          "w.place_id WHERE p.{} = $1 AND w.valid_until_ms IS NULL GROUP BY s.id, s.name, s.rank ORDER BY "
          "s.id",
          place::level_column(place.kind)),
      {place.id}, [&](const db::Row& r) {
        Person p{r.integer(0), r.str(1), place::Rank::unknown, static_cast<int>(r.integer(3)), r.integer(4)};
        meta::parse_enum(r.text(2), p.rank);
        people.push_back(std::move(p));
      });
  return people;
}

}  // namespace feature::stewardship
