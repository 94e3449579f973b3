#pragma once
// What is done with a person under control: asked twice a day, tested, a notice at the door, a seal, an
// outing to a hospital, a transfer (XN-48, 49; practice 22, 23).
#include "feature/control/record.hpp"

namespace feature::control {

using engine::control::TestResult;

enum class Half { morning, evening };
enum class Channel { self, phone, message, visit };
enum class MarkKind { door_notice, seal };
enum class OutingState { asked, approved, refused };
// What somebody who is taken away leaves behind (practice 23).
enum class Dependant { children, elders, disabled, animals, medicine, gas_and_water, keys };

struct TestRow {
  meta::Id<TestRow> id;
  std::int64_t case_id = 0;
  meta::Day day{};
  TestResult result = TestResult::pending;
  std::int64_t recorded_by = 0;
  meta::Instant recorded{};
  std::optional<std::string> client_id{};
};
struct FollowUpRow {
  meta::Id<FollowUpRow> id;
  std::int64_t case_id = 0;
  meta::Day day{};
  Half half = Half::morning;
  Channel channel = Channel::phone;
  std::optional<int> tenths{};
  std::string done{}, not_done{}, symptoms{};  // codes with spaces between; an item in neither was not asked
  std::optional<std::string> note{};
  std::int64_t recorded_by = 0;
  meta::Instant recorded{};
};
struct MarkRow {
  meta::Id<MarkRow> id;
  std::int64_t case_id = 0;
  MarkKind kind = MarkKind::door_notice;
  meta::Instant up{};
  std::int64_t up_by = 0;
  std::optional<std::string> up_note{};
  std::optional<meta::Instant> down{};
  std::optional<std::int64_t> down_by{};
  std::optional<std::string> down_note{};
};
struct OutingRow {
  meta::Id<OutingRow> id;
  std::int64_t case_id = 0;
  std::string reason{}, destination{};
  std::optional<std::string> vehicle{};
  meta::Instant from{}, until{};
  OutingState state = OutingState::asked;
  std::int64_t asked_by = 0;
  meta::Instant asked{};
  std::optional<std::int64_t> decided_by{};
  std::optional<meta::Instant> decided{}, returned{};
};
struct TransferRow {
  meta::Id<TransferRow> id;
  std::int64_t case_id = 0;
  std::string site{};
  std::optional<std::string> vehicle{};
  meta::Json cares{};
  std::optional<std::string> guardian{};
  std::int64_t done_by = 0;
  meta::Instant done{};
};

// --- shown -------------------------------------------------------------------------------------------
struct TestShown {
  meta::Id<TestRow> id;
  meta::Day day{};
  TestResult test_result = TestResult::pending;
  std::string by{};
  meta::Instant recorded_ms{};
};
struct FollowUp {
  meta::Id<FollowUpRow> id;
  meta::Day day{};
  Half half = Half::morning;
  Channel channel = Channel::phone;
  std::optional<int> tenths{};
  std::vector<std::string> done{}, not_done{}, symptoms{};
  std::optional<std::string> note{};
  std::string by{};
  meta::Instant recorded_ms{};
};
struct Mark {
  meta::Id<MarkRow> id;
  MarkKind mark_kind = MarkKind::door_notice;
  meta::Instant up_ms{};
  std::string up_by{};
  std::optional<std::string> up_note{};
  std::optional<meta::Instant> down_ms{};
  std::optional<std::string> down_by{}, down_note{};
};
struct Outing {
  meta::Id<OutingRow> id;
  std::string reason{}, destination{};
  std::optional<std::string> vehicle{};
  meta::Instant from_ms{}, until_ms{};
  OutingState outing_state = OutingState::asked;
  std::string asked_by{};
  std::optional<std::string> decided_by{};
  std::optional<meta::Instant> returned_ms{};
};
struct Care {
  Dependant dependant = Dependant::children;
  bool needed = false;
  std::optional<meta::Text<1, 60>> carer{};  // by name, where it is needed
};
struct Transfer {
  meta::Id<TransferRow> id;
  std::string site{};
  std::optional<std::string> vehicle{}, guardian{};
  std::vector<Care> cares{};
  std::string by{};
  meta::Instant done_ms{};
};
struct StageShown {
  ControlLevel level = ControlLevel::home_observation;
  meta::Day first{};
  std::optional<meta::Day> last{};
  std::vector<meta::Day> tests{};
  int leave_negatives = 0;
};
struct Teammate {
  std::string name{};
  std::optional<std::string> duty{}, post{};
};
struct ControlFile {
  ControlCase item{};
  std::optional<meta::Day> exposed{};
  std::string decided_by{};
  std::optional<std::string> reference{}, end_reference{};
  std::string rule_name{};  // where the rules were made; empty: built in
  int rule_version = 0, negatives_missing = 0;
  std::vector<StageShown> stages{};
  int stage = 0;
  std::vector<std::string> items{}, symptoms{}, team_duties{};  // as the rules ask
  int fever_tenths = 373;
  std::optional<std::int64_t> team_id{};
  std::optional<std::string> team_name{};
  std::vector<Teammate> team{};
  std::vector<TestShown> tests{};  // newest first, like all below
  std::vector<FollowUp> follow_ups{};
  std::vector<Mark> marks{};
  std::vector<Outing> outings{};
  std::vector<Transfer> transfers{};
};

// --- told --------------------------------------------------------------------------------------------
struct NewTest {
  std::optional<meta::Day> day{};  // default: today
  TestResult result = TestResult::pending;
  std::optional<meta::Text<8, 60>>
      client_id{};  // made where it was written down: sent twice it is one sample
};
struct NewFollowUp {
  std::int64_t case_id = 0;
  std::optional<meta::Day> day{};  // default: today; at most two days back
  Half half = Half::morning;
  Channel channel = Channel::phone;
  std::optional<meta::Int<300, 450>> tenths{};
  std::vector<meta::Text<1, 30>> done{}, not_done{}, symptoms{};
  std::optional<meta::Note> note{};
};
struct NewFollowUps {
  std::vector<NewFollowUp> items{};
};
struct FollowUpsDone {
  std::int64_t stored = 0, alerts = 0;
};
struct RoundQuery {
  std::optional<std::int64_t> place_id{};
  Half half = Half::morning;
  std::optional<bool> missing{};  // only those not asked yet
};
struct RoundLine {
  std::int64_t case_id = 0, household_id = 0;
  std::string label{}, person_name{};
  ControlLevel level = ControlLevel::home_observation;
  std::optional<std::string> site{};
  std::optional<FollowUp> follow_up{};
  std::optional<int> last_tenths{};
};
struct Round {
  meta::Day day{};
  std::vector<std::string> items{}, symptoms{};
  int fever_tenths = 373;
  std::vector<RoundLine> lines{};
};
struct NewMark {
  MarkKind kind = MarkKind::door_notice;
  std::optional<meta::Note> note{};
};
struct TakeDown {
  std::optional<meta::Note> note{};
};
struct NewOuting {
  meta::Text<1, 100> reason;
  meta::Text<1, 100> destination;
  std::optional<meta::Text<1, 60>> vehicle{};
  meta::Instant from_ms{}, until_ms{};
};
struct OutingDecision {
  bool approve = false;
  std::optional<meta::Text<1, 60>> vehicle{};
};
struct NewTransfer {
  meta::Text<1, 100> site;
  std::optional<meta::Text<1, 60>> vehicle{};
  std::vector<Care> cares{};  // an answer to each of the seven
  // The guardian's decision, where a child is sent without them (practice 23).
  std::optional<meta::Note> guardian{};
};
struct PaperQuery {
  std::optional<std::string> lang{};
};

}  // namespace feature::control

template <>
struct meta::EnumNames<engine::control::TestResult> {
  static constexpr auto names = ::meta::name_list("pending", "negative", "positive");
};
META_ENUM(feature::control::Half, "morning", "evening")
META_ENUM(feature::control::Channel, "self", "phone", "message", "visit")
META_ENUM(feature::control::MarkKind, "door_notice", "seal")
META_ENUM(feature::control::OutingState, "asked", "approved", "refused")
META_ENUM(feature::control::Dependant, "children", "elders", "disabled", "animals", "medicine",
          "gas_and_water", "keys")
META_DESCRIBE(feature::control::TestShown, "ControlTest", "", id, day, test_result, by, recorded_ms)
META_DESCRIBE(feature::control::FollowUp, "FollowUp", "", id, day, half, channel, tenths, done, not_done,
              symptoms, note, by, recorded_ms)
META_DESCRIBE(feature::control::Mark, "ControlMark", "", id, mark_kind, up_ms, up_by, up_note, down_ms,
              down_by, down_note)
META_DESCRIBE(feature::control::Outing, "ControlOuting", "", id, reason, destination, vehicle, from_ms,
              until_ms, outing_state, asked_by, decided_by, returned_ms)
META_DESCRIBE(feature::control::Care, "DependantCare", "", dependant, needed, carer)
META_DESCRIBE(feature::control::Transfer, "ControlTransfer", "", id, site, vehicle, guardian, cares, by,
              done_ms)
META_DESCRIBE(feature::control::StageShown, "ControlStageShown", "", level, first, last, tests,
              leave_negatives)
META_DESCRIBE(feature::control::Teammate, "ControlTeammate", "", name, duty, post)
META_DESCRIBE(feature::control::ControlFile, "ControlFile", "", item, exposed, decided_by, reference,
              end_reference, rule_name, rule_version, negatives_missing, stages, stage, items, symptoms,
              team_duties, fever_tenths, team_id, team_name, team, tests, follow_ups, marks, outings,
              transfers)
META_DESCRIBE(feature::control::NewTest, "NewControlTest", "", day, result, client_id)
META_DESCRIBE(feature::control::NewFollowUp, "NewFollowUp", "", case_id, day, half, channel, tenths, done,
              not_done, symptoms, note)
META_DESCRIBE(feature::control::NewFollowUps, "NewFollowUps", "", items)
META_DESCRIBE(feature::control::FollowUpsDone, "FollowUpsDone", "", stored, alerts)
META_DESCRIBE(feature::control::RoundQuery, "FollowUpRoundQuery", "", place_id, half, missing)
META_DESCRIBE(feature::control::RoundLine, "FollowUpRoundLine", "", case_id, household_id, label, person_name,
              level, site, follow_up, last_tenths)
META_DESCRIBE(feature::control::Round, "FollowUpRound", "", day, items, symptoms, fever_tenths, lines)
META_DESCRIBE(feature::control::NewMark, "NewControlMark", "", kind, note)
META_DESCRIBE(feature::control::TakeDown, "ControlMarkTakeDown", "", note)
META_DESCRIBE(feature::control::NewOuting, "NewControlOuting", "", reason, destination, vehicle, from_ms,
              until_ms)
META_DESCRIBE(feature::control::OutingDecision, "ControlOutingDecision", "", approve, vehicle)
META_DESCRIBE(feature::control::NewTransfer, "NewControlTransfer", "", site, vehicle, cares, guardian)
META_DESCRIBE(feature::control::PaperQuery, "ControlPaperQuery", "", lang)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
#define HEALTH(m) field<&T::m>(#m, {.sensitive = true})
template <>
struct Describe<feature::control::TestRow> {
  using T = feature::control::TestRow;
  static constexpr std::string_view name = "ControlTestStored", table = "control_test";
  static constexpr std::array fields{KEY,          F(case_id),  F(day), HEALTH(result), F(recorded_by),
                                     AT(recorded), F(client_id)};
};
template <>
struct Describe<feature::control::FollowUpRow> {
  using T = feature::control::FollowUpRow;
  static constexpr std::string_view name = "FollowUpStored", table = "control_follow_up";
  static constexpr std::array fields{
      KEY,          F(case_id),       F(day),           F(half),      F(channel),     HEALTH(tenths),
      HEALTH(done), HEALTH(not_done), HEALTH(symptoms), HEALTH(note), F(recorded_by), AT(recorded)};
};
template <>
struct Describe<feature::control::MarkRow> {
  using T = feature::control::MarkRow;
  static constexpr std::string_view name = "ControlMarkStored", table = "control_mark";
  static constexpr std::array fields{KEY,        F(case_id), F(kind),    AT(up),      F(up_by),
                                     F(up_note), AT(down),   F(down_by), F(down_note)};
};
template <>
struct Describe<feature::control::OutingRow> {
  using T = feature::control::OutingRow;
  static constexpr std::string_view name = "ControlOutingStored", table = "control_outing";
  static constexpr std::array fields{
      KEY,      F(case_id),  HEALTH(reason), HEALTH(destination), F(vehicle),  AT(from),    AT(until),
      F(state), F(asked_by), AT(asked),      F(decided_by),       AT(decided), AT(returned)};
};
template <>
struct Describe<feature::control::TransferRow> {
  using T = feature::control::TransferRow;
  static constexpr std::string_view name = "ControlTransferStored", table = "control_transfer";
  static constexpr std::array fields{KEY,           F(case_id),       F(site),    F(vehicle),
                                     HEALTH(cares), HEALTH(guardian), F(done_by), AT(done)};
};
#undef KEY
#undef F
#undef AT
#undef HEALTH
}  // namespace meta
