#pragma once
// Zone levels (XN-22): dated, on any node; a place without one of its own has the nearest above.
#include "feature/place/record.hpp"

namespace feature::place {

struct ZoneRow {
  meta::Id<ZoneRow> id;
  std::int64_t place_id = 0;
  ZoneLevel level = ZoneLevel::none;
  std::optional<std::string> reason{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::int64_t created_by = 0;
};
struct Zone {
  meta::Id<ZoneRow> id;
  std::int64_t place_id = 0;
  std::string place_name{};  // with the names above it, as far as the compound
  Kind place_kind = Kind::compound;
  ZoneLevel level = ZoneLevel::none;
  std::optional<std::string> reason{};
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
  std::optional<std::int64_t> dwellings{};  // below the place
};
struct ZoneList {
  meta::Instant as_of_ms{};
  std::optional<Zone> own{};  // in force at the place asked for: its own or the nearest above
  std::vector<Zone> items{};  // set at the place or below it, in force or to come
};
struct NewZone {
  std::vector<std::int64_t> place_ids{};  // one decision for several places: a sealed unit
  ZoneLevel level = ZoneLevel::yellow;
  std::optional<meta::Note> reason{};
  std::optional<meta::Instant> from_ms{};  // now when none is said; not in the past
};

}  // namespace feature::place

META_DESCRIBE(feature::place::Zone, "Zone", "", id, place_id, place_name, place_kind, level, reason,
              valid_from_ms, valid_until_ms, dwellings)
META_DESCRIBE(feature::place::ZoneList, "ZoneList", "", as_of_ms, own, items)
META_DESCRIBE(feature::place::NewZone, "NewZone", "", place_ids, level, reason, from_ms)

template <>
struct meta::Describe<feature::place::ZoneRow> {
  using T = feature::place::ZoneRow;
  static constexpr std::string_view name = "ZoneStored", table = "zone";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::place_id>("place_id"),
                                     field<&T::level>("level"),
                                     field<&T::reason>("reason"),
                                     field<&T::valid_from>("valid_from_ms"),
                                     field<&T::valid_until>("valid_until_ms"),
                                     field<&T::created_by>("created_by")};
};
