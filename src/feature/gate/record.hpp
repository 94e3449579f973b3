#pragma once
// Gate: passes, gate phones, passages (policies: policy_record.hpp). The names of the decision (engine/gate)
// are the names of the API; the phone's list and records carry ids, no phone or document number and no
// category.
#include <optional>
#include <string>
#include <vector>

#include "core/list.hpp"
#include "feature/gate/pass_record.hpp"
#include "feature/gate/policy_record.hpp"
#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::gate {

// --- stored ----------------------------------------------------------------------------------------
enum class EnrolmentState { waiting, active, revoked };

enum class TemperatureNote { none, reading, below_threshold_no_reading };
enum class PassageResult { passed, turned_back, reversed, closed };
struct PassageRow {
  meta::Id<PassageRow> id;
  std::int64_t compound_id = 0, opening_id = 0;
  meta::Instant happened{}, recorded{};
  std::int64_t device_ms = 0;  // what the phone's own clock said
  rule::Direction direction = rule::Direction::out;
  PassageResult result = PassageResult::passed;
  rule::Holder holder_kind = rule::Holder::resident_member;
  std::optional<std::int64_t> household_id{}, dwelling_id{}, person_id{}, pass_id{}, guest_id{};
  int persons = 1, companions = 0;
  std::string person_ids{};  // space separated, the holder first
  std::optional<std::string> relation{};
  std::optional<int> temperature_tenths{};  // the holder's last reading
  TemperatureNote temperature_note = TemperatureNote::none;
  std::string readings{"[]"};
  std::string steps{};
  std::optional<std::string> emergency_reason{}, reason{};
  rule::Outcome outcome = rule::Outcome::allow;
  std::string reasons{}, flags{};  // space separated codes
  bool consumes = false;
  std::int64_t policy_version = 0;
  bool offline = false;
  std::int64_t list_age_s = 0;
  std::optional<std::int64_t> enrolment_id{}, account_id{}, reverses_id{};
  std::optional<std::int64_t> vehicle_passage_id{};  // the vehicle they rode in
};

enum class GuestState { waiting, registered, dismissed };
struct GuestRow {
  meta::Id<GuestRow> id;
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> dwelling_id{};
  meta::Bytes name_sealed{};
  std::string name_masked{};
  std::optional<meta::Bytes> phone_sealed{};
  std::optional<std::string> note{};
  GuestState state = GuestState::waiting;
  meta::Instant created{};
  std::optional<std::int64_t> enrolment_id{};
  std::optional<meta::Instant> settled{};
  std::optional<std::int64_t> settled_by{};
};

// --- gate phones -----------------------------------------------------------------------------------
struct NewEnrolment {
  std::int64_t opening_id = 0;
  meta::Name label;
};
struct EnrolmentCode {
  std::int64_t id = 0;
  std::string qr_svg{}, text{}, url{};
  std::int64_t expires_ms = 0;
};
struct Enrolment {
  std::int64_t id = 0;
  std::string label{};
  std::int64_t opening_id = 0;
  std::string opening_name{};
  EnrolmentState state = EnrolmentState::waiting;
  std::optional<std::int64_t> last_contact_ms{};
  std::optional<std::string> list_version{};
  std::optional<std::int64_t> queue{}, clock_offset_ms{};
};
struct EnrolRequest {
  meta::Text<32, 32> secret;  // hexadecimal
  std::int64_t client_ms = 0;
};
struct NamedId {
  std::int64_t id = 0;
  std::string name{};
};
struct EnrolAnswer {
  std::int64_t enrolment_id = 0;
  std::string device_token{};
  place::Opening opening{};
  NamedId compound{};
  std::int64_t server_ms = 0;
};
struct Ping {
  std::int64_t client_ms = 0, queue = 0;
  std::optional<std::string> list_version{};
  std::optional<std::int64_t> list_generated_ms{}, waiting{};  // people in front of it
};
struct Pong {
  std::int64_t server_ms = 0;
  std::string list_version{};
  bool revoked = false;
};

// How a household has used its outings, named shortly like the list (list_record.hpp).
struct ListUse {
  std::int64_t h = 0, exit_at_ms = 0;
  std::optional<std::int64_t> return_at_ms{};
  int persons = 1;
  bool counted = true, closed_by_staff = false;
};
struct Claim {
  meta::Name name;
  std::optional<meta::Text<3, 30>> phone{};
  std::optional<meta::Note> note{};
};
struct GateRecord {
  meta::Int<1, base::max_id> seq = 1;
  std::int64_t happened_ms = 0;  // by the phone's clock
  rule::Direction direction = rule::Direction::out;
  PassageResult result = PassageResult::passed;
  rule::Holder holder_kind = rule::Holder::resident_member;
  std::optional<std::int64_t> pass_id{};
  std::optional<meta::Text<1, 300>> pass_text{};
  std::optional<std::int64_t> household_id{}, dwelling_id{};
  std::vector<std::int64_t> person_ids{};
  meta::Int<0, rule::persons_max> persons = 1;
  meta::Int<0, rule::persons_max> companions = 0;
  std::optional<meta::Text<1, 40>> relation{};
  std::optional<Claim> claim{};
  std::vector<rule::Reading> readings{};
  std::optional<rule::Emergency> emergency_reason{};
  std::vector<meta::Text<1, 40>> steps{};
  std::optional<meta::Note> reason{}, note{};
  rule::Outcome outcome = rule::Outcome::allow;
  std::vector<meta::Text<1, 40>> reasons{};
  std::int64_t policy_version = 0;
  bool offline = false;
  meta::Int<0, base::max_id> list_age_s = 0;
};
struct DecideRequest {
  rule::Direction direction = rule::Direction::out;
  rule::Holder holder_kind = rule::Holder::household;
  std::optional<meta::Text<1, 300>> pass_text{};
  std::optional<std::int64_t> pass_id{}, household_id{};
  std::vector<std::int64_t> person_ids{};
  meta::Int<0, rule::persons_max> persons = 1;
  meta::Int<0, rule::persons_max> companions = 0;
  std::vector<rule::Reading> readings{};
  bool child_alone = false;
  std::optional<rule::Emergency> emergency_reason{};
  std::int64_t now_ms = 0;
};
struct DecideAnswer {
  rule::Verdict verdict{};
  std::vector<ListUse> uses{};
  rule::PassState pass_state = rule::PassState::none;
  std::int64_t server_ms = 0;
};
enum class ConfirmStatus { stored, duplicate, refused };
struct ConfirmAnswer {
  ConfirmStatus status = ConfirmStatus::stored;
  std::optional<std::int64_t> passage_id{};
  rule::Verdict verdict{};
  std::vector<std::string> flags{};
  std::int64_t server_ms = 0;
};
struct UploadRequest {
  std::vector<meta::Json> records{};  // read one by one: a bad one blocks no other
  std::int64_t client_ms = 0, queue = 0;
};
struct UploadProblem {
  std::string path{}, code{};
};
enum class UploadStatus { stored, duplicate, flagged, conflict, invalid };
struct UploadResult {
  std::int64_t seq = 0;  // 0 when the record does not say
  UploadStatus status = UploadStatus::stored;
  std::optional<std::int64_t> passage_id{};
  std::vector<std::string> flags{};
  std::vector<UploadProblem> problems{};
};
struct UploadAnswer {
  std::vector<UploadResult> results{};
  std::int64_t server_ms = 0;
};
struct Activate {
  std::optional<meta::Text<1, 300>> pass_text{};
  std::optional<meta::Text<1, 20>> short_code{};
  std::optional<std::int64_t> household_id{};
};
struct ActivateAnswer {
  std::int64_t id = 0;
  PassState state = PassState::active;
};

// --- ledger ----------------------------------------------------------------------------------------
enum class PassageKind { person, emergency, visitor, vehicle };
struct Passage {
  meta::Id<PassageRow> id;
  meta::Instant happened{}, recorded{};
  std::int64_t opening_id = 0;
  std::string opening_name{};
  rule::Direction direction = rule::Direction::out;
  PassageResult result = PassageResult::passed;
  PassageKind kind = PassageKind::person;
  std::optional<std::string> label{};
  std::optional<std::int64_t> household_id{};
  std::string person_names{};  // masked
  int persons = 1, companions = 0;
  std::optional<int> temperature_tenths{};
  TemperatureNote temperature_note = TemperatureNote::none;
  rule::Outcome outcome = rule::Outcome::allow;
  std::vector<std::string> reasons{}, flags{};
  std::int64_t policy_version = 0;
  bool offline = false;
  std::string device_label{};
  std::optional<PassageResult> corrected{};  // by a later row: taken back, or an outing ended
  std::optional<std::int64_t> reverses_id{};
  std::optional<std::string> emergency_reason{}, note{};
  bool masked = false;  // one household's movements: the day, without time, opening and reading
};
// The movements of one household in full, for a reason.
struct MovementsWanted {
  std::optional<meta::Text<4, 200>> reason{};  // needed unless an emergency access is open
};
enum class PassageOrder { newest, oldest };
struct PassageQuery {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> opening_id{};
  std::optional<rule::Direction> direction{};
  std::optional<PassageResult> result{};
  std::optional<std::int64_t> from_ms{}, until_ms{}, household_id{};
  std::optional<meta::Text<1, 40>> flag{};
  std::optional<meta::Text<1, 50>> q{};
  std::optional<PassageOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct PassageExport {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> opening_id{};
  std::optional<rule::Direction> direction{};
  std::optional<PassageResult> result{};
  std::optional<std::int64_t> from_ms{}, until_ms{}, household_id{};
  std::optional<meta::Text<1, 40>> flag{};
  std::optional<meta::Text<1, 50>> q{};
  std::optional<PassageOrder> order{};  // oldest first when absent, as an office files it
  std::optional<core::ExportFormat> format{};
  std::optional<meta::Text<1, 1000>> columns{};
  std::optional<std::string> lang{};
};
struct Correction {
  meta::Note reason;
};

// People who said at the gate that they live here, for the office to settle.
struct Guest {
  std::int64_t id = 0;
  std::string name{};  // in full: the office must know whom to register
  std::optional<std::int64_t> dwelling_id{};
  std::optional<std::string> label{}, phone_masked{}, note{};
  GuestState state = GuestState::waiting;
  meta::Instant created{};
};
struct GuestQuery {
  std::int64_t compound_id = 0;
  std::optional<GuestState> state{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct SettleGuest {
  bool accept = false;  // true: a household of the dwelling is made from it
  std::optional<std::int64_t> dwelling_id{};
};

}  // namespace feature::gate

META_ENUM(feature::gate::EnrolmentState, "waiting", "active", "revoked")
META_ENUM(feature::gate::TemperatureNote, "none", "reading", "below_threshold_no_reading")
META_ENUM(feature::gate::PassageResult, "passed", "turned_back", "reversed", "closed")
META_ENUM(feature::gate::PassageKind, "person", "emergency", "visitor", "vehicle")
META_ENUM(feature::gate::GuestState, "waiting", "registered", "dismissed")
META_ENUM(feature::gate::PassageOrder, "newest", "oldest")
META_ENUM(feature::gate::ConfirmStatus, "stored", "duplicate", "refused")
META_ENUM(feature::gate::UploadStatus, "stored", "duplicate", "flagged", "conflict", "invalid")

META_DESCRIBE(feature::gate::NewEnrolment, "NewEnrolment", "", opening_id, label)
META_DESCRIBE(feature::gate::EnrolmentCode, "EnrolmentCode", "", id, qr_svg, text, url, expires_ms)
META_DESCRIBE(feature::gate::Enrolment, "Enrolment", "", id, label, opening_id, opening_name, state,
              last_contact_ms, list_version, queue, clock_offset_ms)
META_DESCRIBE(feature::gate::EnrolRequest, "EnrolRequest", "", secret, client_ms)
META_DESCRIBE(feature::gate::NamedId, "NamedId", "", id, name)
META_DESCRIBE(feature::gate::EnrolAnswer, "EnrolAnswer", "", enrolment_id, device_token, opening, compound,
              server_ms)
META_DESCRIBE(feature::gate::Ping, "Ping", "", client_ms, queue, list_version, list_generated_ms, waiting)
META_DESCRIBE(feature::gate::Pong, "Pong", "", server_ms, list_version, revoked)
META_DESCRIBE(feature::gate::ListUse, "ListUse", "", h, exit_at_ms, return_at_ms, persons, counted,
              closed_by_staff)
META_DESCRIBE(feature::gate::Claim, "Claim", "", name, phone, note)
META_DESCRIBE(feature::gate::GateRecord, "GateRecord", "", seq, happened_ms, direction, result, holder_kind,
              pass_id, pass_text, household_id, dwelling_id, person_ids, persons, companions, relation, claim,
              readings, emergency_reason, steps, reason, note, outcome, reasons, policy_version, offline,
              list_age_s)
META_DESCRIBE(feature::gate::DecideRequest, "DecideRequest", "", direction, holder_kind, pass_text, pass_id,
              household_id, person_ids, persons, companions, readings, child_alone, emergency_reason, now_ms)
META_DESCRIBE(feature::gate::DecideAnswer, "DecideAnswer", "", verdict, uses, pass_state, server_ms)
META_DESCRIBE(feature::gate::ConfirmAnswer, "ConfirmAnswer", "", status, passage_id, verdict, flags,
              server_ms)
META_DESCRIBE(feature::gate::UploadRequest, "PassagesRequest", "", records, client_ms, queue)
META_DESCRIBE(feature::gate::UploadProblem, "UploadProblem", "", path, code)
META_DESCRIBE(feature::gate::UploadResult, "PassageResult", "", seq, status, passage_id, flags, problems)
META_DESCRIBE(feature::gate::UploadAnswer, "PassagesAnswer", "", results, server_ms)
META_DESCRIBE(feature::gate::Activate, "ActivateRequest", "", pass_text, short_code, household_id)
META_DESCRIBE(feature::gate::ActivateAnswer, "ActivateAnswer", "", id, state)
META_DESCRIBE(feature::gate::MovementsWanted, "MovementsWanted", "", reason)
META_DESCRIBE(feature::gate::PassageQuery, "PassageQuery", "", compound_id, opening_id, direction, result,
              from_ms, until_ms, household_id, flag, q, order, limit, cursor)
META_DESCRIBE(feature::gate::PassageExport, "PassageExport", "", compound_id, opening_id, direction, result,
              from_ms, until_ms, household_id, flag, q, order, format, columns, lang)
META_DESCRIBE(feature::gate::Correction, "Correction", "", reason)
META_DESCRIBE(feature::gate::GuestQuery, "GuestQuery", "", compound_id, state, limit, cursor)
META_DESCRIBE(feature::gate::SettleGuest, "SettleGuest", "", accept, dwelling_id)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define HIDDEN(m) field<&T::m>(#m, {.sensitive = true, .shown = false})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::gate::PassageRow> {
  using T = feature::gate::PassageRow;
  static constexpr std::string_view name = "PassageStored", table = "passage";
  static constexpr std::array fields{KEY,
                                     F(compound_id),
                                     F(opening_id),
                                     AT(happened),
                                     AT(recorded),
                                     F(device_ms),
                                     F(direction),
                                     F(result),
                                     F(holder_kind),
                                     F(household_id),
                                     F(dwelling_id),
                                     F(person_id),
                                     F(pass_id),
                                     F(guest_id),
                                     F(persons),
                                     F(companions),
                                     F(person_ids),
                                     F(relation),
                                     F(temperature_tenths),
                                     F(temperature_note),
                                     F(readings),
                                     F(steps),
                                     F(emergency_reason),
                                     F(reason),
                                     F(outcome),
                                     F(reasons),
                                     F(flags),
                                     F(consumes),
                                     F(policy_version),
                                     F(offline),
                                     F(list_age_s),
                                     F(enrolment_id),
                                     F(account_id),
                                     F(reverses_id),
                                     F(vehicle_passage_id)};
};
template <>
struct Describe<feature::gate::GuestRow> {
  using T = feature::gate::GuestRow;
  static constexpr std::string_view name = "GuestStored", table = "guest";
  static constexpr std::array fields{
      KEY,     F(compound_id), F(dwelling_id), HIDDEN(name_sealed), F(name_masked), HIDDEN(phone_sealed),
      F(note), F(state),       AT(created),    F(enrolment_id),     AT(settled),    F(settled_by)};
};
template <>
struct Describe<feature::gate::Passage> {
  using T = feature::gate::Passage;
  static constexpr std::string_view name = "PassageRow", table = "";
  static constexpr std::array fields{F(id),
                                     AT(happened),
                                     AT(recorded),
                                     F(opening_id),
                                     F(opening_name),
                                     F(direction),
                                     F(result),
                                     F(kind),
                                     F(label),
                                     F(household_id),
                                     F(person_names),
                                     F(persons),
                                     F(companions),
                                     F(temperature_tenths),
                                     F(temperature_note),
                                     F(outcome),
                                     F(reasons),
                                     F(flags),
                                     F(policy_version),
                                     F(offline),
                                     F(device_label),
                                     F(corrected),
                                     F(reverses_id),
                                     F(emergency_reason),
                                     F(note),
                                     F(masked)};
};
template <>
struct Describe<feature::gate::Guest> {
  using T = feature::gate::Guest;
  static constexpr std::string_view name = "Guest", table = "";
  static constexpr std::array fields{F(id),           F(name), F(dwelling_id), F(label),
                                     F(phone_masked), F(note), F(state),       AT(created)};
};
#undef KEY
#undef HIDDEN
#undef F
#undef AT
}  // namespace meta
