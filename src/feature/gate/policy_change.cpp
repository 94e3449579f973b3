// What a version would change: against the one it replaces, for the people of its places, and on the passages
// of the last seven days. Each compound, and each few hundred passages, is a reading of its own: no gate
// waits.
#include "feature/gate/policy_change.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "engine/gate/compare.hpp"
#include "feature/gate/policy_replay.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/gate/service.hpp"
#include "feature/gate/watch.hpp"
#include "feature/place/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// The rule that holds at a place which may stand above every compound.
rule::Policy held_at(db::Scoped& q, const place::PlaceRow& place, base::Instant now) {
  if (place.compound_id)
    return policy_at(q, *place.compound_id,
                     place.id.value == *place.compound_id ? std::nullopt : std::optional(place.id.value),
                     now);
  // The chain of a place above compounds is that of a compound in it: a book of the place itself will do.
  return RuleBook(q, place.id.value, now).policy(q, {});
}

// The version in force of exactly this subject.
std::optional<rule::Policy> same_subject(db::Scoped& q, const rule::Subject& s, base::Instant now) {
  std::optional<rule::Policy> found;
  q.unscoped().run(
      "SELECT params, version, effective_from_ms FROM policy WHERE place_id = $1 AND COALESCE(zone_level, "
      "'') = $2 AND COALESCE(compound_kind, '') = $3 AND COALESCE(unit_id, 0) = $4 AND state = 'in_force' "
      "AND effective_from_ms <= $5 ORDER BY effective_from_ms DESC, version DESC LIMIT 1",
      {s.place_id, s.zone_level, s.compound_kind, s.unit_id, now},
      [&](const db::Row& r) { found = stored_policy(r.text(0), r.integer(1), r.instant(2)); });
  return found;
}

// --- preview ---------------------------------------------------------------------------------------

// At which instants of a day somebody may start out: every hour, and where hours begin.
std::vector<base::Instant> moments_of(base::Day day, const rule::Policy& a, const rule::Policy& b) {
  std::set<int> minutes;
  for (int hour = 0; hour < 24; ++hour) minutes.insert(60 * hour);
  for (const auto* policy : {&a, &b})
    for (const auto& hours : policy->out_hours) minutes.insert(hours.from_minute);
  std::vector<base::Instant> all;
  for (const int minute : minutes)
    all.push_back({(day.number * std::int64_t{1440} + minute - a.utc_offset_minutes) * base::minute_ms});
  return all;
}

// Somebody with card and certificate in order who does what the gate asks.
rule::Facts willing(std::vector<rule::Use> uses) {
  rule::Facts f;
  f.uses = std::move(uses);
  f.disinfected = f.registered = true;
  f.proof = rule::Proof::code;
  return f;
}

bool may_leave(rule::Facts& f, const rule::Policy& policy, const std::vector<base::Instant>& moments) {
  return std::ranges::any_of(moments, [&](base::Instant at) {
    f.now_ms = at.ms;
    f.tested_at_ms = at.ms;
    f.readings = {{0, 365, at.ms}};
    return rule::decide(f, policy).outcome == rule::Outcome::allow;
  });
}

class Preview {
 public:
  Preview(const NewPolicy& in, base::Instant at, base::Instant now, PolicyPreview& out)
      : in_(in), at_(at), now_(now), out_(out) {}

  void count(db::Scoped& q, std::int64_t compound) {
    const RuleBook before(q, compound, now_);
    auto after = before;
    after.try_out({subject_of(in_), 0, 0}, in_.params);
    const auto uses = uses_of_compound(q, compound, at_);
    const auto levels = levels_of_compound(q, compound, now_);
    affected_.clear();
    q.run(
        "SELECT h.id, r.person_id, p.id, p.stair_id, p.building_id, p.phase_id FROM household h JOIN place p "
        "ON p.id = h.dwelling_id LEFT JOIN residence r ON r.household_id = h.id AND r.valid_until_ms IS NULL "
        "WHERE h.compound_id = $1 AND h.valid_until_ms IS NULL AND {scope:p} ORDER BY h.id",
        {compound}, [&](const db::Row& r) {
          const auto household = r.integer(0);
          if (household != household_) begin(q, before, after, r);
          if (!holds_) return;
          affected_.insert(household);
          if (r.is_null(1)) return;
          const auto found = uses.find(household);
          person(levels, household, r.integer(1),
                 found == uses.end() ? std::vector<rule::Use>{} : found->second);
        });
    out_.households += static_cast<std::int64_t>(affected_.size());
    outside_and_inside(q, compound);
    if (in_.voids_cards.value_or(false)) cards(q, compound);
  }

 private:
  void begin(db::Scoped& q, const RuleBook& before, const RuleBook& after, const db::Row& r) {
    household_ = r.integer(0);
    PlacesBelow below;
    for (int column = 2; column < 6; ++column)
      if (!r.is_null(column)) below.push_back(r.integer(column));
    const auto weighed = after.weigh(below, at_);
    holds_ = !weighed.empty() && weighed.front().why == rule::Why::chosen &&
             after.candidates()[weighed.front().candidate].version < 0;
    if (!holds_) return;
    was_ = before.policy(q, below, at_);
    is_ = after.policy(q, below, at_);
    moments_ = moments_of(base::civil_day(at_) + 1, was_, is_);
  }

  void person(const Levels& levels, std::int64_t household, std::int64_t person,
              std::vector<rule::Use> uses) {
    ++out_.persons;
    auto facts = willing(std::move(uses));
    facts.standing = levels.word(was_, household, person, at_);
    if (!may_leave(facts, was_, moments_)) return;
    ++out_.could_leave;
    facts.standing = levels.word(is_, household, person, at_);
    if (!may_leave(facts, is_, moments_)) ++out_.no_longer;
  }

  // Everybody whose last crossing was an exit, and visitors who came and have not gone (practice.md 4, 5).
  void outside_and_inside(db::Scoped& q, std::int64_t compound) {
    const auto since = now_ + -62 * base::day_ms;
    q.run(
        "SELECT l.household_id, l.n_persons FROM (SELECT g.id, g.compound_id, g.household_id, "
        "g.happened_ms, g.direction, g.persons + g.companions AS n_persons, ROW_NUMBER() OVER (PARTITION "
        "BY g.household_id, g.person_id ORDER BY g.happened_ms DESC, g.id DESC) AS n FROM passage g WHERE "
        "g.compound_id = $1 AND g.happened_ms >= $2 AND g.household_id IS NOT NULL AND g.result = 'passed' "
        "AND NOT EXISTS (SELECT 1 FROM passage v WHERE v.compound_id = $1 AND v.happened_ms >= $2 AND "
        "v.reverses_id = g.id AND v.result = 'reversed')) l JOIN place p ON p.id = l.compound_id WHERE l.n "
        "= 1 AND l.direction = 'out' AND {scope:p} AND NOT EXISTS (SELECT 1 FROM passage v WHERE "
        "v.compound_id = $1 AND v.happened_ms >= $2 AND v.reverses_id = l.id)",
        {compound, since}, [&](const db::Row& r) {
          if (affected_.contains(r.integer(0))) out_.people_out += r.integer(1);
        });
    if (affected_.empty()) return;
    q.run(
        "SELECT g.persons + g.companions FROM passage g JOIN place p ON p.id = g.compound_id WHERE "
        "g.compound_id = $1 AND g.happened_ms >= $2 AND g.result = 'passed' AND g.direction = 'in' AND "
        "g.holder_kind = 'visitor' AND {scope:p} AND NOT " VISIT_OVER,
        {compound, since}, [&](const db::Row& r) { out_.non_residents_inside += r.integer(0); });
  }

  void cards(db::Scoped& q, std::int64_t compound) {
    q.run(
        "SELECT ps.household_id FROM pass ps JOIN place p ON p.id = ps.compound_id WHERE ps.compound_id = "
        "$1 AND ps.state IN ('active', 'inactive') AND ps.pass_class <> 'exempt' AND ps.household_id IS "
        "NOT NULL AND {scope:p}",
        {compound}, [&](const db::Row& r) {
          if (affected_.contains(r.integer(0))) ++out_.passes_to_reprint;
        });
  }

  const NewPolicy& in_;
  const base::Instant at_, now_;
  PolicyPreview& out_;
  std::int64_t household_ = 0;
  bool holds_ = false;
  rule::Policy was_{}, is_{};
  std::vector<base::Instant> moments_;
  std::set<std::int64_t> affected_;
};

// The compounds a version is written for, as far as they are counted one by one.
constexpr std::size_t compounds_max = 100;

struct Reach {
  place::PlaceRow place{};
  std::vector<std::int64_t> compounds{};  // at most compounds_max
  std::int64_t all = 0;
};

Result<Reach> reach_of(api::Context& c, const NewPolicy& in) {
  if (auto problems = check_policy(in.params); !problems.empty()) return base::fail(std::move(problems));
  return c.read([&](db::Scoped& q) -> Result<Reach> {
    Reach reach;
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    if (auto problems = check_subject(q, in); !problems.empty()) return base::fail(std::move(problems));
    reach.place = *place;
    if (place->compound_id) {
      reach.compounds = {*place->compound_id};
    } else {
      for (const auto& row : place::compounds_below(q, *place))
        if (!in.compound_kind || row.compound_kind == in.compound_kind)
          reach.compounds.push_back(row.id.value);
    }
    reach.all = static_cast<std::int64_t>(reach.compounds.size());
    reach.compounds.resize(std::min(reach.compounds.size(), compounds_max));
    return reach;
  });
}

Result<PolicyPreview> preview(api::Context& c, const NewPolicy& in) {
  const auto reach = reach_of(c, in);
  if (!reach) return tl::unexpected(reach.error());
  PolicyPreview out;
  out.compounds = reach->all;
  auto change = c.read([&](db::Scoped& q) -> Result<PolicyChange> {
    return change_of(q, subject_of(in), in.params, in.voids_cards.value_or(false), reach->place, c.now);
  });
  if (!change) return tl::unexpected(change.error());
  out.tightening = change->tightening;
  out.against_version = change->against_version;
  out.differences = std::move(change->differences);
  out.earliest = change->tightening ? change->earliest : c.now;
  const auto at = std::max(in.effective_from.value_or(c.now), out.earliest);
  Preview counting(in, at, c.now, out);
  for (const auto compound : reach->compounds) {
    auto counted = c.read([&](db::Scoped& q) -> Result<bool> {
      counting.count(q, compound);
      return true;
    });
    if (!counted) return tl::unexpected(counted.error());
    ++out.compounds_counted;
  }
  return out;
}

Result<PolicyReplay> replay(api::Context& c, const NewPolicy& in) {
  const auto reach = reach_of(c, in);
  if (!reach) return tl::unexpected(reach.error());
  return replay_policy(c, in, reach->compounds, reach->all);
}

Result<PolicyTemplates> list_templates(api::Context&) { return policy_templates(); }

}  // namespace

base::Problems check_subject(db::Scoped& q, const NewPolicy& in) {
  base::Problems problems;
  const auto place = place::find_place(q, in.place_id);
  if (!place) return problems;  // said by the caller
  if (in.compound_kind && place->compound_id && place->kind != place::Kind::compound)
    problems.push_back({"/compound_kind", "not_allowed"});
  if (in.unit_id &&
      q.count("SELECT COUNT(*) FROM place_set s JOIN place p ON p.id = s.place_id WHERE s.id = $1 "
              "AND s.kind = 'sealed_unit' AND s.valid_until_ms IS NULL AND s.place_id = $2 AND "
              "{scope:p}",
              {*in.unit_id, in.place_id}) == 0)
    problems.push_back({"/unit_id", "not_found"});
  if (place->kind == place::Kind::dwelling || place->kind == place::Kind::premises)
    problems.push_back({"/place_id", "not_allowed"});
  return problems;
}

PolicyChange change_of(db::Scoped& q, const rule::Subject& subject, const rule::Policy& params,
                       bool voids_cards, const place::PlaceRow& place, base::Instant now) {
  auto held = same_subject(q, subject, now);
  if (!held) held = held_at(q, place, now);
  PolicyChange change;
  change.against_version = held->version;
  change.earliest = now + held->notice_minutes * base::minute_ms;
  const auto found = rule::differences(*held, params);
  change.tightening = voids_cards || rule::tightens(found);
  for (const auto& d : found) change.differences.push_back({d.field, d.effect});
  return change;
}

void policy_change_routes(api::Router& r) {
  r.post<NewPolicy, PolicyPreview>("/api/policies/preview", Permission::policy_write,
                                   "Whom a version would concern and whom it would keep in", preview);
  r.post<NewPolicy, PolicyReplay>("/api/policies/replay", Permission::policy_write,
                                  "What a version would have decided on the passages of the last seven days",
                                  replay);
  r.get<PolicyTemplates>("/api/policies/templates", Permission::policy_read,
                         "Rules of earlier regimes, to start from", list_templates);
}

}  // namespace feature::gate
