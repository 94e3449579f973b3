#pragma once
#include "api/router.hpp"

namespace feature::resident {
void visit_routes(api::Router& r);
void form_routes(api::Router& r);
inline void routes(api::Router& r) {
  visit_routes(r);
  form_routes(r);
}
}  // namespace feature::resident
