#pragma once
// Taking a person out for good, the proof of it, and how long data is kept after its purpose has ended.
#include <optional>
#include <string>
#include <vector>

#include "meta/describe.hpp"

namespace feature::erasure {

enum class Cause {
  person,     // somebody decided about this person
  retention,  // the rule of the kind
  replay      // erased before; a copy of the store from before that had brought them back
};
// Codes, not words of the actor: a receipt is kept for ever and names nobody.
enum class Reason { purpose_ended, request, mistaken_record, order };
enum class Proof {
  pending,   // deleted, not looked for yet
  absent,    // the bytes were looked for in the database file and its log, and are not there
  found,     // some are there still, even after the whole file was written anew
  scrubbed,  // overwritten, but the program ended before it could look
  server     // PostgreSQL: deleted and vacuumed; its files are the operator's
};

// A row of the table `erasure`.
struct ErasureRow {
  meta::Id<ErasureRow> id;
  std::int64_t person_id = 0;
  std::optional<std::int64_t> compound_id{};
  meta::Instant erased{};
  Cause cause = Cause::person;
  std::string actor{};
  Reason reason = Reason::purpose_ended;
  std::optional<std::string> reference{};  // number of the decision or request
  meta::Json removed{"[]"};                // [{"table", "rows"}]
  Proof proof = Proof::pending;
  std::optional<meta::Instant> proven{};
  std::int64_t traces = 0;  // byte strings of the person that were looked for
};
struct ErasedPersonRow {
  meta::Id<ErasedPersonRow> person_id;
  std::int64_t erasure_id = 0;
};
enum class Kind {
  person,
  guest,
  import_file,
  rejected_record,
  document_file,    // the scan of a document that was withdrawn or holds no longer
  control_case,     // of a person under control, ended
  care_recipient,   // whose care has ended
  service_request,  // delivered, refused or cancelled
  arrival,          // filed or taken back, by the day of arrival
  // The ledgers: lines by their age.
  passage,
  vehicle_passage,
  outside_plate,  // of a vehicle that belongs to no household here; the line stays
  work_log,       // work that is closed, with what was done about it
  duty_shift,
  test_session  // with its swabs
};
struct RetentionRuleRow {
  meta::Id<RetentionRuleRow> id;
  Kind kind = Kind::person;
  std::optional<std::int64_t> days{};  // none: kept until somebody decides
  meta::Instant effective_from{};
  std::optional<std::string> note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};

// What went in one night. The rows of persons are on their receipts.
struct RetentionRunRow {
  meta::Day day{};
  meta::Instant started{};
  std::optional<meta::Instant> ended{};  // absent: cut short
  meta::Json removed{"[]"};              // [{"kind", "rows"}]
};
struct KindCount {
  Kind kind = Kind::person;
  std::int64_t rows = 0;
};
struct RetentionRun {
  meta::Day day{};
  meta::Instant started_ms{};
  std::optional<meta::Instant> ended_ms{};
  std::vector<KindCount> removed{};
};

struct TableCount {
  std::string table{};
  std::int64_t rows = 0;
};
// What an erasure would do.
struct Preview {
  std::int64_t person_id = 0;
  int merged = 0;                     // files merged into this one; they go along
  std::vector<TableCount> removed{};  // rows taken out or emptied
  std::vector<TableCount> kept{};     // ledger rows that keep the number alone
  std::int64_t import_files = 0;      // kept office files that may hold the person, dropped
  std::int64_t households_ended = 0;  // nobody is left in them
};
struct EraseWanted {
  Reason reason = Reason::purpose_ended;
  std::optional<meta::Text<1, 60>> reference{};
};
struct Erasure {
  meta::Id<ErasureRow> id;
  std::int64_t person_id = 0;
  std::optional<std::int64_t> compound_id{};
  std::optional<std::string> compound{};
  meta::Instant erased_ms{};
  Cause cause = Cause::person;
  std::string actor{};
  std::optional<std::string> actor_name{};
  Reason reason = Reason::purpose_ended;
  std::optional<std::string> reference{};
  std::vector<TableCount> removed{};
  Proof proof = Proof::pending;
  std::optional<meta::Instant> proven_ms{};
  std::int64_t traces = 0;
};
struct ErasureQuery {
  std::optional<std::int64_t> compound_id{};
  std::optional<Proof> proof{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

struct NewRetentionRule {
  Kind kind = Kind::person;
  std::optional<meta::Int<0, 36500>> days{};
  std::optional<meta::Instant> effective_from_ms{};  // without it now
  std::optional<meta::Text<1, 200>> note{};
};
struct RetentionRule {
  meta::Id<RetentionRuleRow> id;
  Kind kind = Kind::person;
  std::optional<std::int64_t> days{};
  meta::Instant effective_from_ms{};
  std::optional<std::string> note{};
  bool in_force = false;
};
struct Due {
  Kind kind = Kind::person;
  std::optional<std::int64_t> days{};  // of the rule in force; none: nothing is ever due
  std::int64_t count = 0;              // within the asker's places, at most 100,000
};
struct RetentionState {
  std::vector<Due> due{};
  std::vector<RetentionRule> rules{};
  std::vector<RetentionRun> runs{};  // of the last nights, newest first
};
struct RunWanted {
  Kind kind = Kind::person;
};
struct RunDone {
  Kind kind = Kind::person;
  std::int64_t erased = 0, left = 0;
};

}  // namespace feature::erasure

META_ENUM(feature::erasure::Cause, "person", "retention", "replay")
META_ENUM(feature::erasure::Reason, "purpose_ended", "request", "mistaken_record", "order")
META_ENUM(feature::erasure::Proof, "pending", "absent", "found", "scrubbed", "server")
META_ENUM(feature::erasure::Kind, "person", "guest", "import_file", "rejected_record", "document_file",
          "control_case", "care_recipient", "service_request", "arrival", "passage", "vehicle_passage",
          "outside_plate", "work_log", "duty_shift", "test_session")
META_DESCRIBE(feature::erasure::TableCount, "TableCount", "", table, rows)
META_DESCRIBE(feature::erasure::Preview, "ErasurePreview", "", person_id, merged, removed, kept, import_files,
              households_ended)
META_DESCRIBE(feature::erasure::EraseWanted, "EraseWanted", "", reason, reference)
META_DESCRIBE(feature::erasure::Erasure, "Erasure", "", id, person_id, compound_id, compound, erased_ms,
              cause, actor, actor_name, reason, reference, removed, proof, proven_ms, traces)
META_DESCRIBE(feature::erasure::ErasureQuery, "ErasureQuery", "", compound_id, proof, limit, cursor)
META_DESCRIBE(feature::erasure::NewRetentionRule, "NewRetentionRule", "", kind, days, effective_from_ms, note)
META_DESCRIBE(feature::erasure::RetentionRule, "RetentionRule", "", id, kind, days, effective_from_ms, note,
              in_force)
META_DESCRIBE(feature::erasure::Due, "RetentionDue", "", kind, days, count)
META_DESCRIBE(feature::erasure::KindCount, "RetentionCount", "", kind, rows)
META_DESCRIBE(feature::erasure::RetentionRun, "RetentionNight", "", day, started_ms, ended_ms, removed)
META_DESCRIBE(feature::erasure::RetentionState, "RetentionState", "", due, rules, runs)
META_DESCRIBE(feature::erasure::RunWanted, "RetentionRun", "", kind)
META_DESCRIBE(feature::erasure::RunDone, "RetentionDone", "", kind, erased, left)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
template <>
struct Describe<feature::erasure::ErasureRow> {
  using T = feature::erasure::ErasureRow;
  static constexpr std::string_view name = "ErasureStored", table = "erasure";
  static constexpr std::array fields{KEY,
                                     F(person_id),
                                     F(compound_id),
                                     field<&T::erased>("erased_ms"),
                                     F(cause),
                                     F(actor),
                                     F(reason),
                                     F(reference),
                                     F(removed),
                                     F(proof),
                                     field<&T::proven>("proven_ms"),
                                     F(traces)};
};
template <>
struct Describe<feature::erasure::ErasedPersonRow> {
  using T = feature::erasure::ErasedPersonRow;
  static constexpr std::string_view name = "ErasedPersonStored", table = "erased_person";
  static constexpr std::array fields{field<&T::person_id>("person_id", {.primary_key = true}), F(erasure_id)};
};
template <>
struct Describe<feature::erasure::RetentionRuleRow> {
  using T = feature::erasure::RetentionRuleRow;
  static constexpr std::string_view name = "RetentionRuleStored", table = "retention_rule";
  static constexpr std::array fields{KEY,
                                     F(kind),
                                     F(days),
                                     field<&T::effective_from>("effective_from_ms"),
                                     F(note),
                                     F(created_by),
                                     field<&T::created>("created_ms")};
};
template <>
struct Describe<feature::erasure::RetentionRunRow> {
  using T = feature::erasure::RetentionRunRow;
  static constexpr std::string_view name = "RetentionNightStored", table = "retention_run";
  static constexpr std::array fields{field<&T::day>("day", {.primary_key = true}),
                                     field<&T::started>("started_ms"), field<&T::ended>("ended_ms"),
                                     F(removed)};
};
#undef KEY
#undef F
}  // namespace meta
