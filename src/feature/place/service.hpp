#pragma once
// What other features ask of places: ancestors, walking order, and making buildings with dwellings.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "feature/place/record.hpp"

namespace feature::place {

// The node when it exists today and lies in the caller's scope.
std::optional<PlaceRow> find_place(db::Scoped& q, std::int64_t id);
std::optional<PlaceRow> find_compound(db::Scoped& q, std::int64_t id);

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
