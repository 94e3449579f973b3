#pragma once
#include "api/router.hpp"

namespace feature::organisation {
void routes(api::Router& r);
}  // namespace feature::organisation
