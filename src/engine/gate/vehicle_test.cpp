// tests/vectors/vehicle.json is run here and by web/src/shared/vehicle.test.ts. The named cases are sentences
// of the requirements, written by hand; the generated ones are what this code answers
// (SHOUWANG_WRITE_VECTORS=1 after a change that is meant to change answers).
#include "engine/gate/vehicle.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "engine/gate/gate_cases.hpp"
#include "engine/gate/gate_json.hpp"
#include "engine/gate/vehicle_names.hpp"

namespace engine::gate {
namespace {

namespace json = boost::json;

constexpr auto path = SHOUWANG_SOURCE_DIR "/tests/vectors/vehicle.json";

json::object load() {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str()).as_object();
}

template <class E>
E word(const json::object& object, std::string_view key, E otherwise) {
  const auto* found = object.if_contains(key);
  if (!found) return otherwise;
  const auto value = from_name<E>(std::string_view(found->as_string()));
  if (!value) throw std::runtime_error("no such " + std::string(key));
  return *value;
}

std::vector<std::string> texts(const json::value& list) {
  std::vector<std::string> out;
  for (const auto& each : list.as_array()) out.emplace_back(each.as_string());
  return out;
}
json::array array_of(const std::vector<std::string>& list) { return json::array(list.begin(), list.end()); }

Policy policy_of(const json::object& c) {
  auto policy = policy_from(c.at("policy"));
  if (const auto* rules = c.if_contains("rules"))
    policy.vehicles = VehicleRules{word(rules->as_object(), "mode", Mode::enforce),
                                   texts(rules->at("entry_classes")), texts(rules->at("free_kinds"))};
  return policy;
}

VehicleFacts facts_of(const json::object& c) {
  const auto& o = c.at("facts").as_object();
  VehicleFacts f;
  f.direction = word(o, "direction", f.direction);
  if (const auto* now = o.if_contains("now_ms")) f.now_ms = now->to_number<std::int64_t>();
  f.vehicle_class = word(o, "vehicle_class", f.vehicle_class);
  f.kind = word(o, "kind", f.kind);
  f.plate = word(o, "plate", f.plate);
  if (const auto* listed = o.if_contains("listed")) f.listed = listed->as_bool();
  if (const auto* parties = o.if_contains("parties"))
    for (const auto& party : parties->as_array()) f.parties.push_back(facts_from(party));
  return f;
}

json::object to_json(const VehicleFacts& f) {
  json::array parties;
  for (const auto& party : f.parties) parties.push_back(to_json(party));
  return {{"direction", name_of(f.direction)},
          {"now_ms", f.now_ms},
          {"vehicle_class", name_of(f.vehicle_class)},
          {"kind", name_of(f.kind)},
          {"plate", name_of(f.plate)},
          {"listed", f.listed},
          {"parties", std::move(parties)}};
}

json::object to_json(const VehicleVerdict& v) {
  json::array reasons, parties;
  for (const auto& r : v.reasons)
    reasons.push_back(json::object{{"code", name_of(r.code)}, {"mode", name_of(r.mode)}});
  for (const auto& party : v.parties) parties.push_back(to_json(party));
  return {{"outcome", name_of(v.outcome)}, {"need", name_of(v.need)},       {"need_party", v.need_party},
          {"may_release", may_release(v)}, {"reasons", std::move(reasons)}, {"parties", std::move(parties)}};
}

Policy any_vehicle_policy(const Source& source) {
  auto policy = any_policy(source);
  if (seldom(source, 5)) return policy;
  VehicleRules rules;
  rules.mode = any_of<Mode>(source);
  if (any_bool(source)) rules.entry_classes.emplace_back("resident");
  if (seldom(source, 3)) rules.free_kinds.clear();
  policy.vehicles = rules;
  return policy;
}

VehicleFacts any_vehicle(const Source& source) {
  VehicleFacts f;
  const auto one = any_facts(source);
  f.direction = one.direction;
  f.now_ms = one.now_ms;
  f.vehicle_class = any_of<VehicleClass>(source);
  if (f.vehicle_class <= VehicleClass::rescue && !seldom(source, 4)) f.vehicle_class = VehicleClass::resident;
  f.kind = any_of<VehicleKind>(source);
  f.plate = any_of<PlateState>(source);
  f.listed = any_bool(source);
  const auto parties = source(0, 3);
  for (std::int64_t n = 0; n < parties; ++n) f.parties.push_back(any_facts(source));
  return f;
}

json::array generated() {
  std::mt19937_64 engine(20200212);
  const Source source = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(high - low + 1));
  };
  json::array cases;
  for (int n = 1; n <= 150; ++n) {
    const auto policy = any_vehicle_policy(source);
    const auto facts = any_vehicle(source);
    json::object c{{"name", "generated " + std::to_string(n)}, {"policy", to_json(policy)}};
    if (policy.vehicles)
      c["rules"] = json::object{{"mode", name_of(policy.vehicles->mode)},
                                {"entry_classes", array_of(policy.vehicles->entry_classes)},
                                {"free_kinds", array_of(policy.vehicles->free_kinds)}};
    c["facts"] = to_json(facts);
    c["verdict"] = to_json(decide_vehicle(facts, policy));
    cases.push_back(std::move(c));
  }
  return cases;
}

// One case a line, so that a difference can be read.
void write(const json::object& kept, const json::array& cases) {
  std::ofstream out(path);
  const auto section = [&](const json::array& list) {
    for (std::size_t i = 0; i < list.size(); ++i)
      out << json::serialize(list[i]) << (i + 1 < list.size() ? ",\n" : "\n");
  };
  out << "{\n\"about\": " << json::serialize(kept.at("about")) << ",\n\n\"named\": [\n";
  section(kept.at("named").as_array());
  out << "],\n\n\"generated\": [\n";
  section(cases);
  out << "]\n}\n";
}

// What the case says of the verdict; what it leaves out may be anything.
void expect_says(const json::object& c) {
  const auto verdict = to_json(decide_vehicle(facts_of(c), policy_of(c)));
  for (const auto& [key, value] : c.at("verdict").as_object())
    EXPECT_EQ(verdict.at(key), value) << c.at("name") << ' ' << key << "\n  says " << verdict;
}

TEST(VehicleVectors, SentencesOfTheRequirements) {
  const auto vectors = load();
  EXPECT_GE(vectors.at("named").as_array().size(), 20u);
  for (const auto& c : vectors.at("named").as_array()) expect_says(c.as_object());
}

TEST(VehicleVectors, GeneratedCasesStandAsWritten) {
  const auto vectors = load();
  if (std::getenv("SHOUWANG_WRITE_VECTORS") != nullptr) return write(vectors, generated());
  for (const auto& c : vectors.at("generated").as_array()) expect_says(c.as_object());
  EXPECT_TRUE(vectors.at("generated") == json::value(generated()));
}

const Source drawn = [](std::int64_t low, std::int64_t high) {
  return *rc::gen::inRange<std::int64_t>(low, high + 1);
};

// practice.md 1: entry is allow or refer, never a bare deny, whatever drives in and whoever sits in it.
RC_GTEST_PROP(VehicleProperty, AnEntryIsNeverDenied, ()) {
  auto facts = any_vehicle(drawn);
  facts.direction = Direction::in;
  RC_ASSERT(decide_vehicle(facts, any_vehicle_policy(drawn)).outcome != Outcome::deny);
}

// practice.md 2: no plate, no occupants, no step; no policy can switch it off.
RC_GTEST_PROP(VehicleProperty, AnEmergencyVehicleIsReleasedAtOnce, ()) {
  auto facts = any_vehicle(drawn);
  facts.vehicle_class = static_cast<VehicleClass>(*rc::gen::inRange(0, 4));
  const auto verdict = decide_vehicle(facts, any_vehicle_policy(drawn));
  RC_ASSERT(verdict.outcome == Outcome::allow && verdict.need == VehicleNeed::none && may_release(verdict));
}

// A car is no way round a rule: whom the gate would not let walk out does not drive out either.
RC_GTEST_PROP(VehicleProperty, NobodyDrivesOutWhoMayNotWalkOut, ()) {
  auto facts = any_vehicle(drawn);
  facts.direction = Direction::out;
  facts.vehicle_class = VehicleClass::resident;
  const auto policy = any_vehicle_policy(drawn);
  const auto verdict = decide_vehicle(facts, policy);
  for (auto party : facts.parties) {
    party.direction = facts.direction;
    party.now_ms = facts.now_ms;
    if (!may_release(decide(party, policy))) RC_ASSERT(!may_release(verdict));
  }
}

}  // namespace
}  // namespace engine::gate
