// The numbers of places and responsibilities as dated data.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "api/context.hpp"
#include "feature/place/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::place {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

base::Problems problems_of(const PlaceRules& r) {
  base::Problems problems;
  if (r.tiers.size() < 3 || r.tiers.size() > 6)
    problems.push_back({"/params/tiers", "out_of_range", {{"min", "3"}, {"max", "6"}}});
  for (std::size_t i = 0; i < r.tiers.size(); ++i)
    if (r.tiers[i].number != static_cast<std::int64_t>(i) + 1)
      problems.push_back({fmt::format("/params/tiers/{}/number", i), "tier_order"});
  const auto ordered = [&](const char* field, std::int64_t min, std::int64_t max) {
    if (min > max) problems.push_back({std::string("/params/") + field, "above_maximum"});
  };
  ordered("deputies_min", r.deputies_min, r.deputies_max);
  ordered("volunteers_min", r.volunteers_min, r.volunteers_max);
  ordered("property_grids_min", r.property_grids_min, r.property_grids_max);
  return problems;
}

// A number that came after the version has its default.
PlaceRules read_params(std::string_view text) {
  auto whole = boost::json::parse(meta::to_json(PlaceRules{})).as_object();
  const auto stored = boost::json::parse(boost::json::string_view(text.data(), text.size()));
  for (const auto& said : stored.as_object()) whole.insert_or_assign(said.key(), said.value());
  auto params = meta::from_json<PlaceRules>(boost::json::serialize(whole));
  // Only checked rules are stored; one that does not read any more is a defect to be seen, not a default.
  if (!params) throw std::runtime_error("stored place rules cannot be read");
  return std::move(*params);
}

Result<PlaceRulesShown> in_force(api::Context& c, const AtQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<PlaceRulesShown> {
    const auto place = find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    return rules_at(q, *place, in.at_ms ? base::Instant{*in.at_ms} : c.now);
  });
}

Result<PlaceRulesShown> create(api::Context& c, const NewPlaceRules& in) {
  if (auto problems = problems_of(in.params); !problems.empty()) return base::fail(std::move(problems));
  const auto id = c.new_id<PlaceRuleRow>();
  return c.write([&](db::Scoped& q) -> Result<PlaceRulesShown> {
    const auto place = find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    take_guard(q);
    PlaceRuleRow row;
    row.id = id;
    row.place_id = in.place_id;
    row.version = q.unscoped().count("SELECT COALESCE(MAX(version), 0) + 1 FROM place_rule");
    row.effective_from = in.effective_from_ms.value_or(c.now);
    row.params.text = meta::to_json(in.params);
    if (in.note) row.note = *in.note;
    row.created_by = c.who.account;
    row.created = c.now;
    core::insert(q, row, core::source_of(c));
    core::audit(
        q, c, {"place_rule.create", "place_rule", id.value, place->compound_id, std::to_string(row.version)});
    core::note_change(q, "place", place->compound_id.value_or(in.place_id), id.value, c.now);
    return PlaceRulesShown{in.place_id, place->name, row.version, row.effective_from, row.note, in.params};
  });
}

}  // namespace

std::map<std::int64_t, PlaceRulesShown> rules_at(db::Scoped& q, const std::vector<PlaceRow>& places,
                                                 base::Instant at) {
  // Rules of the places above apply below; they are no secret to anyone inside.
  std::map<std::int64_t, PlaceRulesShown> newest;
  q.unscoped().run(
      fmt::format(
          "SELECT y.place_id, p.name, y.version, y.effective_from_ms, y.note, y.params FROM place_rule "
          "y JOIN place p ON p.id = y.place_id WHERE y.place_id {} AND y.effective_from_ms <= $2 "
          "ORDER BY y.effective_from_ms DESC, y.version DESC",
          q.unscoped().in_list(1)),
      {db::json_array(chains_of(places)), at}, [&](const db::Row& r) {
        if (newest.contains(r.integer(0))) return;
        newest[r.integer(0)] = {r.integer(0), r.str(1),        r.integer(2),
                                r.instant(3), r.maybe_text(4), read_params(r.text(5))};
      });
  std::map<std::int64_t, PlaceRulesShown> rules;
  for (const auto& place : places)
    for (const auto id : chain_of(place))
      if (const auto found = newest.find(id); found != newest.end()) {
        rules.emplace(place.id.value, found->second);
        break;
      }
  return rules;
}

PlaceRulesShown rules_at(db::Scoped& q, const PlaceRow& place, base::Instant at) {
  return rules_at(q, std::vector{place}, at)[place.id.value];
}

void rule_routes(api::Router& r) {
  r.get<AtQuery, PlaceRulesShown>("/api/place-rules", Permission::place_read,
                                  "The numbers in force at a place: openings, tiers, ranks, grids", in_force);
  r.post<NewPlaceRules, PlaceRulesShown>("/api/place-rules", Permission::place_write,
                                         "A new version of a place's numbers", create);
}

}  // namespace feature::place
