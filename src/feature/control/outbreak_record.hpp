#pragma once
// What cases do to places: sealings the ladder proposes and a person decides (rules.md section 5), and the
// state of a community with its measures (rules.md section 2).
#include <optional>
#include <string>
#include <vector>

#include "engine/control/community.hpp"
#include "engine/control/sealing.hpp"
#include "feature/control/rule_record.hpp"
#include "feature/place/zone_record.hpp"

namespace feature::control {

using engine::control::CommunityState;

enum class SealAction { seal, unseal };

// Decided by a person, never changed. A sealing is the zone level it gave.
struct SealDecisionRow {
  meta::Id<SealDecisionRow> id;
  std::int64_t place_id = 0, compound_id = 0;
  SealAction action = SealAction::seal;
  bool accepted = false;
  int observed = 0, cases = 0;  // as it was decided on
  std::string reason{};
  std::optional<std::int64_t> zone_id{};
  std::int64_t decided_by = 0;
  meta::Instant decided{};
};

struct SealQuery {
  std::int64_t place_id = 0;  // at the place or below it
};
struct SealProposal {
  std::int64_t place_id = 0, compound_id = 0;
  place::Kind place_kind = place::Kind::stair;
  std::string label{};
  SealAction action = SealAction::seal;
  int observed = 0, cases = 0;  // households under observation, cases who live or lived there
  std::int64_t dwellings = 0;   // in the place
  std::int64_t guests = 0;      // non-residents inside who are somebody's to decide on (practice 5)
};
struct SealedPlace {
  std::int64_t place_id = 0;
  std::string label{};
  place::ZoneLevel level = place::ZoneLevel::red;
  int observed = 0, cases = 0;  // when it was decided
  std::string reason{};
  meta::Instant decided_ms{};
};
struct SealBoard {
  std::vector<SealProposal> items{};
  std::vector<SealedPlace> sealed{};  // by such a decision, in force
  SealRules ladder{};                 // in force at the place
};
struct SealDecision {
  std::int64_t place_id = 0;
  SealAction action = SealAction::seal;
  bool accepted = true;
  meta::Int<0, 100000> observed = 0, cases = 0;  // as it was seen; other numbers are a conflict
  std::optional<place::ZoneLevel> level{};       // default: red
  meta::Text<1, 200> reason;
};

// --- communities -------------------------------------------------------------------------------------
// rules.md section 2: six where there is no case, two more at a case or outbreak, two more at spread.
enum class Measure {
  organise,
  health_education,
  notification,
  returnees,
  sanitation,
  supplies,
  contacts,
  disinfection,
  closing_off,
  gatherings,
};
// What a community said about a measure; the newest line holds.
struct MeasureNoteRow {
  meta::Id<MeasureNoteRow> id;
  std::int64_t place_id = 0;
  Measure measure = Measure::organise;
  bool done = false;
  std::optional<std::string> note{};
  std::int64_t noted_by = 0;
  meta::Instant noted{};
};
struct CommunityStanding {
  std::int64_t place_id = 0;
  std::string name{};
  CommunityState state = CommunityState::no_case;
  int cases = 0, outbreaks = 0, scattered = 0;
  std::optional<meta::Day> clear_from{};
  int measures_done = 0, measures = 0;
};
struct CommunityBoard {
  meta::Day today{};
  std::vector<CommunityStanding> items{};
};
struct MeasureShown {
  Measure measure = Measure::organise;
  bool done = false;
  std::optional<std::string> note{}, noted_by{};
  std::optional<meta::Instant> noted_ms{};
};
struct CommunityFile {
  CommunityStanding item{};
  CommunityRules rules{};
  std::vector<MeasureShown> measures{};  // those its state asks for
};
struct NewMeasureNote {
  Measure measure = Measure::organise;
  bool done = true;
  std::optional<meta::Text<1, 200>> note{};
};

}  // namespace feature::control

template <>
struct meta::EnumNames<engine::control::CommunityState> {
  static constexpr auto names = ::meta::name_list("no_case", "cases", "outbreak", "spread");
};
META_ENUM(feature::control::SealAction, "seal", "unseal")
META_ENUM(feature::control::Measure, "organise", "health_education", "notification", "returnees",
          "sanitation", "supplies", "contacts", "disinfection", "closing_off", "gatherings")
META_DESCRIBE(feature::control::SealQuery, "SealQuery", "", place_id)
META_DESCRIBE(feature::control::SealProposal, "SealProposal", "", place_id, compound_id, place_kind, label,
              action, observed, cases, dwellings, guests)
META_DESCRIBE(feature::control::SealedPlace, "SealedPlace", "", place_id, label, level, observed, cases,
              reason, decided_ms)
META_DESCRIBE(feature::control::SealBoard, "SealBoard", "", items, sealed, ladder)
META_DESCRIBE(feature::control::SealDecision, "SealDecision", "", place_id, action, accepted, observed, cases,
              level, reason)
META_DESCRIBE(feature::control::CommunityStanding, "CommunityStanding", "", place_id, name, state, cases,
              outbreaks, scattered, clear_from, measures_done, measures)
META_DESCRIBE(feature::control::CommunityBoard, "CommunityBoard", "", today, items)
META_DESCRIBE(feature::control::MeasureShown, "CommunityMeasure", "", measure, done, note, noted_by, noted_ms)
META_DESCRIBE(feature::control::CommunityFile, "CommunityFile", "", item, rules, measures)
META_DESCRIBE(feature::control::NewMeasureNote, "NewMeasureNote", "", measure, done, note)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::control::SealDecisionRow> {
  using T = feature::control::SealDecisionRow;
  static constexpr std::string_view name = "SealDecisionStored", table = "seal_decision";
  static constexpr std::array fields{KEY,         F(place_id),   F(compound_id), F(action),
                                     F(accepted), F(observed),   F(cases),       F(reason),
                                     F(zone_id),  F(decided_by), AT(decided)};
};
template <>
struct Describe<feature::control::MeasureNoteRow> {
  using T = feature::control::MeasureNoteRow;
  static constexpr std::string_view name = "MeasureNoteStored", table = "measure_note";
  static constexpr std::array fields{KEY, F(place_id), F(measure), F(done), F(note), F(noted_by), AT(noted)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta
