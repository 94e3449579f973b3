#pragma once
// Cases, what a trace of one answers, and the decisions taken from it (XN-46, rules.md 3, practice 25).
#include <optional>
#include <string>
#include <vector>

#include "engine/contact/types.hpp"
#include "meta/describe.hpp"

namespace feature::trace {

namespace contact = engine::contact;

enum class Basis { onset, sampling };  // what the look-back is counted from
enum class CaseState { waiting, open, lifted };
enum class MarkKind { close_contact, secondary_contact, general_contact };

// --- stored ----------------------------------------------------------------------------------------
struct CaseRow {
  meta::Id<CaseRow> id;
  std::string number{};
  std::string reason{};
  std::int64_t person_id = 0;
  std::int64_t compound_id = 0;
  Basis basis = Basis::onset;
  meta::Instant basis_at{};
  meta::Instant from{};                  // infectious window
  std::optional<meta::Instant> until{};  // isolated since; not yet when absent
  std::int64_t policy_id = 0;            // 0: the built-in one
  CaseState state = CaseState::waiting;
  std::int64_t opened_by = 0;
  meta::Instant opened{};
  std::optional<std::int64_t> approved_by{};
  std::optional<meta::Instant> approved{};
  std::optional<std::int64_t> lifted_by{};
  std::optional<meta::Instant> lifted{};
  std::optional<std::string> lift_reason{};
};
struct MarkRow {
  meta::Id<MarkRow> id;
  std::int64_t case_id = 0;
  std::int64_t person_id = 0;
  std::int64_t compound_id = 0;  // where the person lives
  MarkKind kind = MarkKind::close_contact;
  int ring = 0;
  meta::Instant exposed{};                      // first
  std::optional<meta::Instant> last_exposed{};  // absent: an investigator's own ground
  std::string grounds{};                        // kinds of places, with spaces between
  int strength_percent = 0;
  std::string decided_by{};  // the officer's name
  std::string document_ref{};
  std::optional<std::string> hand_over_to{};  // lives elsewhere: whose office takes care of the person
  std::optional<std::string> note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<std::int64_t> lifted_by{};
  std::optional<meta::Instant> lifted{};
  std::optional<std::string> lift_reason{};
  std::optional<meta::Instant> received{};  // the office it is handed over to has confirmed
};
// Dated, for the whole installation; a version is never changed.
struct PolicyRow {
  meta::Id<PolicyRow> id;
  int look_back_days = 2;
  int latent_hours = 0;
  bool second_person = false;   // a case is traced only after another account approved it
  std::string control_kinds{};  // decisions that put the person under control, with spaces between
  meta::Json kinds{};           // KindRules: those that differ from the built-in ones
  meta::Instant effective_from{};
  std::optional<std::string> note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};

// --- asked and answered ----------------------------------------------------------------------------
// What meeting somebody at a place of one kind means.
struct KindRule {
  contact::Kind kind = contact::Kind::household;
  bool follow = true;
  meta::Int<0, 1440> slack_minutes;  // so far apart they still meet
  meta::Int<0, 100> weight_percent;  // of the surest evidence
  meta::Int<0, 10080> full_minutes;  // together so long counts fully; 0: any meeting does
};
struct KindRules {
  std::vector<KindRule> kinds{};
};
struct TracePolicy {
  std::int64_t id = 0;  // 0: built in
  int look_back_days = 2, latent_hours = 0;
  bool second_person = false;
  std::vector<MarkKind> control_kinds{MarkKind::close_contact, MarkKind::secondary_contact};
  std::vector<KindRule> kinds{};  // of every kind
  meta::Instant effective_from_ms{};
  std::optional<std::string> note{};
};
struct NewTracePolicy {
  meta::Int<0, 28> look_back_days;
  meta::Int<0, 240> latent_hours;
  bool second_person = false;
  // Decisions that put the person under control, with the clock and level that the rules of the home say;
  // absent: close and secondary contacts.
  std::optional<std::vector<MarkKind>> control_kinds{};
  std::vector<KindRule> kinds{};  // a kind that is not named stays as it is built in
  std::optional<meta::Note> note{};
};
struct TraceState {
  bool loaded = false;  // false: presences are being loaded; the store answers meanwhile, which takes longer
  std::int64_t persons = 0, presences = 0, places = 0;
  meta::Instant since_ms{};  // nothing older is looked at
};
struct TraceCase {
  std::int64_t id = 0;
  std::string number{}, reason{};
  std::int64_t person_id = 0;
  std::string person_name{};
  std::optional<std::string> label{};
  std::int64_t compound_id = 0;
  std::string compound_name{};
  Basis basis = Basis::onset;
  meta::Instant basis_ms{}, from_ms{};
  std::optional<meta::Instant> until_ms{};
  CaseState state = CaseState::waiting;
  std::int64_t policy_id = 0;
  meta::Instant opened_ms{};
  bool own = false;  // opened by who asks, who cannot approve it
  int marks = 0;
  std::optional<std::string> lift_reason{};
};
struct CaseQuery {
  std::optional<CaseState> state{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct NewCase {
  std::int64_t person_id = 0;
  meta::Text<1, 60> number;
  meta::Text<4, 500> reason;
  Basis basis = Basis::onset;
  meta::Instant basis_ms{};
  std::optional<meta::Instant> until_ms{};
};
struct CaseLift {
  meta::Text<4, 500> reason;
};
struct Lifted {
  TraceCase trace_case{};
  int marks = 0;  // decisions that fell with it
};

struct Stop {
  contact::Kind kind = contact::Kind::opening;
  std::int64_t place_id = 0;  // opening, stair, building or household; of a visit the passage
  std::string place{};
  meta::Instant from_ms{};
  std::optional<meta::Instant> until_ms{};
  contact::Certainty certainty = contact::Certainty::observed;
  // There at least from and until then, as far as is recorded: absent where from_ms and until_ms say so.
  std::optional<meta::Instant> from_latest_ms{}, until_earliest_ms{};
};
// A gate's phone has not told what it recorded since: passages may be missing.
struct TraceGap {
  std::string opening{};
  meta::Instant from_ms{};
};
struct TrajectoryQuery {
  std::optional<std::int64_t> person_id{};  // a contact of the case; the case itself when absent
};
struct Trajectory {
  std::string person_name{};
  meta::Instant from_ms{};
  std::optional<meta::Instant> until_ms{};
  std::vector<Stop> items{};
  std::vector<TraceGap> gaps{};
};

struct RingQuery {
  std::optional<meta::Int<1, 4>> depth{};
  std::optional<bool> sources{};                    // where the case may have it from
  std::optional<bool> coincidences{};               // list those met at gates and stairs only as well
  std::optional<meta::Instant> isolated_from_ms{};  // what if the case had been isolated then
};
struct RingCount {
  int ring = 0;
  std::int64_t persons = 0;       // all of them
  std::int64_t strong = 0;        // met in a household, visit, vehicle, shift
  std::int64_t coincidences = 0;  // met at gates and stairs only
  std::int64_t elsewhere = 0;     // live outside of what the asker is answerable for: named nowhere here
};
struct RingContact {
  std::int64_t person_id = 0;
  bool guest = false;  // somebody who was registered at a gate
  std::string name{};  // masked
  std::optional<std::string> label{};
  int ring = 0;
  meta::Instant at_ms{};
  int links = 0, strength_percent = 0;
  std::vector<std::string> kinds{};
  bool minor = false;  // the notice goes to the guardian
  std::optional<MarkKind> mark{};
};
struct Rings {
  bool loaded = true;  // false: from the store, because presences are still being loaded
  std::int64_t policy_id = 0;
  meta::Instant as_of_ms{}, from_ms{};
  std::optional<meta::Instant> until_ms{};
  std::vector<TraceGap> gaps{};  // where the case was and records may be missing: there may be more
  std::vector<RingCount> rings{};
  std::vector<RingContact> items{};  // strongest first within a ring, at most 500
  bool more = false;                 // there are more than listed
};

struct EvidenceQuery {
  std::int64_t person_id = 0;
};
struct Meeting {
  contact::Kind kind = contact::Kind::opening;
  std::string place{}, with{};  // with whom of the ring before, masked
  int ring = 0;
  meta::Instant from_ms{}, until_ms{};  // from after until: met only within the slack
  int strength_percent = 0;
  // How it is known that this person, and who is met, were there then; less than seen weakens it.
  contact::Certainty certainty = contact::Certainty::observed, with_certainty = contact::Certainty::observed;
  int certainty_percent = 100;  // of its weight, for both
};
struct Evidence {
  bool loaded = true;  // as in Rings
  std::string name{};
  std::vector<Meeting> path{};   // from the case to this person
  std::vector<Meeting> items{};  // every meeting of this person with the ring before
};

enum class Where { opening, building, stair, vehicle };
struct PresentQuery {
  Where where = Where::opening;
  std::int64_t place_id = 0;
  meta::Instant from_ms{}, until_ms{};
};
struct PresentPerson {
  std::int64_t person_id = 0;
  bool guest = false;
  std::string name{};
  std::optional<std::string> label{};
  meta::Instant from_ms{};
  std::optional<meta::Instant> until_ms{};
  contact::Certainty certainty = contact::Certainty::observed;
};
struct Present {
  bool loaded = true;  // as in Rings
  std::string place{};
  std::int64_t persons = 0, elsewhere = 0;
  std::vector<PresentPerson> items{};
};

struct MeetingPointQuery {
  meta::Text<1, 400> cases;  // ids with commas between
};
struct MeetingPoint {
  contact::Kind kind = contact::Kind::opening;
  std::string place{};
  int cases = 0;
  std::int64_t visitors = 0;
  double chance = 1;  // that as many of them would be there without a reason
};
struct MeetingPoints {
  std::vector<MeetingPoint> items{};
};

struct NewMark {
  std::int64_t person_id = 0;
  MarkKind kind = MarkKind::close_contact;
  meta::Text<1, 40> decided_by;
  meta::Text<1, 60> document_ref;
  std::optional<meta::Text<1, 80>> hand_over_to{};  // a guest lives elsewhere, so this must be said
  std::optional<meta::Note> note{};
};
// A line of the investigation form; the person is chosen, so the name stands in full.
struct ContactMark {
  std::int64_t id = 0;
  std::string case_number{};
  std::int64_t case_id = 0, person_id = 0;
  std::string person_name{};
  std::optional<std::string> sex{};
  std::optional<meta::Day> birth_day{};
  std::optional<std::string> phone{};  // masked
  std::optional<std::string> compound_name{}, label{};
  MarkKind kind = MarkKind::close_contact;
  int ring = 0;
  meta::Instant exposed_ms{};
  std::optional<meta::Instant> last_exposed_ms{};
  std::vector<std::string> grounds{};
  int strength_percent = 0;
  std::string decided_by{}, document_ref{};
  std::optional<std::string> hand_over_to{}, note{};
  std::optional<meta::Instant> received_ms{};  // confirmed by the office it is handed over to
  std::optional<std::int64_t> control_id{};    // under control now, by this decision or another cause
  meta::Instant created_ms{};
  std::optional<meta::Instant> lifted_ms{};
  std::optional<std::string> lift_reason{};
};
// What began the control of a person, for who may trace; nothing when it was no decision on a contact.
struct ControlOrigin {
  std::optional<std::int64_t> case_id{};
  std::optional<std::string> case_number{};
  std::optional<std::string> from_office{};  // the case is another office's
};
// Contacts for the office of another place, as one signed text.
struct HandOverQuery {
  meta::Text<1, 80> to;
};
struct HandedContact {
  std::int64_t id = 0;  // of the decision: the same again replaces it
  std::string name{};
  std::optional<std::string> sex{};
  std::optional<meta::Day> birth_day{};
  std::optional<std::string> phone{};
  MarkKind kind = MarkKind::close_contact;
  meta::Instant exposed_ms{};
  std::optional<meta::Instant> last_exposed_ms{};
  std::vector<std::string> grounds{};
  std::string decided_by{}, document_ref{};
  std::optional<std::string> note{};
  std::optional<meta::Instant> withdrawn_ms{};  // taken back: whatever followed there ends too
};
struct HandOver {
  std::string format{};  // "shouwang-hand-over-1"
  std::string from{}, to{}, case_number{};
  meta::Instant made_ms{};
  std::vector<HandedContact> contacts{};
};
// Over the bytes of `content`, so that no other way of writing JSON matters.
struct SignedHandOver {
  std::string content{};     // HandOver as JSON
  std::string public_key{};  // Ed25519, base64
  std::string signature{};
};
struct OpenedHandOver {
  bool own = false;                       // signed by this installation
  std::optional<std::string> known_as{};  // by an installation whose signature is believed
  std::string fingerprint{};              // of the key, to be compared by telephone
  HandOver hand_over{};
};
struct MarkQuery {
  std::optional<std::int64_t> case_id{};
  std::optional<MarkKind> kind{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

}  // namespace feature::trace

META_ENUM(engine::contact::Kind, "household", "vehicle", "visit", "survey", "delivery", "test", "shift",
          "transport", "stair", "opening", "inside")
META_ENUM(engine::contact::Certainty, "observed", "gap", "one_end", "assumed")
META_ENUM(feature::trace::Basis, "onset", "sampling")
META_ENUM(feature::trace::CaseState, "waiting", "open", "lifted")
META_ENUM(feature::trace::MarkKind, "close_contact", "secondary_contact", "general_contact")
META_ENUM(feature::trace::Where, "opening", "building", "stair", "vehicle")

META_DESCRIBE(feature::trace::KindRule, "TraceKindRule", "", kind, follow, slack_minutes, weight_percent,
              full_minutes)
META_DESCRIBE(feature::trace::KindRules, "TraceKindRules", "", kinds)
META_DESCRIBE(feature::trace::TracePolicy, "TracePolicy", "", id, look_back_days, latent_hours, second_person,
              control_kinds, kinds, effective_from_ms, note)
META_DESCRIBE(feature::trace::NewTracePolicy, "NewTracePolicy", "", look_back_days, latent_hours,
              second_person, control_kinds, kinds, note)
META_DESCRIBE(feature::trace::TraceState, "TraceState", "", loaded, persons, presences, places, since_ms)
META_DESCRIBE(feature::trace::TraceCase, "TraceCase", "", id, number, reason, person_id, person_name, label,
              compound_id, compound_name, basis, basis_ms, from_ms, until_ms, state, policy_id, opened_ms,
              own, marks, lift_reason)
META_DESCRIBE(feature::trace::CaseQuery, "CaseQuery", "", state, limit, cursor)
META_DESCRIBE(feature::trace::NewCase, "NewCase", "", person_id, number, reason, basis, basis_ms, until_ms)
META_DESCRIBE(feature::trace::CaseLift, "CaseLift", "", reason)
META_DESCRIBE(feature::trace::Lifted, "LiftedCase", "", trace_case, marks)
META_DESCRIBE(feature::trace::Stop, "TraceStop", "", kind, place_id, place, from_ms, until_ms, certainty,
              from_latest_ms, until_earliest_ms)
META_DESCRIBE(feature::trace::TraceGap, "TraceGap", "", opening, from_ms)
META_DESCRIBE(feature::trace::TrajectoryQuery, "TrajectoryQuery", "", person_id)
META_DESCRIBE(feature::trace::Trajectory, "Trajectory", "", person_name, from_ms, until_ms, items, gaps)
META_DESCRIBE(feature::trace::RingQuery, "RingQuery", "", depth, sources, coincidences, isolated_from_ms)
META_DESCRIBE(feature::trace::RingCount, "RingCount", "", ring, persons, strong, coincidences, elsewhere)
META_DESCRIBE(feature::trace::RingContact, "RingContact", "", person_id, guest, name, label, ring, at_ms,
              links, strength_percent, kinds, minor, mark)
META_DESCRIBE(feature::trace::Rings, "Rings", "", loaded, policy_id, as_of_ms, from_ms, until_ms, gaps, rings,
              items, more)
META_DESCRIBE(feature::trace::EvidenceQuery, "EvidenceQuery", "", person_id)
META_DESCRIBE(feature::trace::Meeting, "TraceMeeting", "", kind, place, with, ring, from_ms, until_ms,
              strength_percent, certainty, with_certainty, certainty_percent)
META_DESCRIBE(feature::trace::Evidence, "TraceEvidence", "", loaded, name, path, items)
META_DESCRIBE(feature::trace::PresentQuery, "PresentQuery", "", where, place_id, from_ms, until_ms)
META_DESCRIBE(feature::trace::PresentPerson, "PresentPerson", "", person_id, guest, name, label, from_ms,
              until_ms, certainty)
META_DESCRIBE(feature::trace::Present, "Present", "", loaded, place, persons, elsewhere, items)
META_DESCRIBE(feature::trace::MeetingPointQuery, "MeetingPointQuery", "", cases)
META_DESCRIBE(feature::trace::MeetingPoint, "MeetingPoint", "", kind, place, cases, visitors, chance)
META_DESCRIBE(feature::trace::MeetingPoints, "MeetingPoints", "", items)
META_DESCRIBE(feature::trace::NewMark, "NewContactMark", "", person_id, kind, decided_by, document_ref,
              hand_over_to, note)
META_DESCRIBE(feature::trace::ContactMark, "ContactMark", "", id, case_number, case_id, person_id,
              person_name, sex, birth_day, phone, compound_name, label, kind, ring, exposed_ms,
              last_exposed_ms, grounds, strength_percent, decided_by, document_ref, hand_over_to, note,
              received_ms, control_id, created_ms, lifted_ms, lift_reason)
META_DESCRIBE(feature::trace::ControlOrigin, "ControlOrigin", "", case_id, case_number, from_office)
META_DESCRIBE(feature::trace::HandOverQuery, "HandOverQuery", "", to)
META_DESCRIBE(feature::trace::HandedContact, "HandedContact", "", id, name, sex, birth_day, phone, kind,
              exposed_ms, last_exposed_ms, grounds, decided_by, document_ref, note, withdrawn_ms)
META_DESCRIBE(feature::trace::HandOver, "HandOver", "", format, from, to, case_number, made_ms, contacts)
META_DESCRIBE(feature::trace::SignedHandOver, "SignedHandOver", "", content, public_key, signature)
META_DESCRIBE(feature::trace::OpenedHandOver, "OpenedHandOver", "", own, known_as, fingerprint, hand_over)
META_DESCRIBE(feature::trace::MarkQuery, "ContactMarkQuery", "", case_id, kind, limit, cursor)

template <>
struct meta::Describe<feature::trace::CaseRow> {
  using T = feature::trace::CaseRow;
  static constexpr std::string_view name = "CaseStored", table = "trace_case";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::number>("number"),
                                     field<&T::reason>("reason"),
                                     field<&T::person_id>("person_id"),
                                     field<&T::compound_id>("compound_id"),
                                     field<&T::basis>("basis"),
                                     field<&T::basis_at>("basis_ms"),
                                     field<&T::from>("from_ms"),
                                     field<&T::until>("until_ms"),
                                     field<&T::policy_id>("policy_id"),
                                     field<&T::state>("state"),
                                     field<&T::opened_by>("opened_by"),
                                     field<&T::opened>("opened_ms"),
                                     field<&T::approved_by>("approved_by"),
                                     field<&T::approved>("approved_ms"),
                                     field<&T::lifted_by>("lifted_by"),
                                     field<&T::lifted>("lifted_ms"),
                                     field<&T::lift_reason>("lift_reason")};
};
template <>
struct meta::Describe<feature::trace::MarkRow> {
  using T = feature::trace::MarkRow;
  static constexpr std::string_view name = "ContactMarkStored", table = "trace_mark";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::case_id>("case_id"),
                                     field<&T::person_id>("person_id"),
                                     field<&T::compound_id>("compound_id"),
                                     field<&T::kind>("kind"),
                                     field<&T::ring>("ring"),
                                     field<&T::exposed>("exposed_ms"),
                                     field<&T::last_exposed>("last_exposed_ms"),
                                     field<&T::grounds>("grounds"),
                                     field<&T::strength_percent>("strength_percent"),
                                     field<&T::decided_by>("decided_by"),
                                     field<&T::document_ref>("document_ref"),
                                     field<&T::hand_over_to>("hand_over_to"),
                                     field<&T::note>("note"),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms"),
                                     field<&T::lifted_by>("lifted_by"),
                                     field<&T::lifted>("lifted_ms"),
                                     field<&T::lift_reason>("lift_reason"),
                                     field<&T::received>("received_ms")};
};
template <>
struct meta::Describe<feature::trace::PolicyRow> {
  using T = feature::trace::PolicyRow;
  static constexpr std::string_view name = "TracePolicyStored", table = "trace_policy";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::look_back_days>("look_back_days"),
                                     field<&T::latent_hours>("latent_hours"),
                                     field<&T::second_person>("second_person"),
                                     field<&T::control_kinds>("control_kinds"),
                                     field<&T::kinds>("kinds"),
                                     field<&T::effective_from>("effective_from_ms"),
                                     field<&T::note>("note"),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms")};
};
