#pragma once
#include "api/router.hpp"

namespace feature::arrival {
void arrival_routes(api::Router& r);
void act_routes(api::Router& r);
void area_routes(api::Router& r);
void paper_routes(api::Router& r);
inline void routes(api::Router& r) {
  arrival_routes(r);
  act_routes(r);
  area_routes(r);
  paper_routes(r);
}
}  // namespace feature::arrival
