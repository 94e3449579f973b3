#include "feature/gate/rule_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <mutex>

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

rule::Policy parse_policy(std::string_view params) {
  auto whole = json::parse(meta::to_json(rule::Policy{})).as_object();
  overlay(whole, json::parse(json::string_view(params.data(), params.size())).as_object());
  complete_items<rule::DayHours>(whole, "out_hours");
  complete_items<rule::ExemptionTerms>(whole, "exemption_terms");
  auto policy = meta::from_json<rule::Policy>(json::serialize(whole));
  if (!policy) throw std::runtime_error("a stored policy cannot be read");
  return *std::move(policy);
}

}  // namespace

rule::Policy stored_policy(std::string_view params, std::int64_t version, base::Instant effective_from) {
  auto policy = parse_policy(params);
  policy.version = version;
  policy.effective_from_ms = effective_from.ms;
  return policy;
}

PlacesBelow places_below(db::Scoped& q, std::int64_t compound_id, std::int64_t place_id) {
  PlacesBelow below;
  q.one(
      "SELECT p.id, p.stair_id, p.building_id, p.phase_id FROM place p WHERE p.id = $1 AND p.compound_id = "
      "$2 AND p.id <> $2 AND {scope:p}",
      {place_id, compound_id}, [&](const db::Row& r) { below = places_below(r, 0); });
  return below;
}

PlacesBelow places_below(const db::Row& row, int first) {
  PlacesBelow below;
  for (int column = first; column < first + 4; ++column)
    if (!row.is_null(column) && std::ranges::find(below, row.integer(column)) == below.end())
      below.push_back(row.integer(column));
  return below;
}

// What may hold in a compound, with its dates: the same for every question until a rule, a zone level or a
// sealed unit of any place is changed.
struct RuleBook::Ground {
  std::vector<std::int64_t> above{};  // the compound and what stands above it
  std::string compound_kind{};
  struct Zone {
    std::string level{};
    std::int64_t from_ms = 0, until_ms = 0;
  };
  struct Unit {
    std::int64_t id = 0, from_ms = 0, until_ms = 0;
  };
  std::map<std::int64_t, std::vector<Zone>> zones{};  // of a place
  std::map<std::int64_t, std::vector<Unit>> units{};
  std::vector<rule::Candidate> candidates{};
  std::map<std::int64_t, rule::Policy> policies{};  // by version

  Ground(db::Scoped& q, std::int64_t compound_id);
};

RuleBook::Ground::Ground(db::Scoped& q, std::int64_t compound_id) {
  // Rules, levels and units of the places above hold below; they are no secret to anyone inside.
  auto& raw = q.unscoped();
  raw.run(
      "SELECT p.id, p.community_id, p.subdistrict_id, p.area_id, p.district_id, p.compound_kind FROM place p "
      "WHERE p.id = $1",
      {compound_id}, [&](const db::Row& r) {
        for (int column = 0; column < 5; ++column)
          if (!r.is_null(column)) above.push_back(r.integer(column));
        compound_kind = r.str(5);
      });
  const auto listed = db::json_array(above);
  const auto end_of = [](const db::Row& r, int column) {
    return r.is_null(column) ? std::numeric_limits<std::int64_t>::max() : r.integer(column);
  };
  raw.run(fmt::format("SELECT y.place_id, y.zone_level, y.compound_kind, y.unit_id, y.version, "
                      "y.effective_from_ms, y.params FROM policy y JOIN place n ON n.id = y.place_id WHERE "
                      "y.state = 'in_force' AND (y.place_id {} OR n.compound_id = $2)",
                      raw.in_list(1)),
          {listed, compound_id}, [&](const db::Row& r) {
            rule::Candidate c;
            c.subject = {r.integer(0), r.str(1), r.str(2), r.is_null(3) ? 0 : r.integer(3)};
            c.version = r.integer(4);
            c.effective_from_ms = r.integer(5);
            policies.emplace(c.version, stored_policy(r.text(6), c.version, r.instant(5)));
            candidates.push_back(std::move(c));
          });
  // Read whether or not a rule asks for them: one that is tried out may.
  raw.run(
      fmt::format("SELECT z.place_id, z.level, z.valid_from_ms, z.valid_until_ms FROM zone z JOIN place n "
                  "ON n.id = z.place_id WHERE z.place_id {} OR n.compound_id = $2",
                  raw.in_list(1)),
      {listed, compound_id}, [&](const db::Row& r) {
        zones[r.integer(0)].push_back({r.str(1), r.integer(2), end_of(r, 3)});
      });
  raw.run(
      "SELECT m.place_id, m.set_id, m.valid_from_ms, m.valid_until_ms, s.valid_until_ms FROM "
      "place_set_member m JOIN place_set s ON s.id = m.set_id JOIN place n ON n.id = m.place_id WHERE s.kind "
      "= 'sealed_unit' AND n.compound_id = $1",
      {compound_id}, [&](const db::Row& r) {
        units[r.integer(0)].push_back({r.integer(1), r.integer(2), std::min(end_of(r, 3), end_of(r, 4))});
      });
}

// Every change of what a book reads gives the store another number (`rule_epoch`, by triggers), never one
// it had before, so a number and a compound name one content, whichever store it is.
std::shared_ptr<const RuleBook::Ground> RuleBook::remembered_ground(db::Scoped& q, std::int64_t compound_id) {
  constexpr std::size_t remembered_max = 2000;
  static std::mutex one_at_a_time;
  static std::map<std::pair<std::int64_t, std::int64_t>, std::shared_ptr<const Ground>> remembered;
  const std::pair key{q.unscoped().count("SELECT epoch FROM rule_epoch"), compound_id};
  {
    const std::lock_guard lock(one_at_a_time);
    if (const auto known = remembered.find(key); known != remembered.end()) return known->second;
  }
  auto ground = std::make_shared<const Ground>(q, compound_id);
  const std::lock_guard lock(one_at_a_time);
  if (remembered.size() >= remembered_max) remembered.clear();
  remembered[key] = ground;
  return ground;
}

RuleBook::RuleBook(db::Scoped& q, std::int64_t compound_id, base::Instant at)
    : at_(at), ground_(remembered_ground(q, compound_id)) {}

const std::vector<rule::Candidate>& RuleBook::candidates() const {
  return tried_.empty() ? ground_->candidates : tried_;
}

void RuleBook::try_out(rule::Candidate candidate, const rule::Policy& policy) {
  candidate.version = tried_out;
  tried_ = candidates();
  std::erase_if(tried_, [&](const rule::Candidate& c) { return c.subject == candidate.subject; });
  policies_[tried_out] = policy;
  tried_.push_back(std::move(candidate));
}

rule::Standpoint RuleBook::standpoint(const PlacesBelow& below) const {
  rule::Standpoint at;
  at.chain = below;
  at.chain.insert(at.chain.end(), ground_->above.begin(), ground_->above.end());
  at.compound_kind = ground_->compound_kind;
  for (const auto place : at.chain) {
    if (const auto zones = ground_->zones.find(place); zones != ground_->zones.end() && at.zone_place == 0)
      for (const auto& zone : zones->second)
        if (zone.from_ms <= at_.ms && at_.ms < zone.until_ms) {
          at.zone_level = zone.level;
          at.zone_place = place;
        }
    if (const auto units = ground_->units.find(place); units != ground_->units.end())
      for (const auto& unit : units->second)
        if (unit.from_ms <= at_.ms && at_.ms < unit.until_ms) at.units.push_back({unit.id, place});
  }
  return at;
}

std::vector<rule::Weighed> RuleBook::weigh(const PlacesBelow& below, base::Instant at) const {
  return rule::weigh(candidates(), standpoint(below), at.ms);
}
std::vector<rule::Weighed> RuleBook::weigh(const PlacesBelow& below) const { return weigh(below, at_); }

rule::Policy RuleBook::policy(db::Scoped& q, const PlacesBelow& below, base::Instant at) const {
  const auto all = weigh(below, at);
  const bool any = !all.empty() && all.front().why == rule::Why::chosen;
  return version(q, any ? candidates()[all.front().candidate].version : 0, below, at);
}

rule::Policy RuleBook::version(db::Scoped& q, std::int64_t version, const PlacesBelow& below,
                               base::Instant at) const {
  rule::Policy found = built_in();
  if (version != 0) {
    auto chain = below;
    chain.insert(chain.end(), ground_->above.begin(), ground_->above.end());
    if (const auto known = ground_->policies.find(version); known != ground_->policies.end()) {
      found = rule::policy_for(known->second, chain);
    } else {
      auto read = policies_.find(version);
      if (read == policies_.end())
        q.unscoped().run("SELECT params, effective_from_ms FROM policy WHERE version = $1", {version},
                         [&](const db::Row& r) {
                           auto stored = stored_policy(r.text(0), version, r.instant(1));
                           read = policies_.emplace(version, std::move(stored)).first;
                         });
      if (read != policies_.end()) found = rule::policy_for(read->second, chain);
    }
  }
  found.utc_offset_minutes = base::utc_offset_minutes(at);
  return found;
}
rule::Policy RuleBook::policy(db::Scoped& q, const PlacesBelow& below) const { return policy(q, below, at_); }

std::string RuleBook::stamp() const {
  // Versions are never taken back once their time has come, so their number tells that another has.
  const auto begun = std::ranges::count_if(
      candidates(), [&](const rule::Candidate& c) { return c.effective_from_ms <= at_.ms; });
  std::int64_t zones = 0;
  for (const auto& [place, of_place] : ground_->zones)
    for (const auto& zone : of_place)
      if (zone.from_ms <= at_.ms && at_.ms < zone.until_ms)
        for (const char c : zone.level) zones = (zones * 31 + place + c) % 1'000'003;
  return fmt::format("{}-{}", begun, zones);
}

rule::Policy policy_at(db::Scoped& q, std::int64_t compound_id, std::optional<std::int64_t> place_id,
                       base::Instant at) {
  const auto below = place_id ? places_below(q, compound_id, *place_id) : PlacesBelow{};
  return RuleBook(q, compound_id, at).policy(q, below);
}

}  // namespace feature::gate
