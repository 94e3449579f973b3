#pragma once
// Policies: dated versions of the gate's rules, whom they are for, and the control levels they give a word
// to. The names of the decision (engine/gate) are the names of the API.
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/names.hpp"
#include "engine/gate/types.hpp"
#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::gate {

namespace rule = engine::gate;

// --- stored ----------------------------------------------------------------------------------------
enum class PolicyState {
  in_force,   // from effective_from on, until a newer version of the same subject
  waiting,    // a tightening that nobody but its author has agreed to yet (practice.md 4)
  withdrawn,  // never took effect
};
struct PolicyRow {
  meta::Id<PolicyRow> id;
  std::int64_t place_id = 0;
  std::optional<place::ZoneLevel> zone_level{};  // only where this level is in force
  std::optional<place::CompoundKind> compound_kind{};
  std::optional<std::int64_t> unit_id{};  // only in this sealed unit
  std::int64_t version = 1;               // unique in the installation: names the rule a verdict used
  meta::Instant effective_from{};
  meta::Json params{};
  std::optional<std::string> note{};
  PolicyState state = PolicyState::in_force;
  bool tightening = false;  // against what held when it was written
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<std::int64_t> decided_by{};  // the second person; who withdrew it
  std::optional<meta::Instant> decided{};
  std::optional<std::int64_t> reviewed_by{};  // of a loosening, afterwards
  std::optional<meta::Instant> reviewed{};
  bool voids_cards = false;  // a change of regime: cards issued before it end (rules.md section 5)
  std::optional<meta::Day> replacements_from{};
  std::optional<meta::Instant> cards_voided{};  // when all of them were
};

// The five of rules.md section 6.
enum class ControlLevel {
  central_observation,
  home_observation,
  home_monitoring,
  health_monitoring,
  self_monitoring,
};
struct ObservationRow {
  meta::Id<ObservationRow> id;
  std::int64_t compound_id = 0, household_id = 0;
  std::optional<std::int64_t> person_id{};  // none: everybody of the household
  ControlLevel level = ControlLevel::self_monitoring;
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};

// --- shown -----------------------------------------------------------------------------------------
struct PolicyShown {
  meta::Id<PolicyRow> id;
  std::int64_t place_id = 0;
  std::string place_name{};
  std::optional<place::ZoneLevel> zone_level{};
  std::optional<place::CompoundKind> compound_kind{};
  std::optional<std::int64_t> unit_id{};
  std::string unit_name{};
  std::int64_t version = 0;
  meta::Instant effective_from{};
  PolicyState state = PolicyState::in_force;
  bool tightening = false;
  std::string created_by_name{};
  bool own = false;  // written by the one who asks: another has to agree
  meta::Instant created{};
  std::string decided_by_name{};
  std::optional<meta::Instant> decided{};
  std::string reviewed_by_name{};
  std::optional<meta::Instant> reviewed{};
  bool voids_cards = false;
  std::optional<meta::Day> replacements_from{};
  std::optional<std::string> note{};
  rule::Policy params{};
};
struct NewPolicy {
  std::int64_t place_id = 0;
  std::optional<place::ZoneLevel> zone_level{};
  std::optional<place::CompoundKind> compound_kind{};
  std::optional<std::int64_t> unit_id{};
  std::optional<meta::Instant> effective_from{};
  std::optional<bool> voids_cards{};
  std::optional<meta::Day> replacements_from{};
  std::optional<meta::Note> note{};
  rule::Policy params{};
};
struct PolicyQuery {
  std::int64_t place_id = 0;
};
struct PolicyVersionQuery {
  std::int64_t version = 0;
};
// Which rule holds for a household or a place of a compound, at an instant, and why no other does.
struct PolicyAtQuery {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> place_id{};  // a building, stair or dwelling of it
  std::optional<std::int64_t> at_ms{};
};
struct PolicyWhy {
  std::int64_t version = 0, place_id = 0;
  std::string place_name{};
  std::optional<place::ZoneLevel> zone_level{};
  std::optional<place::CompoundKind> compound_kind{};
  std::string unit_name{};
  meta::Instant effective_from{};
  rule::Why why = rule::Why::chosen;
  std::string through_name{};  // the place that makes it hold
};
struct PolicyExplained {
  PolicyShown policy{};
  std::vector<PolicyWhy> why{};
};
struct PolicyDifference {
  std::string field{};
  rule::Effect effect = rule::Effect::looser;
};
// What a version would do, before it is made (practice.md 4).
struct PolicyPreview {
  bool tightening = false;
  std::int64_t against_version = 0;
  std::vector<PolicyDifference> differences{};
  meta::Instant earliest{};                           // a tightening agreed to now would hold from
  std::int64_t compounds = 0, compounds_counted = 0;  // the figures below are of the counted ones
  std::int64_t households = 0, persons = 0;
  std::int64_t could_leave = 0, no_longer = 0;  // persons, on the first day
  std::int64_t people_out = 0, non_residents_inside = 0, passes_to_reprint = 0;
};
struct ReplayReason {
  rule::ReasonCode code{};
  std::int64_t newly = 0, no_longer = 0;  // passages it stands in the way of, or no longer does
};
// What a version would have decided on the passages of the last seven days.
struct PolicyReplay {
  meta::Instant from{}, until{};
  std::int64_t compounds = 0, compounds_counted = 0;
  std::int64_t passages = 0, differ = 0, stricter = 0, milder = 0;
  std::vector<ReplayReason> reasons{};
  std::vector<std::int64_t> examples{};  // ids of passages that differ, newest first, at most 20
};
struct PolicyTemplate {
  std::string code{};
  std::vector<std::string> fields{};  // what the source says; all else stays as it is
  std::optional<place::ZoneLevel> zone_level{};
  bool voids_cards = false;
  rule::Policy params{};
};
struct PolicyTemplates {
  std::vector<PolicyTemplate> items{};
};

struct Observation {
  meta::Id<ObservationRow> id;
  std::int64_t household_id = 0;
  std::optional<std::int64_t> person_id{};
  ControlLevel level = ControlLevel::self_monitoring;
  rule::Standing word = rule::Standing::may_leave;  // what the gate is told today
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
};
struct ObservationList {
  std::vector<Observation> items{};
};
struct NewObservation {
  std::optional<std::int64_t> person_id{};
  ControlLevel level = ControlLevel::self_monitoring;
  std::optional<std::int64_t> from_ms{}, until_ms{};
};

}  // namespace feature::gate

#define SW_GATE_ENUM(E)                                                            \
  template <>                                                                      \
  struct meta::EnumNames<engine::gate::E> {                                        \
    static constexpr auto names = engine::gate::EnumNames<engine::gate::E>::names; \
  };
SW_GATE_ENUM(Mode)
SW_GATE_ENUM(WindowKind)
SW_GATE_ENUM(Direction)
SW_GATE_ENUM(Holder)
SW_GATE_ENUM(PassState)
SW_GATE_ENUM(Standing)
SW_GATE_ENUM(EntryRule)
SW_GATE_ENUM(Check)
SW_GATE_ENUM(Emergency)
SW_GATE_ENUM(Outcome)
SW_GATE_ENUM(Need)
SW_GATE_ENUM(Alert)
SW_GATE_ENUM(ReasonCode)
SW_GATE_ENUM(Effect)
SW_GATE_ENUM(Why)
#undef SW_GATE_ENUM

META_ENUM(feature::gate::PolicyState, "in_force", "waiting", "withdrawn")
META_ENUM(feature::gate::ControlLevel, "central_observation", "home_observation", "home_monitoring",
          "health_monitoring", "self_monitoring")

META_DESCRIBE(engine::gate::Modes, "PolicyModes", "", quota, pass, residency, steps, standing, hours)
META_DESCRIBE(engine::gate::DayHours, "DayHours", "", weekdays, from_minute, until_minute, places)
META_DESCRIBE(engine::gate::ExemptionTerms, "ExemptionTerms", "", kind, certificate_needed, from_day,
              until_day, weekdays, from_minute, until_minute)
META_DESCRIBE(engine::gate::LevelRights, "LevelRights", "", central_observation, home_observation,
              home_monitoring, health_monitoring, self_monitoring)
META_DESCRIBE(engine::gate::VehicleRules, "VehicleRules", "", mode, entry_classes, free_kinds)
META_DESCRIBE(engine::gate::Policy, "PolicyParams", "", version, effective_from_ms, utc_offset_minutes,
              window_kind, window_days, outings_per_window, persons_per_outing, refund_minutes,
              max_minutes_outside, overrun_costs_outing, exemption_kinds, exemption_terms,
              lookup_satisfies_pass, temperature_required_out, temperature_required_in,
              normal_without_reading_allowed, fever_threshold_tenths, fever_at_or_above, low_threshold_tenths,
              highest_plausible_tenths, second_reading_wait_minutes, disinfection_required,
              registration_required_out, registration_required_in, check_out, check_in, check_hours,
              out_hours, curfew, visitors, deliveries, outsiders, filing_required, level_rights,
              level_covers_household, notice_minutes, warn_until_day, modes, day_mark_on_pages, vehicles)
META_DESCRIBE(engine::gate::Reading, "Reading", "", person, tenths, at_ms)
META_DESCRIBE(engine::gate::Reason, "Reason", "", code, mode)
META_DESCRIBE(engine::gate::Verdict, "Verdict", "", outcome, need, need_person, reasons, alert,
              next_outing_day, next_outing_at_ms, next_hours_at_ms, second_reading_at_ms, consumes_outing,
              policy_version)

META_DESCRIBE(feature::gate::PolicyQuery, "PolicyQuery", "", place_id)
META_DESCRIBE(feature::gate::PolicyVersionQuery, "PolicyVersionQuery", "", version)
META_DESCRIBE(feature::gate::PolicyAtQuery, "PolicyAtQuery", "", compound_id, place_id, at_ms)
META_DESCRIBE(feature::gate::PolicyDifference, "PolicyDifference", "", field, effect)
META_DESCRIBE(feature::gate::ReplayReason, "ReplayReason", "", code, newly, no_longer)
META_DESCRIBE(feature::gate::PolicyTemplate, "PolicyTemplate", "", code, fields, zone_level, voids_cards,
              params)
META_DESCRIBE(feature::gate::PolicyTemplates, "PolicyTemplates", "", items)
META_DESCRIBE(feature::gate::Observation, "Observation", "", id, household_id, person_id, level, word,
              valid_from_ms, valid_until_ms)
META_DESCRIBE(feature::gate::ObservationList, "ObservationList", "", items)
META_DESCRIBE(feature::gate::NewObservation, "NewObservation", "", person_id, level, from_ms, until_ms)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::gate::PolicyRow> {
  using T = feature::gate::PolicyRow;
  static constexpr std::string_view name = "PolicyStored", table = "policy";
  static constexpr std::array fields{KEY,          F(place_id),    F(zone_level),        F(compound_kind),
                                     F(unit_id),   F(version),     AT(effective_from),   F(params),
                                     F(note),      F(state),       F(tightening),        F(created_by),
                                     AT(created),  F(decided_by),  AT(decided),          F(reviewed_by),
                                     AT(reviewed), F(voids_cards), F(replacements_from), AT(cards_voided)};
};
template <>
struct Describe<feature::gate::ObservationRow> {
  using T = feature::gate::ObservationRow;
  static constexpr std::string_view name = "ObservationStored", table = "observation";
  static constexpr std::array fields{KEY,        F(compound_id), F(household_id), F(person_id),
                                     F(level),   AT(valid_from), AT(valid_until), F(created_by),
                                     AT(created)};
};
template <>
struct Describe<feature::gate::PolicyShown> {
  using T = feature::gate::PolicyShown;
  static constexpr std::string_view name = "Policy", table = "";
  static constexpr std::array fields{F(id),          F(place_id),          F(place_name),
                                     F(zone_level),  F(compound_kind),     F(unit_id),
                                     F(unit_name),   F(version),           AT(effective_from),
                                     F(state),       F(tightening),        F(created_by_name),
                                     F(own),         AT(created),          F(decided_by_name),
                                     AT(decided),    F(reviewed_by_name),  AT(reviewed),
                                     F(voids_cards), F(replacements_from), F(note),
                                     F(params)};
};
template <>
struct Describe<feature::gate::NewPolicy> {
  using T = feature::gate::NewPolicy;
  static constexpr std::string_view name = "NewPolicy", table = "";
  static constexpr std::array fields{F(place_id),        F(zone_level),  F(compound_kind),     F(unit_id),
                                     AT(effective_from), F(voids_cards), F(replacements_from), F(note),
                                     F(params)};
};
template <>
struct Describe<feature::gate::PolicyWhy> {
  using T = feature::gate::PolicyWhy;
  static constexpr std::string_view name = "PolicyWhy", table = "";
  static constexpr std::array fields{F(version),         F(place_id),      F(place_name),
                                     F(zone_level),      F(compound_kind), F(unit_name),
                                     AT(effective_from), F(why),           F(through_name)};
};
template <>
struct Describe<feature::gate::PolicyPreview> {
  using T = feature::gate::PolicyPreview;
  static constexpr std::string_view name = "PolicyPreview", table = "";
  static constexpr std::array fields{
      F(tightening),        F(against_version),      F(differences),      AT(earliest),   F(compounds),
      F(compounds_counted), F(households),           F(persons),          F(could_leave), F(no_longer),
      F(people_out),        F(non_residents_inside), F(passes_to_reprint)};
};
template <>
struct Describe<feature::gate::PolicyReplay> {
  using T = feature::gate::PolicyReplay;
  static constexpr std::string_view name = "PolicyReplay", table = "";
  static constexpr std::array fields{AT(from),  AT(until),   F(compounds), F(compounds_counted), F(passages),
                                     F(differ), F(stricter), F(milder),    F(reasons),           F(examples)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta

META_DESCRIBE(feature::gate::PolicyExplained, "PolicyExplained", "", policy, why)
