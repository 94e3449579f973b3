#pragma once
#include "api/router.hpp"

namespace feature::questionnaire {
void form_routes(api::Router& r);
void sample_routes(api::Router& r);
void sheet_routes(api::Router& r);
void answer_routes(api::Router& r);
void count_routes(api::Router& r);
inline void routes(api::Router& r) {
  form_routes(r);
  sample_routes(r);
  sheet_routes(r);
  answer_routes(r);
  count_routes(r);
}
}  // namespace feature::questionnaire
