#pragma once
// The ledger of passages as the office reads it, and whether a line says what was sent.
#include <boost/json.hpp>
#include <functional>
#include <map>
#include <string>

#include "sim/model.hpp"
#include "world/world.hpp"

namespace sim {

using Expect = std::function<void(bool holds, const std::string& what)>;
using LedgerRows = std::map<std::int64_t, boost::json::object>;  // by id

// Every line of a compound, each once and newest first.
LedgerRows ledger_of(test_world::World& world, const std::string& role, std::int64_t compound_id,
                     const Expect& expect);
// household_id 0: of no household.
void compare(const LedgerRows& rows, const Crossing& c, std::int64_t household_id, const Expect& expect);

}  // namespace sim
