#pragma once
// Arrivals (返来人员): a party of one household that comes from elsewhere. Entered by staff or told by the
// household itself, confirmed for the home, filed by the community by 24:00 of the day, and admitted at the
// gate after it (XN-50). Where they return from and where they have been are two things (CZ-14).
#include <optional>
#include <string>
#include <vector>

#include "feature/people/record.hpp"
#include "meta/describe.hpp"

namespace feature::arrival {

using people::Relation;

enum class State { reported, entered, confirmed, filed, withdrawn };
enum class Transport { unknown, train, plane, coach, ship, car, other };
// What a key area asks of who comes from there, besides the filing.
enum class Demand { filing, observation };
// Who vouches that they belong here: the owner, or what stands for an owner who does not answer (practice 1).
enum class HostProof { owner, on_record, lease, bill, neighbour, grid_worker };
enum class Told { office, resident };

struct KeyAreaRow {
  meta::Id<KeyAreaRow> id;
  std::int64_t place_id = 0;   // where the list holds, all below it included
  std::string name{}, also{};  // other names, a space between
  Demand demand = Demand::filing;
  meta::Day from_day{};
  std::optional<meta::Day> until_day{};  // the first day it holds no more
  std::string reference{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};

struct ArrivalRow {
  meta::Id<ArrivalRow> id;
  std::int64_t dwelling_id = 0, compound_id = 0;
  std::optional<std::int64_t> household_id{};
  std::string client_key{};  // of the form it came by: the same form sent twice is one arrival
  Told source = Told::office;
  State state = State::entered;
  meta::Day arrived{};
  std::string origin{};
  std::optional<std::int64_t> origin_area_id{};  // as the list said on the day of arrival
  std::optional<std::string> been_to{};
  std::optional<std::int64_t> been_area_id{};
  Demand demand = Demand::filing;  // the stricter of both areas
  Transport transport = Transport::unknown;
  std::optional<std::string> transport_number{}, seat{};
  std::optional<HostProof> proof{};
  std::optional<std::string> host_name{};
  std::optional<std::int64_t> confirmed_by{};
  std::optional<meta::Instant> confirmed{};
  std::optional<std::int64_t> filed_by{};
  std::optional<meta::Instant> filed{};
  std::optional<std::string> filing_number{};
  std::optional<meta::Instant> withdrawn{};
  std::int64_t created_by = 0;  // 0: the household itself
  meta::Instant created{};
  std::int64_t version = 1;
};

struct PersonRow {
  meta::Id<PersonRow> id;
  std::int64_t arrival_id = 0;
  int position = 0;
  std::optional<std::int64_t> person_id{};
  std::optional<meta::Bytes> name_sealed{}, phone_sealed{};  // of who is not on record
  std::string name_masked{};
  Relation relation = Relation::unknown;
};

// --- shown -------------------------------------------------------------------------------------------
struct Arrival {
  meta::Id<ArrivalRow> id;
  std::optional<std::int64_t> household_id{};
  std::int64_t dwelling_id = 0, compound_id = 0;
  std::string label{};
  State arrival_state = State::entered;
  bool overdue = false;  // the day of arrival is over and it is not filed
  meta::Day arrived{};
  int persons = 0;
  std::vector<std::string> names{};  // masked
  std::string origin{};
  std::optional<std::string> origin_area{}, been_to{}, been_area{};
  Demand demand = Demand::filing;
  Transport transport = Transport::unknown;
  std::optional<std::string> transport_number{}, seat{};
  std::optional<HostProof> proof{};
  std::optional<std::string> filing_number{};
  Told told_by = Told::office;
  meta::Instant created{};
  std::optional<meta::Instant> filed{};
};
struct ArrivalPerson {
  meta::Id<PersonRow> id;
  std::optional<std::int64_t> person_id{};  // none: not on record yet
  std::string name{};                       // masked
  Relation relation = Relation::unknown;
  bool under_control = false;
};
struct ArrivalFile {
  Arrival item{};
  std::vector<ArrivalPerson> people{};
  std::optional<std::string> host_name{}, confirmed_by{}, filed_by{};
  std::optional<meta::Instant> confirmed_ms{};
};
enum class Standing { open, filed, all };
enum class ArrivalOrder { newest, oldest };
struct ArrivalQuery {
  std::optional<std::int64_t> place_id{};      // at the place or below it
  std::optional<Standing> arrival_standing{};  // default: open
  std::optional<State> arrival_state{};
  std::optional<bool> overdue{};
  std::optional<bool> key_area{};  // from one, or has been to one
  std::optional<meta::Text<1, 20>> transport_number{};
  std::optional<meta::Day> from_day{}, until_day{};  // of arrival, both included
  std::optional<ArrivalOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct SummaryQuery {
  std::optional<std::int64_t> place_id{};
};
// Households and persons are counted each for themselves, everyone once (99 and 218, CZ-14).
struct ArrivalCount {
  std::int64_t households = 0, persons = 0;
};
struct ArrivalSummary {
  ArrivalCount all{}, open{}, overdue{};
  ArrivalCount key_areas{};      // from one or has been to one
  ArrivalCount returned_from{};  // comes back from one
  ArrivalCount been_to{};        // comes from elsewhere, has been to one
};
struct KeyArea {
  meta::Id<KeyAreaRow> id;
  std::int64_t place_id = 0;
  std::string place_name{}, name{};
  std::vector<std::string> also{};
  Demand demand = Demand::filing;
  meta::Day from_day{};
  std::optional<meta::Day> until_day{};
  std::string reference{};
  bool in_force = false;
};
struct KeyAreaList {
  std::vector<KeyArea> items{};
};
struct KeyAreaQuery {
  std::int64_t place_id = 0;
};

// --- told --------------------------------------------------------------------------------------------
struct Newcomer {
  meta::Text<1, 50> name;
  Relation relation = Relation::unknown;
  std::optional<meta::Text<3, 30>> phone{};
};
struct NewArrival {
  std::optional<std::int64_t> household_id{};
  std::optional<std::int64_t> dwelling_id{};  // where no household is on record
  std::vector<std::int64_t> person_ids{};     // of the household
  std::vector<Newcomer> newcomers{};
  std::optional<meta::Day> arrived{};  // default: today; at most 30 days back, 7 ahead
  meta::Text<1, 60> origin;
  std::optional<meta::Text<1, 100>> been_to{};
  Transport transport = Transport::unknown;
  std::optional<meta::Text<1, 20>> transport_number{};
  std::optional<meta::Text<1, 20>> seat{};
  std::optional<meta::Text<8, 60>> client_key{};
};
struct Confirmation {
  HostProof proof = HostProof::owner;
  std::optional<meta::Text<1, 50>> host_name{};
};
struct Filing {
  std::optional<meta::Text<1, 60>> decided_by{};  // of the observation, where one is demanded
};
struct NewKeyArea {
  std::int64_t place_id = 0;
  meta::Text<1, 60> name;
  std::vector<meta::Text<1, 30>> also{};
  Demand demand = Demand::filing;
  std::optional<meta::Day> from_day{};  // default: today
  meta::Text<1, 100> reference;         // of the document that orders it
};
struct KeyAreaEnd {
  std::optional<meta::Day> until_day{};  // the first day it holds no more; default: tomorrow
};
struct PaperQuery {
  std::optional<std::string> lang{};
};

}  // namespace feature::arrival

META_ENUM(feature::arrival::State, "reported", "entered", "confirmed", "filed", "withdrawn")
META_ENUM(feature::arrival::Transport, "unknown", "train", "plane", "coach", "ship", "car", "other")
META_ENUM(feature::arrival::Demand, "filing", "observation")
META_ENUM(feature::arrival::HostProof, "owner", "on_record", "lease", "bill", "neighbour", "grid_worker")
META_ENUM(feature::arrival::Told, "office", "resident")
META_ENUM(feature::arrival::Standing, "open", "filed", "all")
META_ENUM(feature::arrival::ArrivalOrder, "newest", "oldest")
META_DESCRIBE(feature::arrival::ArrivalPerson, "ArrivalPerson", "", id, person_id, name, relation,
              under_control)
META_DESCRIBE(feature::arrival::ArrivalQuery, "ArrivalQuery", "", place_id, arrival_standing, arrival_state,
              overdue, key_area, transport_number, from_day, until_day, order, limit, cursor)
META_DESCRIBE(feature::arrival::SummaryQuery, "ArrivalSummaryQuery", "", place_id)
META_DESCRIBE(feature::arrival::ArrivalCount, "ArrivalCount", "", households, persons)
META_DESCRIBE(feature::arrival::ArrivalSummary, "ArrivalSummary", "", all, open, overdue, key_areas,
              returned_from, been_to)
META_DESCRIBE(feature::arrival::KeyArea, "KeyArea", "", id, place_id, place_name, name, also, demand,
              from_day, until_day, reference, in_force)
META_DESCRIBE(feature::arrival::KeyAreaList, "KeyAreaList", "", items)
META_DESCRIBE(feature::arrival::KeyAreaQuery, "KeyAreaQuery", "", place_id)
META_DESCRIBE(feature::arrival::Newcomer, "Newcomer", "", name, relation, phone)
META_DESCRIBE(feature::arrival::NewArrival, "NewArrival", "", household_id, dwelling_id, person_ids,
              newcomers, arrived, origin, been_to, transport, transport_number, seat, client_key)
META_DESCRIBE(feature::arrival::Confirmation, "ArrivalConfirmation", "", proof, host_name)
META_DESCRIBE(feature::arrival::Filing, "ArrivalFiling", "", decided_by)
META_DESCRIBE(feature::arrival::NewKeyArea, "NewKeyArea", "", place_id, name, also, demand, from_day,
              reference)
META_DESCRIBE(feature::arrival::KeyAreaEnd, "KeyAreaEnd", "", until_day)
META_DESCRIBE(feature::arrival::PaperQuery, "ArrivalPaperQuery", "", lang)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define HIDDEN(m) field<&T::m>(#m, {.sensitive = true, .shown = false})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::arrival::KeyAreaRow> {
  using T = feature::arrival::KeyAreaRow;
  static constexpr std::string_view name = "KeyAreaStored", table = "key_area";
  static constexpr std::array fields{KEY,         F(place_id),  F(name),      F(also),       F(demand),
                                     F(from_day), F(until_day), F(reference), F(created_by), AT(created)};
};
template <>
struct Describe<feature::arrival::ArrivalRow> {
  using T = feature::arrival::ArrivalRow;
  static constexpr std::string_view name = "ArrivalStored", table = "arrival";
  static constexpr std::array fields{KEY,
                                     F(dwelling_id),
                                     F(compound_id),
                                     F(household_id),
                                     F(client_key),
                                     F(source),
                                     F(state),
                                     F(arrived),
                                     field<&T::origin>("origin", {.sensitive = true}),
                                     F(origin_area_id),
                                     field<&T::been_to>("been_to", {.sensitive = true}),
                                     F(been_area_id),
                                     F(demand),
                                     F(transport),
                                     field<&T::transport_number>("transport_number", {.sensitive = true}),
                                     field<&T::seat>("seat", {.sensitive = true}),
                                     F(proof),
                                     field<&T::host_name>("host_name", {.sensitive = true}),
                                     F(confirmed_by),
                                     AT(confirmed),
                                     F(filed_by),
                                     AT(filed),
                                     F(filing_number),
                                     AT(withdrawn),
                                     F(created_by),
                                     AT(created),
                                     F(version)};
};
template <>
struct Describe<feature::arrival::PersonRow> {
  using T = feature::arrival::PersonRow;
  static constexpr std::string_view name = "ArrivalPersonStored", table = "arrival_person";
  static constexpr std::array fields{KEY,
                                     F(arrival_id),
                                     F(position),
                                     F(person_id),
                                     HIDDEN(name_sealed),
                                     HIDDEN(phone_sealed),
                                     F(name_masked),
                                     F(relation)};
};
template <>
struct Describe<feature::arrival::Arrival> {
  using T = feature::arrival::Arrival;
  static constexpr std::string_view name = "Arrival", table = "";
  static constexpr std::array fields{F(id),
                                     F(household_id),
                                     F(dwelling_id),
                                     F(compound_id),
                                     F(label),
                                     F(arrival_state),
                                     F(overdue),
                                     F(arrived),
                                     F(persons),
                                     F(names),
                                     F(origin),
                                     F(origin_area),
                                     F(been_to),
                                     F(been_area),
                                     F(demand),
                                     F(transport),
                                     F(transport_number),
                                     F(seat),
                                     F(proof),
                                     F(filing_number),
                                     F(told_by),
                                     AT(created),
                                     AT(filed)};
};
#undef KEY
#undef HIDDEN
#undef F
#undef AT
}  // namespace meta

META_DESCRIBE(feature::arrival::ArrivalFile, "ArrivalFile", "", item, people, host_name, confirmed_by,
              filed_by, confirmed_ms)
