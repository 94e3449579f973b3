#pragma once
#include "api/router.hpp"

namespace feature::care {
void recipient_routes(api::Router& r);
void day_routes(api::Router& r);
void paper_routes(api::Router& r);
inline void routes(api::Router& r) {
  recipient_routes(r);
  day_routes(r);
  paper_routes(r);
}
}  // namespace feature::care
