#pragma once
#include "api/router.hpp"

namespace feature::survey {
void round_routes(api::Router& r);
void coverage_routes(api::Router& r);
void door_routes(api::Router& r);
void attempt_routes(api::Router& r);
void register_routes(api::Router& r);
void discrepancy_routes(api::Router& r);
inline void routes(api::Router& r) {
  round_routes(r);
  coverage_routes(r);
  door_routes(r);
  attempt_routes(r);
  register_routes(r);
  discrepancy_routes(r);
}
}  // namespace feature::survey
