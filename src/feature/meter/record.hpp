#pragma once
// Readings of meters, and what they say about dwellings (XN-55).
#include <optional>
#include <string>
#include <vector>

#include "engine/occupancy/occupancy.hpp"
#include "meta/describe.hpp"

META_ENUM(engine::occupancy::Meter, "electricity", "water")
META_ENUM(engine::occupancy::Reason, "no_readings", "electricity_low", "electricity_lived", "flat_days",
          "uneven_days", "water_none", "water_lived")

namespace feature::meter {

namespace rule = engine::occupancy;

// --- stored ------------------------------------------------------------------------------------------
struct ReadingRow {
  meta::Id<ReadingRow> id;
  std::int64_t compound_id = 0, dwelling_id = 0;
  rule::Meter meter = rule::Meter::electricity;
  std::string number{};  // of the meter, empty when not known
  meta::Day day{};
  double value = 0;  // kWh or cubic metres
  bool estimated = false;
  std::optional<std::int64_t> import_id{};
};
struct EstimateRow {
  meta::Id<EstimateRow> id;
  std::int64_t compound_id = 0, dwelling_id = 0;
  std::int64_t lived_in_percent = 0;
  std::string reasons{};  // words, a blank between, the strongest first
  std::optional<double> electricity_per_day{}, water_per_day{};
  meta::Day newest_day{};  // the newest reading of the compound
  meta::Instant estimated{};
};

// --- what the API shows ------------------------------------------------------------------------------
struct EstimateQuery {
  std::int64_t compound_id = 0;
  std::optional<bool> vacant{};  // only those that look empty, or only the others
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct Estimate {
  std::int64_t dwelling_id = 0;
  std::string label{};
  std::int64_t lived_in_percent = 0;
  std::vector<rule::Reason> meter_reasons{};
  std::optional<double> electricity_per_day{}, water_per_day{};  // kWh, cubic metres
  meta::Day newest_day{};
};

}  // namespace feature::meter

META_DESCRIBE(feature::meter::EstimateQuery, "MeterEstimateQuery", "", compound_id, vacant, limit, cursor)
META_DESCRIBE(feature::meter::Estimate, "MeterEstimate", "", dwelling_id, label, lived_in_percent,
              meter_reasons, electricity_per_day, water_per_day, newest_day)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
template <>
struct Describe<feature::meter::ReadingRow> {
  using T = feature::meter::ReadingRow;
  static constexpr std::string_view name = "MeterReadingStored", table = "meter_reading";
  static constexpr std::array fields{KEY,    F(compound_id), F(dwelling_id), F(meter),    F(number),
                                     F(day), F(value),       F(estimated),   F(import_id)};
};
template <>
struct Describe<feature::meter::EstimateRow> {
  using T = feature::meter::EstimateRow;
  static constexpr std::string_view name = "MeterEstimateStored", table = "meter_estimate";
  static constexpr std::array fields{KEY,
                                     F(compound_id),
                                     F(dwelling_id),
                                     F(lived_in_percent),
                                     F(reasons),
                                     F(electricity_per_day),
                                     F(water_per_day),
                                     F(newest_day),
                                     field<&T::estimated>("estimated_ms")};
};
#undef KEY
#undef F
}  // namespace meta
