#pragma once
// API scenarios as text (tests/api/scenarios/*.test). A step:
//
//   office POST /api/households            role, method, target; ${name} is replaced by what was saved
//   {"dwelling_id": ${dwelling}}           body, until the arrow
//   -> 422                                 expected status
//   {"code": "invalid"}                    the answer must contain this (objects: a subset; arrays: item by
//   item)
//   ! 13900000815                          the answer must not contain this text
//   save dwelling = items.0.id             keeps a member for later steps
//
// Lines beginning with # are comments and name the rule under test; `advance 3d` (d, h, m, s) moves the
// clock, `count` does the counting and `tend` the work that a running program does by itself, `log_in name`
// makes an account of that user name a role, `peer 192.0.2.7` is where requests come from.
#include <filesystem>
#include <string>

#include "world/world.hpp"

namespace api_test {

// Runs a scenario; fails the current test with file and line where an answer differs.
void run(test_world::World& world, const std::filesystem::path& file);

}  // namespace api_test
