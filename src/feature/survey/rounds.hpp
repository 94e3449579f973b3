#pragma once
// Inside the feature: rounds in lists, what a round goes over, how a door stands.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "feature/place/service.hpp"
#include "feature/survey/record.hpp"
#include "feature/survey/service.hpp"

namespace feature::survey {

// Rounds as find_round sees them, for a list; " AND r.id = {arg}" and the like narrow it, arguments after
// place::above_scope as a JSON array.
extern const db::ScopedSql rounds_seen;

std::vector<place::PlaceRow> places_of(db::Scoped& q, std::int64_t round_id);
// The compounds it lies in, in walking order.
std::vector<std::int64_t> compounds_of(db::Scoped& q, const std::vector<place::PlaceRow>& places);

// Of the dwelling p: it is one of round $1 today. A piece of a literal.
#define DWELLING_OF_ROUND                                                                                  \
  "p.kind = 'dwelling' AND p.valid_until_ms IS NULL AND EXISTS (SELECT 1 FROM survey_round_place m WHERE " \
  "m.round_id = $1 AND m.place_id IN (p.id, p.stair_id, p.building_id, p.phase_id, p.compound_id, "        \
  "p.community_id, p.subdistrict_id, p.area_id, p.district_id)) AND {scope:p}"

// A building of a round, or the part of it in one grid, with its counts.
struct Group {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> building_id{}, grid_id{};
  Coverage count{};
};
// As it stands now; a dwelling without a row is one more untried.
std::vector<Group> count_round(db::Scoped& q, std::int64_t round_id,
                               const std::vector<place::PlaceRow>& places, base::Instant at);
void add(Coverage& sum, const Coverage& part);

}  // namespace feature::survey
