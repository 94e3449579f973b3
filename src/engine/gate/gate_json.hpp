#pragma once
// Test support: the JSON of tests/vectors/gate.json. A field that has its default is left out, so that a
// case shows only what it is about.
#include <boost/json/value.hpp>
#include <vector>

#include "engine/gate/types.hpp"
#include "engine/gate/uses.hpp"

namespace engine::gate {

boost::json::value to_json(const Policy& policy);
boost::json::value to_json(const Facts& facts);
boost::json::value to_json(const Verdict& verdict);
boost::json::value to_json(const std::vector<PassageEvent>& events);
boost::json::value to_json(const std::vector<Use>& uses);

// Throw std::runtime_error with the name of a field or value that does not exist.
Policy policy_from(const boost::json::value& json);
Facts facts_from(const boost::json::value& json);
Verdict verdict_from(const boost::json::value& json);
std::vector<PassageEvent> passages_from(const boost::json::value& json);
std::vector<Use> uses_from(const boost::json::value& json);

}  // namespace engine::gate
