#pragma once
// What the ledger must say, thought out a second time and as simply as possible: a list of crossings and
// the rules of the demonstration district (LZ-28, practice.md 6: one person of a household on one outing in
// three calendar days; back within ten minutes is no outing). Shares no code with the program.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sim {

using Codes = std::set<std::string>;

struct Rules {
  int window_days = 3;
  int refund_minutes = 10;
  int outings = 1;  // in a window
  int persons = 1;  // of an outing, and out at once
  int exits_until_minute = 24 * 60;
  std::int64_t version = 1;
};
// Those that hold for a compound at an instant.
using RulesAt = std::function<Rules(int compound, std::int64_t at_ms)>;

enum class Card { none, active, inactive, voided, replaced };

struct Crossing {
  std::int64_t at_ms = 0;
  bool out = true, passed = true, emergency = false, offline = false;
  bool guest = false;   // says to live here, nobody knows; always inward
  bool agreed = false;  // the office agreed on the phone
  bool list_old = false;
  int household = -1, person = 0;  // indices of the driver; -1: of no household
  int compound = 0;                // index of the driver
  int persons = 1;
  int companions = 0;               // accompanied children
  std::int64_t policy_version = 1;  // by which the phone decided
  Card card = Card::none;
  std::int64_t card_id = 0, opening = 0;  // 0: no card
  // Once stored:
  std::int64_t id = 0, judged_by = 0;  // version of the rules; 0: not looked at
  Codes flags{};
  bool reversed = false;
  std::optional<std::int64_t> closed_ms{};
  bool copy = false;  // the card was at another opening within ten minutes (practice.md 13)
};

struct Outing {
  std::int64_t exit_ms = 0;
  std::optional<std::int64_t> return_ms{};
  bool counted = true, closed = false;
  int persons = 1;
  friend auto operator<=>(const Outing&, const Outing&) = default;
};

struct Figures {
  std::int64_t exits_today = 0, entries_today = 0, out_now = 0, emergencies_today = 0, turned_back = 0,
               provisional_waiting = 0;
  friend bool operator==(const Figures&, const Figures&) = default;
};

class Model {
 public:
  explicit Model(Rules rules) : rules_at_([rules](int, std::int64_t) { return rules; }) {}
  explicit Model(RulesAt rules_at) : rules_at_(std::move(rules_at)) {}

  // What stands in the way of this crossing, by what is known now. Empty: it is free.
  Codes obstacles(const Crossing& c) const;
  // Flags of a crossing that has happened and is told afterwards.
  Codes flags_afterwards(const Crossing& c) const;

  void store(Crossing c);
  std::vector<Crossing>& stored() { return stored_; }
  const std::vector<Crossing>& stored() const { return stored_; }
  std::vector<Outing> outings(int household, const Crossing* more = nullptr) const;
  Figures figures(std::int64_t now_ms, int compound = 0) const;
  // The rules a crossing is judged by: those of its time; who returns, those of the exit (practice.md 4).
  Rules rules_of(const Crossing& c) const;
  // Outside by the last crossing before `before_ms`.
  bool outside(int household, int person, std::int64_t before_ms) const;

 private:
  bool used(const std::vector<Outing>& outings, const Rules& rules, std::int64_t at_ms) const;
  bool makes_later_one_too_many(const Crossing& c) const;
  // When the last of this person's exits was that had no return before; of nobody's, the household's.
  std::optional<std::int64_t> left_ms(const Crossing& c) const;

  RulesAt rules_at_;
  std::vector<Crossing> stored_;
};

}  // namespace sim
