#include "api/scenario.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

namespace api_test {
namespace {

namespace json = boost::json;

// Empty when `got` contains all of `wanted`; else where it does not.
std::string difference(const json::value& wanted, const json::value& got, const std::string& path) {
  if (wanted.is_object()) {
    if (!got.is_object()) return path + ": not an object";
    for (const auto& member : wanted.get_object()) {
      const auto* found = got.get_object().if_contains(member.key());
      if (!found) return path + "/" + std::string(member.key()) + ": missing";
      if (auto inside = difference(member.value(), *found, path + "/" + std::string(member.key()));
          !inside.empty())
        return inside;
    }
    return {};
  }
  if (wanted.is_array()) {
    if (!got.is_array() || got.get_array().size() != wanted.get_array().size())
      return path + ": array of another length: " + json::serialize(got);
    for (std::size_t i = 0; i < wanted.get_array().size(); ++i)
      if (auto inside = difference(wanted.get_array()[i], got.get_array()[i], path + "/" + std::to_string(i));
          !inside.empty())
        return inside;
    return {};
  }
  if (wanted == got) return {};
  return path + ": " + json::serialize(got) + " instead of " + json::serialize(wanted);
}

struct Runner {
  test_world::World& world;
  std::filesystem::path file;
  std::map<std::string, std::string> saved{};
  api::Response answer{};
  int line_number = 0;

  std::string filled(std::string text) const {
    for (auto open = text.find("${"); open != std::string::npos; open = text.find("${")) {
      const auto close = text.find('}', open);
      const auto name = text.substr(open + 2, close - open - 2);
      if (name == "now")
        text.replace(open, close - open + 1, std::to_string(world.clock().now().ms));
      else if (const auto found = saved.find(name); found != saved.end())
        text.replace(open, close - open + 1, found->second);
      else
        throw std::runtime_error("nothing saved as " + name);
    }
    return text;
  }
  std::string where() const { return file.filename().string() + ":" + std::to_string(line_number) + ": "; }

  void advance(const std::string& span) {
    static const std::map<char, std::int64_t> units{
        {'d', base::day_ms}, {'h', base::hour_ms}, {'m', base::minute_ms}, {'s', base::second_ms}};
    world.advance(std::stoll(span) * units.at(span.back()));
  }

  void expect(int status, const std::string& wanted) {
    ASSERT_EQ(answer.status, status) << where() << answer.body;
    if (wanted.empty()) return;
    boost::system::error_code error;
    const auto got = json::parse(answer.body, error);
    ASSERT_FALSE(error) << where() << "the answer is no JSON: " << answer.body;
    const auto differs = difference(json::parse(filled(wanted)), got, "");
    EXPECT_TRUE(differs.empty()) << where() << differs << "\n" << answer.body;
  }
};

bool is_step(const std::string& line) {
  std::istringstream words(line);
  std::string role, method, target;
  words >> role >> method >> target;
  return (method == "GET" || method == "POST" || method == "PATCH" || method == "DELETE" ||
          method == "PUT") &&
         target.starts_with("/");
}

}  // namespace

void run(test_world::World& world, const std::filesystem::path& file) {
  Runner r{world, file};
  std::ifstream in(file);
  ASSERT_TRUE(in) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  int steps = 0;
  const auto block = [&](std::size_t& i, auto stop) {
    std::string text;
    while (i + 1 < lines.size() && !stop(lines[i + 1])) text += lines[++i] + "\n";
    return text.find_first_not_of(" \n") == std::string::npos ? std::string{} : text;
  };
  for (std::size_t i = 0; i < lines.size() && !testing::Test::HasFatalFailure(); ++i) {
    const auto& line = lines[i];
    r.line_number = static_cast<int>(i) + 1;
    if (line.empty() || line.starts_with("#")) continue;
    if (line == "count") {
      world.count_compounds();
    } else if (line == "tend") {
      world.tend_work();
    } else if (line == "follow") {
      world.follow_presences();
    } else if (line.starts_with("advance ")) {
      r.advance(line.substr(8));
    } else if (line.starts_with("log_in ")) {
      world.log_in(line.substr(7));
    } else if (line.starts_with("peer ")) {
      world.set_peer(line.substr(5));
    } else if (line.starts_with("save ")) {
      const auto equals = line.find(" = ");
      const auto value = test_world::at(r.answer.body, line.substr(equals + 3));
      ASSERT_FALSE(value.empty()) << r.where() << "nothing at " << line.substr(equals + 3) << "\n"
                                  << r.answer.body;
      r.saved[line.substr(5, equals - 5)] = value;
    } else if (line.starts_with("! ")) {
      EXPECT_EQ(r.answer.body.find(r.filled(line.substr(2))), std::string::npos)
          << r.where() << r.answer.body;
    } else if (line.starts_with("-> ")) {
      const auto wanted = block(i, [](const std::string& l) {
        return l.empty() || l.starts_with("#") || l.starts_with("! ") || l.starts_with("save ") ||
               l == "count" || l == "tend" || l == "follow" || l.starts_with("advance ") ||
               l.starts_with("log_in ") || l.starts_with("peer ") || is_step(l);
      });
      r.expect(std::stoi(line.substr(3)), wanted);
    } else if (is_step(line)) {
      std::istringstream words(r.filled(line));
      std::string role, method, target;
      words >> role >> method >> target;
      const auto body = block(i, [](const std::string& l) { return l.starts_with("-> "); });
      r.answer = world.send(role, method, target, r.filled(body));
      ++steps;
    } else {
      FAIL() << r.where() << "not a step: " << line;
    }
  }
  EXPECT_GT(steps, 0) << file << " tests nothing";
}

}  // namespace api_test
