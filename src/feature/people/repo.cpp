#include <fmt/format.h>

#include "engine/intake/phone.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/people/home_service.hpp"
#include "feature/people/service.hpp"

namespace feature::people {

std::size_t plan_ids(const HouseholdDraft& draft) {
  std::size_t ids = 1;
  for (const auto& m : draft.members) ids += 2 + m.phones.size();
  return ids;
}

namespace {

PersonRow person_row(const PersonDraft& d, std::int64_t id, const core::Keyring& keys,
                     const core::Source& source) {
  PersonRow p;
  p.id = meta::Id<PersonRow>(id);
  p.name = d.name;
  p.sex = d.sex;
  p.birth_day = d.birth_day;
  p.document_kind = d.document_kind;
  p.document_state = d.document_state;
  if (!d.document.empty()) {
    p.document_sealed = meta::Bytes{keys.seal("person", "document", id, d.document)};
    p.document_index = meta::Bytes{keys.blind("document", d.document)};
    p.document_masked = core::mask_document(d.document);
  }
  p.registered_residence = d.registered_residence;
  p.origin = d.origin;
  p.return_day = d.return_day;
  p.flags = fmt::format("{}", fmt::join(d.flags, " "));
  p.presence_at = source.now;
  p.source = source.source;
  p.import_id = source.import_id;
  p.updated = source.now;
  return p;
}

}  // namespace

AddedHouseholds add_households(db::Scoped& q, const std::vector<HouseholdDraft>& drafts,
                               const std::vector<std::int64_t>& ids, const core::Keyring& keys,
                               const core::Source& source, Words words) {
  AddedHouseholds result;
  std::vector<HouseholdRow> households;
  std::vector<PersonRow> persons;
  std::vector<ResidenceRow> residences;
  std::vector<PhoneRow> phones;
  std::size_t next = 0;
  for (const auto& d : drafts) {
    HouseholdRow h;
    h.id = meta::Id<HouseholdRow>(d.joins ? *d.joins : ids.at(next++));
    h.dwelling_id = meta::Id<place::PlaceRow>(d.dwelling_id);
    h.compound_id = meta::Id<place::PlaceRow>(d.compound_id);
    h.sort = d.sort;
    h.label = d.label;
    h.provisional = d.provisional;
    h.valid_from = source.now;
    h.source = source.source;
    h.import_id = source.import_id;
    int position = d.first_position;
    for (const auto& m : d.members) {
      persons.push_back(person_row(m, ids.at(next++), keys, source));
      const auto person_id = persons.back().id;
      ResidenceRow r;
      r.id = meta::Id<ResidenceRow>(ids.at(next++));
      r.person_id = person_id;
      r.household_id = h.id;
      r.dwelling_id = h.dwelling_id;
      r.relation = m.relation;
      r.position = position++;
      r.valid_from = source.now;
      r.source = source.source;
      r.import_id = source.import_id;
      residences.push_back(std::move(r));
      int phone_position = 0;
      for (const auto& number : m.phones) {
        PhoneRow p;
        p.id = meta::Id<PhoneRow>(ids.at(next++));
        p.person_id = person_id;
        p.position = phone_position++;
        p.number_sealed.value = keys.seal("phone", "number", p.id.value, number);
        p.number_index.value = keys.blind("phone", number);
        p.number_masked = core::mask_phone(number);
        p.source = source.source;
        p.import_id = source.import_id;
        phones.push_back(std::move(p));
      }
    }
    if (d.joins) continue;
    result.households.push_back(h.id.value);
    households.push_back(std::move(h));
  }
  result.persons = static_cast<std::int64_t>(persons.size());
  core::insert_all(q, households, source);
  core::insert_all(q, persons, source);
  core::insert_all(q, residences, source);
  core::insert_all(q, phones, source);
  for (const auto& p : persons) result.person_ids.push_back(p.id.value);
  index_persons(q, result.person_ids, keys, words);
  find_duplicates(q, result.person_ids, source.now);
  return result;
}

std::optional<Home> home_of(db::Scoped& q, std::int64_t person) {
  std::optional<Home> home;
  q.one(
      "SELECT r.household_id, r.dwelling_id, p.compound_id FROM residence r JOIN place p ON p.id = "
      "r.dwelling_id WHERE r.person_id = $1 AND r.valid_until_ms IS NULL AND {scope:p} ORDER BY r.is_primary "
      "DESC, r.id LIMIT 1",
      {person}, [&](const db::Row& r) {
        home = {r.integer(0), r.integer(1), r.integer(2)};
      });
  return home;
}

}  // namespace feature::people
