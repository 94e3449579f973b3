#pragma once
#include "api/router.hpp"

namespace feature::exchange {
void routes(api::Router& r);
}
