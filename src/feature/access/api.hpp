#pragma once
#include "api/router.hpp"

namespace feature::access {
void session_routes(api::Router& r);
void second_factor_routes(api::Router& r);
void account_routes(api::Router& r);
void role_routes(api::Router& r);
void emergency_routes(api::Router& r);
void audit_routes(api::Router& r);
void recovery_routes(api::Router& r);
inline void routes(api::Router& r) {
  session_routes(r);
  second_factor_routes(r);
  account_routes(r);
  role_routes(r);
  emergency_routes(r);
  audit_routes(r);
  recovery_routes(r);
}
}  // namespace feature::access
