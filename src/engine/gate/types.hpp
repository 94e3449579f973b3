#pragma once
// What the gate decision knows (Policy, Facts) and what it says (Verdict). Plain data; the same names
// in snake_case are the JSON of the API and the types of web/src/shared/decide.ts.
//
// Ranges: instants are UTC milliseconds below 2^53 either side of 1970; days are days since 1970-01-01
// at the policy's offset; temperatures are tenths of a degree Celsius (365 is 36.5). Other numbers may be
// anything: decide() clamps what it counts.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engine::gate {

// ---- policy -------------------------------------------------------------------------------------

// Every group of rules runs in one of these (practice.md 11). record: the ledger names it, the screen
// asks nothing; warn: the screen asks and names it, the person passes; enforce: it stands in the way.
enum class Mode : std::uint8_t { record, warn, enforce };

enum class WindowKind : std::uint8_t {
  calendar,  // out on day 1, with 3 days next on day 4 (practice.md 6)
  rolling,   // window_days times 24 hours from the exit
};

// Times of day on chosen days; 22:00 to 06:00 is 1320 to 360 and belongs to the day on which it begins.
struct DayHours {
  int weekdays = 127;  // bit 0 Monday .. bit 6 Sunday
  int from_minute = 0;
  int until_minute = 1440;
  // Buildings or stairs it is for, so that a compound can be staggered; empty: all. decide() does not look at
  // them: policy_for() (subject.hpp) leaves what concerns the household.
  std::vector<std::int64_t> places{};
  friend bool operator==(const DayHours&, const DayHours&) = default;
};

// What a class of exemption asks for (practice.md 7). A kind that is honoured without terms asks for nothing
// but its own validity.
struct ExemptionTerms {
  std::string kind{};
  bool certificate_needed = true;
  std::optional<std::int32_t> from_day{}, until_day{};  // both included
  int weekdays = 127;
  int from_minute = 0, until_minute = 1440;
  friend bool operator==(const ExemptionTerms&, const ExemptionTerms&) = default;
};

// The one word the gate list carries for a person (practice.md 24): 可出, 不可出, 请联系社区. Why is not
// a fact of the gate.
enum class Standing : std::uint8_t { may_leave, may_not_leave, ask_community };

// Which word follows from the five control levels (rules.md section 6).
struct LevelRights {
  Standing central_observation = Standing::may_not_leave;  // 集中医学观察
  Standing home_observation = Standing::may_not_leave;     // 居家医学观察
  Standing home_monitoring = Standing::ask_community;      // 居家健康监测: out only with permission
  Standing health_monitoring = Standing::may_leave;        // 健康监测: between home and work
  Standing self_monitoring = Standing::may_leave;          // 自我健康监测
  friend bool operator==(const LevelRights&, const LevelRights&) = default;
};

// Somebody who comes from outside. Never a bare deny (practice.md 1): `refer` is the duty officer's
// exception.
enum class EntryRule : std::uint8_t { allow, approval, refer };

// What must be shown at a passage: a code, or a test of the last check_hours.
enum class Check : std::uint8_t { none, code_or_test, code, test };

struct Modes {
  Mode quota = Mode::enforce;      // outings and persons of a household
  Mode pass = Mode::enforce;       // state of the presented card
  Mode residency = Mode::enforce;  // who the person is, outsiders, registration of them
  Mode steps = Mode::enforce;      // temperature, disinfection, registration, code or test
  Mode standing = Mode::enforce;   // the gate list: may leave, may not, ask the community
  Mode hours = Mode::enforce;      // times of day and curfew
  friend bool operator==(const Modes&, const Modes&) = default;
};

// Vehicles (XN-42): which may come in; all others only leave. vehicle.hpp decides by it.
struct VehicleRules {
  Mode mode = Mode::enforce;
  std::vector<std::string> entry_classes{"police", "fire", "ambulance", "rescue", "refuse", "supplies"};
  std::vector<std::string> free_kinds{"electric_bike"};  // pass like somebody on foot
  friend bool operator==(const VehicleRules&, const VehicleRules&) = default;
};

// One dated version. The caller picks it with policy_in_force(); people who are out return under the
// version of their exit (practice.md 4).
struct Policy {
  std::int64_t version = 0;  // 0: these defaults, not a stored version
  std::int64_t effective_from_ms = 0;
  int utc_offset_minutes = 480;

  WindowKind window_kind = WindowKind::calendar;
  int window_days = 3;         // LZ-28; 0: outings are not limited
  int outings_per_window = 1;  // 0: no outing at all
  int persons_per_outing = 1;  // persons of an outing and persons out at once
  int refund_minutes = 10;     // back within this is no outing
  std::optional<int> max_minutes_outside{};
  bool overrun_costs_outing = false;  // an outing over the limit then holds its place for two windows
  // Open list (practice.md 7): only these kinds are honoured.
  std::vector<std::string> exemption_kinds{
      "medical",         "official", "livelihood",  "carer_elsewhere", "chronic_care",
      "domestic_worker", "pupil",    "key_project", "bereavement",     "court"};
  std::vector<ExemptionTerms> exemption_terms{};
  // A look-up in the list takes the place of a card (practice.md 16).
  bool lookup_satisfies_pass = true;

  bool temperature_required_out = true;  // XN-40, LZ-26
  bool temperature_required_in = true;
  bool normal_without_reading_allowed = false;
  int fever_threshold_tenths = 373;
  bool fever_at_or_above = true;       // false: only above the threshold
  int low_threshold_tenths = 350;      // below: not measured, repeat
  int highest_plausible_tenths = 429;  // above: not readable, repeat
  int second_reading_wait_minutes = 10;
  bool disinfection_required = false;      // XN-43
  bool registration_required_out = false;  // where to and why, written down by the guard
  bool registration_required_in = false;
  Check check_out = Check::none;
  Check check_in = Check::none;
  int check_hours = 48;

  std::vector<DayHours> out_hours{};  // exits only within these; none: at any time
  std::optional<DayHours> curfew{};   // exits through the duty officer; entries never

  EntryRule visitors = EntryRule::approval;  // LZ-18
  EntryRule deliveries = EntryRule::approval;
  EntryRule outsiders = EntryRule::approval;
  bool filing_required = false;  // of who comes back from elsewhere; can be completed at the gate

  LevelRights level_rights{};
  bool level_covers_household = false;  // those who live with somebody under a level have the same word
  int notice_minutes = 120;             // between the second person's yes and a tightening

  // Until this day begins, every enforced group only warns: a compound's first days (practice.md 11).
  std::optional<std::int32_t> warn_until_day{};
  Modes modes{};
  // Phone pages of cards show the day's word and colour (practice.md 13); empty: they do.
  std::optional<bool> day_mark_on_pages{};
  std::optional<VehicleRules> vehicles{};  // empty: nobody made a rule for vehicles, the defaults only warn
  friend bool operator==(const Policy&, const Policy&) = default;
};

inline constexpr int persons_max = 20;  // that can cross together

// ---- facts --------------------------------------------------------------------------------------

enum class Direction : std::uint8_t { out, in };

enum class Holder : std::uint8_t {
  household,             // a household's card; which person holds it is not chosen yet
  resident_member,       // a chosen member of a household, by card or by look-up
  resident_provisional,  // claims a dwelling; the office has not confirmed it
  unknown_person,        // nobody knows; never taken for the head of the household
  visitor,
  worker,             // of the property, a regular courier: a worker pass
  vehicle_emergency,  // one tap, no plate, no occupants (practice.md 2)
};

enum class PassState : std::uint8_t {
  none,  // nothing was presented
  valid,
  inactive,  // printed, not handed over yet; a blank card not bound yet
  expired,
  voided,  // "void": lost, or withdrawn by a change of rules
  replaced,
  bad_signature,
  other_compound,
  unknown,  // no such pass here
};

// What the outing is for. All but `ordinary` are approved beforehand and draw on no quota
// (practice.md 6); what is not approved and cannot wait is an emergency release.
enum class Errand : std::uint8_t { ordinary, medical, testing, drop_point };

enum class Emergency : std::uint8_t { medical, childbirth, fire, police, other };

enum class Presence : std::uint8_t { unknown, inside, outside };

// One outing of the household, derived from its passages (uses.hpp).
struct Use {
  std::int64_t exit_at_ms = 0;
  std::optional<std::int64_t> return_at_ms{};
  int persons = 1;                     // that count; without accompanied children and the one carer
  bool counted = true;                 // false: exempt, approved medical, emergency, testing, drop point
  bool closed_without_return = false;  // staff closed it with a reason, or the person was seen inside
  friend bool operator==(const Use&, const Use&) = default;
};

// A certificate that takes a person out of the household's quota (XN-41, practice.md 7).
struct Exemption {
  std::string kind{};              // one of Policy::exemption_kinds
  std::int64_t valid_from_ms = 0;  // half-open
  std::int64_t valid_until_ms = 0;
  int weekdays = 127;        // bit 0 Monday .. bit 6 Sunday
  int from_minute = 0;       // of the day; 22:00 to 06:00 is 1320 to 360 and belongs to the day
  int until_minute = 1440;   // on which it begins
  bool certificate = false;  // seen, or on file
  friend bool operator==(const Exemption&, const Exemption&) = default;
};

struct Reading {
  int person = 0;               // 0 the holder, 1 .. the companions in the order they were added
  std::optional<int> tenths{};  // empty: 正常, below the threshold without a reading
  std::int64_t at_ms = 0;
  friend bool operator==(const Reading&, const Reading&) = default;
};

enum class Entrant : std::uint8_t { visitor, delivery, outsider };

// How a code or a test was shown. All but `none` and `unable` satisfy a check for a code: no smartphone is
// never a reason to refuse (practice.md 16).
enum class Proof : std::uint8_t { none, code, paper, guardian_phone, office_lookup, unable };

// The filing (报备) of somebody who comes back from elsewhere.
enum class Filing : std::uint8_t { not_needed, filed, missing };

struct Facts {
  Direction direction = Direction::out;
  std::int64_t now_ms = 0;
  Holder holder = Holder::resident_member;
  PassState pass = PassState::valid;
  Standing standing = Standing::may_leave;
  Errand errand = Errand::ordinary;
  Presence presence = Presence::unknown;  // of the holder, before this passage
  std::optional<Emergency> emergency{};
  std::optional<Exemption> exemption{};

  int persons = 1;               // that cross together, with everybody; 1 .. persons_max
  int accompanied_children = 0;  // of them, below the age of the policy
  int carers = 0;                // of them, of a disabled person; one does not count
  bool child_alone = false;
  bool details_complete = false;  // somebody not in the registry has been registered (XN-40, LZ-18)
  bool visit_approved = false;    // somebody answers for the visit: host and community (LZ-18)
  bool disinfected = false;
  bool registered = false;             // where to and why has been written down
  Entrant entrant = Entrant::visitor;  // of somebody from outside
  Proof proof = Proof::none;
  std::optional<std::int64_t> tested_at_ms{};
  Filing filing = Filing::not_needed;

  std::vector<Use> uses{};          // of the household, any order; those after now_ms are ignored
  std::vector<Reading> readings{};  // of this passage, in the order taken
  // Minutes since the phone's list was fetched; kept with the verdict, never part of it.
  std::optional<int> list_age_minutes{};
  friend bool operator==(const Facts&, const Facts&) = default;
};

// ---- verdict ------------------------------------------------------------------------------------

enum class Outcome : std::uint8_t { allow, refer, deny };  // refer: the duty officer, 请联系社区

// What the screen asks next.
enum class Need : std::uint8_t {
  none,
  choose_member,
  details,
  temperature,
  second_reading,
  disinfection,
  filing,
  registration,
  check,
};

enum class Alert : std::uint8_t { none, fever };

// Stable names; the words are chosen elsewhere. None tells a category or a control level. A verdict
// lists them in the order in which a guard should look at them: care, standing, residency, pass, quota,
// readings, steps, notes.
enum class ReasonCode : std::uint8_t {
  // notes: always Mode::record
  emergency_release,
  emergency_vehicle,
  // care: a person decides, whatever the modes
  child_alone,  // call the guardian, never sent away (practice.md 16)
  // standing
  may_not_leave,
  ask_community,
  // residency
  identity_unconfirmed,
  outsider,
  // pass
  pass_missing,
  pass_inactive,
  pass_expired,
  pass_void,
  pass_replaced,
  pass_bad_signature,
  pass_other_compound,
  pass_unknown,
  // quota
  quota_used,
  persons_over_limit,
  persons_out_limit,  // together with those of the household who are out
  return_missing,     // someone went out before the window and no return is recorded: staff close it
  // hours
  outside_hours,
  curfew,
  // steps; the first two belong to the residency group
  member_unchosen,
  details_missing,
  temperature_missing,
  temperature_low,         // below the low threshold: not measured, repeat
  temperature_unreadable,  // not a temperature a person has: repeat
  second_reading_due,
  temperature_high_twice,
  disinfection_missing,
  filing_missing,  // residency group
  registration_missing,
  check_missing,
  check_unavailable,  // nothing to show: the office looks it up
  check_old,
  // notes: always Mode::record
  outing_exempt,
  outing_not_counted,
  exemption_not_valid,  // not in the list, out of date, or not at this day and hour
  overrun,              // the outing that ends now was longer than the policy allows: make a call
  already_outside,      // two exits in a row
  already_inside,       // an entry without an exit
};

struct Reason {
  ReasonCode code{};
  Mode mode = Mode::record;  // in force at this instant; enforce: it stands in the way
  friend bool operator==(const Reason&, const Reason&) = default;
};

struct Verdict {
  Outcome outcome = Outcome::allow;
  Need need = Need::none;
  int need_person = 0;  // whose temperature, as Reading::person
  std::vector<Reason> reasons{};
  Alert alert = Alert::none;
  // With quota_used, when an outing is free again: the instant, and its day for 下次可外出M月D日. Empty
  // when the policy gives no outing at all.
  std::optional<std::int32_t> next_outing_day{};
  std::optional<std::int64_t> next_outing_at_ms{};
  std::optional<std::int64_t> next_hours_at_ms{};      // with outside_hours, when the next hours begin
  std::optional<std::int64_t> second_reading_at_ms{};  // with Need::second_reading, not before
  bool consumes_outing = false;                        // this exit, once confirmed, is a counted use
  std::int64_t policy_version = 0;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace engine::gate
