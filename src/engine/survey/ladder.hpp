#pragma once
// A door of a round: what was seen there, what is asked next, and which way somebody is tried next. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace engine::survey {

// --- what is known of a dwelling (XN-52) -------------------------------------------------------------
enum class Seen { unknown, no, yes };
struct Finding {
  Seen fitted_out = Seen::unknown, occupied = Seen::unknown;
  std::optional<int> persons{};  // who live there, counted at the door
  friend bool operator==(const Finding&, const Finding&) = default;
};
// In this order: a dwelling that is not fitted out needs no further question, nor does an empty one.
enum class Question { fitted_out, occupied, people, none };
Question next_question(const Finding& finding);
enum class Outcome { open, not_fitted_out, vacant, occupied };
Outcome outcome_of(const Finding& finding);
// Nobody lives in what is not fitted out, and an empty dwelling has no people.
bool possible(const Finding& finding);
// What is said later holds; what it does not speak of stays, unless it no longer can be so.
Finding merged(const Finding& before, const Finding& later);

// --- how somebody is reached (XN-53, XN-56) ----------------------------------------------------------
enum class Contact { knock, phone, sms, wechat };
struct Rung {
  Contact contact = Contact::knock;
  int times = 1;  // unanswered on as many different half-days
  friend bool operator==(const Rung&, const Rung&) = default;
};
using Ladder = std::vector<Rung>;
Ladder usual_ladder();  // three knocks, then phone, SMS, WeChat
// "knock:3 phone:1 sms:1 wechat:1"; each contact at most once, 1 to 9 times. None: it is not written so.
std::optional<Ladder> parse_ladder(std::string_view text);
std::string to_text(const Ladder& ladder);

struct Attempt {
  Contact contact = Contact::knock;
  bool answered = false;
  base::Instant at{};
  Finding finding{};
};
enum class Stage {
  open,      // to be tried by `next`, not before `not_before`
  resolved,  // nothing is left to ask
  exhausted  // the ladder is climbed: a line of the register
};
struct Standing {
  Stage stage = Stage::open;
  Contact next = Contact::knock;              // while open
  std::optional<base::Instant> not_before{};  // the next half-day after an unanswered try of the same kind
  int tried = 0;                              // unanswered half-days of the contact that is next
  int unanswered_knocks = 0;                  // half-days
  Finding finding{};
  Outcome outcome = Outcome::open;
  std::optional<base::Instant> settled{};  // when it was resolved or exhausted
  std::optional<Contact> settled_by{};     // the contact that resolved it
};
// The same attempts give the same standing in whatever order they arrive: those from an offline phone come
// late. An answered try that leaves a question open counts for nothing but what it tells.
Standing standing_of(std::vector<Attempt> attempts, const Ladder& ladder);

// Half-days of the installation's zone: until noon and from noon on.
std::int64_t half_day(base::Instant at);
base::Instant next_half_day(base::Instant at);

// --- in which order doors are walked (XN-54) ---------------------------------------------------------
enum class Direction { bottom_up, top_down };
struct Door {
  std::int64_t id = 0;
  std::string building{}, stair{};  // walking order of the node
  std::optional<int> floor{};
  std::string room{};  // walking order of the dwelling
};
// Building by building, stair by stair, floor by floor in the direction; within a floor as the rooms stand.
void in_walking_order(std::vector<Door>& doors, Direction direction);

}  // namespace engine::survey
