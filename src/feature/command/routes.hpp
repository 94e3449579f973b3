#pragma once
#include "api/router.hpp"

namespace feature::command {
void area_routes(api::Router& r);
}
