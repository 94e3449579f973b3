#pragma once
#include "api/router.hpp"

namespace feature::people {
void routes(api::Router& r);
void reveal_routes(api::Router& r);
}  // namespace feature::people
