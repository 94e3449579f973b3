#pragma once
// Thirty days of work in a community from a seed: surveyors who fail to reach people, people under control,
// care recipients, a change of rules in the middle, stewards who come and go; requests that are repeated
// because the answer was lost, records that come late and twice, restarts, chores that sleep. Every evening
// the checks compare the program with the model.
#include <boost/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "sim/driver.hpp"
#include "sim/work_model.hpp"

namespace sim::work {

struct Counts {  // how often what is worth trying was in fact tried
  int attempts = 0, late_uploads = 0, repeated = 0, resolved = 0, registered = 0, handed_over = 0,
      taken_back = 0, cases = 0, follow_ups = 0, told_by_page = 0, missed = 0, alerts = 0, samples = 0,
      positives = 0, releases = 0, refused_releases = 0, moved_clocks = 0, moved_stewards = 0, unassigned = 0,
      contacts = 0, care_missed = 0, acts = 0, hand_overs = 0, restarts = 0, slept = 0;
};

// The rules of each category as the API says them.
Rules rules_in(const boost::json::value& params);

class WorkDriver {
 public:
  WorkDriver(db::Dialect dialect, std::uint64_t seed, Beliefs beliefs);
  void run(int days);
  // Counts of each day, without ids: the same on every store.
  const std::vector<std::string>& trace() const { return trace_; }
  const Counts& counts() const { return counts_; }

 private:
  // What a surveyor wrote down and has not sent.
  struct Phone {
    std::string role;
    std::vector<std::pair<std::int64_t, std::string>> queue{}, sent{};  // round, record
  };
  struct Person {
    std::int64_t id = 0, household = 0;
  };
  struct Logged {  // a line of the work log
    std::int64_t at_ms = 0;
    std::string kind{}, verb{}, note{};
    friend auto operator<=>(const Logged&, const Logged&) = default;
  };
  struct Item {  // an open item, as the program shows it
    std::int64_t id = 0, compound = 0, household = 0;
    std::string kind{}, state{};
    std::optional<std::int64_t> assignee{};
    int tier = 0;
  };
  struct Truth {  // what is behind a door
    Told told{};
    int at_home_percent = 0;
    std::size_t phone = 0;  // whose door it is
  };

  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class Items>
  auto& any(Items& items) {
    return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
  }
  std::int64_t now_ms() { return world_.clock().now().ms; }
  Day today() { return day_of(now_ms()); }
  void expect(bool holds, const std::string& what);
  void note(const std::string& line) { trace_.push_back(line); }

  // Every request takes a moment.
  api::Response ask(const std::string& role, const std::string& method, const std::string& target,
                    const std::string& body = {});
  boost::json::value get(const std::string& role, const std::string& target);
  boost::json::value post(const std::string& role, const std::string& target, const std::string& body,
                          int status = 200);
  // Sometimes the answer is lost and the same is sent again, which gives `again`.
  boost::json::value post_surely(const std::string& role, const std::string& target, const std::string& body,
                                 int again, int status = 200);
  std::vector<boost::json::object> all_of(const std::string& role, const std::string& target);

  // --- the days (work_driver.cpp)
  void find_ground();
  void find_household_page();
  void until(int minute);
  void tend(bool may_sleep);
  void restart();
  // --- what is done (work_survey.cpp, work_acts.cpp)
  void begin_round(const std::string& title, const Ladder& ladder, const std::string& ladder_text);
  void visit_doors(int doors);
  Attempt attempt_at(const Door& door, const Truth& truth);
  void write_down(std::int64_t dwelling, Attempt attempt, const std::string& takes_back = {});
  void upload(Phone& phone, bool all);
  void hand_over_register();
  void receive_register();
  void end_round();
  Round* open_round();

  void begin_cases(int count);
  void follow_up(bool evening, int percent);
  void follow_up_late();
  void tell_by_page(Case& of, bool evening);
  void take_samples();
  void tell_results();
  void release();
  void change_categories();
  void change_rules(const std::string& regime);
  void begin_plan();
  void begin_care();
  void contact(int percent);
  void change_care();
  void move_stewards();
  void change_team();
  void do_items();
  void hand_over_items();
  void act(const Item& item, const std::string& verb);
  // --- what must hold (work_checks.cpp)
  void check();
  void check_doors();
  void check_register();
  void check_cases();
  void check_follow_ups();
  void check_work_of_cases();
  void check_care();
  void check_assignees();
  void check_plan();
  void check_team();
  void check_ledgers();
  std::vector<Item> items_of(const std::string& filter);
  std::vector<Case*> open_cases();
  std::vector<Case*> cases_of(std::int64_t household);  // that are open
  const Steward* steward_of(std::int64_t compound, std::int64_t staff, int tier);

  test_world::World world_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  Beliefs beliefs_;
  std::int64_t garden_ = 0, yard_ = 0, community_ = 0;
  std::vector<std::int64_t> staff_;      // whom one may choose
  std::vector<Person> people_;           // without a case
  std::vector<std::int64_t> places_;     // of a round
  std::map<std::int64_t, Truth> truth_;  // by dwelling
  std::vector<Phone> phones_{{"surveyor"}, {"office"}};
  std::vector<Round> rounds_;
  std::map<std::int64_t, std::int64_t> handed_;  // handovers without a receipt, doors
  std::vector<Case> cases_;
  Rules rules_;
  std::vector<Recipient> cared_;
  std::vector<Steward> stewards_;
  std::map<std::int64_t, std::int64_t> given_;  // items given by name: staff
  std::multiset<Logged> log_;
  std::int64_t team_ = 0, team_household_ = 0, plan_day_ = 0;
  int team_version_ = 0;
  std::vector<std::int64_t> team_members_;
  std::int64_t page_household_ = 0;
  std::string page_link_, page_fact_;
  std::int64_t said_ms_ = 0;  // when the last post was first sent
  int next_note_ = 0, next_client_ = 0, day_ = 0;
  std::string doing_;
  std::vector<std::string> trace_;
  Counts counts_;
};

}  // namespace sim::work
