#pragma once
// What the program notices by itself about gates and about who goes in and out, by the rules of the place.
#include "feature/gate/board_record.hpp"
#include "feature/gate/service.hpp"
#include "feature/place/rule_record.hpp"

namespace feature::gate {

// "silent", "list_old", "queue", as far as the phone has said anything yet.
std::vector<std::string> troubles_of(const GatePhone& phone, const place::PlaceRules& rules,
                                     base::Instant now);

}  // namespace feature::gate
