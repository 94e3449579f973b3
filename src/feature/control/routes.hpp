#pragma once
#include "api/router.hpp"

namespace feature::control {
void case_routes(api::Router& r);
void follow_up_routes(api::Router& r);
void act_routes(api::Router& r);
void rule_routes(api::Router& r);
void paper_routes(api::Router& r);
void sealing_routes(api::Router& r);
void community_routes(api::Router& r);
inline void routes(api::Router& r) {
  case_routes(r);
  follow_up_routes(r);
  act_routes(r);
  rule_routes(r);
  paper_routes(r);
  sealing_routes(r);
  community_routes(r);
}
}  // namespace feature::control
