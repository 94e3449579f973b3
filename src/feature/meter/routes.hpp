#pragma once
#include "api/router.hpp"

namespace feature::meter {
void routes(api::Router& r);
}
