#pragma once
#include "api/router.hpp"

namespace feature::place {
void routes(api::Router& r);
}
