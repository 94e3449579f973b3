#pragma once
// Questionnaires: versions that never change, which rounds ask them, and what was answered at the doors.
#include <optional>
#include <string>
#include <vector>

#include "core/list.hpp"
#include "engine/questionnaire/evaluate.hpp"
#include "engine/questionnaire/read_form.hpp"
#include "meta/describe.hpp"

META_ENUM(engine::questionnaire::Kind, "text", "integer", "decimal", "date", "select_one", "select_multiple",
          "note")
META_ENUM(engine::questionnaire::Op, "text", "number", "day", "boolean", "answer", "self", "today", "and",
          "or", "not", "equal", "unequal", "less", "at_most", "more", "at_least", "plus", "minus", "times",
          "divided", "remainder", "negative", "selected", "count_selected", "string_length")
META_ENUM(engine::questionnaire::Wrong, "missing", "constraint", "unfit", "unknown")
META_DESCRIBE(engine::questionnaire::Words, "QuestionWords", "", zh, en)
META_DESCRIBE(engine::questionnaire::Step, "QuestionStep", "", op, text, number)
META_DESCRIBE(engine::questionnaire::Choice, "QuestionChoice", "", name, label, relevant)
META_DESCRIBE(engine::questionnaire::Question, "Question", "", name, kind, label, hint, required,
              required_message, relevant, constraint, constraint_message, choices)
META_DESCRIBE(engine::questionnaire::Form, "QuestionForm", "", code, title, questions)
META_DESCRIBE(engine::questionnaire::Answer, "QuestionAnswer", "", name, text, number, choices)
META_DESCRIBE(engine::questionnaire::Complaint, "QuestionComplaint", "", name, wrong)

namespace feature::questionnaire {

namespace rule = engine::questionnaire;

// --- stored ------------------------------------------------------------------------------------------
struct QuestionnaireRow {
  meta::Id<QuestionnaireRow> id;
  std::int64_t place_id = 0;
  std::string code{};  // of the place's questionnaires
  std::string title_zh{}, title_en{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};
// Never changed: what was answered under it stays readable.
struct VersionRow {
  meta::Id<VersionRow> id;
  std::int64_t questionnaire_id = 0;
  int number = 1;
  meta::Instant effective{};
  std::int64_t questions = 0;
  meta::Json form{};
  std::int64_t uploaded_by = 0;
  meta::Instant uploaded{};
};
// What a round asks, and what it asked before: sheets of a phone that come late still have their place.
struct RoundRow {
  meta::Id<RoundRow> id;
  std::int64_t round_id = 0, questionnaire_id = 0;
  bool asked = true;
  std::int64_t chosen_by = 0;
  meta::Instant chosen{};
};
struct SheetRow {
  meta::Id<SheetRow> id;
  std::int64_t round_id = 0, questionnaire_id = 0, version_id = 0, dwelling_id = 0, compound_id = 0,
               account_id = 0;
  std::string client_id{};
  meta::Bytes digest{};  // keyed, of what was sent
  meta::Json answers{};
  meta::Instant happened{}, recorded{};
  std::optional<std::int64_t> replaced_by{};  // of a door the newest counts
};

// --- what the API shows ------------------------------------------------------------------------------
struct Questionnaire {
  meta::Id<QuestionnaireRow> id;
  std::int64_t place_id = 0;
  std::string place_name{}, code{}, title_zh{}, title_en{};
  std::int64_t number = 0, questions = 0;  // of the newest version
  meta::Instant uploaded_ms{};
};
struct QuestionnaireQuery {
  std::optional<std::int64_t> place_id{};  // that of a place or of one above it
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
// The body is the workbook.
struct NewVersion {
  std::int64_t place_id = 0;
  meta::Text<1, 200> filename;
  std::optional<bool> dry_run{};  // only says how the file is read
  std::optional<meta::Instant> effective_ms{};
};
struct SampleQuery {
  std::optional<std::string> lang{};
};
struct FormFault {
  std::string sheet{};
  std::int64_t row = 0;  // 0: the sheet as a whole
  std::string column{}, code{}, detail{};
};
// How a file is read. The same code at the same place is the same questionnaire.
struct FormReading {
  rule::Form form{};
  std::vector<FormFault> faults{};
  std::int64_t number = 1;  // the version it is or would be
  std::optional<std::int64_t> questionnaire_id{}, version_id{};
};
struct VersionLine {
  meta::Id<VersionRow> id;
  std::int64_t number = 1, questions = 0;
  meta::Instant effective_ms{}, uploaded_ms{};
  std::string uploaded_by{};
  std::int64_t sheets = 0;  // filled in under it, in the caller's scope
};
struct RoundLine {
  std::int64_t round_id = 0;
  std::string title{}, place_name{};
  bool asked = false;
  std::optional<meta::Instant> closed_ms{};
};
struct QuestionnaireFile {
  Questionnaire questionnaire{};
  std::vector<VersionLine> versions{};  // newest first
  std::vector<RoundLine> rounds{};
};
struct Version {
  meta::Id<VersionRow> id;
  std::int64_t questionnaire_id = 0, number = 1;
  meta::Instant effective_ms{};
  rule::Form form{};
};
struct RoundFormQuery {
  std::optional<std::int64_t> compound_id{};  // whose doors are asked for
};
struct RoundForm {
  std::int64_t round_id = 0;
  std::optional<Version> version{};      // in force now; none: the round asks no questions
  std::vector<std::int64_t> answered{};  // dwellings of the compound that have a sheet
  std::int64_t utc_offset_minutes = 0;   // of the day that is today
};
struct RoundChoice {
  std::optional<std::int64_t> questionnaire_id{};  // none: the round asks no questions
};

// One door's answers as they were given.
struct NewSheet {
  meta::Text<8, 60> client_id;
  std::int64_t round_id = 0, dwelling_id = 0, version_id = 0;
  std::vector<rule::Answer> answers{};
  meta::Instant happened_ms{};
};
struct SheetUpload {
  std::vector<NewSheet> items{};
};
enum class SheetStatus { stored, stored_before, refused };
struct SheetResult {
  std::string client_id{};
  SheetStatus status = SheetStatus::stored;
  std::optional<std::string> code{}, path{};  // why it was refused
};
struct SheetResults {
  std::vector<SheetResult> items{};
};
struct SheetQuery {
  std::int64_t round_id = 0;
  std::optional<std::int64_t> questionnaire_id{};  // none: the one that is asked
  std::optional<std::int64_t> compound_id{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct SheetExport {
  std::int64_t round_id = 0;
  std::optional<std::int64_t> questionnaire_id{}, compound_id{};
  std::optional<core::ExportFormat> format{};
  std::optional<std::string> lang{};
};
struct Sheet {
  meta::Id<SheetRow> id;
  std::int64_t dwelling_id = 0;
  std::string compound{}, label{};
  std::int64_t version_id = 0, version = 1;
  std::vector<rule::Answer> answers{};
  meta::Instant happened_ms{};
  std::string filled_by{};
};

struct CountQuery {
  std::optional<std::int64_t> questionnaire_id{}, compound_id{};
};
struct ChoiceCount {
  std::string name{};
  rule::Words label{};
  std::int64_t count = 0;
};
// asked = answered + unanswered; whom a question did not concern is in none of them.
struct QuestionCount {
  std::string name{};
  rule::Kind question_kind = rule::Kind::text;
  rule::Words label{};
  std::int64_t asked = 0, answered = 0, unanswered = 0;
  std::vector<ChoiceCount> choices{};
  std::optional<double> least{}, most{}, mean{};  // of numbers
};
struct CountReport {
  std::int64_t sheets = 0;
  std::vector<QuestionCount> items{};
};

}  // namespace feature::questionnaire

META_ENUM(feature::questionnaire::SheetStatus, "stored", "stored_before", "refused")
META_DESCRIBE(feature::questionnaire::Questionnaire, "Questionnaire", "", id, place_id, place_name, code,
              title_zh, title_en, number, questions, uploaded_ms)
META_DESCRIBE(feature::questionnaire::QuestionnaireQuery, "QuestionnaireQuery", "", place_id, limit, cursor)
META_DESCRIBE(feature::questionnaire::NewVersion, "NewQuestionnaireVersion", "", place_id, filename, dry_run,
              effective_ms)
META_DESCRIBE(feature::questionnaire::SampleQuery, "QuestionnaireSampleQuery", "", lang)
META_DESCRIBE(feature::questionnaire::FormFault, "QuestionFormFault", "", sheet, row, column, code, detail)
META_DESCRIBE(feature::questionnaire::FormReading, "QuestionFormReading", "", form, faults, number,
              questionnaire_id, version_id)
META_DESCRIBE(feature::questionnaire::VersionLine, "QuestionnaireVersionLine", "", id, number, questions,
              effective_ms, uploaded_ms, uploaded_by, sheets)
META_DESCRIBE(feature::questionnaire::RoundLine, "QuestionnaireRoundLine", "", round_id, title, place_name,
              asked, closed_ms)
META_DESCRIBE(feature::questionnaire::QuestionnaireFile, "QuestionnaireFile", "", questionnaire, versions,
              rounds)
META_DESCRIBE(feature::questionnaire::Version, "QuestionnaireVersion", "", id, questionnaire_id, number,
              effective_ms, form)
META_DESCRIBE(feature::questionnaire::RoundForm, "RoundQuestionnaire", "", round_id, version, answered,
              utc_offset_minutes)
META_DESCRIBE(feature::questionnaire::RoundFormQuery, "RoundQuestionnaireQuery", "", compound_id)
META_DESCRIBE(feature::questionnaire::RoundChoice, "RoundQuestionnaireChoice", "", questionnaire_id)
META_DESCRIBE(feature::questionnaire::NewSheet, "NewAnswerSheet", "", client_id, round_id, dwelling_id,
              version_id, answers, happened_ms)
META_DESCRIBE(feature::questionnaire::SheetUpload, "AnswerSheetUpload", "", items)
META_DESCRIBE(feature::questionnaire::SheetResult, "AnswerSheetResult", "", client_id, status, code, path)
META_DESCRIBE(feature::questionnaire::SheetResults, "AnswerSheetResults", "", items)
META_DESCRIBE(feature::questionnaire::SheetQuery, "AnswerSheetQuery", "", round_id, questionnaire_id,
              compound_id, limit, cursor)
META_DESCRIBE(feature::questionnaire::SheetExport, "AnswerSheetExport", "", round_id, questionnaire_id,
              compound_id, format, lang)
META_DESCRIBE(feature::questionnaire::Sheet, "AnswerSheet", "", id, dwelling_id, compound, label, version_id,
              version, answers, happened_ms, filled_by)
META_DESCRIBE(feature::questionnaire::CountQuery, "AnswerCountQuery", "", questionnaire_id, compound_id)
META_DESCRIBE(feature::questionnaire::ChoiceCount, "ChoiceCount", "", name, label, count)
META_DESCRIBE(feature::questionnaire::QuestionCount, "QuestionCount", "", name, question_kind, label, asked,
              answered, unanswered, choices, least, most, mean)
META_DESCRIBE(feature::questionnaire::CountReport, "AnswerCountReport", "", sheets, items)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::questionnaire::QuestionnaireRow> {
  using T = feature::questionnaire::QuestionnaireRow;
  static constexpr std::string_view name = "QuestionnaireStored", table = "questionnaire";
  static constexpr std::array fields{KEY,         F(place_id),   F(code),    F(title_zh),
                                     F(title_en), F(created_by), AT(created)};
};
template <>
struct Describe<feature::questionnaire::VersionRow> {
  using T = feature::questionnaire::VersionRow;
  static constexpr std::string_view name = "QuestionnaireVersionStored", table = "questionnaire_version";
  static constexpr std::array fields{KEY,     F(questionnaire_id), F(number),   AT(effective), F(questions),
                                     F(form), F(uploaded_by),      AT(uploaded)};
};
template <>
struct Describe<feature::questionnaire::RoundRow> {
  using T = feature::questionnaire::RoundRow;
  static constexpr std::string_view name = "QuestionnaireRoundStored", table = "questionnaire_round";
  static constexpr std::array fields{KEY,      F(round_id),  F(questionnaire_id),
                                     F(asked), F(chosen_by), AT(chosen)};
};
template <>
struct Describe<feature::questionnaire::SheetRow> {
  using T = feature::questionnaire::SheetRow;
  static constexpr std::string_view name = "AnswerSheetStored", table = "questionnaire_answer";
  static constexpr std::array fields{KEY,
                                     F(round_id),
                                     F(questionnaire_id),
                                     F(version_id),
                                     F(dwelling_id),
                                     F(compound_id),
                                     F(account_id),
                                     F(client_id),
                                     field<&T::digest>("digest", {.shown = false}),
                                     field<&T::answers>("answers", {.sensitive = true}),
                                     AT(happened),
                                     AT(recorded),
                                     F(replaced_by)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta
