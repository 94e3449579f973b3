#pragma once
// What the gate writer of the durability tests says was acknowledged.
#include <cstdint>

namespace durability {

struct Crossing {
  std::int64_t person = 0, household = 0;
};

}  // namespace durability
