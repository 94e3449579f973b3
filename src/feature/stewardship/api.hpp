#pragma once
#include "api/router.hpp"

namespace feature::stewardship {
void routes(api::Router& r);
void assign_routes(api::Router& r);
void board_routes(api::Router& r);
}  // namespace feature::stewardship
