#pragma once
// Documents on file: plan, emergency plan, signed commitment; who must have them and has not (SY-09, FZ-05).
#include "feature/organisation/record.hpp"

namespace feature::organisation {

enum class DocumentState { in_force, to_come, expired, withdrawn };
enum class LackState { missing, expired };

struct DocumentRow {
  meta::Id<DocumentRow> id;
  std::string kind{};
  std::int64_t organisation_id = 0;
  std::optional<std::int64_t> place_id{};  // what it is for, when it is for one compound
  std::string title{};
  std::optional<std::string> reference{};
  meta::Day signed_day{};
  std::optional<meta::Day> valid_until_day{};  // the last day
  std::optional<std::string> note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<meta::Instant> withdrawn{};
};

struct OrganisationDocument {
  std::int64_t id = 0;
  std::string kind{};
  std::optional<std::string> kind_title{};
  std::int64_t organisation_id = 0;
  std::string organisation{};
  std::optional<std::int64_t> place_id{};
  std::optional<std::string> place_name{};
  std::string title{};
  std::optional<std::string> reference{};
  meta::Day signed_day{};
  std::optional<meta::Day> valid_until_day{};
  DocumentState state = DocumentState::in_force;
  std::optional<std::string> note{};
  std::optional<std::string> file_name{};  // of the scan; absent without one
  std::optional<std::int64_t> file_bytes{};
};
// The scan is the body of the request.
struct DocumentFile {
  meta::Text<1, 200> filename;
};
struct DocumentQuery {
  std::optional<std::int64_t> organisation_id{};
  std::optional<std::string> kind{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct NewDocument {
  meta::Text<1, 40> kind;
  std::int64_t organisation_id = 0;
  std::optional<std::int64_t> place_id{};
  meta::Name title;
  std::optional<meta::Text<1, 100>> reference{};
  meta::Day signed_day{};
  std::optional<meta::Day> valid_until_day{};
  std::optional<meta::Note> note{};
};
struct LackingQuery {
  std::int64_t place_id = 0;  // bodies at home at the place or below it, or with a compound there
  std::optional<std::string> kind{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct LackingDocument {
  std::int64_t organisation_id = 0;
  std::string organisation{}, organisation_kind{};
  std::string kind{};
  std::optional<std::string> kind_title{};
  LackState lack_state = LackState::missing;
  std::optional<std::string> phone{};
};
struct LackingCount {
  std::string kind{};
  std::optional<std::string> kind_title{};
  std::int64_t missing = 0, expired = 0, of = 0;  // bodies that must have one
};
struct LackingSummary {
  meta::Instant as_of_ms{};
  std::vector<LackingCount> items{};
};

}  // namespace feature::organisation

META_ENUM(feature::organisation::DocumentState, "in_force", "to_come", "expired", "withdrawn")
META_ENUM(feature::organisation::LackState, "missing", "expired")
META_DESCRIBE(feature::organisation::OrganisationDocument, "OrganisationDocument", "", id, kind, kind_title,
              organisation_id, organisation, place_id, place_name, title, reference, signed_day,
              valid_until_day, state, note, file_name, file_bytes)
META_DESCRIBE(feature::organisation::DocumentFile, "DocumentFile", "", filename)
META_DESCRIBE(feature::organisation::DocumentQuery, "DocumentQuery", "", organisation_id, kind, limit, cursor)
META_DESCRIBE(feature::organisation::NewDocument, "NewDocument", "", kind, organisation_id, place_id, title,
              reference, signed_day, valid_until_day, note)
META_DESCRIBE(feature::organisation::LackingQuery, "LackingQuery", "", place_id, kind, limit, cursor)
META_DESCRIBE(feature::organisation::LackingDocument, "LackingDocument", "", organisation_id, organisation,
              organisation_kind, kind, kind_title, lack_state, phone)
META_DESCRIBE(feature::organisation::LackingCount, "LackingCount", "", kind, kind_title, missing, expired, of)
META_DESCRIBE(feature::organisation::LackingSummary, "LackingSummary", "", as_of_ms, items)

template <>
struct meta::Describe<feature::organisation::DocumentRow> {
  using T = feature::organisation::DocumentRow;
  static constexpr std::string_view name = "DocumentStored", table = "organisation_document";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::kind>("kind"),
                                     field<&T::organisation_id>("organisation_id"),
                                     field<&T::place_id>("place_id"),
                                     field<&T::title>("title"),
                                     field<&T::reference>("reference"),
                                     field<&T::signed_day>("signed_day"),
                                     field<&T::valid_until_day>("valid_until_day"),
                                     field<&T::note>("note"),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms"),
                                     field<&T::withdrawn>("withdrawn_ms")};
};
