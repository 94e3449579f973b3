// The program at work until it is killed: phones at a gate confirm passages of members, and the office erases
// people now and then. Says on its standard output which passages were acknowledged:
//   durability_gate_writer <data> <keys> <database or -> <first second> <bearer of a phone>...
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

#include "app/program.hpp"
#include "durability/crossing.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;
using test_world::number_at;

// Time goes on by a second with every passage.
class Ticking final : public base::Clock {
 public:
  explicit Ticking(std::int64_t second) : second_(second) {}
  base::Instant now() const override { return {second_.load() * 1000}; }
  std::int64_t tick() { return ++second_; }

 private:
  std::atomic<std::int64_t> second_;
};

class Writing {
 public:
  Writing(app::Program& program, Ticking& clock) : program_(program), clock_(clock) {}

  void gate(std::string bearer) {
    const auto list = send("authorization", bearer, "GET", "/api/gate/list").body;
    std::mt19937 dice(std::random_device{}());
    for (;;) {
      const auto second = clock_.tick();
      // The last of the first thirty households are for the office.
      const auto household = fmt::format("households.{}", dice() % 20);
      const auto person = number_at(list, household + ".m.0.id");
      const auto body =
          fmt::format(R"({{"seq":{},"happened_ms":{},"direction":"{}","result":"passed","holder_kind":)"
                      R"("resident_member","household_id":{},"person_ids":[{}],"persons":1,"companions":0,)"
                      R"("readings":[{{"person":0,"tenths":365,"at_ms":{}}}],"emergency_reason":"medical",)"
                      R"("steps":[],"outcome":"allow","reasons":[],"policy_version":1,"offline":false,)"
                      R"("list_age_s":0}})",
                      second, second * 1000, dice() % 2 ? "out" : "in", at(list, household + ".id"), person,
                      second * 1000);
      if (send("authorization", bearer, "POST", "/api/gate/confirm", body).status != 200) continue;
      const durability::Crossing said{person, number_at(list, household + ".id")};
      if (::write(STDOUT_FILENO, &said, sizeof said) != sizeof said) return;  // atomic on a pipe
    }
  }
  // Somebody is erased, one after the other.
  void office(std::string cookie, std::string bearer) {
    const auto list = send("authorization", bearer, "GET", "/api/gate/list").body;
    for (int household = 20; household < 30; ++household)
      for (int member = 0; member < 6; ++member) {
        const auto person = at(list, fmt::format("households.{}.m.{}.id", household, member));
        if (person.empty()) break;
        send("cookie", cookie, "POST", "/api/persons/" + person + "/erasure",
             R"({"reason":"purpose_ended"})");
      }
  }
  std::string log_in(const std::string& username, base::Instant now) {
    const auto link = program_.login_link(username, now);
    if (!link) return {};
    const auto answer = send("", "", "POST", "/api/session/link",
                             "{\"token\":\"" + link->substr(link->find('=') + 1) + "\"}");
    const std::string cookie(answer.header("set-cookie"));
    return cookie.substr(0, cookie.find(';'));
  }

 private:
  api::Response send(const std::string& header, const std::string& value, const std::string& method,
                     const std::string& target, const std::string& body = {}) {
    api::Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.headers = {{"host", "localhost"}};
    request.peer = "192.0.2.1";
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    if (!header.empty()) request.headers.emplace_back(header, value);
    return program_.service().handle(request);
  }

  app::Program& program_;
  Ticking& clock_;
};

}  // namespace

int main(int count, char** words) {
  if (count < 6) return 2;
  app::Options options;
  options.data = words[1];
  options.keys = words[2];
  if (std::string_view(words[3]) != "-") options.database = words[3];
  Ticking clock(std::atoll(words[4]));
  auto program = app::Program::open(options, clock);
  if (!program) return 1;
  Writing writing(**program, clock);
  std::vector<std::jthread> threads;
  for (int i = 5; i < count; ++i) threads.emplace_back([&, i] { writing.gate(words[i]); });
  threads.emplace_back([&] { writing.office(writing.log_in("district", clock.now()), words[5]); });
}
