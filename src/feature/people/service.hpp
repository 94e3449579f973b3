#pragma once
// Making households and persons, the same way for the office page, the import and the gate.
#include <optional>
#include <string>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "db/store.hpp"
#include "engine/identity/search_text.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/people/file_record.hpp"

namespace feature::people {

struct PersonDraft {
  std::string name{};
  Relation relation = Relation::unknown;
  Sex sex = Sex::unknown;
  std::optional<base::Day> birth_day{};
  std::string document_kind = "resident_id";
  DocumentState document_state = DocumentState::missing;
  std::string document{};  // as far as it is known; damaged ones too
  std::vector<std::string> phones{};
  std::optional<std::string> registered_residence{}, origin{};
  std::optional<base::Day> return_day{};
  std::vector<std::string> flags{};
};
struct HouseholdDraft {
  std::int64_t dwelling_id = 0, compound_id = 0;
  std::string label{}, sort{};
  bool provisional = false;
  std::optional<std::int64_t> joins{};  // an existing household that the members join, behind those it has
  int first_position = 0;               // of the members within the household
  std::vector<PersonDraft> members{};   // head first
};

// Ids one draft needs at most.
std::size_t plan_ids(const HouseholdDraft& draft);

struct AddedHouseholds {
  std::vector<std::int64_t> households{};  // new ones
  std::int64_t persons = 0;
  std::vector<std::int64_t> person_ids{};  // as many, in the order of the drafts
};
// When new persons are found by their words: with the transaction that adds them, or once order_words was
// called.
enum class Words { at_once, at_end };
// Ids are taken from `ids` in order.
AddedHouseholds add_households(db::Scoped& q, const std::vector<HouseholdDraft>& drafts,
                               const std::vector<std::int64_t>& ids, const core::Keyring& keys,
                               const core::Source& source, Words words = Words::at_once);

// Checks what an office typed; problems carry the pointer prefix ("/members/0").
PersonDraft draft_of(const NewMember& in, const std::string& pointer, base::Day today,
                     base::Problems& problems);

// --- rules -------------------------------------------------------------------------------------------
DocumentState state_of_document(engine::intake::DocumentState state);
DocumentKind kind_of_document(const engine::intake::Document& document);
// What is left of a damaged number is shared by many and says nothing about who somebody is.
bool tells_who(DocumentState state);
// The number as it is kept; empty with a problem at `pointer` when it has not the form of its kind, empty
// without one when nothing was said. Area codes that are no longer in use are accepted.
std::optional<std::string> checked_document(DocumentKind kind, const std::string& typed, base::Day today,
                                            const std::string& pointer, base::Problems& problems);
LivingState living_state(Registered registered, Living living);
const std::vector<std::string_view>& person_flags();
void check_flags(const std::vector<std::string>& flags, const std::string& pointer, base::Problems& problems);
bool under_age(const std::optional<base::Day>& birth_day, base::Day today);

// Whoever was head of the household of `next` is one no more, before `next` is written as its head.
void step_down(db::Scoped& q, const ResidenceRow& next, const core::Source& source);

// --- finding ------------------------------------------------------------------------------------------
// Makes the words these persons are found by anew, from what the transaction has written so far: after every
// change of a name, a number, a residence or a merge.
void index_persons(db::Scoped& q, const std::vector<std::int64_t>& persons, const core::Keyring& keys,
                   Words words = Words::at_once);
// Lets the persons an import added be found, in small steps; harmless when done before. What has been changed
// or removed since is found as it is now.
base::Result<void> order_words(db::Store& store, std::int64_t import_id);
// Those of persons from before there was a search, in small steps; how many. Harmless when done before.
base::Result<std::int64_t> fill_search_terms(db::Store& store, const core::Keyring& keys);
// Looks for others that may be one of these persons, everywhere, and keeps the pairs for those who look after
// both; open pairs nothing speaks for any more go.
void find_duplicates(db::Scoped& q, const std::vector<std::int64_t>& persons, base::Instant now);
// What a source says of a known person: what contradicts is kept beside it; how many sayings were.
std::size_t note_conflicts(db::Scoped& q, std::int64_t person_id, std::int64_t residence_id,
                           const PersonDraft& told, const core::Keyring& keys, const core::Source& source);
std::string_view term_kind_name(engine::identity::TermKind kind);
// The last four characters of a number of "document" or "phone", as they stand in a term.
std::string tail_term(const core::Keyring& keys, std::string_view of, std::string_view tail);

}  // namespace feature::people
