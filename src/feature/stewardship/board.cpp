#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/context.hpp"
#include "feature/stewardship/api.hpp"
#include "feature/stewardship/facts.hpp"

namespace feature::stewardship {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

struct State {
  place::PlaceRow place{};
  place::PlaceRulesShown rules{};
  Facts facts{};
  std::vector<Suggestion> suggestions{};
};

Result<State> load_state(db::Scoped& q, std::int64_t place_id, base::Instant now) {
  const auto place = place::find_place(q, place_id);
  if (!place || place->kind > place::Kind::compound) return base::fail(ErrorKind::not_found, "not_found");
  State s{*place, place::rules_at(q, *place, now), {}, {}};
  s.facts = load_facts(q, *place, s.rules.params, now);
  s.suggestions = suggest(s.facts, load_people(q, *place), s.rules.params);
  return s;
}

Result<Board> board(api::Context& c, const place::PlaceIdQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<Board> {
    auto state = load_state(q, in.place_id, c.now);
    if (!state) return tl::unexpected(std::move(state).error());
    Board out;
    out.place_id = in.place_id;
    out.place_name = state->place.name;
    out.as_of_ms = c.now;
    out.rules_version = state->rules.version;
    out.tiers = state->rules.params.tiers;
    out.checks = check(state->facts, state->rules.params);
    for (const auto& f : state->facts.compounds)
      out.compounds.push_back({f.id, f.name, f.property_level, f.persons, f.observed_households,
                               f.volunteers_planned, f.volunteers,
                               volunteers_for(f, state->rules.params).count});
    out.suggestions = std::move(state->suggestions);
    return out;
  });
}

// --- accepting ---------------------------------------------------------------------------------------------
class Acceptance {
 public:
  Acceptance(db::Scoped& q, const core::Source& source, const std::vector<std::int64_t>& ids)
      : q_(q), source_(source), ids_(ids) {}

  // False when there is nothing to do it with; the suggestion then stands and is counted as gone.
  bool apply(const Suggestion& s, const State& state) {
    switch (s.kind) {
      case SuggestionKind::grid:
        return make_grids(s);
      case SuggestionKind::volunteers:
        return plan_volunteers(s);
      case SuggestionKind::steward:
      case SuggestionKind::rank:
        return assign(s, state);
    }
    return false;
  }

 private:
  std::int64_t id() { return ids_.at(next_++); }
  std::size_t left() const { return ids_.size() - next_; }

  // The whole compound as one grid, or its buildings in walking order cut into parts of like size.
  bool make_grids(const Suggestion& s) {
    const auto compound = place::find_compound(q_, s.place_id);
    const auto community =
        compound ? place::find_place(q_, compound->community_id.value_or(0)) : std::nullopt;
    if (!community) return false;
    std::vector<std::pair<std::int64_t, std::int64_t>> buildings;  // with their dwellings
    q_.run(
        "SELECT p.id, (SELECT COUNT(*) FROM place d WHERE d.building_id = p.id AND d.kind = 'dwelling' AND "
        "d.valid_until_ms IS NULL) FROM place p WHERE p.compound_id = $1 AND p.kind = 'building' AND "
        "p.valid_until_ms IS NULL AND {scope:p} ORDER BY p.phase_id NULLS FIRST, p.sort, p.id",
        {s.place_id}, [&](const db::Row& r) { buildings.emplace_back(r.integer(0), r.integer(1)); });
    std::vector<std::vector<std::int64_t>> parts{{s.place_id}};
    if (s.count > 1 && static_cast<std::int64_t>(buildings.size()) >= s.count)
      parts = cut(buildings, static_cast<std::size_t>(s.count));
    std::size_t needed = parts.size();
    for (const auto& part : parts) needed += part.size();
    if (left() < needed) return false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!place::member_problems(q_, place::SetKind::grid, *community, parts[i], 0).empty()) return false;
      std::vector<std::int64_t> ids(parts[i].size() + 1);
      for (auto& one : ids) one = id();
      place::PlaceSetRow set;
      set.id = meta::Id<place::PlaceSetRow>(ids.front());
      set.kind = place::SetKind::grid;
      set.place_id = community->id.value;
      set.name = parts.size() == 1 ? compound->name : fmt::format("{} {}", compound->name, i + 1);
      set.valid_from = source_.now;
      place::add_set(q_, set, parts[i], ids, source_);
    }
    return true;
  }

  static std::vector<std::vector<std::int64_t>> cut(
      const std::vector<std::pair<std::int64_t, std::int64_t>>& buildings, std::size_t n) {
    std::int64_t all = 0, before = 0;
    for (const auto& b : buildings) all += b.second;
    std::vector<std::vector<std::int64_t>> parts(n);
    for (std::size_t i = 0; i < buildings.size(); ++i) {
      // By the middle of each building, and never leaving a part empty.
      auto part = all == 0 ? i * n / buildings.size()
                           : static_cast<std::size_t>((before * 2 + buildings[i].second) *
                                                      static_cast<std::int64_t>(n) / (2 * all + 1));
      part = std::clamp(part, i + n < buildings.size() ? 0 : i + n - buildings.size(), std::min(i, n - 1));
      parts[part].push_back(buildings[i].first);
      before += buildings[i].second;
    }
    return parts;
  }

  bool plan_volunteers(const Suggestion& s) {
    std::optional<ProfileRow> before;
    q_.one(
        "SELECT f.id, f.property_level, f.observed_households, f.volunteers_planned, f.updated_ms FROM "
        "compound_profile f JOIN place p ON p.id = f.id WHERE f.id = $1 AND {scope:p}",
        {s.place_id}, [&](const db::Row& r) { before = meta::load<ProfileRow>(r); });
    ProfileRow after = before.value_or(ProfileRow{meta::Id<place::PlaceRow>(s.place_id)});
    after.volunteers_planned = s.count;
    after.updated = source_.now;
    if (before)
      core::update(q_, *before, after, source_);
    else
      core::insert(q_, after, source_);
    return true;
  }

  bool assign(const Suggestion& s, const State& state) {
    if (left() == 0 || !s.staff_id) return false;
    StewardshipRow w;
    w.id = meta::Id<StewardshipRow>(id());
    w.staff_id = meta::Id<StaffRow>(*s.staff_id);
    w.place_id = meta::Id<place::PlaceRow>(s.place_id);
    w.grid_id = s.grid_id;
    w.tier = s.tier.value_or(static_cast<int>(state.rules.params.tiers.size()));
    w.valid_from = source_.now;
    w.source = source_.source;
    core::insert(q_, w, source_);
    return true;
  }

  db::Scoped& q_;
  const core::Source& source_;
  const std::vector<std::int64_t>& ids_;
  std::size_t next_ = 0;
};

// Numbers the accepted ones may take: a grid takes one for itself and one for each of its buildings.
Result<std::size_t> numbers_needed(api::Context& c, const Accept& in) {
  return c.read([&](db::Scoped& q) -> Result<std::size_t> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    const auto buildings = q.unscoped().count(
        fmt::format(
            "SELECT COUNT(*) FROM place WHERE {} = $1 AND kind = 'building' AND valid_until_ms IS NULL",
            place::level_column(place->kind)),
        {in.place_id});
    return static_cast<std::size_t>(buildings) + in.keys.size() * 8;
  });
}

Result<Accepted> accept(api::Context& c, const Accept& in) {
  if (in.keys.empty()) return base::fail_field("/keys", "required");
  if (in.keys.size() > 2000) return base::fail_field("/keys", "too_many");
  const std::set<std::string> keys(in.keys.begin(), in.keys.end());
  const auto needed = numbers_needed(c, in);
  if (!needed) return tl::unexpected(needed.error());
  std::vector<std::int64_t> ids(*needed);
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Accepted> {
    place::take_guard(q);
    const auto state = load_state(q, in.place_id, c.now);
    if (!state) return base::fail_field("/place_id", "not_found");
    const auto source = core::source_of(c);
    Acceptance acceptance(q, source, ids);
    Accepted out;
    for (const auto& key : keys) {
      const auto found = std::ranges::find(state->suggestions, key, &Suggestion::key);
      const bool done = found != state->suggestions.end() && acceptance.apply(*found, *state);
      ++(done ? out.accepted : out.gone);
    }
    core::audit(q, c,
                {"stewardship.accept", "place", in.place_id, state->place.compound_id,
                 fmt::format("{} of {}", out.accepted, keys.size())});
    core::note_change(q, "place", state->place.compound_id.value_or(in.place_id), in.place_id, c.now);
    return out;
  });
}

}  // namespace

void board_routes(api::Router& r) {
  r.get<place::PlaceIdQuery, Board>("/api/stewardships/board", Permission::household_read,
                                    "Checks of responsibility below a place, and what would mend them",
                                    board);
  r.post<Accept, Accepted>("/api/stewardships/suggestions/accept", Permission::place_write,
                           "Accept suggestions of the board", accept);
}

}  // namespace feature::stewardship
