#pragma once
// What other features ask of places: ancestors, walking order, and making buildings with dwellings.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "db/store.hpp"
#include "feature/place/record.hpp"
#include "feature/place/rule_record.hpp"
#include "feature/place/set_record.hpp"

namespace feature::place {

// The node when it exists today and lies in the caller's scope.
std::optional<PlaceRow> find_place(db::Scoped& q, std::int64_t id);
std::vector<PlaceRow> find_places(db::Scoped& q, const std::vector<std::int64_t>& ids);
std::optional<PlaceRow> find_compound(db::Scoped& q, std::int64_t id);

// The compound itself, or those below the place, in walking order.
std::vector<PlaceRow> compounds_below(db::Scoped& q, const PlaceRow& place);
// The column of `place` that holds the ancestor of this kind; "id" for a dwelling or premises.
std::string_view level_column(Kind kind);
// The place and the places above it, nearest first.
std::vector<std::int64_t> chain_of(const PlaceRow& place);
// Those of all of them, each once.
std::vector<std::int64_t> chains_of(const std::vector<PlaceRow>& places);
// The roots of the caller's scope and the places above them, for what holds from above; empty for a scope of
// all.
std::vector<std::int64_t> above_scope(db::Scoped& q);
// What people call places: "春江花园 3-2", a dwelling by its label. For ids found within the scope.
std::map<std::int64_t, std::string> labels_of(db::Scoped& q, const std::vector<std::int64_t>& ids);
// What the API shows of a node.
Place shown(const PlaceRow& row);

// The numbers in force at a place: the nearest place up the tree with a version wins, of its versions the
// newest. Without any, the built-in ones (version 0).
PlaceRulesShown rules_at(db::Scoped& q, const PlaceRow& place, base::Instant at);
// The same of many places, by their ids: those without any are absent.
std::map<std::int64_t, PlaceRulesShown> rules_at(db::Scoped& q, const std::vector<PlaceRow>& places,
                                                 base::Instant at);

// The zone level in force at each place: its own or the nearest above. Where nobody set one, none at all.
struct ZoneInForce {
  ZoneLevel level = ZoneLevel::none;
  std::int64_t place_id = 0;  // where it was set
};
std::map<std::int64_t, ZoneInForce> zones_at(db::Scoped& q, const std::vector<PlaceRow>& places,
                                             base::Instant at);

// Grids in force whose members hold the place or stand above it; nearest first: (grid, the member's id).
using GridsAbove = std::vector<std::pair<std::int64_t, std::int64_t>>;
GridsAbove grids_of(db::Scoped& q, const PlaceRow& place, base::Instant at);
std::map<std::int64_t, GridsAbove> grids_of(db::Scoped& q, const std::vector<PlaceRow>& places,
                                            base::Instant at);
// A set with its members, written after the caller checked them; `ids` gives one more than there are members.
void add_set(db::Scoped& q, const PlaceSetRow& set, const std::vector<std::int64_t>& members,
             const std::vector<std::int64_t>& ids, const core::Source& source);
// Problems of members for a set: absent, of the wrong kind, outside its place, taken by another set of the
// kind.
base::Problems member_problems(db::Scoped& q, SetKind kind, const PlaceRow& place,
                               const std::vector<std::int64_t>& members, std::int64_t own_set);
// One row for all who change sets, trees and rules: serves as the guard of checks before writes.
void take_guard(db::Scoped& q);

// Carries unfinished moves on, some hundred places at a time; at start and after each move.
base::Result<void> finish_moves(db::Store& store, base::Instant now);

// A child of `parent`, its ancestor columns filled; sort is the walking order of its name.
PlaceRow child_of(const PlaceRow& parent, Kind kind, std::string name, std::int64_t id, base::Instant now);
// "12A" before "101": numbers compare as numbers.
std::string natural_key(std::string_view name);
std::string dwelling_label(std::string_view phase, std::string_view building, std::string_view stair,
                           std::string_view room);

struct DwellingDraft {
  std::string phase{}, building{}, stair{}, room{};
  std::optional<int> floor{};
  std::optional<double> area_m2{};
  Tri fitted_out = Tri::unknown;
  Occupancy occupancy = Occupancy::unknown;
  std::optional<std::string> owner_name{}, owner_phone{};
};

// Dwellings of a compound with the buildings and stairs they need; those that exist already are left as
// they are. Ids are taken from `ids` in order; `plan_ids` says how many a list may need at most.
struct AddedDwellings {
  std::int64_t added = 0, existing = 0;
  std::vector<std::int64_t> buildings{};  // touched, in order
};
std::size_t plan_ids(const std::vector<DwellingDraft>& drafts);
AddedDwellings add_dwellings(db::Scoped& q, const PlaceRow& compound,
                             const std::vector<DwellingDraft>& drafts, std::vector<std::int64_t> ids,
                             const core::Keyring& keys, const core::Source& source);

// The dwellings of a pattern; 422 with the fields named when it makes no building.
base::Result<std::vector<DwellingDraft>> expand(const BuildingPattern& pattern);

}  // namespace feature::place
