#pragma once
// Figures of an area: what stands in it, what is missing, what contradicts; summed from its compounds.
#include <array>
#include <optional>
#include <string>

#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::command {

// What was counted in one compound. A person with two homes is counted in both.
struct CompoundFigures {
  meta::Id<place::PlaceRow> compound_id;
  std::int64_t buildings = 0, dwellings = 0;
  std::int64_t lived_in = 0;      // dwellings somebody lives in, as far as is known
  std::int64_t unregistered = 0;  // of those, without a confirmed household
  std::int64_t households = 0;
  std::int64_t headless = 0;  // households without a head (XN-58)
  std::int64_t carded = 0;    // households with an active card
  std::int64_t persons = 0;
  std::int64_t presence_known = 0, away = 0;            // persons known to be at home or away; of those, away
  std::int64_t conflicts = 0;                           // open sayings that contradict
  std::int64_t guarded = 0, sealed = 0, unguarded = 0;  // openings
  meta::Instant counted{};
};

// The same of a place, from all compounds below it.
struct AreaFigures {
  meta::Id<place::PlaceRow> id;
  place::Kind kind = place::Kind::compound;
  std::string name{};
  std::optional<place::CompoundKind> compound_kind{};
  std::int64_t compounds = 0;
  std::int64_t uncounted = 0;  // of those, not counted yet: the rest of the row is without them
  std::int64_t buildings = 0, dwellings = 0, lived_in = 0, unregistered = 0, households = 0, headless = 0,
               carded = 0, persons = 0, presence_known = 0, away = 0, conflicts = 0, guarded = 0, sealed = 0,
               unguarded = 0;
  std::optional<meta::Instant> counted{};  // the oldest count
};
struct AreaSum {
  AreaFigures total{};
  std::vector<AreaFigures> by_kind{};  // of compounds
};
struct AreaQuery {
  std::int64_t place_id = 0;
};
struct AreaListQuery {
  std::int64_t place_id = 0;  // the places right below it
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

}  // namespace feature::command

META_DESCRIBE(feature::command::AreaFigures, "AreaFigures", "", id, kind, name, compound_kind, compounds,
              uncounted, buildings, dwellings, lived_in, unregistered, households, headless, carded, persons,
              presence_known, away, conflicts, guarded, sealed, unguarded, counted)
META_DESCRIBE(feature::command::AreaSum, "AreaSum", "", total, by_kind)
META_DESCRIBE(feature::command::AreaQuery, "AreaQuery", "", place_id)
META_DESCRIBE(feature::command::AreaListQuery, "AreaListQuery", "", place_id, limit, cursor)

namespace meta {
template <>
struct Describe<feature::command::CompoundFigures> {
  using T = feature::command::CompoundFigures;
  static constexpr std::string_view name = "CompoundFigures", table = "compound_figures";
  static constexpr std::array fields{
      field<&T::compound_id>("compound_id", {.primary_key = true, .read_only = true}),
      field<&T::buildings>("buildings"),
      field<&T::dwellings>("dwellings"),
      field<&T::lived_in>("lived_in"),
      field<&T::unregistered>("unregistered"),
      field<&T::households>("households"),
      field<&T::headless>("headless"),
      field<&T::carded>("carded"),
      field<&T::persons>("persons"),
      field<&T::away>("away"),
      field<&T::conflicts>("conflicts"),
      field<&T::guarded>("guarded"),
      field<&T::sealed>("sealed"),
      field<&T::unguarded>("unguarded"),
      field<&T::counted>("counted_ms"),
      field<&T::presence_known>("presence_known")};
};
}  // namespace meta
