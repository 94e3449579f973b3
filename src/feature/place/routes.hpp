#pragma once
#include "api/router.hpp"

namespace feature::place {
void tree_routes(api::Router& r);
void building_routes(api::Router& r);
void opening_routes(api::Router& r);
void set_routes(api::Router& r);
void zone_routes(api::Router& r);
void rule_routes(api::Router& r);
}  // namespace feature::place
