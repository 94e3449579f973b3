#pragma once
// Households, persons and what belongs to them. A person lives in a household by a dated residence; a
// dwelling holds none, one or several households (practice.md 8). Document and phone numbers are sealed;
// what is shown is masked.
#include <optional>
#include <string>
#include <vector>

#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::people {

enum class Sex { unknown, male, female };
enum class DocumentState { missing, ok, damaged, bad_checksum, fifteen, other };
enum class DocumentKind { resident_id, passport, mainland_permit, taiwan_permit, foreigner_permit, other };
enum class Presence { unknown, home, away };
// Of a residence, as practice.md 8 keeps them apart: where the person is registered, and where they live.
enum class Registered { unknown, here, elsewhere };
enum class Living { unknown, here, elsewhere, never };
enum class EndReason { moved, left, deceased, merged, mistaken };
enum class Relation {
  unknown,
  head,
  spouse,
  child,
  grandchild,
  parent,
  sibling,
  other_relative,
  tenant,
  co_tenant,
  live_in_worker,
  carer,
  guest,
  other
};

struct HouseholdRow {
  meta::Id<HouseholdRow> id;
  meta::Id<place::PlaceRow> dwelling_id, compound_id;
  std::string sort{}, label{};
  bool provisional = false;
  int version = 1;
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
};

struct PersonRow {
  meta::Id<PersonRow> id;
  std::string name{};
  Sex sex = Sex::unknown;
  std::optional<meta::Day> birth_day{};
  std::string document_kind = "resident_id";
  DocumentState document_state = DocumentState::missing;
  std::optional<meta::Bytes> document_sealed{}, document_index{};
  std::optional<std::string> document_masked{};
  std::optional<std::string> registered_residence{}, origin{};
  std::optional<meta::Day> return_day{};
  std::string flags{};  // space separated, in order: elder_alone disabled pregnant ...
  Presence presence = Presence::unknown;
  std::string presence_source = "none";
  meta::Instant presence_at{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
  meta::Instant updated{};
  std::optional<std::string> away_place{};
  std::optional<meta::Day> away_since{};
};

struct ResidenceRow {
  meta::Id<ResidenceRow> id;
  meta::Id<PersonRow> person_id;
  meta::Id<HouseholdRow> household_id;
  meta::Id<place::PlaceRow> dwelling_id;
  Relation relation = Relation::unknown;
  bool is_primary = true;
  int position = 0;  // order within the household, head first
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
  Registered registered = Registered::unknown;
  Living living = Living::unknown;
  bool visible = true;  // says who may see the person: residences of today, else the last
  std::optional<EndReason> end_reason{};
};

struct PhoneRow {
  meta::Id<PhoneRow> id;
  meta::Id<PersonRow> person_id;
  int position = 0;
  meta::Bytes number_sealed{}, number_index{};
  std::string number_masked{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
};

struct VehicleRow {
  meta::Id<VehicleRow> id;
  meta::Id<place::PlaceRow> compound_id;
  std::optional<std::int64_t> household_id{}, dwelling_id{};
  std::optional<std::string> label{};
  std::string plate{};
  bool plate_doubtful = false;
  std::optional<std::string> owner_name{};
  std::string vehicle_kind = "unknown";
  bool new_energy = false;
  std::optional<std::string> colour{};
  std::optional<meta::Bytes> phone_sealed{};
  std::optional<std::string> phone_masked{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::string source = "office";
  std::optional<std::int64_t> import_id{};
};

// --- what the API shows -----------------------------------------------------------------------------
struct PresenceCount {
  int home = 0, away = 0, unknown = 0;
};
// The best card of a household: a live one wins.
enum class CardState { none, inactive, active, voided };
struct HouseholdSummary {
  meta::Id<HouseholdRow> id;
  std::int64_t dwelling_id = 0;
  std::string label{};
  std::optional<std::string> head_name{};
  int members = 0;
  PresenceCount presence{};
  CardState pass_state = CardState::none;
  bool provisional = false;
  meta::Instant since_ms{};  // on record since
};
struct Person {
  meta::Id<PersonRow> id;
  std::string name{};
  Relation relation = Relation::unknown;
  Sex sex = Sex::unknown;
  std::optional<meta::Day> birth_day{};
  std::optional<std::string> document_masked{};
  DocumentState document_state = DocumentState::missing;
  std::vector<std::string> phones_masked{};
  std::optional<std::string> registered_residence{}, origin{};
  std::optional<meta::Day> return_day{};
  std::vector<std::string> flags{};
  Presence presence = Presence::unknown;
  std::string source{};
};
struct PersonListed {
  Person person{};
  std::int64_t household_id = 0;
  std::string label{};
};
// Somebody else who may be one of the members.
struct Match {
  std::int64_t pair_id = 0;
  std::int64_t person_id = 0, other_id = 0;
  std::string other_name{}, other_label{}, other_compound{};
  std::vector<std::string> reasons{};
  int score = 0;
};
struct HouseholdFile {
  meta::Id<HouseholdRow> id;
  std::int64_t dwelling_id = 0, compound_id = 0;
  std::string label{};
  bool provisional = false;
  std::vector<Person> members{};
  std::vector<Match> matches{};
};
struct NewMember {
  meta::Text<1, 50> name;
  Relation relation = Relation::unknown;
  std::optional<Sex> sex{};
  std::optional<meta::Text<3, 30>> phone{};
  std::optional<meta::Text<4, 40>> document{};
  std::optional<DocumentKind> document_kind{};
  std::optional<meta::Day> birth_day{};
  std::optional<std::vector<std::string>> flags{};
};
struct NewHousehold {
  std::int64_t dwelling_id = 0;
  std::vector<NewMember> members{};
};
struct Vehicle {
  meta::Id<VehicleRow> id;
  std::string plate{};
  bool plate_doubtful = false;
  std::optional<std::string> owner_name{}, label{};
  std::optional<std::int64_t> household_id{};
  std::string vehicle_kind{};
  std::optional<std::string> colour{}, phone_masked{};
};
// The last two by when the household was registered.
enum class HouseholdOrder { walking, walking_back, newest, oldest };
enum class PersonOrder { walking, walking_back, name, name_back };  // names by their pinyin
enum class VehicleOrder { plate, plate_back, walking, walking_back };
struct HouseholdQuery {
  std::int64_t compound_id = 0;
  std::optional<std::int64_t> building_id{};
  std::optional<meta::Text<1, 50>> q{};  // room ("3-2-1201") or a name's beginning
  std::optional<bool>
      registered{};  // false: dwellings lived in without a registered household are provisional ones
  std::optional<HouseholdOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct PersonQuery {
  std::int64_t compound_id = 0;
  std::optional<meta::Text<1, 50>> q{};
  std::optional<DocumentState> document_state{};
  std::optional<meta::Text<1, 30>> flag{};
  std::optional<PersonOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct VehicleQuery {
  std::int64_t compound_id = 0;
  std::optional<meta::Text<1, 50>> q{};
  std::optional<VehicleOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct RevealWanted {
  bool document = false, phones = false;
  std::optional<meta::Text<4, 200>> reason{};  // needed unless an emergency access is open
};
struct Revealed {
  std::int64_t person_id = 0;
  std::optional<std::string> document{};
  std::vector<std::string> phones{};
};

}  // namespace feature::people

META_ENUM(feature::people::Sex, "unknown", "male", "female")
META_ENUM(feature::people::DocumentState, "missing", "ok", "damaged", "bad_checksum", "fifteen", "other")
META_ENUM(feature::people::DocumentKind, "resident_id", "passport", "mainland_permit", "taiwan_permit",
          "foreigner_permit", "other")
META_ENUM(feature::people::HouseholdOrder, "walking", "walking_back", "newest", "oldest")
META_ENUM(feature::people::PersonOrder, "walking", "walking_back", "name", "name_back")
META_ENUM(feature::people::VehicleOrder, "plate", "plate_back", "walking", "walking_back")
META_ENUM(feature::people::CardState, "none", "inactive", "active", "void")
META_ENUM(feature::people::Registered, "unknown", "here", "elsewhere")
META_ENUM(feature::people::Living, "unknown", "here", "elsewhere", "never")
META_ENUM(feature::people::EndReason, "moved", "left", "deceased", "merged", "mistaken")
META_ENUM(feature::people::Presence, "unknown", "home", "away")
META_ENUM(feature::people::Relation, "unknown", "head", "spouse", "child", "grandchild", "parent", "sibling",
          "other_relative", "tenant", "co_tenant", "live_in_worker", "carer", "guest", "other")

META_DESCRIBE(feature::people::PresenceCount, "PresenceCount", "", home, away, unknown)
META_DESCRIBE(feature::people::HouseholdSummary, "HouseholdRow", "", id, dwelling_id, label, head_name,
              members, presence, pass_state, provisional, since_ms)
META_DESCRIBE(feature::people::Person, "Person", "", id, name, relation, sex, birth_day, document_masked,
              document_state, phones_masked, registered_residence, origin, return_day, flags, presence,
              source)
META_DESCRIBE(feature::people::PersonListed, "PersonRow", "", label, person, household_id)
META_DESCRIBE(feature::people::Match, "Match", "", pair_id, person_id, other_id, other_name, other_label,
              other_compound, reasons, score)
META_DESCRIBE(feature::people::HouseholdFile, "HouseholdFile", "", id, dwelling_id, compound_id, label,
              provisional, members, matches)
META_DESCRIBE(feature::people::NewMember, "NewMember", "", name, relation, sex, phone, document,
              document_kind, birth_day, flags)
META_DESCRIBE(feature::people::NewHousehold, "NewHousehold", "", dwelling_id, members)
META_DESCRIBE(feature::people::Vehicle, "Vehicle", "", id, plate, plate_doubtful, owner_name, label,
              household_id, vehicle_kind, colour, phone_masked)
META_DESCRIBE(feature::people::HouseholdQuery, "HouseholdQuery", "", compound_id, building_id, q, registered,
              order, limit, cursor)
META_DESCRIBE(feature::people::PersonQuery, "PersonQuery", "", compound_id, q, document_state, flag, order,
              limit, cursor)
META_DESCRIBE(feature::people::RevealWanted, "RevealWanted", "", document, phones, reason)
META_DESCRIBE(feature::people::Revealed, "Revealed", "", person_id, document, phones)
META_DESCRIBE(feature::people::VehicleQuery, "VehicleQuery", "", compound_id, q, order, limit, cursor)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define HIDDEN(m) field<&T::m>(#m, {.sensitive = true, .shown = false})
#define F(m) field<&T::m>(#m)
#define DATED field<&T::valid_from>("valid_from_ms"), field<&T::valid_until>("valid_until_ms")
template <>
struct Describe<feature::people::HouseholdRow> {
  using T = feature::people::HouseholdRow;
  static constexpr std::string_view name = "HouseholdStored", table = "household";
  static constexpr std::array fields{KEY,       F(dwelling_id), F(compound_id), F(sort),
                                     F(label),  F(provisional), F(version),     DATED,
                                     F(source), F(import_id)};
};
template <>
struct Describe<feature::people::PersonRow> {
  using T = feature::people::PersonRow;
  static constexpr std::string_view name = "PersonStored", table = "person";
  static constexpr std::array fields{KEY,
                                     F(name),
                                     F(sex),
                                     F(birth_day),
                                     F(document_kind),
                                     F(document_state),
                                     HIDDEN(document_sealed),
                                     HIDDEN(document_index),
                                     F(document_masked),
                                     F(registered_residence),
                                     F(origin),
                                     F(return_day),
                                     F(flags),
                                     F(presence),
                                     F(presence_source),
                                     field<&T::presence_at>("presence_ms"),
                                     F(source),
                                     F(import_id),
                                     field<&T::updated>("updated_ms"),
                                     F(away_place),
                                     F(away_since)};
};
template <>
struct Describe<feature::people::ResidenceRow> {
  using T = feature::people::ResidenceRow;
  static constexpr std::string_view name = "ResidenceStored", table = "residence";
  static constexpr std::array fields{
      KEY,   F(person_id), F(household_id), F(dwelling_id), F(relation), F(is_primary), F(position),
      DATED, F(source),    F(import_id),    F(registered),  F(living),   F(visible),    F(end_reason)};
};
template <>
struct Describe<feature::people::PhoneRow> {
  using T = feature::people::PhoneRow;
  static constexpr std::string_view name = "PhoneStored", table = "phone";
  static constexpr std::array fields{
      KEY,       F(person_id), F(position), HIDDEN(number_sealed), HIDDEN(number_index), F(number_masked),
      F(source), F(import_id)};
};
template <>
struct Describe<feature::people::VehicleRow> {
  using T = feature::people::VehicleRow;
  static constexpr std::string_view name = "VehicleStored", table = "vehicle";
  static constexpr std::array fields{
      KEY,         F(compound_id),       F(household_id), F(dwelling_id),  F(label),
      F(plate),    F(plate_doubtful),    F(owner_name),   F(vehicle_kind), F(new_energy),
      F(colour),   HIDDEN(phone_sealed), F(phone_masked), DATED,           F(source),
      F(import_id)};
};
#undef KEY
#undef HIDDEN
#undef F
#undef DATED
}  // namespace meta
