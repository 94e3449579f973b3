#pragma once
// What thirty days of work must lead to, thought out a second time and as simply as possible: doors of a
// survey round (XN-51 to 56), people under control (rules.md sections 0, 3, 6), care recipients (practice
// 22). Shares no code with the program.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sim::work {

using Day = std::int64_t;  // since 1970 at UTC+8, where the demonstration district is
constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;
Day day_of(std::int64_t at_ms);
std::int64_t start_of(Day day);

// What the model takes to be so; the tests of the test believe something else.
struct Beliefs {
  bool knocks_by_half_day = true;    // two knocks of one half-day are one
  bool samples_are_demanded = true;  // days alone release nobody
  bool missed_is_work = true;        // a follow-up nobody made is somebody's to do
  bool stewards_leave = true;        // who no longer stands for a place has none of its items
};

// --- a door ----------------------------------------------------------------------------------------------
struct Told {
  std::optional<bool> fitted_out{}, occupied{};
  std::optional<int> persons{};
};
struct Attempt {
  std::string client_id{}, contact{};
  bool answered = false;
  Told told{};
  std::int64_t at_ms = 0;
  bool taken_back = false;
};
using Ladder = std::vector<std::pair<std::string, int>>;  // contact, how often

struct Door {
  std::int64_t compound = 0;
  std::string label{};
  bool known = false;   // somebody was there, or the round has ended
  bool closed = false;  // with its round
  bool handed = false;  // its line of the register was handed over
  std::vector<Attempt> attempts{};

  // The first contact that was not tried often enough; none: all were.
  std::optional<std::string> next(const Ladder& ladder, const Beliefs& beliefs) const;
  int knocks(const Beliefs& beliefs) const { return unanswered("knock", beliefs); }
  Told told() const;
  std::string outcome() const;  // "open" while something is left to ask
  std::string state(const Ladder& ladder, const Beliefs& beliefs) const;
  std::int64_t settled_ms() const;  // of a door that is resolved

 private:
  int unanswered(const std::string& contact, const Beliefs& beliefs) const;
};

struct Round {
  std::int64_t id = 0;
  std::string title{};
  Ladder ladder{};
  bool closed = false;
  std::map<std::int64_t, Door> doors{};          // by dwelling
  std::map<std::string, std::int64_t> frozen{};  // figures of the end, by name

  std::map<std::string, std::int64_t> figures(const Beliefs& beliefs) const;
};

// --- a person under control ------------------------------------------------------------------------------
struct Stage {
  std::string level{};
  int days = 0;  // 0: until somebody decides
  std::vector<int> tests{};
  int leave = 0;  // negative samples before it is left
};
using Rules = std::map<std::string, std::vector<Stage>>;  // by category

struct Sample {
  std::int64_t id = 0;
  Day day = 0;
  std::string result{};
};
struct Clock {
  std::string level{};
  std::optional<Day> last{};
  bool held = false, positive = false, test_due = false, full = false;
  friend bool operator==(const Clock&, const Clock&) = default;
};
using Slot = std::pair<Day, bool>;  // day, evening
std::int64_t due_of(const Slot& slot);

struct Case {
  std::int64_t id = 0, person = 0, household = 0;
  std::string category{};
  Day began = 0;
  std::int64_t created_ms = 0;
  std::vector<Sample> samples{};
  std::map<Slot, std::pair<std::string, int>> lines{};  // channel, tenths
  std::set<Slot> raised{};                              // alerts about a reading
  int alerts_closed = 0;
  std::optional<std::int64_t> ended_ms{};

  Clock clock(const Rules& rules, Day today, const Beliefs& beliefs) const;
  std::vector<Slot> missing(std::int64_t now_ms) const;
};

// --- somebody who is looked after ------------------------------------------------------------------------
struct Recipient {
  std::int64_t id = 0, person = 0, household = 0, helper = 0;
  std::int64_t created_ms = 0;
  std::set<Day> reached{};
  std::map<Day, int> tries{};
  std::set<Day> looked{};  // days whose hour has been looked at
  bool missed = false;     // an item is open
  bool ended = false;

  void tend(std::int64_t now_ms);
  void contacted(Day day, bool was_reached);
  std::string today(std::int64_t now_ms) const;
};

// --- who answers for a place -----------------------------------------------------------------------------
struct Steward {
  std::int64_t id = 0, staff = 0, compound = 0;
  int tier = 1;
};

}  // namespace sim::work
