#pragma once
// Random work on the whole program from a seed: gate phones with and without a network, an office that
// corrects, restarts. After every answer the model is asked whether it was right.
#include <boost/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/model.hpp"
#include "world/world.hpp"

namespace sim {

// The program and the model disagree; what() names the seed and the step.
struct Disagreement : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Null where there is none: an answer leaves out what is empty.
boost::json::value member(const boost::json::value& object, const char* name);
std::string text_of(const boost::json::value& v);
Codes codes_of(const boost::json::value& list);
std::string words(const Codes& codes);

struct Counts {  // how often what is worth trying was in fact tried
  int stored = 0, refused = 0, duplicates = 0, flagged = 0, conflicts = 0, invalid = 0, late_excess = 0,
      corrections = 0, restarts = 0, simultaneous = 0, emergencies = 0, copies = 0;
};

class Driver {
 public:
  Driver(db::Dialect dialect, std::uint64_t seed, Rules rules);
  void run(int steps);
  // Statuses and flags in order, without ids: the same on every store.
  const std::vector<std::string>& trace() const { return trace_; }
  const Counts& counts() const { return counts_; }

 private:
  struct Card {
    std::int64_t id = 0;
    sim::Card state = sim::Card::active;
  };
  struct Household {
    std::int64_t id = 0, dwelling_id = 0;
    std::vector<std::int64_t> adults;
    std::vector<Card> cards;
    bool online_only = false;  // nothing told late and nothing corrected: the plain quota must hold
  };
  struct Record {
    std::int64_t seq = 0;
    std::string json;
    Crossing crossing;
  };
  struct Phone {
    std::string role;
    std::int64_t opening = 0;
    std::int64_t slow_ms = 0;  // its clock behind the server's
    bool online = true;
    std::int64_t next_seq = 1;
    std::vector<Record> queue, acknowledged;
  };

  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class Items>
  auto& any(Items& items) {
    return items[static_cast<std::size_t>(below(static_cast<int>(items.size())))];
  }
  std::int64_t now_ms() { return world_.clock().now().ms; }
  Phone& phone(bool online);

  void find_ground();
  void keep_logged_in();
  void step();
  Crossing crossing(bool out, bool tell_late);
  Crossing emergency();
  Crossing guest();
  Record record(Phone& phone, const Crossing& c, const Card* card = nullptr);
  Record resident_record(Phone& phone, bool out, bool tell_late);

  boost::json::object post(const std::string& role, const std::string& target, const std::string& body,
                           int status = 200);
  void confirm(Phone& phone, Record r);
  void judge_refusal(const boost::json::object& answer, const Codes& expected);
  void confirm_at_once();
  void confirm_again();
  void cross_offline();
  void upload();
  void judge_upload(Phone& phone, const Record& r, const boost::json::object& result);
  void correct();
  void change_card();
  void pass_time();
  void check_figures();
  void check_ledger();
  void check_list();
  void check_plain_quota();

  void expect(bool holds, const std::string& what);
  void note(const std::string& line) { trace_.push_back(line); }

  test_world::World world_;
  std::uint64_t seed_;
  std::mt19937_64 random_;
  Model model_;
  std::int64_t compound_id_ = 0, logged_in_ms_ = 0;
  std::vector<Household> households_;
  std::vector<Phone> phones_;
  std::map<std::int64_t, std::int64_t> corrections_;  // correcting row -> corrected
  std::set<std::int64_t> confirmed_;                  // passages decided online
  int step_ = 0;
  std::string doing_;
  std::vector<std::string> trace_;
  Counts counts_;
};

}  // namespace sim
