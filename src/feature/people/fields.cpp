#include "feature/people/fields.hpp"

#include <algorithm>

#include "engine/intake/phone.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/people/service.hpp"

namespace feature::people {
namespace {

std::string text_of(const std::optional<meta::Day>& day) {
  return day ? base::to_string(*day) : std::string();
}
template <class E>
std::string text_of(E value) {
  return value == E{} ? std::string() : std::string(meta::name_of(value));
}

void put_document(PersonRow& person, const std::string& number, const core::Keyring& keys, base::Day today) {
  const auto document = engine::intake::parse_document(number, false, today);
  person.document_state = state_of_document(document.state);
  person.document_kind = meta::name_of(kind_of_document(document));
  person.document_sealed = meta::Bytes{keys.seal("person", "document", person.id.value, number)};
  person.document_index = meta::Bytes{keys.blind("document", number)};
  person.document_masked = core::mask_document(number);
  if (!person.birth_day && document.birth_day) person.birth_day = document.birth_day;
  if (person.sex == Sex::unknown) person.sex = static_cast<Sex>(document.sex);
}

void put_phone(Subject& s, const std::string& number, const core::Keyring& keys, std::int64_t id,
               const core::Source& source) {
  PhoneRow phone;
  phone.id = meta::Id<PhoneRow>(id);
  phone.person_id = s.person.id;
  phone.position = static_cast<int>(s.phones.size() + s.new_phones.size());
  phone.number_sealed.value = keys.seal("phone", "number", id, number);
  phone.number_index.value = keys.blind("phone", number);
  phone.number_masked = core::mask_phone(number);
  phone.source = source.source;
  phone.import_id = source.import_id;
  s.new_phones.push_back(std::move(phone));
}

bool same(const meta::Record& record, const void* a, const void* b) {
  return core::version_json(record, a) == core::version_json(record, b);
}

}  // namespace

std::optional<Subject> load_subject(db::Scoped& q, std::int64_t person_id, std::int64_t residence_id) {
  std::int64_t id = 0;
  q.one(
      "SELECT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id = COALESCE("
      "(SELECT al.person_id FROM person_alias al WHERE al.alias_id = $1), $1) AND r.visible = 1 AND "
      "{scope:p}",
      {person_id}, [&](const db::Row& r) { id = r.integer(0); });
  if (id == 0) return std::nullopt;
  q.unscoped().run("UPDATE person SET updated_ms = updated_ms WHERE id = $1", {id});
  Subject s;
  q.unscoped().one(
      "SELECT " + meta::column_list(meta::record_of<PersonRow>(), "pe") + " FROM person pe WHERE pe.id = $1",
      {id}, [&](const db::Row& r) { s.person = meta::load<PersonRow>(r); });
  q.run(
      "SELECT r.id, r.person_id, r.household_id, r.dwelling_id, r.relation, r.is_primary, r.position, "
      "r.valid_from_ms, r.valid_until_ms, r.source, r.import_id, r.registered, r.living, r.visible, "
      "r.end_reason FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id = $1 AND "
      "r.visible = 1 AND {scope:p} ORDER BY r.is_primary DESC, r.id",
      {id}, [&](const db::Row& r) {
        if (residence_id != 0 ? r.integer(0) == residence_id : !s.residence)
          s.residence = meta::load<ResidenceRow>(r);
      });
  q.unscoped().run("SELECT " + meta::column_list(meta::record_of<PhoneRow>(), "ph") +
                       " FROM phone ph WHERE ph.person_id = $1 ORDER BY ph.position",
                   {id}, [&](const db::Row& r) { s.phones.push_back(meta::load<PhoneRow>(r)); });
  return s;
}

std::string known_text(const Subject& s, PersonField field, const core::Keyring& keys) {
  const auto& p = s.person;
  switch (field) {
    case PersonField::name:
      return p.name;
    case PersonField::sex:
      return text_of(p.sex);
    case PersonField::birth_day:
      return text_of(p.birth_day);
    case PersonField::document:
      if (!p.document_sealed) return {};
      return keys.unseal("person", "document", p.id.value, p.document_sealed->value).value_or("");
    case PersonField::phone:
      if (s.phones.empty()) return {};
      return keys.unseal("phone", "number", s.phones[0].id.value, s.phones[0].number_sealed.value)
          .value_or("");
    case PersonField::registered_residence:
      return p.registered_residence.value_or("");
    case PersonField::origin:
      return p.origin.value_or("");
    case PersonField::return_day:
      return text_of(p.return_day);
    case PersonField::relation:
      return s.residence ? text_of(s.residence->relation) : "";
    case PersonField::registered:
      return s.residence ? text_of(s.residence->registered) : "";
    case PersonField::living:
      return s.residence ? text_of(s.residence->living) : "";
  }
  return {};
}

bool agrees(const Subject& s, const Saying& told, const core::Keyring& keys) {
  const auto known = known_text(s, told.field, keys);
  if (known.empty() || known == told.text) return true;
  // What was known to be no good is mended by a sound number, and a number of 15 by its own 18.
  if (told.field == PersonField::document)
    return s.person.document_state != DocumentState::ok || engine::intake::widen_fifteen(told.text) == known;
  if (told.field != PersonField::phone) return false;
  const auto index = keys.blind("phone", told.text);
  return std::ranges::any_of(s.phones, [&](const auto& phone) { return phone.number_index.value == index; });
}

void take(Subject& s, const Saying& told, const core::Keyring& keys, base::Day today, std::int64_t id,
          const core::Source& source) {
  auto& p = s.person;
  const auto known = known_text(s, told.field, keys);
  if (known == told.text) return;
  switch (told.field) {
    case PersonField::name:
      p.name = told.text;
      break;
    case PersonField::sex:
      meta::parse_enum(told.text, p.sex);
      break;
    case PersonField::birth_day:
      p.birth_day = base::parse_day(told.text);
      break;
    case PersonField::document:
      if (engine::intake::widen_fifteen(told.text) != known || known.empty())
        put_document(p, told.text, keys, today);
      break;
    case PersonField::phone: {
      const auto index = keys.blind("phone", told.text);
      if (std::ranges::none_of(s.phones,
                               [&](const auto& phone) { return phone.number_index.value == index; }))
        put_phone(s, told.text, keys, id, source);
      break;
    }
    case PersonField::registered_residence:
      p.registered_residence = told.text;
      break;
    case PersonField::origin:
      p.origin = told.text;
      break;
    case PersonField::return_day:
      p.return_day = base::parse_day(told.text);
      break;
    case PersonField::relation:
      if (s.residence) meta::parse_enum(told.text, s.residence->relation);
      break;
    case PersonField::registered:
      if (s.residence) meta::parse_enum(told.text, s.residence->registered);
      break;
    case PersonField::living:
      if (s.residence) meta::parse_enum(told.text, s.residence->living);
      break;
  }
}

void clear(Subject& s, PersonField field) {
  auto& p = s.person;
  switch (field) {
    case PersonField::sex:
      p.sex = Sex::unknown;
      break;
    case PersonField::birth_day:
      p.birth_day.reset();
      break;
    case PersonField::document:
      p.document_kind = "resident_id";
      p.document_state = DocumentState::missing;
      p.document_sealed.reset();
      p.document_index.reset();
      p.document_masked.reset();
      break;
    case PersonField::registered_residence:
      p.registered_residence.reset();
      break;
    case PersonField::origin:
      p.origin.reset();
      break;
    case PersonField::return_day:
      p.return_day.reset();
      break;
    case PersonField::relation:
      if (s.residence) s.residence->relation = Relation::unknown;
      break;
    case PersonField::registered:
      if (s.residence) s.residence->registered = Registered::unknown;
      break;
    case PersonField::living:
      if (s.residence) s.residence->living = Living::unknown;
      break;
    case PersonField::name:
    case PersonField::phone:
      break;
  }
}

void write_subject(db::Scoped& q, const Subject& before, Subject& after, const core::Keyring& keys,
                   const core::Source& source) {
  if (!same(meta::record_of<PersonRow>(), &before.person, &after.person)) {
    after.person.updated = source.now;
    core::update(q, before.person, after.person, source);
  }
  if (after.residence && !same(meta::record_of<ResidenceRow>(), &*before.residence, &*after.residence)) {
    // A household has one head: whoever was it is kept, their relation is unknown until somebody says.
    if (after.residence->relation == Relation::head && before.residence->relation != Relation::head)
      step_down(q, *after.residence, source);
    core::update(q, *before.residence, *after.residence, source);
  }
  core::insert_all(q, after.new_phones, source);
  index_persons(q, {after.person.id.value}, keys);
}

std::vector<Saying> sayings_of(const PersonPatch& in, base::Day today, base::Problems& problems) {
  using F = PersonField;
  std::vector<Saying> out;
  const auto text = [&](F field, const auto& value) {
    if (value) out.push_back({field, std::string(*value)});
  };
  const auto day = [&](F field, const std::optional<meta::Day>& value) {
    if (!value) return;
    if (*value > today) problems.push_back({"/" + std::string(meta::name_of(field)), "in_the_future"});
    out.push_back({field, base::to_string(*value)});
  };
  const auto word = [&](F field, const auto& value) {
    if (value && meta::name_of(*value) != "unknown")
      out.push_back({field, std::string(meta::name_of(*value))});
  };
  text(F::name, in.name);
  word(F::sex, in.sex);
  day(F::birth_day, in.birth_day);
  if (in.document)
    if (auto number = checked_document(in.document_kind.value_or(DocumentKind::resident_id), *in.document,
                                       today, "/document", problems))
      out.push_back({F::document, std::move(*number)});
  if (in.add_phone) {
    const auto phones = engine::intake::parse_phones(*in.add_phone);
    if (phones.empty()) problems.push_back({"/add_phone", "not_a_phone"});
    for (const auto& phone : phones) out.push_back({F::phone, phone.number});
  }
  text(F::registered_residence, in.registered_residence);
  text(F::origin, in.origin);
  day(F::return_day, in.return_day);
  word(F::relation, in.relation);
  word(F::registered, in.registered);
  word(F::living, in.living);
  return out;
}

}  // namespace feature::people
