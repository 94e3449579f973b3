#include "sim/day_rules.hpp"

#include <algorithm>
#include <tuple>

namespace sim::day {

bool RuleDates::concerns(const Version& v, int compound) const {
  const auto& here = compounds_[static_cast<std::size_t>(compound)];
  switch (v.reach) {
    case Reach::compound:
      return v.of == compound;
    case Reach::kind_in_subdistrict:
      return v.of == here.subdistrict && here.of_the_kind;
    case Reach::subdistrict:
      return v.of == here.subdistrict;
    case Reach::district:
      return true;
  }
  return false;
}

Rules RuleDates::at(int compound, std::int64_t at_ms) const {
  const Version* best = nullptr;
  const auto key = [](const Version& v) { return std::tuple(v.reach, -v.from_ms, -v.rules.version); };
  for (const auto& v : versions_)
    if (v.from_ms <= at_ms && concerns(v, compound) && (!best || key(v) < key(*best))) best = &v;
  return best ? best->rules : Rules{};
}

std::int64_t begins_ms(std::int64_t asked_for_ms, std::int64_t agreed_ms, int notice_minutes) {
  return std::max(asked_for_ms, agreed_ms + std::int64_t{notice_minutes} * 60'000);
}

}  // namespace sim::day
