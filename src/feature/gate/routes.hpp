#pragma once
#include "api/router.hpp"
#include "feature/gate/service.hpp"

namespace feature::gate {
void policy_routes(api::Router& r);
void level_routes(api::Router& r);
void pass_routes(api::Router& r);
void device_routes(api::Router& r);
void passage_routes(api::Router& r);
void ledger_routes(api::Router& r);
void guest_routes(api::Router& r);
void vehicle_routes(api::Router& r);
void exemption_routes(api::Router& r);
void issue_many_routes(api::Router& r);
void issue_one_routes(api::Router& r);
void pass_key_routes(api::Router& r);
void pass_page_routes(api::Router& r);
void board_routes(api::Router& r);
void paper_routes(api::Router& r);
inline void routes(api::Router& r) {
  policy_routes(r);
  level_routes(r);
  pass_routes(r);
  device_routes(r);
  passage_routes(r);
  ledger_routes(r);
  guest_routes(r);
  vehicle_routes(r);
  exemption_routes(r);
  pass_key_routes(r);
  pass_page_routes(r);
  board_routes(r);
  paper_routes(r);
}
}  // namespace feature::gate
