#pragma once
#include "api/router.hpp"

namespace feature::ledger {
void routes(api::Router& r);
}
