#pragma once
#include "api/router.hpp"

namespace feature::command {
void routes(api::Router& r);
}
