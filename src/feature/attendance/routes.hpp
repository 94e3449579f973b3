#pragma once
#include "api/router.hpp"

namespace feature::attendance {
void shift_routes(api::Router& r);
void session_routes(api::Router& r);
inline void routes(api::Router& r) {
  shift_routes(r);
  session_routes(r);
}
}  // namespace feature::attendance
