#pragma once
#include "api/router.hpp"

namespace feature::people {
void search_routes(api::Router& r);
void person_file_routes(api::Router& r);
void person_routes(api::Router& r);
void duplicate_routes(api::Router& r);
void conflict_routes(api::Router& r);
}  // namespace feature::people
