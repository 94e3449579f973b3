#pragma once
// What a person of the office has to look at: persons that may be one, and sources that disagree.
#include "feature/people/file_record.hpp"

namespace feature::people {

enum class PairState { open, merged, not_duplicate };
struct DuplicatePairRow {
  std::int64_t id = 0;
  meta::Id<PersonRow> a_id, b_id;  // the smaller id first
  std::string reasons{};           // space separated
  int score = 0;                   // 0..100
  PairState state = PairState::open;
  meta::Instant found{};
  std::optional<meta::Instant> settled{};
  std::optional<std::int64_t> settled_by{};
};
struct PersonAliasRow {
  meta::Id<PersonRow> alias_id;
  meta::Id<PersonRow> person_id;
  meta::Json undo{};
  meta::Instant merged{};
  std::int64_t merged_by = 0;
};

enum class ConflictState { open, took_said, kept_known, kept_both };
struct ConflictRow {
  std::int64_t id = 0;
  meta::Id<PersonRow> person_id;
  std::optional<std::int64_t> residence_id{};
  PersonField field = PersonField::name;
  meta::Bytes known_sealed{};
  std::string known_source{};
  meta::Instant known_at{};
  meta::Bytes said_sealed{}, said_index{};
  std::string said_source{};
  meta::Instant said_at{};
  std::optional<std::int64_t> import_id{};
  std::string actor{};
  ConflictState state = ConflictState::open;
  std::optional<meta::Instant> settled{};
  std::optional<std::int64_t> settled_by{};
};

// --- what the API shows -----------------------------------------------------------------------------
struct PairSide {
  meta::Id<PersonRow> id;
  std::string name{};
  Sex sex = Sex::unknown;
  std::optional<meta::Day> birth_day{};
  std::optional<std::string> document_masked{};
  DocumentState document_state = DocumentState::missing;
  std::vector<std::string> phones_masked{};
  Relation relation = Relation::unknown;
  std::int64_t household_id = 0;
  std::string label{}, compound{};
  std::string source{};
};
struct DuplicatePair {
  std::int64_t id = 0;
  PairSide a{}, b{};
  std::vector<std::string> reasons{};
  int score = 0;
  PairState state = PairState::open;
  meta::Instant found_ms{};
  std::optional<meta::Instant> settled_ms{};
};
struct PairQuery {
  std::optional<std::int64_t> compound_id{};
  std::optional<std::int64_t> person_id{};
  std::optional<PairState> state{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct SettlePair {
  std::optional<std::int64_t> keep{};  // whose record goes on; without it the two are not one
};
struct CheckDuplicates {
  std::optional<std::int64_t> compound_id{};  // without it all in scope
};
struct DuplicatesChecked {
  std::int64_t persons = 0, found = 0, open = 0;  // looked at, pairs not known before, pairs to look at
  std::int64_t took_ms = 0;
};

struct Conflict {
  std::int64_t id = 0;
  std::int64_t person_id = 0;
  std::string name{};
  std::string label{}, compound{};
  PersonField field = PersonField::name;
  std::string known{}, said{};  // masked where sensitive
  std::string known_source{}, said_source{};
  meta::Instant known_ms{}, said_ms{};
  std::optional<std::int64_t> import_id{};
  ConflictState state = ConflictState::open;
  std::optional<meta::Instant> settled_ms{};
};
struct ConflictQuery {
  std::optional<std::int64_t> compound_id{};
  std::optional<std::int64_t> person_id{};
  std::optional<ConflictState> state{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct SettleConflict {
  ConflictState take = ConflictState::kept_known;
};

}  // namespace feature::people

META_ENUM(feature::people::PairState, "open", "merged", "not_duplicate")
META_ENUM(feature::people::ConflictState, "open", "took_said", "kept_known", "kept_both")
META_DESCRIBE(feature::people::PairSide, "PairSide", "", id, name, sex, birth_day, document_masked,
              document_state, phones_masked, relation, household_id, label, compound, source)
META_DESCRIBE(feature::people::DuplicatePair, "DuplicatePair", "", id, a, b, reasons, score, state, found_ms,
              settled_ms)
META_DESCRIBE(feature::people::PairQuery, "PairQuery", "", compound_id, person_id, state, limit, cursor)
META_DESCRIBE(feature::people::SettlePair, "SettlePair", "", keep)
META_DESCRIBE(feature::people::CheckDuplicates, "CheckDuplicates", "", compound_id)
META_DESCRIBE(feature::people::DuplicatesChecked, "DuplicatesChecked", "", persons, found, open, took_ms)
META_DESCRIBE(feature::people::Conflict, "Conflict", "", id, person_id, name, label, compound, field, known,
              said, known_source, said_source, known_ms, said_ms, import_id, state, settled_ms)
META_DESCRIBE(feature::people::ConflictQuery, "ConflictQuery", "", compound_id, person_id, state, limit,
              cursor)
META_DESCRIBE(feature::people::SettleConflict, "SettleConflict", "", take)

namespace meta {
#define F(m) field<&T::m>(#m)
template <>
struct Describe<feature::people::DuplicatePairRow> {
  using T = feature::people::DuplicatePairRow;
  static constexpr std::string_view name = "DuplicatePairStored", table = "duplicate_pair";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     F(a_id),
                                     F(b_id),
                                     F(reasons),
                                     F(score),
                                     F(state),
                                     field<&T::found>("found_ms"),
                                     field<&T::settled>("settled_ms"),
                                     F(settled_by)};
};
template <>
struct Describe<feature::people::PersonAliasRow> {
  using T = feature::people::PersonAliasRow;
  static constexpr std::string_view name = "PersonAliasStored", table = "person_alias";
  static constexpr std::array fields{
      field<&T::alias_id>("alias_id", {.primary_key = true, .read_only = true}), F(person_id), F(undo),
      field<&T::merged>("merged_ms"), F(merged_by)};
};
template <>
struct Describe<feature::people::ConflictRow> {
  using T = feature::people::ConflictRow;
  static constexpr std::string_view name = "ConflictStored", table = "conflict";
  static constexpr std::array fields{
      field<&T::id>("id", {.primary_key = true, .read_only = true}),
      F(person_id),
      F(residence_id),
      F(field),
      field<&T::known_sealed>("known_sealed", {.sensitive = true, .shown = false}),
      F(known_source),
      field<&T::known_at>("known_ms"),
      field<&T::said_sealed>("said_sealed", {.sensitive = true, .shown = false}),
      field<&T::said_index>("said_index", {.sensitive = true, .shown = false}),
      F(said_source),
      field<&T::said_at>("said_ms"),
      F(import_id),
      F(actor),
      F(state),
      field<&T::settled>("settled_ms"),
      F(settled_by)};
};
#undef F
}  // namespace meta
