#pragma once
// Survey rounds: every dwelling of a list of places is visited, and ends resolved or in the register.
#include <optional>
#include <string>
#include <vector>

#include "engine/survey/ladder.hpp"
#include "feature/meter/record.hpp"
#include "feature/people/record.hpp"
#include "feature/place/record.hpp"
#include "meta/describe.hpp"

META_ENUM(engine::survey::Direction, "bottom_up", "top_down")
META_ENUM(engine::survey::Contact, "knock", "phone", "sms", "wechat")
META_ENUM(engine::survey::Outcome, "open", "not_fitted_out", "vacant", "occupied")

namespace feature::survey {

namespace rule = engine::survey;
using place::Tri;
using PersonCount = meta::Int<0, 99>;

// untried has no row: a door gets one with its first attempt.
enum class DoorState { untried, open, resolved, registered, handed_over };

// --- stored ------------------------------------------------------------------------------------------
struct RoundRow {
  meta::Id<RoundRow> id;
  std::int64_t place_id = 0;  // all places of the round lie in it
  int number = 1;             // of the rounds of this place
  std::string name{};
  rule::Direction direction = rule::Direction::bottom_up;
  std::string ladder{};
  meta::Instant started{};
  std::int64_t started_by = 0;
  std::optional<meta::Instant> closed{};
};
struct RoundPlaceRow {
  meta::Id<RoundPlaceRow> id;
  std::int64_t round_id = 0, place_id = 0;
};
struct VisitRow {
  meta::Id<VisitRow> id;
  std::int64_t round_id = 0, dwelling_id = 0, compound_id = 0;
  DoorState state = DoorState::open;
  rule::Outcome outcome = rule::Outcome::open;
  std::optional<rule::Contact> next_contact{};  // while open
  std::optional<meta::Instant> not_before{};
  int unanswered_knocks = 0;  // half-days
  Tri fitted_out = Tri::unknown, occupied = Tri::unknown;
  std::optional<std::int64_t> persons{};
  std::optional<meta::Instant> last{}, settled{};
  std::optional<rule::Contact> settled_by{};
  std::optional<std::int64_t> handover_id{};
  std::int64_t version = 1;
};
struct AttemptRow {
  meta::Id<AttemptRow> id;
  std::int64_t round_id = 0, dwelling_id = 0, compound_id = 0, account_id = 0;
  std::string client_id{};
  meta::Bytes digest{};  // keyed, of what was sent
  rule::Contact contact = rule::Contact::knock;
  bool answered = false;
  Tri fitted_out = Tri::unknown, occupied = Tri::unknown;
  std::optional<std::int64_t> persons{};
  std::int64_t added = 0;  // persons that were put on file
  std::optional<std::string> note{};
  meta::Instant happened{}, recorded{};
  std::optional<std::int64_t> retracted_by{};
};
struct HandoverRow {
  meta::Id<HandoverRow> id;
  std::int64_t round_id = 0, place_id = 0, doors = 0;
  std::optional<std::string> note{};
  meta::Instant handed{};
  std::int64_t handed_by = 0;
  std::optional<meta::Instant> received{};
  std::optional<std::int64_t> received_by{};
  std::optional<std::string> receipt_note{};
};
struct FigureRow {
  meta::Id<FigureRow> id;
  std::int64_t round_id = 0, compound_id = 0;
  std::optional<std::int64_t> building_id{}, grid_id{};
  std::int64_t dwellings = 0, not_fitted_out = 0, vacant = 0, occupied = 0, persons = 0, tried = 0,
               registered = 0, handed_over = 0;
};

// --- what the API shows ------------------------------------------------------------------------------
struct Round {
  meta::Id<RoundRow> id;
  std::int64_t place_id = 0;
  std::string place_name{};
  int number = 1;
  std::string title{};
  rule::Direction direction = rule::Direction::bottom_up;
  std::string ladder{};
  meta::Instant started_ms{};
  std::optional<meta::Instant> closed_ms{};
};
struct RoundQuery {
  std::optional<std::int64_t> place_id{};  // rounds that go over something in or around it
  std::optional<bool> open{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct NewRound {
  std::int64_t place_id = 0;
  meta::Name title;
  std::optional<std::vector<std::int64_t>> place_ids{};  // in it; none: the whole of it
  std::optional<std::int64_t> set_id{};                  // a grid or scope list instead
  std::optional<rule::Direction> direction{};
  std::optional<meta::Text<1, 60>> ladder{};     // "knock:3 phone:1 sms:1 wechat:1"
  std::optional<meta::Text<8, 60>> client_id{};  // of the form: sent twice it is one round
};
// A part of a round with its denominator: resolved is the first three together, the rest still open.
struct Coverage {
  std::int64_t dwellings = 0, not_fitted_out = 0, vacant = 0, occupied = 0, persons = 0;
  std::int64_t tried = 0;  // somebody was there, nothing is settled
  std::int64_t registered = 0, handed_over = 0;
};
struct CoveragePart {
  std::optional<std::int64_t> part_id{};  // none: in no grid
  std::string name{};
  Coverage count{};
};
struct CoverageReport {
  Coverage total{};
  std::vector<CoveragePart> items{};
  bool frozen = false;  // of a closed round: the figures it was closed with
};
enum class CoverageBy { grid, compound, building };
struct CoverageQuery {
  std::optional<CoverageBy> by{};
  std::optional<std::int64_t> compound_id{};
};

struct Door {
  std::int64_t round_id = 0, dwelling_id = 0, compound_id = 0;
  std::string building{}, stair{};
  std::optional<int> floor{};
  std::string room{}, label{};
  DoorState state = DoorState::untried;
  rule::Outcome outcome = rule::Outcome::open;
  std::optional<rule::Contact> next_contact{};
  std::optional<meta::Instant> not_before_ms{};
  std::int64_t unanswered_knocks = 0;
  Tri fitted_out = Tri::unknown, occupied = Tri::unknown;  // by this round
  std::optional<std::int64_t> persons{};
  std::int64_t on_file = 0;           // persons on file
  std::optional<std::string> head{};  // masked
  std::optional<meta::Instant> last_ms{};
  std::optional<std::int64_t> lived_in_percent{};          // by its meters; none: nothing to go by
  std::vector<engine::occupancy::Reason> meter_reasons{};  // the strongest first
};
struct DoorList {
  std::vector<Door> items{};  // in walking order
};
struct DoorQuery {
  std::int64_t round_id = 0;
  std::optional<std::int64_t> compound_id{}, building_id{};  // one of them
  std::optional<bool> all{};                                 // settled ones too
};
struct RegisterQuery {
  std::int64_t round_id = 0;
  std::optional<std::int64_t> compound_id{};
  std::optional<bool> handed_over{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct RegisterLine {
  std::int64_t dwelling_id = 0;
  std::string compound{}, label{};
  std::int64_t unanswered_knocks = 0;
  meta::Instant settled_ms{};
  std::optional<std::string> owner_masked{}, owner_phone_masked{};
  std::int64_t on_file = 0;
  std::optional<meta::Instant> handed_ms{}, received_ms{};
};
struct NewHandover {
  std::int64_t place_id = 0;  // whose lines go: a compound or above
  std::optional<meta::Note> note{};
};
struct Receipt {
  std::optional<meta::Note> note{};
};
struct Handover {
  meta::Id<HandoverRow> id;
  std::int64_t round_id = 0, place_id = 0;
  std::string place_name{};
  std::int64_t doors = 0;
  std::optional<std::string> note{};
  meta::Instant handed_ms{};
  std::string handed_by{};
  std::optional<meta::Instant> received_ms{};
  std::optional<std::string> received_by{}, receipt_note{};
};
struct HandoverList {
  std::vector<Handover> items{};
};

// One record of the field: what was tried and what it told.
struct NewAttempt {
  meta::Text<8, 60> client_id;
  std::int64_t round_id = 0, dwelling_id = 0;
  rule::Contact contact = rule::Contact::knock;
  bool answered = false;
  std::optional<Tri> fitted_out{}, occupied{};
  std::optional<PersonCount> persons{};
  std::optional<std::vector<people::NewMember>> members{};  // to be put on file
  std::optional<meta::Note> note{};
  meta::Instant happened_ms{};
  std::optional<meta::Text<8, 60>> retracts{};  // takes an earlier record of the same door back
};
struct AttemptUpload {
  std::vector<NewAttempt> items{};
};
enum class AttemptStatus { stored, stored_before, refused };
struct AttemptResult {
  std::string client_id{};
  AttemptStatus status = AttemptStatus::stored;
  std::optional<std::string> code{}, path{};  // why it was refused
};
struct AttemptResults {
  std::vector<AttemptResult> items{};
};

// What does not fit together (XN-58).
enum class DiscrepancyKind {
  two_households,
  no_head,
  count_differs,
  file_but_vacant,
  vacant_on_file,
  metered_but_vacant
};
struct DiscrepancyQuery {
  std::int64_t round_id = 0;
  DiscrepancyKind kind = DiscrepancyKind::no_head;
  std::optional<std::int64_t> compound_id{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct Discrepancy {
  DiscrepancyKind discrepancy = DiscrepancyKind::no_head;
  std::int64_t dwelling_id = 0;
  std::string compound{}, label{};
  std::optional<std::int64_t> household_id{}, person_id{};
  std::int64_t on_file = 0;
  std::optional<std::int64_t> persons{};  // by the visit
};

}  // namespace feature::survey

META_ENUM(feature::survey::DoorState, "untried", "open", "resolved", "registered", "handed_over")
META_ENUM(feature::survey::CoverageBy, "grid", "compound", "building")
META_ENUM(feature::survey::AttemptStatus, "stored", "stored_before", "refused")
META_ENUM(feature::survey::DiscrepancyKind, "two_households", "no_head", "count_differs", "file_but_vacant",
          "vacant_on_file", "metered_but_vacant")
META_DESCRIBE(feature::survey::Round, "SurveyRound", "", id, place_id, place_name, number, title, direction,
              ladder, started_ms, closed_ms)
META_DESCRIBE(feature::survey::RoundQuery, "SurveyRoundQuery", "", place_id, open, limit, cursor)
META_DESCRIBE(feature::survey::NewRound, "NewSurveyRound", "", place_id, title, place_ids, set_id, direction,
              ladder, client_id)
META_DESCRIBE(feature::survey::Coverage, "SurveyCoverage", "", dwellings, not_fitted_out, vacant, occupied,
              persons, tried, registered, handed_over)
META_DESCRIBE(feature::survey::CoveragePart, "SurveyCoveragePart", "", part_id, name, count)
META_DESCRIBE(feature::survey::CoverageReport, "SurveyCoverageReport", "", total, items, frozen)
META_DESCRIBE(feature::survey::CoverageQuery, "SurveyCoverageQuery", "", by, compound_id)
META_DESCRIBE(feature::survey::Door, "SurveyDoor", "", round_id, dwelling_id, compound_id, building, stair,
              floor, room, label, state, outcome, next_contact, not_before_ms, unanswered_knocks, fitted_out,
              occupied, persons, on_file, head, last_ms, lived_in_percent, meter_reasons)
META_DESCRIBE(feature::survey::DoorList, "SurveyDoorList", "", items)
META_DESCRIBE(feature::survey::DoorQuery, "SurveyDoorQuery", "", round_id, compound_id, building_id, all)
META_DESCRIBE(feature::survey::RegisterQuery, "SurveyRegisterQuery", "", round_id, compound_id, handed_over,
              limit, cursor)
META_DESCRIBE(feature::survey::RegisterLine, "SurveyRegisterLine", "", dwelling_id, compound, label,
              unanswered_knocks, settled_ms, owner_masked, owner_phone_masked, on_file, handed_ms,
              received_ms)
META_DESCRIBE(feature::survey::NewHandover, "NewSurveyHandover", "", place_id, note)
META_DESCRIBE(feature::survey::Receipt, "SurveyReceipt", "", note)
META_DESCRIBE(feature::survey::Handover, "SurveyHandover", "", id, round_id, place_id, place_name, doors,
              note, handed_ms, handed_by, received_ms, received_by, receipt_note)
META_DESCRIBE(feature::survey::HandoverList, "SurveyHandoverList", "", items)
META_DESCRIBE(feature::survey::NewAttempt, "NewSurveyAttempt", "", client_id, round_id, dwelling_id, contact,
              answered, fitted_out, occupied, persons, members, note, happened_ms, retracts)
META_DESCRIBE(feature::survey::AttemptUpload, "SurveyAttemptUpload", "", items)
META_DESCRIBE(feature::survey::AttemptResult, "SurveyAttemptResult", "", client_id, status, code, path)
META_DESCRIBE(feature::survey::AttemptResults, "SurveyAttemptResults", "", items)
META_DESCRIBE(feature::survey::DiscrepancyQuery, "SurveyDiscrepancyQuery", "", round_id, kind, compound_id,
              limit, cursor)
META_DESCRIBE(feature::survey::Discrepancy, "SurveyDiscrepancy", "", discrepancy, dwelling_id, compound,
              label, household_id, person_id, on_file, persons)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::survey::RoundRow> {
  using T = feature::survey::RoundRow;
  static constexpr std::string_view name = "SurveyRoundStored", table = "survey_round";
  static constexpr std::array fields{KEY,       F(place_id), F(number),     F(name),   F(direction),
                                     F(ladder), AT(started), F(started_by), AT(closed)};
};
template <>
struct Describe<feature::survey::RoundPlaceRow> {
  using T = feature::survey::RoundPlaceRow;
  static constexpr std::string_view name = "SurveyRoundPlaceStored", table = "survey_round_place";
  static constexpr std::array fields{KEY, F(round_id), F(place_id)};
};
template <>
struct Describe<feature::survey::VisitRow> {
  using T = feature::survey::VisitRow;
  static constexpr std::string_view name = "SurveyVisitStored", table = "survey_visit";
  static constexpr std::array fields{KEY,
                                     F(round_id),
                                     F(dwelling_id),
                                     F(compound_id),
                                     F(state),
                                     F(outcome),
                                     F(next_contact),
                                     AT(not_before),
                                     F(unanswered_knocks),
                                     F(fitted_out),
                                     F(occupied),
                                     F(persons),
                                     AT(last),
                                     AT(settled),
                                     F(settled_by),
                                     F(handover_id),
                                     F(version)};
};
template <>
struct Describe<feature::survey::AttemptRow> {
  using T = feature::survey::AttemptRow;
  static constexpr std::string_view name = "SurveyAttemptStored", table = "survey_attempt";
  static constexpr std::array fields{KEY,
                                     F(round_id),
                                     F(dwelling_id),
                                     F(compound_id),
                                     F(account_id),
                                     F(client_id),
                                     field<&T::digest>("digest", {.shown = false}),
                                     F(contact),
                                     F(answered),
                                     F(fitted_out),
                                     F(occupied),
                                     F(persons),
                                     F(added),
                                     F(note),
                                     AT(happened),
                                     AT(recorded),
                                     F(retracted_by)};
};
template <>
struct Describe<feature::survey::HandoverRow> {
  using T = feature::survey::HandoverRow;
  static constexpr std::string_view name = "SurveyHandoverStored", table = "survey_handover";
  static constexpr std::array fields{KEY,        F(round_id),  F(place_id),  F(doors),       F(note),
                                     AT(handed), F(handed_by), AT(received), F(received_by), F(receipt_note)};
};
template <>
struct Describe<feature::survey::FigureRow> {
  using T = feature::survey::FigureRow;
  static constexpr std::string_view name = "SurveyFigureStored", table = "survey_figure";
  static constexpr std::array fields{
      KEY,       F(round_id), F(compound_id), F(building_id), F(grid_id),    F(dwellings),  F(not_fitted_out),
      F(vacant), F(occupied), F(persons),     F(tried),       F(registered), F(handed_over)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta
