#pragma once
// Making households and persons, the same way for the office page, the import and the gate.
#include <optional>
#include <string>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "feature/people/record.hpp"

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
};
// Ids are taken from `ids` in order.
AddedHouseholds add_households(db::Scoped& q, const std::vector<HouseholdDraft>& drafts,
                               const std::vector<std::int64_t>& ids, const core::Keyring& keys,
                               const core::Source& source);

// Checks what an office typed; problems carry the pointer prefix ("/members/0").
PersonDraft draft_of(const NewMember& in, const std::string& pointer, base::Day today,
                     base::Problems& problems);

std::vector<std::string> split_flags(std::string_view flags);

}  // namespace feature::people
