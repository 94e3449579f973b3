#pragma once
// One day of a district from a seed: more than two hundred openings work side by side, some of their phones
// without a network for hours and with clocks that are wrong, and at noon the rules change. What the phones
// tell late is judged by the rule of when it happened. The program is restarted and killed. After every
// answer the model is asked whether it was right.
#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "feature/place/service.hpp"
#include "sim/day_rules.hpp"
#include "sim/driver.hpp"
#include "sim/ledger_rows.hpp"

namespace sim::day {

// What the model believes of the rules' dates; one that is wrong must be found out.
struct Beliefs {
  bool judged_by_their_time = true;  // else by when they are told
  bool notice_is_kept = true;        // else a rule that was agreed to late begins when it was meant to
  bool nearest_wins = true;          // else a rule of the subdistrict goes over a compound's own
};

struct Counts {  // how often what is worth trying was in fact tried
  int openings = 0, stored = 0, refused = 0, duplicates = 0, late_excess = 0, flagged = 0, over_noon = 0,
      other_rule = 0, returned_under_old = 0, moved_over_noon = 0, jumps = 0, simultaneous = 0,
      lost_answers = 0, restarts = 0, kills = 0, kills_at_noon = 0, outside_hours = 0, only_since_noon = 0,
      excess = 0;
};

class DayDriver {
 public:
  DayDriver(db::Dialect dialect, std::uint64_t seed, Beliefs beliefs);
  void run();
  // Statuses and flags in order, without ids: the same on every store.
  const std::vector<std::string>& trace() const { return trace_; }
  const Counts& counts() const { return counts_; }

 private:
  struct Household {
    std::int64_t id = 0, card = 0;
    int compound = 0;
    std::vector<std::int64_t> adults{};
    bool online_only = false;  // never crosses where there is no network: the plain quota must hold
  };
  struct Record {
    std::int64_t seq = 0, phone_ms = 0;
    std::string json{};
    Crossing crossing{};
  };
  struct Phone {
    std::string role{};
    std::int64_t opening = 0;
    int compound = 0;
    std::int64_t slow_ms = 0;  // its clock behind the server's
    std::optional<std::int64_t> measured_ms{};
    std::int64_t list_version = 0;                          // of the rules it carries
    std::int64_t offline_until_ms = 0, keeps_until_ms = 0;  // keeps: its clock was set, records look too new
    bool clock_was_set = false;
    std::int64_t next_seq = 1;
    std::vector<Record> queue{}, acknowledged{};
  };
  struct Compound {
    std::int64_t id = 0;
    std::vector<std::size_t> phones{}, households{};
  };
  // What one compound's gates do in a moment. Compounds do it side by side, so none of them may look at
  // what another is doing.
  struct Act {
    enum class Kind { confirm, both, again, upload } kind = Kind::confirm;
    std::vector<std::size_t> phones{};
    std::vector<Record> records{};
    std::vector<std::string> bodies{};
    std::vector<api::Response> answers{};
    bool perhaps_before = false;  // the program was killed while it was told of this
  };

  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class Items>
  auto& any(Items& items) {
    return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
  }
  std::int64_t now_ms() { return world_.clock().now().ms; }
  void expect(bool holds, const std::string& what);
  void note(const std::string& line) { trace_.push_back(line); }
  boost::json::object ask(const std::string& role, const std::string& method, const std::string& target,
                          const std::string& body = {}, int status = 200);

  // --- the ground and the day (day_driver.cpp)
  void build();
  void build_compound(const feature::place::PlaceRow& community, int subdistrict, int number);
  void enrol_phones();
  void read_households();
  void make_rules_of_yesterday();
  void plan_noon();
  // A version as the office writes it: the id of the row. `waits`: it tightens, so somebody else has to
  // agree.
  std::int64_t propose(Version& v, std::int64_t place, const std::string& kind, int notice_minutes,
                       bool waits);
  void agree(std::int64_t waiting, Version v, std::int64_t asked_for_ms, int notice_minutes);
  void hold(Version v);
  std::vector<std::int64_t> moments();
  void at(std::int64_t moment_ms);
  void log_in();

  // --- what the gates do (day_acts.cpp)
  void spells();
  void side_by_side(int compounds);
  Act act_of(int compound);
  Crossing crossing(int compound, bool tell_late);
  Record record(Phone& phone, Crossing c);
  void cross_offline(Phone& phone);
  Act upload_of(std::size_t phone);
  Act confirm_of(std::size_t phone, const Crossing& c);
  void send(std::vector<Act>& acts);
  void refresh_list(Phone& phone);
  bool offline(const Phone& phone) { return phone.offline_until_ms > now_ms(); }
  bool may_upload(const Phone& phone);
  std::string story(const Crossing& of) const;
  void judge(Act& act);
  void judge_confirm(Act& act);
  void judge_both(Act& act);
  bool both_may(const Crossing& first) const;
  void judge_again(const Act& act);
  void judge_upload(Act& act);
  void judge_told(Phone& phone, Record r, const boost::json::object& result, bool perhaps_before,
                  bool jumped);
  void turn_back(Phone& phone, Crossing c);
  void keep(Phone& phone, Record r, std::int64_t id);

  // --- what goes wrong (day_faults.cpp)
  void restart();
  void kill();
  void set_clock(Phone& phone);

  // --- what must hold (day_checks.cpp)
  void check_rules();
  void check_ledgers();
  void check_figures();
  void check_quota(const LedgerRows& rows);

  test_world::World world_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  Beliefs beliefs_;
  RuleDates dates_;
  Model model_;
  std::int64_t noon_ms_ = 0, logged_in_ms_ = 0;
  std::map<std::int64_t, std::function<void()>> plan_;  // of the office, by instant
  std::int64_t district_ = 0, subdistricts_[2] = {0, 0};
  std::vector<Standing> standings_;
  std::vector<Compound> compounds_;
  std::vector<Household> households_;
  std::vector<Phone> phones_;
  std::set<std::int64_t> confirmed_;  // passages decided online
  std::string doing_;
  std::vector<std::string> trace_;
  Counts counts_;
};

}  // namespace sim::day
