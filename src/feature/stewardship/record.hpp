#pragma once
// Who answers for which place (包保, four tiers, LZ-07 to LZ-09; XN-20 to XN-24), dated.
#include "feature/place/record.hpp"
#include "feature/place/rule_record.hpp"
#include "feature/place/set_record.hpp"

namespace feature::stewardship {

enum class Duty { steward, leader, deputy, volunteer };
enum class PropertyLevel { unknown, good, fair, poor, none };

struct StaffRow {
  meta::Id<StaffRow> id;
  std::string name{};
  std::optional<std::string> organisation{}, post{};
  std::string rank = "unknown", party = "unknown";
  std::optional<meta::Bytes> phone_sealed{}, phone_index{};
  std::optional<std::string> phone_masked{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
  meta::Instant updated{};
  std::optional<std::int64_t> organisation_id{};  // the employer, where it is a body on record
  std::string force = "unknown";
  std::string skills{};  // codes with spaces between
};

struct StewardshipRow {
  meta::Id<StewardshipRow> id;
  meta::Id<StaffRow> staff_id;
  meta::Id<place::PlaceRow> place_id;  // of a grid: the place the grid lies in
  int tier = 1;                        // 0: not in the chain of tiers (leader, deputy, volunteer)
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
  Duty duty = Duty::steward;
  std::optional<std::int64_t> grid_id{};
};
// What decides about volunteers as far as no other record knows it.
struct ProfileRow {
  meta::Id<place::PlaceRow> id;
  PropertyLevel property_level = PropertyLevel::unknown;
  std::optional<std::int64_t> observed_households{}, volunteers_planned{};
  meta::Instant updated{};
};

// --- what the API shows -----------------------------------------------------------------------------
struct Staff {
  meta::Id<StaffRow> id;
  std::string name{};
  std::optional<std::string> organisation{}, post{};
  std::string rank{};
  int tier = 1;
  std::string scope_label{};
  std::optional<std::string> phone_masked{};
};
enum class StaffOrder { tier, tier_back, name, name_back };
struct StaffQuery {
  std::int64_t compound_id = 0;
  std::optional<StaffOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct Steward {
  std::int64_t id = 0, staff_id = 0;
  std::string name{};
  std::optional<std::string> organisation{}, post{}, phone_masked{};
  std::string rank{};
  int tier = 1;
  Duty duty = Duty::steward;
  std::int64_t place_id = 0;
  std::string place_name{};  // with the names above it, as far as the compound
  std::optional<std::int64_t> grid_id{};
  std::optional<std::string> grid_name{};
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
};
struct StewardQuery {
  std::int64_t place_id = 0;            // at the place or below it
  std::optional<std::int64_t> at_ms{};  // as it was
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct TierAnswer {
  int tier = 1;
  std::optional<std::string> name{};
  std::vector<Steward> stewards{};  // of the nearest place that has any; empty: nobody
};
struct Responsible {
  std::int64_t place_id = 0;
  std::string place_name{};
  meta::Instant as_of_ms{};
  std::optional<place::ZoneLevel> zone{};
  std::vector<TierAnswer> tiers{};
  std::vector<Steward> helpers{};  // leaders and deputies of its area, volunteers of its compound
};

struct NewStaff {
  meta::Text<1, 50> name;
  std::optional<meta::Name> organisation{}, post{};
  std::optional<place::Rank> rank{};
  std::optional<meta::Text<3, 30>> phone{};
};
struct NewStewardship {
  std::optional<std::int64_t> staff_id{};  // someone known, or
  std::optional<NewStaff> staff{};         // someone new
  std::optional<std::int64_t> place_id{};  // a place, or
  std::optional<std::int64_t> grid_id{};   // a grid
  std::optional<Duty> duty{};
  std::optional<meta::Int<1, 6>> tier{};  // of a steward
};
struct CandidateQuery {
  std::int64_t place_id = 0;
  std::optional<meta::Text<1, 50>> q{};  // a name's beginning
};
struct Candidate {
  std::int64_t id = 0;
  std::string label{};  // name
  std::optional<std::string> organisation{}, post{};
  std::string rank{};
  int tier = 0;             // the lowest they stand for; 0: none
  std::int64_t places = 0;  // how much they carry now
};
struct CandidateList {
  std::vector<Candidate> items{};
};
struct Profile {
  std::int64_t compound_id = 0;
  PropertyLevel property_level = PropertyLevel::unknown;
  std::optional<meta::Int<0, 100000>> observed_households{};
  std::optional<meta::Int<0, 1000>> volunteers_planned{};
};
struct ProfilePatch {
  std::optional<PropertyLevel> property_level{};
  std::optional<meta::Int<0, 100000>> observed_households{};
  std::optional<meta::Int<0, 1000>> volunteers_planned{};
};

}  // namespace feature::stewardship

META_ENUM(feature::stewardship::Duty, "steward", "leader", "deputy", "volunteer")
META_ENUM(feature::stewardship::PropertyLevel, "unknown", "good", "fair", "poor", "none")
META_DESCRIBE(feature::stewardship::Staff, "StaffRow", "", id, name, organisation, post, rank, tier,
              scope_label, phone_masked)
META_ENUM(feature::stewardship::StaffOrder, "tier", "tier_back", "name", "name_back")
META_DESCRIBE(feature::stewardship::StaffQuery, "StaffQuery", "", compound_id, order, limit, cursor)
META_DESCRIBE(feature::stewardship::Steward, "Steward", "", id, staff_id, name, organisation, post,
              phone_masked, rank, tier, duty, place_id, place_name, grid_id, grid_name, valid_from_ms,
              valid_until_ms)
META_DESCRIBE(feature::stewardship::StewardQuery, "StewardQuery", "", place_id, at_ms, limit, cursor)
META_DESCRIBE(feature::stewardship::TierAnswer, "TierAnswer", "", tier, name, stewards)
META_DESCRIBE(feature::stewardship::Responsible, "Responsible", "", place_id, place_name, as_of_ms, zone,
              tiers, helpers)
META_DESCRIBE(feature::stewardship::NewStaff, "NewStaff", "", name, organisation, post, rank, phone)
META_DESCRIBE(feature::stewardship::NewStewardship, "NewStewardship", "", staff_id, staff, place_id, grid_id,
              duty, tier)
META_DESCRIBE(feature::stewardship::CandidateQuery, "CandidateQuery", "", place_id, q)
META_DESCRIBE(feature::stewardship::Candidate, "Candidate", "", id, label, organisation, post, rank, tier,
              places)
META_DESCRIBE(feature::stewardship::CandidateList, "CandidateList", "", items)
META_DESCRIBE(feature::stewardship::Profile, "CompoundProfile", "", compound_id, property_level,
              observed_households, volunteers_planned)
META_DESCRIBE(feature::stewardship::ProfilePatch, "CompoundProfilePatch", "", property_level,
              observed_households, volunteers_planned)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define HIDDEN(m) field<&T::m>(#m, {.sensitive = true, .shown = false})
#define F(m) field<&T::m>(#m)
template <>
struct Describe<feature::stewardship::StaffRow> {
  using T = feature::stewardship::StaffRow;
  static constexpr std::string_view name = "StaffStored", table = "staff";
  static constexpr std::array fields{KEY,
                                     F(name),
                                     F(organisation),
                                     F(post),
                                     F(rank),
                                     F(party),
                                     HIDDEN(phone_sealed),
                                     HIDDEN(phone_index),
                                     F(phone_masked),
                                     F(source),
                                     F(import_id),
                                     field<&T::updated>("updated_ms"),
                                     F(organisation_id),
                                     F(force),
                                     F(skills)};
};
template <>
struct Describe<feature::stewardship::StewardshipRow> {
  using T = feature::stewardship::StewardshipRow;
  static constexpr std::string_view name = "StewardshipStored", table = "stewardship";
  static constexpr std::array fields{KEY,
                                     F(staff_id),
                                     F(place_id),
                                     F(tier),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms"),
                                     F(source),
                                     F(import_id),
                                     F(duty),
                                     F(grid_id)};
};
template <>
struct Describe<feature::stewardship::ProfileRow> {
  using T = feature::stewardship::ProfileRow;
  static constexpr std::string_view name = "CompoundProfileStored", table = "compound_profile";
  static constexpr std::array fields{KEY, F(property_level), F(observed_households), F(volunteers_planned),
                                     field<&T::updated>("updated_ms")};
};
#undef KEY
#undef HIDDEN
#undef F
}  // namespace meta
