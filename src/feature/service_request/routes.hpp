#pragma once
#include "api/router.hpp"

namespace feature::service_request {
void request_routes(api::Router& r);
void kind_routes(api::Router& r);
void run_routes(api::Router& r);
void day_routes(api::Router& r);
void directory_routes(api::Router& r);
void drop_point_routes(api::Router& r);
inline void routes(api::Router& r) {
  request_routes(r);
  kind_routes(r);
  run_routes(r);
  day_routes(r);
  directory_routes(r);
  drop_point_routes(r);
}
}  // namespace feature::service_request
