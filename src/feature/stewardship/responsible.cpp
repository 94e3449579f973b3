#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/place/below_service.hpp"
#include "feature/stewardship/api.hpp"
#include "feature/stewardship/service.hpp"

namespace feature::stewardship {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

Steward load_steward(const db::Row& r) {
  Steward s;
  s.id = r.integer(0);
  s.staff_id = r.integer(1);
  s.name = r.str(2);
  s.organisation = r.maybe_text(3);
  s.post = r.maybe_text(4);
  s.phone_masked = r.maybe_text(5);
  s.rank = r.str(6);
  s.tier = static_cast<int>(r.integer(7));
  meta::parse_enum(r.text(8), s.duty);
  s.place_id = r.integer(9);
  s.grid_id = r.maybe_integer(10);
  s.grid_name = r.maybe_text(11);
  s.valid_from_ms = r.instant(12);
  s.valid_until_ms = r.maybe_instant(13);
  return s;
}

void name_places(db::Scoped& q, const std::vector<Steward*>& stewards) {
  std::vector<std::int64_t> ids;
  for (const auto* s : stewards) ids.push_back(s->place_id);
  const auto labels = place::labels_of(q, ids);
  for (auto* s : stewards)
    if (const auto label = labels.find(s->place_id); label != labels.end()) s->place_name = label->second;
}

std::vector<Steward*> all_of(std::vector<Steward>& stewards) {
  std::vector<Steward*> all;
  for (auto& s : stewards) all.push_back(&s);
  return all;
}

constexpr std::array staff_orders{
    api::PageOrder{" AND (w.tier, w.id) > ({arg}, {arg})", " ORDER BY w.tier, w.id LIMIT {arg}", "tier"},
    api::PageOrder{" AND (w.tier, w.id) < ({arg}, {arg})", " ORDER BY w.tier DESC, w.id DESC LIMIT {arg}",
                   "tier_back"},
    api::PageOrder{" AND (s.name, w.id) > ({arg}, {arg})", " ORDER BY s.name, w.id LIMIT {arg}", "name"},
    api::PageOrder{" AND (s.name, w.id) < ({arg}, {arg})", " ORDER BY s.name DESC, w.id DESC LIMIT {arg}",
                   "name_back"}};

Result<api::Page<Staff>> list_staff(api::Context& c, const StaffQuery& in) {
  return c.read([&](db::Scoped& q) {
    // Responsible for the compound itself or for a part of it.
    const auto sql = db::ScopedSql(
        "SELECT s.id, s.name, COALESCE(o.name, s.organisation), s.post, s.rank, w.tier, p.name, "
        "s.phone_masked, w.id FROM stewardship w JOIN staff s ON s.id = w.staff_id LEFT JOIN organisation "
        "o ON o.id = s.organisation_id JOIN place p ON p.id = w.place_id WHERE p.compound_id = $1 AND "
        "w.duty = 'steward' AND w.valid_until_ms IS NULL AND {scope:p}");
    return api::fetch_page<Staff>(
        q, sql, {in.compound_id}, in.limit, in.cursor, api::order_of(in.order, staff_orders),
        [](const db::Row& r) { return meta::load<Staff>(r); },
        [&](const db::Row& r) {
          if (in.order.value_or(StaffOrder{}) >= StaffOrder::name)
            return api::SortKey{r.str(1), r.integer(8)};
          return api::SortKey{r.integer(5), r.integer(8)};
        });
  });
}

Result<api::Page<Steward>> list_stewards(api::Context& c, const StewardQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<api::Page<Steward>> {
    const auto sql =
        db::ScopedSql(
            "SELECT w.id, w.staff_id, s.name, COALESCE(o.name, s.organisation), s.post, s.phone_masked, "
            "s.rank, w.tier, w.duty, w.place_id, w.grid_id, g.name, w.valid_from_ms, w.valid_until_ms FROM "
            "stewardship w JOIN staff s ON s.id = w.staff_id LEFT JOIN organisation o ON o.id = "
            "s.organisation_id JOIN place p ON p.id = w.place_id LEFT JOIN place_set g ON g.id = w.grid_id "
            "WHERE w.valid_from_ms <= $1 AND (w.valid_until_ms IS NULL OR w.valid_until_ms > $1) AND "
            "{scope:p}")
            .with(place::below(q, in.place_id));
    auto page = api::fetch_page<Steward>(
        q, sql, {at, in.place_id}, in.limit, in.cursor,
        {" AND (w.tier, w.id) > ({arg}, {arg})", " ORDER BY w.tier, w.id LIMIT {arg}"}, load_steward,
        [](const db::Row& r) {
          return api::SortKey{r.integer(7), r.integer(0)};
        });
    if (page) name_places(q, all_of(page->items));
    return page;
  });
}

Result<Responsible> responsible(api::Context& c, const place::AtQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<Responsible> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    return responsible_for(q, *place, in.at_ms ? base::Instant{*in.at_ms} : c.now);
  });
}

int distance_in(const std::vector<std::int64_t>& chain, std::int64_t id) {
  return static_cast<int>(std::ranges::find(chain, id) - chain.begin());
}

}  // namespace

std::vector<TierAnswer> nearest(std::vector<Candidacy> all, const std::vector<place::TierRule>& tiers) {
  std::ranges::stable_sort(all, {}, &Candidacy::distance);
  std::vector<TierAnswer> answers;
  for (const auto& rule : tiers) {
    TierAnswer answer;
    answer.tier = static_cast<int>(rule.number.value);
    if (rule.name) answer.name = *rule.name;
    std::optional<int> at;
    for (const auto& c : all) {
      if (c.steward.tier != answer.tier || (at && c.distance != *at)) continue;
      at = c.distance;
      answer.stewards.push_back(c.steward);
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

std::map<std::int64_t, Responsible> standing_for(db::Scoped& q, const std::vector<place::PlaceRow>& places,
                                                 base::Instant at) {
  const auto grids = place::grids_of(q, places, at);
  std::set<std::int64_t> grid_ids;
  for (const auto& [place, above] : grids)
    for (const auto& [grid, member] : above) grid_ids.insert(grid);
  auto& raw = q.unscoped();
  std::vector<Steward> found;
  raw.run(fmt::format(
              "SELECT w.id, w.staff_id, s.name, COALESCE(o.name, s.organisation), s.post, s.phone_masked, "
              "s.rank, w.tier, w.duty, w.place_id, w.grid_id, g.name, w.valid_from_ms, w.valid_until_ms "
              "FROM stewardship w JOIN staff s ON s.id = w.staff_id LEFT JOIN organisation o ON o.id = "
              "s.organisation_id LEFT JOIN place_set g ON g.id = w.grid_id WHERE ((w.grid_id IS NULL AND "
              "w.place_id {}) OR w.grid_id {}) AND w.valid_from_ms <= $3 AND (w.valid_until_ms IS NULL OR "
              "w.valid_until_ms > $3) ORDER BY w.tier, w.id",
              raw.in_list(1), raw.in_list(2)),
          {db::json_array(place::chains_of(places)),
           db::json_array(std::vector<std::int64_t>(grid_ids.begin(), grid_ids.end())), at},
          [&](const db::Row& r) { found.push_back(load_steward(r)); });
  const auto rules = place::rules_at(q, places, at);
  std::map<std::int64_t, Responsible> out;
  for (const auto& place : places) {
    auto& of = out[place.id.value];
    of.place_id = place.id.value;
    of.as_of_ms = at;
    const auto chain = place::chain_of(place);
    std::map<std::int64_t, int> of_grid;
    for (const auto& [grid, member] : grids.at(place.id.value))
      of_grid[grid] = distance_in(chain, member) * 2 + 1;
    std::vector<Candidacy> in_chain;
    for (const auto& s : found) {
      const auto grid = s.grid_id ? of_grid.find(*s.grid_id) : of_grid.end();
      const auto above = static_cast<std::size_t>(distance_in(chain, s.place_id));
      if (s.grid_id ? grid == of_grid.end() : above == chain.size()) continue;
      if (s.duty != Duty::steward)
        of.helpers.push_back(s);
      else
        in_chain.push_back({s, s.grid_id ? grid->second : static_cast<int>(above) * 2});
    }
    const auto in_force = rules.find(place.id.value);
    of.tiers = nearest(std::move(in_chain), in_force == rules.end() ? place::PlaceRulesShown{}.params.tiers
                                                                    : in_force->second.params.tiers);
  }
  return out;
}

Responsible standing_for(db::Scoped& q, const place::PlaceRow& place, base::Instant at) {
  return standing_for(q, std::vector{place}, at)[place.id.value];
}

Responsible responsible_for(db::Scoped& q, const place::PlaceRow& place, base::Instant at) {
  auto out = standing_for(q, place, at);
  out.place_name = place::labels_of(q, {place.id.value})[place.id.value];
  if (const auto zones = place::zones_at(q, {place}, at); !zones.empty())
    out.zone = zones.begin()->second.level;
  auto named = all_of(out.helpers);
  for (auto& tier : out.tiers)
    for (auto& steward : tier.stewards) named.push_back(&steward);
  name_places(q, named);
  return out;
}

void routes(api::Router& r) {
  core::list<list_staff>(r, "/api/staff", Permission::household_read, "Who is responsible for a compound");
  r.get<StewardQuery, api::Page<Steward>>("/api/stewardships", Permission::household_read,
                                          "Who answers for a place or a part of it, at any time",
                                          list_stewards);
  r.get<place::AtQuery, Responsible>("/api/stewardships/responsible", Permission::household_read,
                                     "Who is responsible for this place at this instant, tier by tier",
                                     responsible);
  assign_routes(r);
  board_routes(r);
}

}  // namespace feature::stewardship
