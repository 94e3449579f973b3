#pragma once
#include "api/router.hpp"

namespace feature::organisation {
void term_routes(api::Router& r);
void organisation_routes(api::Router& r);
void bond_routes(api::Router& r);
void body_routes(api::Router& r);
void staff_routes(api::Router& r);
void staff_person_routes(api::Router& r);
void team_routes(api::Router& r);
void team_change_routes(api::Router& r);
void document_routes(api::Router& r);
}  // namespace feature::organisation
