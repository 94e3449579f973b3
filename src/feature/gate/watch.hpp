#pragma once
// What the program notices by itself about gates and about who goes in and out, by the rules of the place.
#include "feature/gate/board_record.hpp"
#include "feature/gate/service.hpp"
#include "feature/place/rule_record.hpp"

// Of a visitor's entry g: whether the visit is over, by its card, without one by the dwelling visited.
#define VISIT_OVER                                                                                         \
  "EXISTS (SELECT 1 FROM passage later WHERE later.compound_id = $1 AND later.direction = 'out' AND "      \
  "later.holder_kind = 'visitor' AND later.happened_ms > g.happened_ms AND (later.pass_id = g.pass_id OR " \
  "(later.pass_id IS NULL AND g.pass_id IS NULL AND COALESCE(later.dwelling_id, 0) = "                     \
  "COALESCE(g.dwelling_id, 0))))"

namespace feature::gate {

// "silent", "list_old", "queue", as far as the phone has said anything yet.
std::vector<std::string> troubles_of(const GatePhone& phone, const place::PlaceRules& rules,
                                     base::Instant now);

}  // namespace feature::gate
