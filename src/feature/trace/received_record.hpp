#pragma once
// Contacts handed over to here by other offices: whose files are believed, and what was taken in (practice
// 25).
#include "feature/trace/record.hpp"

namespace feature::trace {

// An installation whose signature is believed, after people compared its fingerprint by telephone.
struct HandOverKeyRow {
  meta::Id<HandOverKeyRow> id;
  std::string public_key{};  // Ed25519, base64
  std::string fingerprint{};
  std::string name{};
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<std::int64_t> revoked_by{};
  std::optional<meta::Instant> revoked{};
};
// One case of another office, with its contacts for an office here. The next file of the same replaces it.
struct ReceivedCaseRow {
  meta::Id<ReceivedCaseRow> id;
  std::int64_t place_id = 0;  // of the office that took it in
  std::string public_key{};
  std::string from_office{}, to_office{}, case_number{};
  std::string digest{};  // of the file as it was last taken in
  meta::Instant made{};
  std::int64_t received_by = 0;
  meta::Instant received{};
};
struct ReceivedContactRow {
  meta::Id<ReceivedContactRow> id;
  std::int64_t case_id = 0;
  std::int64_t place_id = 0;  // where the person lives; unmatched: of the office
  std::int64_t their_id = 0;  // of the decision there: the same again replaces it
  meta::Bytes name_sealed{};
  std::string name_masked{};
  std::optional<meta::Bytes> phone_sealed{};
  std::optional<std::string> phone_masked{};
  std::optional<std::string> sex{};
  std::optional<meta::Day> birth_day{};
  MarkKind kind = MarkKind::close_contact;
  meta::Instant exposed{};
  std::optional<meta::Instant> last_exposed{};
  std::string grounds{};
  std::string decided_by{}, document_ref{};
  std::optional<std::string> note{};
  std::optional<std::int64_t> person_id{};   // who it is here
  std::optional<std::int64_t> matched_by{};  // absent: by telephone number and name
  std::optional<meta::Instant> withdrawn{};
  meta::Instant created{};
};

struct HandOverKey {
  std::int64_t id = 0;  // 0: of this installation
  std::string name{}, fingerprint{}, public_key{};
  meta::Instant created_ms{};
  std::optional<meta::Instant> revoked_ms{};
};
struct HandOverKeys {
  std::vector<HandOverKey> items{};
};
struct NewHandOverKey {
  meta::Text<1, 80> name;
  std::string public_key{};
};

enum class MatchState { unmatched, matched, withdrawn };
struct ReceivedContactQuery {
  std::optional<MatchState> match_state{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct ReceivedContact {
  std::int64_t id = 0, case_id = 0;
  std::string from_office{}, case_number{};
  std::string name{};                  // masked
  std::optional<std::string> phone{};  // masked
  MarkKind kind = MarkKind::close_contact;
  meta::Instant exposed_ms{};
  std::string decided_by{}, document_ref{};
  MatchState match_state = MatchState::unmatched;
  std::optional<std::int64_t> person_id{};
  std::optional<std::string> label{};  // where the person lives
  std::optional<std::int64_t> control_id{};
  meta::Instant received_ms{};
};
struct ReceivedContactMatch {
  std::int64_t person_id = 0;
};
struct ReceivedHandOver {
  std::int64_t id = 0;    // of the case received
  bool repeated = false;  // the same file as before: nothing was changed
  int matched = 0, unmatched = 0, withdrawn = 0;
};
// Goes back to the office that handed over, signed like the file itself.
struct ReceiptLine {
  std::int64_t id = 0;  // of the decision there
  MatchState match_state = MatchState::unmatched;
};
struct HandOverReceipt {
  std::string format{};  // "shouwang-hand-over-receipt-1"
  std::string from{}, to{}, case_number{};
  meta::Instant received_ms{}, made_ms{};
  std::vector<ReceiptLine> contacts{};
};
struct ReceiptRead {
  std::string from{};  // who confirms, as its key is known here
  int contacts = 0;    // decisions here that are confirmed now
  int unmatched = 0;   // of them, persons the office there does not know
};

}  // namespace feature::trace

META_ENUM(feature::trace::MatchState, "unmatched", "matched", "withdrawn")
META_DESCRIBE(feature::trace::HandOverKey, "HandOverKey", "", id, name, fingerprint, public_key, created_ms,
              revoked_ms)
META_DESCRIBE(feature::trace::HandOverKeys, "HandOverKeys", "", items)
META_DESCRIBE(feature::trace::NewHandOverKey, "NewHandOverKey", "", name, public_key)
META_DESCRIBE(feature::trace::ReceivedContactQuery, "ReceivedContactQuery", "", match_state, limit, cursor)
META_DESCRIBE(feature::trace::ReceivedContact, "ReceivedContact", "", id, case_id, from_office, case_number,
              name, phone, kind, exposed_ms, decided_by, document_ref, match_state, person_id, label,
              control_id, received_ms)
META_DESCRIBE(feature::trace::ReceivedContactMatch, "ReceivedContactMatch", "", person_id)
META_DESCRIBE(feature::trace::ReceivedHandOver, "ReceivedHandOver", "", id, repeated, matched, unmatched,
              withdrawn)
META_DESCRIBE(feature::trace::ReceiptLine, "HandOverReceiptLine", "", id, match_state)
META_DESCRIBE(feature::trace::HandOverReceipt, "HandOverReceipt", "", format, from, to, case_number,
              received_ms, made_ms, contacts)
META_DESCRIBE(feature::trace::ReceiptRead, "HandOverReceiptRead", "", from, contacts, unmatched)

template <>
struct meta::Describe<feature::trace::HandOverKeyRow> {
  using T = feature::trace::HandOverKeyRow;
  static constexpr std::string_view name = "HandOverKeyStored", table = "hand_over_key";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::public_key>("public_key"),
                                     field<&T::fingerprint>("fingerprint"),
                                     field<&T::name>("name"),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms"),
                                     field<&T::revoked_by>("revoked_by"),
                                     field<&T::revoked>("revoked_ms")};
};
template <>
struct meta::Describe<feature::trace::ReceivedCaseRow> {
  using T = feature::trace::ReceivedCaseRow;
  static constexpr std::string_view name = "ReceivedCaseStored", table = "received_case";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::place_id>("place_id"),
                                     field<&T::public_key>("public_key"),
                                     field<&T::from_office>("from_office"),
                                     field<&T::to_office>("to_office"),
                                     field<&T::case_number>("case_number"),
                                     field<&T::digest>("digest"),
                                     field<&T::made>("made_ms"),
                                     field<&T::received_by>("received_by"),
                                     field<&T::received>("received_ms")};
};
template <>
struct meta::Describe<feature::trace::ReceivedContactRow> {
  using T = feature::trace::ReceivedContactRow;
  static constexpr std::string_view name = "ReceivedContactStored", table = "received_contact";
  static constexpr std::array fields{
      field<&T::id>("id", {.primary_key = true, .read_only = true}),
      field<&T::case_id>("case_id"),
      field<&T::place_id>("place_id"),
      field<&T::their_id>("their_id"),
      field<&T::name_sealed>("name_sealed", {.sensitive = true, .shown = false, .exported = false}),
      field<&T::name_masked>("name_masked"),
      field<&T::phone_sealed>("phone_sealed", {.sensitive = true, .shown = false, .exported = false}),
      field<&T::phone_masked>("phone_masked"),
      field<&T::sex>("sex", {.sensitive = true}),
      field<&T::birth_day>("birth_day", {.sensitive = true}),
      field<&T::kind>("kind", {.sensitive = true}),
      field<&T::exposed>("exposed_ms"),
      field<&T::last_exposed>("last_exposed_ms"),
      field<&T::grounds>("grounds"),
      field<&T::decided_by>("decided_by"),
      field<&T::document_ref>("document_ref"),
      field<&T::note>("note", {.sensitive = true}),
      field<&T::person_id>("person_id"),
      field<&T::matched_by>("matched_by"),
      field<&T::withdrawn>("withdrawn_ms"),
      field<&T::created>("created_ms")};
};
