#pragma once
// Is a dwelling lived in, as far as its meters tell (XN-55): a probability with its reasons, fitted to the
// compound's own distribution of this very period, so that season and local habits are in it already. It is
// evidence and orders doors; it never says what a visit has to say. Pure.
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace engine::occupancy {

enum class Meter { electricity, water };
// A counter as it was read: kWh or cubic metres since the meter was made.
struct Reading {
  Meter meter = Meter::electricity;
  std::int64_t meter_number = 0;  // another number is another meter: nothing is counted between the two
  base::Day day{};
  double value = 0;
  bool estimated = false;  // nobody read it: skipped, the days before and after it are one span
};

// What a month of readings comes to, per day. A counter that runs backwards starts anew there.
struct Use {
  std::optional<double> electricity_kwh{}, water_m3{};  // mean per day
  std::optional<double> electricity_swing_kwh{};        // median difference from one day to the next
  int electricity_days = 0, water_days = 0;             // that were measured
};
Use use_of(std::vector<Reading> readings);

enum class Reason {
  no_readings,        // nothing to go by: the compound's own share
  electricity_low,    // no more than what stands by
  electricity_lived,  // as much as where people live
  flat_days,          // every day the same: a fridge and a router
  uneven_days,        // somebody switches things on and off
  water_none,
  water_lived
};
struct Estimate {
  double lived_in = 0.5;          // probability
  std::vector<Reason> reasons{};  // the strongest first
};
// One estimate for each dwelling of a compound.
std::vector<Estimate> estimate(std::span<const Use> dwellings);

}  // namespace engine::occupancy
