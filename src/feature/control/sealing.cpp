// What the ladder proposes for stairs, buildings and households, and what a person decided on it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "feature/control/clockwork.hpp"
#include "feature/control/outbreak_record.hpp"
#include "feature/control/routes.hpp"
#include "feature/place/below_service.hpp"
#include "feature/place/zone_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;
using engine::control::Home;
using engine::control::Ladder;
using engine::control::Reach;
using engine::control::Sealing;

SealRules seal_rules(const ControlRules& rules) { return rules.sealing.value_or(SealRules{}); }

Ladder ladder_of(const SealRules& r) {
  const auto number = [](std::int64_t n) { return static_cast<int>(n); };
  return {number(r.household_observed), number(r.stair_observed), number(r.building_observed),
          number(r.stair_cases), number(r.building_cases)};
}

// One row for each person: the engine counts a household once. Whoever is observed somewhere else is not
// observed here; a case seals the house it lived in, moved or not (rules.md section 5).
std::vector<Home> homes_at(db::Scoped& q, std::int64_t place_id) {
  std::vector<Home> homes;
  constexpr db::ScopedSql open_cases(
      "SELECT c.household_id, c.dwelling_id, p.stair_id, p.building_id, p.compound_id, c.category, c.level, "
      "c.site FROM control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.ended_ms IS NULL AND "
      "{scope:p}");
  q.run(open_cases.with(place::below(q, place_id)).with(" ORDER BY c.id"), {place_id}, [&](const db::Row& r) {
    Category category{};
    ControlLevel level{};
    meta::parse_enum(r.text(5), category);
    meta::parse_enum(r.text(6), level);
    const bool ill = category == Category::confirmed || category == Category::suspected;
    Home home{r.integer(0), r.integer(1)};
    home.stair = r.is_null(2) ? 0 : r.integer(2);
    home.building = r.integer(r.is_null(3) ? 4 : 3);
    home.observed = !ill && level == ControlLevel::home_observation && r.is_null(7);
    home.cases = ill ? 1 : 0;
    if (home.observed || ill) homes.push_back(home);
  });
  return homes;
}

struct InForce {
  SealDecisionRow row{};
  place::ZoneLevel level = place::ZoneLevel::red;
};
// Sealings somebody decided on whose level still holds.
std::vector<InForce> in_force(db::Scoped& q, std::int64_t place_id, base::Instant now) {
  std::vector<InForce> out;
  constexpr db::ScopedSql held(
      "SELECT s.id, s.place_id, s.compound_id, s.action, s.accepted, s.observed, s.cases, s.reason, "
      "s.zone_id, s.decided_by, s.decided_ms, z.level FROM seal_decision s JOIN zone z ON z.id = s.zone_id "
      "JOIN place p ON p.id = s.place_id WHERE s.action = 'seal' AND s.accepted = 1 AND {scope:p}");
  q.run(held.with(place::below(q, place_id))
            .with(" AND (z.valid_until_ms IS NULL OR z.valid_until_ms > {arg})")
            .with(" ORDER BY p.sort, s.id"),
        {place_id, now}, [&](const db::Row& r) {
          InForce one{meta::load<SealDecisionRow>(r), {}};
          meta::parse_enum(r.text(11), one.level);
          out.push_back(std::move(one));
        });
  return out;
}

// What was last said about a proposal of this kind for the place.
std::optional<SealDecisionRow> last_said(db::Scoped& q, std::int64_t place_id, SealAction action) {
  std::optional<SealDecisionRow> found;
  // The place was found through the scope.
  q.unscoped().one(
      "SELECT id, place_id, compound_id, action, accepted, observed, cases, reason, zone_id, decided_by, "
      "decided_ms FROM seal_decision WHERE place_id = $1 AND action = $2 ORDER BY id DESC LIMIT 1",
      {place_id, meta::name_of(action)}, [&](const db::Row& r) { found = meta::load<SealDecisionRow>(r); });
  return found;
}

// A no holds until there are more than it was said about; the no to lifting one until the next day.
bool refused(db::Scoped& q, const SealProposal& p, base::Instant now) {
  const auto said = last_said(q, p.place_id, p.action);
  if (!said || said->accepted) return false;
  if (p.action == SealAction::unseal) return base::civil_day(said->decided) == base::civil_day(now);
  return p.observed <= said->observed && p.cases <= said->cases;
}

void fill(db::Scoped& q, SealProposal& p, const place::PlaceRow& place) {
  p.compound_id = place.compound_id.value_or(place.id.value);
  p.place_kind = place.kind;
  const auto column = place::level_column(place.kind);
  // Below a place that was found through the scope.
  p.dwellings = q.unscoped().count(
      fmt::format("SELECT COUNT(*) FROM place WHERE {} = $1 AND kind = 'dwelling' AND valid_until_ms IS NULL",
                  column),
      {p.place_id});
  p.guests = q.unscoped().count(
      fmt::format("SELECT COUNT(*) FROM guest g JOIN place d ON d.id = g.dwelling_id WHERE d.{} = $1 AND "
                  "g.state = 'waiting'",
                  column),
      {p.place_id});
  if (const auto labels = place::labels_of(q, {p.place_id}); labels.contains(p.place_id))
    p.label = labels.at(p.place_id);
}

// Each building by the rules in force there: a compound may have a version of its own.
std::vector<Sealing> reached_in(db::Scoped& q, const std::vector<Home>& homes) {
  std::map<std::int64_t, std::vector<Home>> buildings;
  for (const auto& home : homes) buildings[home.building].push_back(home);
  std::vector<Sealing> out;
  for (const auto& [building, lived] : buildings) {
    const auto found = engine::control::propose(lived, ladder_of(seal_rules(rules_at(q, building).params())));
    out.insert(out.end(), found.begin(), found.end());
  }
  std::ranges::sort(out, {}, &Sealing::place);
  return out;
}

class Board {
 public:
  Board(db::Scoped& q, std::int64_t place_id, base::Instant now)
      : q_(q),
        now_(now),
        rules_(seal_rules(rules_at(q, place_id).params())),
        homes_(homes_at(q, place_id)),
        held_(in_force(q, place_id, now)),
        reached_(reached_in(q, homes_)) {}

  SealBoard shown() {
    SealBoard out;
    out.ladder = rules_;
    for (const auto& one : reached_) add(out, {one.place, SealAction::seal, one.observed, one.cases});
    for (const auto& one : held_)
      if (!reached_at_or_above(one.row.place_id)) {
        const auto [observed, cases] = inside(one.row.place_id);
        add(out, {one.row.place_id, SealAction::unseal, observed, cases});
      }
    std::vector<std::int64_t> ids;
    for (const auto& one : held_) ids.push_back(one.row.place_id);
    const auto labels = place::labels_of(q_, ids);
    for (const auto& one : held_) {
      const auto label = labels.find(one.row.place_id);
      out.sealed.push_back({one.row.place_id, label == labels.end() ? "" : label->second, one.level,
                            one.row.observed, one.row.cases, one.row.reason, one.row.decided});
    }
    return out;
  }
  std::optional<std::int64_t> zone_held_at(std::int64_t place_id) const {
    for (const auto& one : held_)
      if (one.row.place_id == place_id) return one.row.zone_id;
    return std::nullopt;
  }

 private:
  struct Candidate {
    std::int64_t place = 0;
    SealAction action{};
    int observed = 0, cases = 0;
  };

  void add(SealBoard& out, const Candidate& c) {
    const auto place = place::find_place(q_, c.place);
    if (!place) return;
    if (c.action == SealAction::seal && sealed_already(*place)) return;
    SealProposal p;
    p.place_id = c.place;
    p.action = c.action;
    p.observed = c.observed;
    p.cases = c.cases;
    if (refused(q_, p, now_)) return;
    fill(q_, p, *place);
    out.items.push_back(std::move(p));
  }
  // By such a decision at the place or above it, or by a level that somebody gave it otherwise.
  bool sealed_already(const place::PlaceRow& place) const {
    const auto chain = place::chain_of(place);
    const auto zones = place::zones_at(q_, {place}, now_);
    if (const auto zone = zones.find(place.id.value);
        zone != zones.end() && zone->second.level == place::ZoneLevel::red)
      return true;
    return std::ranges::any_of(
        held_, [&](const InForce& one) { return std::ranges::find(chain, one.row.place_id) != chain.end(); });
  }
  bool reached_at_or_above(std::int64_t place_id) const {
    const auto place = place::find_place(q_, place_id);
    if (!place) return true;
    const auto chain = place::chain_of(*place);
    return std::ranges::any_of(
        reached_, [&](const Sealing& s) { return std::ranges::find(chain, s.place) != chain.end(); });
  }
  std::pair<int, int> inside(std::int64_t place_id) const {
    std::set<std::int64_t> observed;
    int cases = 0;
    for (const auto& home : homes_) {
      if (home.dwelling != place_id && home.stair != place_id && home.building != place_id) continue;
      if (home.observed) observed.insert(home.household);
      cases += home.cases;
    }
    return {static_cast<int>(observed.size()), cases};
  }

  db::Scoped& q_;
  base::Instant now_;
  SealRules rules_;
  std::vector<Home> homes_;
  std::vector<InForce> held_;
  std::vector<Sealing> reached_;
};

// Where people are observed or ill is health: looking is audited.
Result<SealBoard> board(api::Context& c, const SealQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<SealBoard> {
    if (!place::find_place(q, in.place_id)) return base::fail(ErrorKind::not_found, "not_found");
    auto out = Board(q, in.place_id, c.now).shown();
    core::audit(q, c, {"sealing.list", "place", in.place_id, std::nullopt, std::to_string(out.items.size())});
    return out;
  });
}

std::string work_of(std::int64_t place_id) { return fmt::format("sealing:{}:", place_id); }

Result<std::optional<std::int64_t>> carry_out(db::Scoped& q, const Board& now, const place::PlaceRow& place,
                                              const SealDecision& in, std::int64_t zone_id,
                                              const api::Context& c) {
  if (!in.accepted) return std::optional<std::int64_t>{};
  const auto source = core::source_of(c);
  if (in.action == SealAction::unseal) {
    const auto held = now.zone_held_at(in.place_id);
    if (!held || !place::end_zone(q, *held, source))
      return base::fail(ErrorKind::conflict, "control.proposal_gone");
    return held;
  }
  place::ZoneRow zone;
  zone.id = meta::Id<place::ZoneRow>(zone_id);
  zone.place_id = in.place_id;
  zone.level = in.level.value_or(place::ZoneLevel::red);
  zone.reason = std::string(in.reason);
  zone.valid_from = c.now;
  zone.created_by = c.who.account;
  place::begin_zone(q, place, zone, source);
  return std::optional{zone_id};
}

Result<SealBoard> decide(api::Context& c, const SealDecision& in) {
  if (in.level == place::ZoneLevel::none) return base::fail_field("/level", "not_allowed");
  SealDecisionRow row;
  row.id = c.new_id<SealDecisionRow>();
  const auto zone_id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<SealBoard> {
    place::take_guard(q);
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    // The building decides with its stairs: what is proposed for one depends on the others.
    const auto around = place->building_id.value_or(in.place_id);
    Board before(q, around, c.now);
    const auto shown = before.shown();
    const auto proposal = std::ranges::find_if(shown.items, [&](const SealProposal& p) {
      return p.place_id == in.place_id && p.action == in.action;
    });
    if (proposal == shown.items.end()) return base::fail(ErrorKind::conflict, "control.proposal_gone");
    // What was agreed to is what was seen.
    if (proposal->observed != in.observed || proposal->cases != in.cases)
      return base::fail(
          ErrorKind::conflict, "control.numbers_differ",
          {{"observed", std::to_string(proposal->observed)}, {"cases", std::to_string(proposal->cases)}});
    const auto zone = carry_out(q, before, *place, in, zone_id, c);
    if (!zone) return tl::unexpected(zone.error());
    auto said = row;
    said.place_id = in.place_id;
    said.compound_id = proposal->compound_id;
    said.action = in.action;
    said.accepted = in.accepted;
    said.observed = proposal->observed;
    said.cases = proposal->cases;
    said.reason = in.reason;
    said.zone_id = *zone;
    said.decided_by = c.who.account;
    said.decided = c.now;
    core::append(q, said);
    work_item::settle_all(q, work_of(in.place_id), c.now);
    core::audit(q, c,
                {fmt::format("sealing.{}", meta::name_of(in.action)), "place", in.place_id, said.compound_id,
                 in.accepted ? "accepted" : "refused"});
    return Board(q, around, c.now).shown();
  });
}

}  // namespace

void tell_sealing(db::Scoped& q, const CaseRow& row, std::int64_t work_id, base::Instant now) {
  const auto home = place::find_place(q, row.dwelling_id);
  if (!home) return;
  const auto board = Board(q, home->building_id.value_or(row.dwelling_id), now).shown();
  for (const auto id : {home->id.value, home->stair_id.value_or(0), home->building_id.value_or(0)}) {
    const auto proposed = std::ranges::find(board.items, id, &SealProposal::place_id);
    work_item::settle_all(q, work_of(id),
                          now);  // a case more or less: what was proposed before is another question now
    if (proposed == board.items.end()) continue;
    work_item::Cause cause;
    cause.kind = "sealing_proposed";
    cause.place_id = id;
    cause.origin = fmt::format("{}{}:{}", work_of(id), row.id.value, row.ended ? "end" : "begin");
    work_item::open(q, cause, work_id, now);
    return;
  }
}

void sealing_routes(api::Router& r) {
  r.get<SealQuery, SealBoard>("/api/sealings", Permission::control_read,
                              "What the ladder proposes to seal or open again, and what is sealed", board);
  r.post<SealDecision, SealBoard>("/api/sealings", Permission::control_write,
                                  "Decide on a proposal, with the numbers that were seen", decide);
}

}  // namespace feature::control
