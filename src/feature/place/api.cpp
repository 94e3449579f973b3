#include "feature/place/api.hpp"

#include "feature/place/routes.hpp"

namespace feature::place {

void routes(api::Router& r) {
  tree_routes(r);
  building_routes(r);
  opening_routes(r);
  set_routes(r);
  zone_routes(r);
  rule_routes(r);
}

}  // namespace feature::place
