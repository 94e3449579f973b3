#pragma once
// One person, one file: what is known now, who said so and when, where they have lived, what has changed.
#include "feature/people/record.hpp"

namespace feature::people {

// Registered and really living, side by side (practice.md 8): 人户一致, 人在户不在, 户在人不在, 空挂.
enum class LivingState { unknown, consistent, living_only, registered_only, nominal };

// Who said it. The office decides; what the others say fills gaps, and where it contradicts waits as a
// conflict.
enum class SaidBy { office, resident, neighbour, visit, paper, police };

// What sources can disagree about.
enum class PersonField {
  name,
  sex,
  birth_day,
  document,
  phone,
  registered_residence,
  origin,
  return_day,
  relation,
  registered,
  living
};

struct FieldSource {
  std::string field{};
  std::string source{};
  meta::Instant at_ms{};
  std::optional<std::string> by{};
  std::optional<std::int64_t> import_id{};
};
struct PhoneShown {
  meta::Id<PhoneRow> id;
  std::string masked{};
  std::string source{};
};
struct ResidenceShown {
  meta::Id<ResidenceRow> id;
  std::int64_t household_id = 0, dwelling_id = 0;
  std::string label{};
  std::int64_t compound_id = 0;
  std::string compound{};
  Relation relation = Relation::unknown;
  bool is_primary = true;
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
  std::optional<EndReason> end_reason{};
  Registered registered = Registered::unknown;
  Living living = Living::unknown;
  LivingState state = LivingState::unknown;
  std::string source{};
};
struct AliasShown {  // somebody this person was merged with
  meta::Id<PersonRow> id;
  std::string name{};
  std::optional<std::string> document_masked{};
  meta::Instant merged_ms{};
};
struct PersonFile {
  meta::Id<PersonRow> id;
  std::string name{};
  Sex sex = Sex::unknown;
  std::optional<meta::Day> birth_day{};
  std::string document_kind{};
  DocumentState document_state = DocumentState::missing;
  std::optional<std::string> document_masked{};
  std::vector<PhoneShown> phones{};
  std::optional<std::string> registered_residence{}, origin{};
  std::optional<meta::Day> return_day{};
  std::vector<std::string> flags{};
  Presence presence = Presence::unknown;
  std::string presence_source{};
  meta::Instant presence_ms{};
  std::optional<std::string> away_place{};
  std::optional<meta::Day> away_since{};
  std::string source{};
  std::vector<ResidenceShown> residences{};  // those the viewer may see, today's first
  std::vector<FieldSource> sources{};
  std::vector<AliasShown> aliases{};
  int conflicts = 0, duplicates = 0;  // open ones
};

struct PersonPatch {
  std::optional<meta::Text<1, 50>> name{};
  std::optional<Sex> sex{};
  std::optional<meta::Day> birth_day{};
  std::optional<DocumentKind> document_kind{};
  std::optional<meta::Text<4, 40>> document{};
  std::optional<meta::Text<3, 30>> add_phone{};
  std::optional<meta::Text<1, 200>> registered_residence{}, origin{};
  std::optional<meta::Day> return_day{};
  std::optional<std::vector<std::string>> flags{};  // the whole set
  std::optional<Presence> presence{};
  std::optional<meta::Text<1, 100>> away_place{};
  std::optional<meta::Day> away_since{};
  std::optional<std::int64_t> residence_id{};  // for the three below; without it the primary one
  std::optional<Relation> relation{};
  std::optional<Registered> registered{};
  std::optional<Living> living{};
  std::optional<SaidBy> said_by{};                  // without it the office
  std::optional<std::vector<std::string>> clear{};  // fields that are to be unknown again
};
struct MovePerson {
  std::int64_t dwelling_id = 0;
  std::optional<std::int64_t> household_id{};  // there; without it a household of their own
  Relation relation = Relation::unknown;
  std::optional<bool> whole_household{};  // everybody who lives with them moves along
  std::optional<bool> keep_old{};         // a second home: the old one stays
};
struct EndResidence {
  EndReason reason = EndReason::left;
  std::optional<std::int64_t> residence_id{};  // without it all of them
};
struct HouseholdPatch {
  bool provisional = false;
};

struct FieldChange {
  std::string field{};
  std::optional<std::string> before{}, after{};
};
struct HistoryEntry {
  meta::Instant at_ms{};
  std::string about{};  // person, phone, residence
  std::string label{};  // of a residence's dwelling; a merged person's name
  bool added = false;
  std::string source{};
  std::optional<std::string> by{};
  std::optional<std::int64_t> import_id{};
  std::vector<FieldChange> changes{};
};
struct History {
  std::vector<HistoryEntry> entries{};  // newest first
};

}  // namespace feature::people

META_ENUM(feature::people::LivingState, "unknown", "consistent", "living_only", "registered_only", "nominal")
META_ENUM(feature::people::SaidBy, "office", "resident", "neighbour", "visit", "paper", "police")
META_ENUM(feature::people::PersonField, "name", "sex", "birth_day", "document", "phone",
          "registered_residence", "origin", "return_day", "relation", "registered", "living")

META_DESCRIBE(feature::people::FieldSource, "FieldSource", "", field, source, at_ms, by, import_id)
META_DESCRIBE(feature::people::PhoneShown, "PhoneShown", "", id, masked, source)
META_DESCRIBE(feature::people::AliasShown, "AliasShown", "", id, name, document_masked, merged_ms)
META_DESCRIBE(feature::people::PersonPatch, "PersonPatch", "", name, sex, birth_day, document_kind, document,
              add_phone, registered_residence, origin, return_day, flags, presence, away_place, away_since,
              residence_id, relation, registered, living, said_by, clear)
META_DESCRIBE(feature::people::MovePerson, "MovePerson", "", dwelling_id, household_id, relation,
              whole_household, keep_old)
META_DESCRIBE(feature::people::EndResidence, "EndResidence", "", reason, residence_id)
META_DESCRIBE(feature::people::HouseholdPatch, "HouseholdPatch", "", provisional)
META_DESCRIBE(feature::people::FieldChange, "FieldChange", "", field, before, after)
META_DESCRIBE(feature::people::HistoryEntry, "HistoryEntry", "", at_ms, about, label, added, source, by,
              import_id, changes)
META_DESCRIBE(feature::people::History, "History", "", entries)
META_DESCRIBE(feature::people::ResidenceShown, "ResidenceShown", "", id, household_id, dwelling_id, label,
              compound_id, compound, relation, is_primary, valid_from_ms, valid_until_ms, end_reason,
              registered, living, state, source)
META_DESCRIBE(feature::people::PersonFile, "PersonFile", "", id, name, sex, birth_day, document_kind,
              document_state, document_masked, phones, registered_residence, origin, return_day, flags,
              presence, presence_source, presence_ms, away_place, away_since, source, residences, sources,
              aliases, conflicts, duplicates)
