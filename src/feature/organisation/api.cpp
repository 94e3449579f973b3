#include "feature/organisation/api.hpp"

#include "feature/organisation/routes.hpp"

namespace feature::organisation {

void routes(api::Router& r) {
  term_routes(r);
  organisation_routes(r);
  bond_routes(r);
  body_routes(r);
  staff_routes(r);
  staff_person_routes(r);
  team_routes(r);
  document_routes(r);
}

}  // namespace feature::organisation
