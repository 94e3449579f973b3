#pragma once
#include "api/router.hpp"

namespace feature::people {
void routes(api::Router& r);
}
