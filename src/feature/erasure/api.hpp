#pragma once
#include "api/router.hpp"

namespace feature::erasure {
void erasure_routes(api::Router& r);
void retention_routes(api::Router& r);
inline void routes(api::Router& r) {
  erasure_routes(r);
  retention_routes(r);
}
}  // namespace feature::erasure
