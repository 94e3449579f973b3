#pragma once
// Named, dated sets of places beside the tree: grids, sealed units, scope lists (practice.md 9; XN-01, 15).
#include "feature/place/record.hpp"

namespace feature::place {

enum class SetKind { grid, sealed_unit, scope_list };

struct PlaceSetRow {
  meta::Id<PlaceSetRow> id;
  SetKind kind = SetKind::grid;
  std::int64_t place_id = 0;  // a grid's community, a unit's compound, a list's district: members lie in it
  std::string name{};
  std::optional<std::string> code{}, note{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
};
struct PlaceSetMemberRow {
  meta::Id<PlaceSetMemberRow> id;
  std::int64_t set_id = 0, place_id = 0;
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
};

struct SetMember {
  std::int64_t place_id = 0;
  Kind kind = Kind::building;
  std::string name{};  // with the names above it, as far as the compound
  std::int64_t dwellings = 0;
};
struct PlaceSet {
  meta::Id<PlaceSetRow> id;
  SetKind kind = SetKind::grid;
  std::int64_t place_id = 0;
  std::string place_name{}, name{};
  std::optional<std::string> code{}, note{};
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
  std::int64_t members = 0, compounds = 0, dwellings = 0;
  std::int64_t dwellings_of = 0;  // dwellings of the place it lies in: the denominator
};
struct PlaceSetDetail {
  PlaceSet set{};
  std::vector<SetMember> items{};
};
struct SetQuery {
  SetKind kind = SetKind::grid;
  std::int64_t place_id = 0;            // sets of this place and of the places below it
  std::optional<std::int64_t> at_ms{};  // as it was
};
struct NewPlaceSet {
  SetKind kind = SetKind::grid;
  std::int64_t place_id = 0;
  meta::Name name;
  std::optional<meta::Text<1, 30>> code{};
  std::optional<meta::Note> note{};
  std::vector<std::int64_t> member_ids{};
};
struct PlaceSetPatch {
  std::optional<meta::Name> name{};
  std::optional<meta::Text<1, 30>> code{};
  std::optional<meta::Note> note{};
  std::optional<std::vector<std::int64_t>> member_ids{};  // all members from now on
};
// What of one list stands in another: a share never without its denominator.
struct ShareQuery {
  std::int64_t of = 0;
  std::optional<std::int64_t> at_ms{};
};
struct Share {
  std::int64_t value = 0, denominator = 0;
  std::string name{}, denominator_name{};
  std::vector<SetMember> missing{};  // in the denominator only
  std::vector<SetMember> outside{};  // not in the denominator
};
struct UncoveredCompound {
  std::int64_t compound_id = 0;
  std::string name{};
  std::int64_t uncovered = 0, dwellings = 0;  // the first of the second
};
struct Uncovered {
  std::int64_t uncovered = 0, dwellings = 0;
  std::vector<UncoveredCompound> compounds{};
};
struct UncoveredQuery {
  std::int64_t compound_id = 0;
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

}  // namespace feature::place

META_ENUM(feature::place::SetKind, "grid", "sealed_unit", "scope_list")
META_DESCRIBE(feature::place::SetMember, "SetMember", "", place_id, kind, name, dwellings)
META_DESCRIBE(feature::place::PlaceSet, "PlaceSet", "", id, kind, place_id, place_name, name, code, note,
              valid_from_ms, valid_until_ms, members, compounds, dwellings, dwellings_of)
META_DESCRIBE(feature::place::PlaceSetDetail, "PlaceSetDetail", "", set, items)
META_DESCRIBE(feature::place::SetQuery, "SetQuery", "", kind, place_id, at_ms)
META_DESCRIBE(feature::place::NewPlaceSet, "NewPlaceSet", "", kind, place_id, name, code, note, member_ids)
META_DESCRIBE(feature::place::PlaceSetPatch, "PlaceSetPatch", "", name, code, note, member_ids)
META_DESCRIBE(feature::place::ShareQuery, "ShareQuery", "", of, at_ms)
META_DESCRIBE(feature::place::Share, "Share", "", value, denominator, name, denominator_name, missing,
              outside)
META_DESCRIBE(feature::place::UncoveredCompound, "UncoveredCompound", "", compound_id, name, uncovered,
              dwellings)
META_DESCRIBE(feature::place::Uncovered, "Uncovered", "", uncovered, dwellings, compounds)
META_DESCRIBE(feature::place::UncoveredQuery, "UncoveredQuery", "", compound_id, limit, cursor)

namespace meta {
template <>
struct Describe<feature::place::PlaceSetRow> {
  using T = feature::place::PlaceSetRow;
  static constexpr std::string_view name = "PlaceSetStored", table = "place_set";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::kind>("kind"),
                                     field<&T::place_id>("place_id"),
                                     field<&T::name>("name"),
                                     field<&T::code>("code"),
                                     field<&T::note>("note"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms")};
};
template <>
struct Describe<feature::place::PlaceSetMemberRow> {
  using T = feature::place::PlaceSetMemberRow;
  static constexpr std::string_view name = "PlaceSetMemberStored", table = "place_set_member";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::set_id>("set_id"), field<&T::place_id>("place_id"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms")};
};
}  // namespace meta
