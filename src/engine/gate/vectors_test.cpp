// tests/vectors/gate.json is run here and by web/src/shared/decide.test.ts. The cases named after sentences
// of practice.md are written by hand and kept as they stand; the generated ones are what this code answers.
// After a change that is meant to change answers: SHOUWANG_WRITE_VECTORS=1, and read the difference.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "engine/gate/decide.hpp"
#include "engine/gate/gate_cases.hpp"
#include "engine/gate/gate_json.hpp"
#include "engine/gate/uses.hpp"

namespace engine::gate {
namespace {

namespace json = boost::json;

constexpr auto path = SHOUWANG_SOURCE_DIR "/tests/vectors/gate.json";

json::object load() {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str()).as_object();
}

// No distribution of the standard library: their numbers differ between libraries.
Source seeded(std::mt19937_64& engine) {
  return [&engine](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(high - low + 1));
  };
}

json::array generated_decisions() {
  std::mt19937_64 engine(20200211);
  const auto source = seeded(engine);
  json::array cases;
  for (int n = 1; n <= 400; ++n) {
    const auto policy = any_policy(source);
    const auto facts = any_facts(source);
    cases.push_back(json::object{{"name", "generated " + std::to_string(n)},
                                 {"policy", to_json(policy)},
                                 {"facts", to_json(facts)},
                                 {"verdict", to_json(decide(facts, policy))}});
  }
  return cases;
}

json::array generated_uses() {
  std::mt19937_64 engine(18303);
  const auto source = seeded(engine);
  json::array cases;
  for (int n = 1; n <= 100; ++n) {
    const auto events = any_passages(source);
    cases.push_back(json::object{{"name", "generated " + std::to_string(n)},
                                 {"events", to_json(events)},
                                 {"uses", to_json(uses_from_passages(events))}});
  }
  return cases;
}

// One case a line, so that a difference can be read.
void write_section(std::ostream& out, std::string_view name, const json::array& cases, bool last) {
  out << json::serialize(name) << ": [\n";
  for (std::size_t i = 0; i < cases.size(); ++i)
    out << json::serialize(cases[i]) << (i + 1 < cases.size() ? ",\n" : "\n");
  out << (last ? "]\n" : "],\n\n");
}

void write_vectors(const json::object& kept) {
  std::ofstream out(path);
  out << "{\n\"about\": " << json::serialize(kept.at("about")) << ",\n\n";
  write_section(out, "named", kept.at("named").as_array(), false);
  write_section(out, "named_uses", kept.at("named_uses").as_array(), false);
  write_section(out, "generated", generated_decisions(), false);
  write_section(out, "generated_uses", generated_uses(), true);
  out << "}\n";
}

void run_decisions(const json::array& cases) {
  for (const auto& c : cases) {
    const auto verdict = decide(facts_from(c.at("facts")), policy_from(c.at("policy")));
    EXPECT_EQ(verdict, verdict_from(c.at("verdict")))
        << c.at("name") << "\n  says " << to_json(verdict) << "\nshould " << c.at("verdict");
  }
}

void run_uses(const json::array& cases) {
  for (const auto& c : cases) {
    const auto uses = uses_from_passages(passages_from(c.at("events")));
    EXPECT_EQ(uses, uses_from(c.at("uses")))
        << c.at("name") << "\n  says " << to_json(uses) << "\nshould " << c.at("uses");
  }
}

TEST(GateVectors, SentencesOfPractice) {
  const auto vectors = load();
  EXPECT_GE(vectors.at("named").as_array().size(), 60u);
  run_decisions(vectors.at("named").as_array());
  run_uses(vectors.at("named_uses").as_array());
}

TEST(GateVectors, GeneratedCasesStandAsWritten) {
  const auto vectors = load();
  if (std::getenv("SHOUWANG_WRITE_VECTORS") != nullptr) {
    write_vectors(vectors);
    return;
  }
  run_decisions(vectors.at("generated").as_array());
  run_uses(vectors.at("generated_uses").as_array());
}

// Else the file would go on testing cases that nothing makes any more.
TEST(GateVectors, FileIsWhatTheGeneratorMakes) {
  const auto vectors = load();
  EXPECT_TRUE(vectors.at("generated") == json::value(generated_decisions()));
  EXPECT_TRUE(vectors.at("generated_uses") == json::value(generated_uses()));
}

}  // namespace
}  // namespace engine::gate
