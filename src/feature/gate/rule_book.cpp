#include "feature/gate/rule_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "feature/gate/service.hpp"

namespace feature::gate {
namespace {

namespace json = boost::json;

constexpr std::int64_t tried_out = -1;  // the version of a policy that is not stored

// What stored says goes over what is said by default, members of members as well.
void overlay(json::object& onto, const json::object& stored) {
  for (const auto& member : stored) {
    auto* known = onto.if_contains(member.key());
    if (known && known->is_object() && member.value().is_object())
      overlay(known->get_object(), member.value().get_object());
    else
      onto[member.key()] = member.value();
  }
}

// What a member of a list lacks has its default too.
template <class T>
void complete_items(json::object& params, std::string_view name) {
  auto* items = params.if_contains(name);
  if (!items || !items->is_array()) return;
  const auto plain = json::parse(meta::to_json(T{})).as_object();
  for (auto& item : items->get_array()) {
    auto whole = plain;
    if (item.is_object()) overlay(whole, item.get_object());
    item = std::move(whole);
  }
}

rule::Policy built_in() {
  rule::Policy p;
  p.version = 0;
  p.modes = {rule::Mode::warn, rule::Mode::warn, rule::Mode::warn,
             rule::Mode::warn, rule::Mode::warn, rule::Mode::warn};
  return p;
}

}  // namespace

rule::Policy stored_policy(std::string_view params, std::int64_t version, base::Instant effective_from) {
  auto whole = json::parse(meta::to_json(rule::Policy{})).as_object();
  overlay(whole, json::parse(json::string_view(params.data(), params.size())).as_object());
  complete_items<rule::DayHours>(whole, "out_hours");
  complete_items<rule::ExemptionTerms>(whole, "exemption_terms");
  auto policy = meta::from_json<rule::Policy>(json::serialize(whole));
  if (!policy) throw std::runtime_error("a stored policy cannot be read");
  policy->version = version;
  policy->effective_from_ms = effective_from.ms;
  return *policy;
}

PlacesBelow places_below(db::Scoped& q, std::int64_t compound_id, std::int64_t place_id) {
  PlacesBelow below;
  q.one(
      "SELECT p.id, p.stair_id, p.building_id, p.phase_id FROM place p WHERE p.id = $1 AND p.compound_id = "
      "$2 "
      "AND p.id <> $2 AND {scope:p}",
      {place_id, compound_id}, [&](const db::Row& r) {
        for (int column = 0; column < 4; ++column)
          if (!r.is_null(column) && std::ranges::find(below, r.integer(column)) == below.end())
            below.push_back(r.integer(column));
      });
  return below;
}

RuleBook::RuleBook(db::Scoped& q, std::int64_t compound_id, base::Instant at) : at_(at) {
  // Rules, levels and units of the places above hold below; they are no secret to anyone inside.
  auto& raw = q.unscoped();
  raw.run(
      "SELECT p.id, p.community_id, p.subdistrict_id, p.area_id, p.district_id, p.compound_kind FROM place p "
      "WHERE p.id = $1",
      {compound_id}, [&](const db::Row& r) {
        for (int column = 0; column < 5; ++column)
          if (!r.is_null(column)) above_.push_back(r.integer(column));
        compound_kind_ = r.str(5);
      });
  const auto above = db::json_array(above_);
  raw.run(fmt::format("SELECT y.place_id, y.zone_level, y.compound_kind, y.unit_id, y.version, "
                      "y.effective_from_ms FROM policy y JOIN place n ON n.id = y.place_id WHERE y.state = "
                      "'in_force' AND (y.place_id {} OR n.compound_id = $2)",
                      raw.in_list(1)),
          {above, compound_id}, [&](const db::Row& r) {
            rule::Candidate c;
            c.subject = {r.integer(0), r.str(1), r.str(2), r.is_null(3) ? 0 : r.integer(3)};
            c.version = r.integer(4);
            c.effective_from_ms = r.integer(5);
            candidates_.push_back(std::move(c));
          });
  // Read whether or not a rule asks for them: one that is tried out may.
  raw.run(
      fmt::format("SELECT z.place_id, z.level FROM zone z JOIN place n ON n.id = z.place_id WHERE "
                  "(z.place_id {} OR n.compound_id = $3) AND z.valid_from_ms <= $2 AND (z.valid_until_ms IS "
                  "NULL OR z.valid_until_ms > $2)",
                  raw.in_list(1)),
      {above, at, compound_id}, [&](const db::Row& r) { zones_[r.integer(0)] = r.str(1); });
  raw.run(
      "SELECT m.place_id, m.set_id FROM place_set_member m JOIN place_set s ON s.id = m.set_id JOIN place n "
      "ON "
      "n.id = m.place_id WHERE s.kind = 'sealed_unit' AND n.compound_id = $1 AND m.valid_from_ms <= $2 AND "
      "(m.valid_until_ms IS NULL OR m.valid_until_ms > $2) AND (s.valid_until_ms IS NULL OR s.valid_until_ms "
      "> $2)",
      {compound_id, at}, [&](const db::Row& r) { units_[r.integer(0)].push_back(r.integer(1)); });
}

void RuleBook::try_out(rule::Candidate candidate, const rule::Policy& policy) {
  candidate.version = tried_out;
  std::erase_if(candidates_, [&](const rule::Candidate& c) { return c.subject == candidate.subject; });
  policies_[tried_out] = policy;
  candidates_.push_back(std::move(candidate));
}

rule::Standpoint RuleBook::standpoint(const PlacesBelow& below) const {
  rule::Standpoint at;
  at.chain = below;
  at.chain.insert(at.chain.end(), above_.begin(), above_.end());
  at.compound_kind = compound_kind_;
  for (const auto place : at.chain) {
    if (const auto zone = zones_.find(place); zone != zones_.end() && at.zone_place == 0) {
      at.zone_level = zone->second;
      at.zone_place = place;
    }
    if (const auto found = units_.find(place); found != units_.end())
      for (const auto unit : found->second) at.units.push_back({unit, place});
  }
  return at;
}

std::vector<rule::Weighed> RuleBook::weigh(const PlacesBelow& below, base::Instant at) const {
  return rule::weigh(candidates_, standpoint(below), at.ms);
}
std::vector<rule::Weighed> RuleBook::weigh(const PlacesBelow& below) const { return weigh(below, at_); }

rule::Policy RuleBook::policy(db::Scoped& q, const PlacesBelow& below, base::Instant at) const {
  const auto all = weigh(below, at);
  const bool any = !all.empty() && all.front().why == rule::Why::chosen;
  return version(q, any ? candidates_[all.front().candidate].version : 0, below, at);
}

rule::Policy RuleBook::version(db::Scoped& q, std::int64_t version, const PlacesBelow& below,
                               base::Instant at) const {
  rule::Policy found = built_in();
  if (version != 0) {
    auto known = policies_.find(version);
    if (known == policies_.end()) {
      rule::Policy read;
      q.unscoped().run("SELECT params, effective_from_ms FROM policy WHERE version = $1", {version},
                       [&](const db::Row& r) { read = stored_policy(r.text(0), version, r.instant(1)); });
      known = policies_.emplace(version, std::move(read)).first;
    }
    auto chain = below;
    chain.insert(chain.end(), above_.begin(), above_.end());
    found = rule::policy_for(known->second, chain);
  }
  found.utc_offset_minutes = base::utc_offset_minutes(at);
  return found;
}
rule::Policy RuleBook::policy(db::Scoped& q, const PlacesBelow& below) const { return policy(q, below, at_); }

std::string RuleBook::stamp() const {
  // Versions are never taken back once their time has come, so their number tells that another has.
  const auto begun = std::ranges::count_if(
      candidates_, [&](const rule::Candidate& c) { return c.effective_from_ms <= at_.ms; });
  std::int64_t zones = 0;
  for (const auto& [place, level] : zones_)
    for (const char c : level) zones = (zones * 31 + place + c) % 1'000'003;
  return fmt::format("{}-{}", begun, zones);
}

rule::Policy policy_at(db::Scoped& q, std::int64_t compound_id, std::optional<std::int64_t> place_id,
                       base::Instant at) {
  const RuleBook book(q, compound_id, at);
  return book.policy(q, place_id ? places_below(q, compound_id, *place_id) : PlacesBelow{});
}

}  // namespace feature::gate
