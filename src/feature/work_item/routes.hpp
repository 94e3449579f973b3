#pragma once
#include "api/router.hpp"

namespace feature::work_item {
void item_routes(api::Router& r);
void act_routes(api::Router& r);
void kind_routes(api::Router& r);
void webhook_routes(api::Router& r);
void plan_routes(api::Router& r);
void evidence_routes(api::Router& r);
void log_routes(api::Router& r);
inline void routes(api::Router& r) {
  item_routes(r);
  act_routes(r);
  kind_routes(r);
  webhook_routes(r);
  plan_routes(r);
  evidence_routes(r);
  log_routes(r);
}
}  // namespace feature::work_item
