#pragma once
// The fields sources can disagree about, each as text: known, told, compared, taken. One way for the person's
// page, the import and the settling of a conflict.
#include <optional>
#include <string>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "feature/people/file_record.hpp"

namespace feature::people {

// A person with the residence that is spoken of, as one write found and changes them.
struct Subject {
  PersonRow person{};
  std::optional<ResidenceRow> residence{};
  std::vector<PhoneRow> phones{};
  std::vector<PhoneRow> new_phones{};
};
// Locks the person and reads everything; empty when nobody of that id is in the scope. An alias answers with
// whom it stands for. `residence_id` 0: the primary one.
std::optional<Subject> load_subject(db::Scoped& q, std::int64_t person_id, std::int64_t residence_id = 0);

struct Saying {
  PersonField field = PersonField::name;
  std::string text{};  // canonical: a day as "2020-02-11", a number in full
};

// "" when nothing is known.
std::string known_text(const Subject& s, PersonField field, const core::Keyring& keys);
// Whether the told value adds to what is known without contradicting it.
bool agrees(const Subject& s, const Saying& told, const core::Keyring& keys);
// Puts the value in; `id` is for a new phone. What is not a value of the field is left out.
void take(Subject& s, const Saying& told, const core::Keyring& keys, base::Day today, std::int64_t id,
          const core::Source& source);
void clear(Subject& s, PersonField field);
// Writes what differs, with history, and the words it is found by.
void write_subject(db::Scoped& q, const Subject& before, Subject& after, const core::Keyring& keys,
                   const core::Source& source);

// Checks what was typed and makes sayings of it; presence, flags and `clear` are the caller's.
std::vector<Saying> sayings_of(const PersonPatch& in, base::Day today, base::Problems& problems);

}  // namespace feature::people
