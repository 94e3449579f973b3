#pragma once
// The place tree (glossary.md): district to dwelling, with a column for every ancestor level, so that a
// scope is one comparison. Openings are the ways in and out of a compound.
#include <optional>
#include <string>
#include <vector>

#include "meta/describe.hpp"

namespace feature::place {

enum class Kind {
  district,
  area,
  subdistrict,
  community,
  compound,
  phase,
  building,
  stair,
  dwelling,
  premises
};
enum class CompoundKind {
  property_managed,
  unit_guarded,
  owners_committee,
  unmanaged,
  scattered_cluster,
  construction_site,
  market
};
enum class OpeningKind { pedestrian, vehicle, both, garage_ramp, garage_lift, shop_door, neighbour };
enum class OpeningState { sealed, guarded, unguarded };
enum class OpeningDirection { both, in, out };
enum class SealMethod { lock, bolt, barrier, wall, weld, other };
enum class ZoneLevel { none, yellow, red };
enum class Tri { unknown, no, yes };
enum class Occupancy { unknown, lived_in, rented, vacant };

using OpenMinute = meta::Int<0, 1439>;
using CloseMinute = meta::Int<1, 1440>;
using MinutesToOpen = meta::Int<0, 600>;

// A node of the tree as stored.
struct PlaceRow {
  meta::Id<PlaceRow> id;
  Kind kind = Kind::compound;
  std::optional<std::int64_t> parent_id{};
  std::string name{};
  std::optional<std::string> code{};
  std::optional<CompoundKind> compound_kind{};
  std::string sort{};  // walking order among siblings and below
  std::optional<std::int64_t> district_id{}, area_id{}, subdistrict_id{}, community_id{}, compound_id{},
      phase_id{}, building_id{}, stair_id{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  int version = 1;
};

struct DwellingRow {
  meta::Id<PlaceRow> id;
  std::string phase{}, building{}, stair{};
  std::optional<int> floor{};
  std::string room{}, label{};
  std::optional<double> area_m2{};
  Tri fitted_out = Tri::unknown;
  Occupancy occupancy = Occupancy::unknown;
  std::optional<std::string> owner_name{};
  std::optional<meta::Bytes> owner_phone_sealed{};
  std::optional<std::string> owner_phone_masked{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
  meta::Instant updated{};
};

struct Opening {
  meta::Id<Opening> id;
  meta::Id<PlaceRow> compound_id;
  meta::Name name;
  OpeningKind kind = OpeningKind::pedestrian;
  OpeningState state = OpeningState::guarded;
  OpeningDirection direction = OpeningDirection::both;
  std::optional<meta::Name> key_holder{};
  std::optional<meta::Text<3, 30>> key_phone{};
  std::optional<bool> opens_from_inside{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  // Minutes of the day, over midnight where the end comes first; none: day and night.
  std::optional<OpenMinute> open_minute{};
  std::optional<CloseMinute> close_minute{};
  std::optional<SealMethod> seal_method{};
  std::optional<MinutesToOpen> minutes_to_open{};
  std::optional<bool> fire_exit{};
  std::optional<meta::Instant> checked{};
  std::optional<meta::Note> exception_reason{};  // why one more is guarded than the rule allows
  std::optional<meta::Instant> exception_until{};
};

// What the API shows.
struct Place {
  meta::Id<PlaceRow> id;
  Kind kind = Kind::compound;
  std::optional<std::int64_t> parent_id{};
  std::string name{};
  std::optional<std::string> code{};
  std::optional<CompoundKind> compound_kind{};
  std::string sort{};
  std::optional<std::int64_t> dwellings{}, households{},
      persons{};                    // counted for the levels below a community
  std::optional<ZoneLevel> zone{};  // in force, the nearest above; none where nobody set one
};
struct PlaceDetail {
  Place place{};
  std::vector<Place> ancestors{};
};
struct NewPlace {
  std::int64_t parent_id = 0;
  Kind kind = Kind::compound;
  meta::Name name;
  std::optional<meta::Text<1, 20>> code{};
  std::optional<CompoundKind> compound_kind{};
};
struct Dwelling {
  meta::Id<PlaceRow> id;
  std::string building{}, stair{};
  std::optional<int> floor{};
  std::string room{}, label{};
  std::optional<double> area_m2{};
  Tri fitted_out = Tri::unknown;
  Occupancy occupancy = Occupancy::unknown;
  std::int64_t households = 0;
};
// practice.md 12: a building from a pattern.
struct BuildingPattern {
  std::int64_t compound_id = 0;
  meta::Text<1, 30> name;  // "3" or "二期3"
  meta::Int<1, 20> stairs = 1;
  meta::Int<-5, 99> first_floor = 1;
  meta::Int<1, 99> floors = 1;             // topmost floor above ground
  meta::Int<1, 60> rooms_per_floor = 2;    // of one stair
  std::vector<std::string> skip_floors{};  // "4", "13"; "13=12A" gives the floor another name
  std::optional<meta::Int<0, 10>> shops_below{};
  std::optional<bool> rooms_run_on{};  // 101 102 | 103 104 over the stairs
};
struct PatternRoom {
  std::string stair{};
  int floor = 1;
  std::string room{}, label{};
};
struct PatternPreview {
  std::int64_t dwellings = 0;
  std::vector<PatternRoom> sample{};  // all of them, at most 500
};
struct PatternResult {
  Place building{};
  std::int64_t dwellings = 0;
};

// What a node was before it was renamed or moved: closed periods; PlaceRow holds the present one.
struct PlacePastRow {
  meta::Id<PlacePastRow> id;
  std::int64_t place_id = 0;
  std::optional<std::int64_t> parent_id{};
  std::string name{};
  std::optional<std::string> code{};
  std::optional<CompoundKind> compound_kind{};
  meta::Instant valid_from{}, valid_until{};
};
// A move whose descendants get their new ancestors in steps.
struct PlaceMoveRow {
  meta::Id<PlaceMoveRow> id;
  std::int64_t place_id = 0;
  std::optional<std::int64_t> old_district_id{}, old_area_id{}, old_subdistrict_id{}, old_community_id{};
  std::optional<std::int64_t> new_district_id{}, new_area_id{}, new_subdistrict_id{}, new_community_id{};
  meta::Instant moved{};
  std::optional<meta::Instant> done{};
};
struct PlacePatch {
  std::optional<meta::Name> name{};
  std::optional<meta::Text<1, 20>> code{};
  std::optional<CompoundKind> compound_kind{};
};
struct PlaceMove {
  std::int64_t parent_id = 0;
};
struct PlaceVersion {
  std::string name{};
  std::optional<std::string> code{}, parent_name{};
  std::optional<CompoundKind> compound_kind{};
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
};
struct PlaceHistory {
  std::vector<PlaceVersion> items{};  // newest first; the first is the present one
};

// A compound drawn storey by storey; null where nobody knows.
struct DrawnCell {
  std::string stair{};
  std::optional<int> floor{};
  int dwellings = 0, lived_in = 0, vacant = 0, unknown = 0, registered = 0;
};
struct DrawnBuilding {
  std::int64_t id = 0;
  std::string name{};
  std::optional<ZoneLevel> zone{};
  std::optional<std::string> grid{};
  std::vector<std::string> stairs{};
  std::vector<DrawnCell> cells{};
};
struct Drawing {
  std::int64_t dwellings = 0, registered = 0, occupancy_unknown = 0;  // the others of the first
  std::vector<DrawnBuilding> buildings{};
};

struct PlaceQuery {
  std::optional<std::int64_t> parent_id{};
  std::optional<Kind> kind{};
  std::optional<std::int64_t> at_ms{};  // the tree as it was
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
enum class DwellingOrder { walking, walking_back };
struct DwellingQuery {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> building_id{};
  std::optional<std::string> q{};
  std::optional<DwellingOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct CompoundQuery {
  std::int64_t compound_id = 0;
};
struct PlaceIdQuery {
  std::int64_t place_id = 0;
};
struct AtQuery {  // a place at an instant, now when none is said
  std::int64_t place_id = 0;
  std::optional<std::int64_t> at_ms{};
};

}  // namespace feature::place

META_ENUM(feature::place::Kind, "district", "area", "subdistrict", "community", "compound", "phase",
          "building", "stair", "dwelling", "premises")
META_ENUM(feature::place::CompoundKind, "property_managed", "unit_guarded", "owners_committee", "unmanaged",
          "scattered_cluster", "construction_site", "market")
META_ENUM(feature::place::OpeningKind, "pedestrian", "vehicle", "both", "garage_ramp", "garage_lift",
          "shop_door", "neighbour")
META_ENUM(feature::place::OpeningState, "sealed", "guarded", "unguarded")
META_ENUM(feature::place::OpeningDirection, "both", "in", "out")
META_ENUM(feature::place::SealMethod, "lock", "bolt", "barrier", "wall", "weld", "other")
META_ENUM(feature::place::ZoneLevel, "none", "yellow", "red")
META_ENUM(feature::place::Tri, "unknown", "no", "yes")
META_ENUM(feature::place::Occupancy, "unknown", "lived_in", "rented", "vacant")

META_DESCRIBE(feature::place::Place, "Place", "", id, kind, parent_id, name, code, compound_kind, sort,
              dwellings, households, persons, zone)
META_DESCRIBE(feature::place::PlaceDetail, "PlaceDetail", "", place, ancestors)
META_DESCRIBE(feature::place::NewPlace, "NewPlace", "", parent_id, kind, name, code, compound_kind)
META_DESCRIBE(feature::place::Dwelling, "Dwelling", "", id, building, stair, floor, room, label, area_m2,
              fitted_out, occupancy, households)
META_DESCRIBE(feature::place::BuildingPattern, "BuildingPattern", "", compound_id, name, stairs, first_floor,
              floors, rooms_per_floor, skip_floors, shops_below, rooms_run_on)
META_DESCRIBE(feature::place::PatternRoom, "PatternRoom", "", stair, floor, room, label)
META_DESCRIBE(feature::place::PatternPreview, "PatternPreview", "", dwellings, sample)
META_DESCRIBE(feature::place::PatternResult, "PatternResult", "", building, dwellings)
META_DESCRIBE(feature::place::PlacePatch, "PlacePatch", "", name, code, compound_kind)
META_DESCRIBE(feature::place::PlaceMove, "PlaceMove", "", parent_id)
META_DESCRIBE(feature::place::PlaceVersion, "PlaceVersion", "", name, code, parent_name, compound_kind,
              valid_from_ms, valid_until_ms)
META_DESCRIBE(feature::place::PlaceHistory, "PlaceHistory", "", items)
META_DESCRIBE(feature::place::DrawnCell, "DrawnCell", "", stair, floor, dwellings, lived_in, vacant, unknown,
              registered)
META_DESCRIBE(feature::place::DrawnBuilding, "DrawnBuilding", "", id, name, zone, grid, stairs, cells)
META_DESCRIBE(feature::place::Drawing, "Drawing", "", dwellings, registered, occupancy_unknown, buildings)
META_DESCRIBE(feature::place::PlaceQuery, "PlaceQuery", "", parent_id, kind, at_ms, limit, cursor)
META_ENUM(feature::place::DwellingOrder, "walking", "walking_back")
META_DESCRIBE(feature::place::DwellingQuery, "DwellingQuery", "", compound_id, building_id, q, order, limit,
              cursor)
META_DESCRIBE(feature::place::CompoundQuery, "CompoundQuery", "", compound_id)
META_DESCRIBE(feature::place::PlaceIdQuery, "PlaceIdQuery", "", place_id)
META_DESCRIBE(feature::place::AtQuery, "AtQuery", "", place_id, at_ms)

namespace meta {
template <>
struct Describe<feature::place::PlaceRow> {
  using T = feature::place::PlaceRow;
  static constexpr std::string_view name = "PlaceRow", table = "place";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::kind>("kind"),
                                     field<&T::parent_id>("parent_id"),
                                     field<&T::name>("name"),
                                     field<&T::code>("code"),
                                     field<&T::compound_kind>("compound_kind"),
                                     field<&T::sort>("sort"),
                                     field<&T::district_id>("district_id"),
                                     field<&T::area_id>("area_id"),
                                     field<&T::subdistrict_id>("subdistrict_id"),
                                     field<&T::community_id>("community_id"),
                                     field<&T::compound_id>("compound_id"),
                                     field<&T::phase_id>("phase_id"),
                                     field<&T::building_id>("building_id"),
                                     field<&T::stair_id>("stair_id"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms"),
                                     field<&T::version>("version")};
};
template <>
struct Describe<feature::place::PlacePastRow> {
  using T = feature::place::PlacePastRow;
  static constexpr std::string_view name = "PlacePastStored", table = "place_past";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::place_id>("place_id"),
                                     field<&T::parent_id>("parent_id"),
                                     field<&T::name>("name"),
                                     field<&T::code>("code"),
                                     field<&T::compound_kind>("compound_kind"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms")};
};
template <>
struct Describe<feature::place::PlaceMoveRow> {
  using T = feature::place::PlaceMoveRow;
  static constexpr std::string_view name = "PlaceMoveStored", table = "place_move";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::place_id>("place_id"),
                                     field<&T::old_district_id>("old_district_id"),
                                     field<&T::old_area_id>("old_area_id"),
                                     field<&T::old_subdistrict_id>("old_subdistrict_id"),
                                     field<&T::old_community_id>("old_community_id"),
                                     field<&T::new_district_id>("new_district_id"),
                                     field<&T::new_area_id>("new_area_id"),
                                     field<&T::new_subdistrict_id>("new_subdistrict_id"),
                                     field<&T::new_community_id>("new_community_id"),
                                     field<&T::moved>("moved_ms"),
                                     field<&T::done>("done_ms")};
};
template <>
struct Describe<feature::place::DwellingRow> {
  using T = feature::place::DwellingRow;
  static constexpr std::string_view name = "DwellingRow", table = "dwelling";
  static constexpr std::array fields{
      field<&T::id>("id", {.primary_key = true, .read_only = true}),
      field<&T::phase>("phase"),
      field<&T::building>("building"),
      field<&T::stair>("stair"),
      field<&T::floor>("floor"),
      field<&T::room>("room"),
      field<&T::label>("label"),
      field<&T::area_m2>("area_m2"),
      field<&T::fitted_out>("fitted_out"),
      field<&T::occupancy>("occupancy"),
      field<&T::owner_name>("owner_name"),
      field<&T::owner_phone_sealed>("owner_phone_sealed", {.sensitive = true, .shown = false}),
      field<&T::owner_phone_masked>("owner_phone_masked"),
      field<&T::source>("source"),
      field<&T::import_id>("import_id"),
      field<&T::updated>("updated_ms")};
};
template <>
struct Describe<feature::place::Opening> {
  using T = feature::place::Opening;
  static constexpr std::string_view name = "Opening", table = "opening";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::compound_id>("compound_id"),
                                     field<&T::name>("name"),
                                     field<&T::kind>("kind"),
                                     field<&T::state>("state"),
                                     field<&T::direction>("direction"),
                                     field<&T::key_holder>("key_holder"),
                                     field<&T::key_phone>("key_phone"),
                                     field<&T::opens_from_inside>("opens_from_inside"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms"),
                                     field<&T::open_minute>("open_minute"),
                                     field<&T::close_minute>("close_minute"),
                                     field<&T::seal_method>("seal_method"),
                                     field<&T::minutes_to_open>("minutes_to_open"),
                                     field<&T::fire_exit>("fire_exit"),
                                     field<&T::checked>("checked_ms"),
                                     field<&T::exception_reason>("exception_reason"),
                                     field<&T::exception_until>("exception_until_ms")};
};
}  // namespace meta
