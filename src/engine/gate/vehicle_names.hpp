#pragma once
// The names of the vehicle enumerations in JSON, in the order of the enumerators.
#include "engine/gate/names.hpp"
#include "engine/gate/vehicle.hpp"

namespace engine::gate {

template <>
struct EnumNames<VehicleClass> {
  static constexpr auto names = std::to_array<std::string_view>(
      {"police", "fire", "ambulance", "rescue", "refuse", "supplies", "resident", "outside"});
};
template <>
struct EnumNames<VehicleKind> {
  static constexpr auto names = std::to_array<std::string_view>(
      {"unknown", "car", "suv", "van", "truck", "bus", "motorcycle", "electric_bike", "tricycle", "other"});
};
template <>
struct EnumNames<PlateState> {
  static constexpr auto names = std::to_array<std::string_view>({"missing", "none", "odd", "legal"});
};
template <>
struct EnumNames<VehicleNeed> {
  static constexpr auto names = std::to_array<std::string_view>({"none", "plate", "occupants", "party"});
};
template <>
struct EnumNames<VehicleReasonCode> {
  static constexpr auto names = std::to_array<std::string_view>(
      {"emergency_vehicle", "exit_only", "outsider_in_car", "plate_missing", "occupants_missing",
       "cannot_return", "plate_none", "plate_odd", "plate_not_listed"});
};

static_assert(EnumNames<VehicleClass>::names.size() == static_cast<std::size_t>(VehicleClass::outside) + 1);
static_assert(EnumNames<VehicleKind>::names.size() == static_cast<std::size_t>(VehicleKind::other) + 1);
static_assert(EnumNames<VehicleReasonCode>::names.size() ==
              static_cast<std::size_t>(VehicleReasonCode::plate_not_listed) + 1);

}  // namespace engine::gate
