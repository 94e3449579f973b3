#pragma once
// The whole program without a server: the demonstration district on a store of the test's own, under a
// clock of the test's own, and a log-in for every role.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/program.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"

namespace test_world {

class ManualClock final : public base::Clock {
 public:
  explicit ManualClock(base::Instant start) : now_(start) {}
  base::Instant now() const override { return now_; }
  void set(base::Instant at) { now_ = at; }
  void advance(std::int64_t ms) { now_ = now_ + ms; }

 private:
  base::Instant now_;
};

// 2020-02-11 08:00 in Shanghai.
inline constexpr base::Instant first_morning{1581379200000};

class World {
 public:
  explicit World(db::Dialect dialect);
  ~World();

  app::Program& program() { return *program_; }
  ManualClock& clock() { return clock_; }
  // Roles: nobody, phone (an enrolled gate phone of the first opening), other_office (of another community),
  // and the user names of the demonstration: one for each built-in role (admin, office, guard, auditor ...).
  api::Response send(const std::string& role, const std::string& method, const std::string& target,
                     const std::string& body = {}, const std::string& type = "application/json");
  static const std::vector<std::string>& roles();
  // Another phone at an opening, enrolled by this user; its role name.
  std::string enrol(std::int64_t opening_id, const std::string& by = "office");
  // Moves the clock; accounts log in again, since sessions end after half a day.
  void advance(std::int64_t ms);
  // Ends the program and starts it again on the same store.
  void restart();
  void stop();
  void start();
  const app::Options& options() const { return options_; }
  // Again: a log-in lasts twelve hours.
  void log_in(const std::string& username);
  // What a running program counts by itself.
  void count_compounds();
  // What a running program does by itself about alerts and tasks.
  void tend_work();
  // Takes in who was where, as a running program does.
  void follow_presences();
  // The address that requests come from, from now on.
  void set_peer(std::string peer) { peer_ = std::move(peer); }

 private:
  void open();
  void log_in_all();
  test_support::TemporaryDirectory directory_;
  std::optional<test_support::PostgresDatabase> database_;
  ManualClock clock_{first_morning};
  app::Options options_;
  std::unique_ptr<app::Program> program_;
  std::map<std::string, std::pair<std::string, std::string>> credentials_;  // role -> header name and value
  int phones_ = 0;
  std::string peer_ = "192.0.2.1";
};

// Member at a path like "items.0.id" as JSON text; strings without quotes. Empty when absent.
std::string at(const std::string& json, const std::string& path);
std::int64_t number_at(const std::string& json, const std::string& path);

}  // namespace test_world
