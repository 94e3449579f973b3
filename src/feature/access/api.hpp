#pragma once
#include "api/router.hpp"

namespace feature::access {
void routes(api::Router& r);
}
