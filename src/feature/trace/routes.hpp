#pragma once
#include "api/router.hpp"

namespace feature::trace {
void routes(api::Router& r);
void case_routes(api::Router& r);
void ring_routes(api::Router& r);
void place_routes(api::Router& r);
void mark_routes(api::Router& r);
void hand_over_routes(api::Router& r);
void received_routes(api::Router& r);
}  // namespace feature::trace
