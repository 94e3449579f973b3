#pragma once
// What households ask for: daily goods, medicine, a repair (XN-66, 67). Amounts are thousandths of the unit
// of the kind, money is in fen; unknown is absent and never zero.
#include <optional>
#include <string>
#include <vector>

#include "feature/work_item/record.hpp"
#include "meta/describe.hpp"

namespace feature::service_request {

enum class Channel { resident, phone, staff, drop_point };
enum class State { received, batched, collected, delivered, confirmed, refused, cancelled };
enum class Verb { collect, deliver, confirm, refuse, cancel, take_out };

// --- stored ------------------------------------------------------------------------------------------
struct KindRow {
  meta::Id<KindRow> id;
  std::string code{};
  std::optional<std::string> title{};  // none: built in, the pages have words for the code
  std::string measure{};               // piece kg portion box time cubic_metre tonne
  bool carried = true;                 // to the door, in runs; else work of its own
  int position = 0;
  std::optional<meta::Instant> retired{};
};
struct RequestRow {
  meta::Id<RequestRow> id;
  std::int64_t kind_id = 0, compound_id = 0, dwelling_id = 0, household_id = 0;
  std::optional<std::int64_t> person_id{};
  std::string detail{};
  std::optional<std::int64_t> amount_milli{}, price_fen{};
  std::string currency = "CNY";
  std::optional<std::int64_t> shop_id{}, drop_point_id{};
  Channel channel = Channel::staff;
  State state = State::received;
  std::optional<std::int64_t> run_id{};
  std::optional<std::string> reason{};
  std::optional<std::int64_t> rating{};
  std::optional<std::string> rating_note{};
  std::string origin{};  // what made it; the same twice makes one
  std::optional<std::int64_t> created_by{};
  meta::Instant created{};
  std::optional<meta::Instant> delivered{};
  std::optional<meta::Day> delivered_day{};
  std::optional<std::int64_t> delivered_by{};
  std::optional<meta::Instant> ended{};
  std::int64_t version = 1;
};

// --- what the API shows ------------------------------------------------------------------------------
struct ServiceKind {
  meta::Id<KindRow> id;
  std::string code{};
  std::optional<std::string> title{};
  std::string service_unit{};
  bool carried = true, retired = false;
};
struct ServiceKindList {
  std::vector<ServiceKind> items{};
};
enum class Unit { piece, kg, portion, box, time, cubic_metre, tonne };
struct NewServiceKind {
  meta::Text<1, 30> title;
  Unit unit = Unit::piece;
  bool carried = true;
};
struct ServiceKindPatch {
  std::optional<meta::Text<1, 30>> title{};
  std::optional<Unit> unit{};  // these two while nobody has asked for it
  std::optional<bool> carried{};
  std::optional<bool> retired{};
};

struct ServiceRequest {
  meta::Id<RequestRow> id;
  std::int64_t household_id = 0, compound_id = 0, dwelling_id = 0;
  std::string label{};
  std::optional<std::string> person_name{};  // masked
  std::string service_kind{};
  std::string detail{};
  std::optional<std::int64_t> amount_milli{};
  std::string service_unit{};
  std::optional<std::int64_t> price_fen{};
  std::string currency{};
  std::optional<std::int64_t> shop_id{};
  std::optional<std::string> shop{};
  std::optional<std::int64_t> drop_point_id{};
  std::optional<std::string> drop_point{};
  Channel service_channel = Channel::staff;
  State service_state = State::received;
  std::optional<std::int64_t> run_id{};
  std::optional<std::string> reason{};
  std::optional<std::int64_t> rating{};
  std::optional<std::string> rating_note{};
  meta::Instant created{};
  std::optional<meta::Instant> delivered{};
  std::vector<Verb> verbs{};  // what may be done with it now
};
enum class Order { newest, walking };
struct RequestQuery {
  std::optional<std::int64_t> place_id{};  // at the place or below it
  std::optional<meta::Text<1, 40>> service_kind{};
  std::optional<State> service_state{};
  std::optional<bool> service_open{};  // neither delivered nor refused nor cancelled
  std::optional<std::int64_t> run_id{}, household_id{};
  std::optional<Order> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
using Amount = meta::Int<1, 100'000'000>;
using Fen = meta::Int<0, 100'000'000>;
struct NewRequest {
  std::int64_t household_id = 0;
  std::optional<std::int64_t> person_id{};
  meta::Text<1, 40> kind;
  meta::Text<1, 200> detail;
  std::optional<Amount> amount_milli{};
  std::optional<std::int64_t> shop_id{};
  std::optional<Channel> channel{};  // default: staff
};
struct RequestAct {
  Verb verb = Verb::deliver;
  std::optional<Amount> amount_milli{};        // what it became
  std::optional<Fen> price_fen{};              // what was paid
  std::optional<meta::Text<1, 200>> reason{};  // of a refusal or a cancellation
  std::optional<meta::Int<1, 5>> rating{};     // with confirm
  std::optional<meta::Text<1, 200>> rating_note{};
};
struct BoardQuery {
  std::optional<std::int64_t> place_id{};
};
struct StateCount {
  State state = State::received;
  std::int64_t requests = 0;
};
struct RequestBoard {
  std::vector<StateCount> states{};  // of those not delivered yet
  std::int64_t delivered_today = 0;
  std::optional<meta::Instant> oldest_ms{};  // of those nobody has begun
};

// Per day and kind (XN-66): each delivery is one person-time; amounts nobody wrote down are counted apart.
struct ServiceDay {
  meta::Day day{};
  std::string service_kind{};
  std::int64_t person_times = 0;
  std::optional<std::int64_t> amount_milli{};  // of those that are known; absent: of none
  std::string service_unit{};
  std::int64_t amounts_unknown = 0;
  std::optional<std::int64_t> price_fen{};
  std::int64_t prices_unknown = 0;
};
struct DayQuery {
  std::optional<std::int64_t> place_id{};
  std::optional<meta::Day> from_day{}, until_day{};  // both included
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct TotalQuery {
  std::optional<std::int64_t> place_id{};
  meta::Day from_day{}, until_day{};
};
struct ServiceTotal {
  std::string service_kind{};
  std::int64_t person_times = 0;
  std::optional<std::int64_t> amount_milli{};
  std::string service_unit{};
  std::int64_t amounts_unknown = 0;
};
struct ServiceTotals {
  std::int64_t days = 0;
  std::vector<ServiceTotal> items{};
};

}  // namespace feature::service_request

META_ENUM(feature::service_request::Channel, "resident", "phone", "staff", "drop_point")
META_ENUM(feature::service_request::State, "received", "batched", "collected", "delivered", "confirmed",
          "refused", "cancelled")
META_ENUM(feature::service_request::Verb, "collect", "deliver", "confirm", "refuse", "cancel", "take_out")
META_ENUM(feature::service_request::Unit, "piece", "kg", "portion", "box", "time", "cubic_metre", "tonne")
META_ENUM(feature::service_request::Order, "newest", "walking")
META_DESCRIBE(feature::service_request::ServiceKind, "ServiceKind", "", id, code, title, service_unit,
              carried, retired)
META_DESCRIBE(feature::service_request::ServiceKindList, "ServiceKindList", "", items)
META_DESCRIBE(feature::service_request::NewServiceKind, "NewServiceKind", "", title, unit, carried)
META_DESCRIBE(feature::service_request::ServiceKindPatch, "ServiceKindPatch", "", title, unit, carried,
              retired)
META_DESCRIBE(feature::service_request::RequestQuery, "ServiceRequestQuery", "", place_id, service_kind,
              service_state, service_open, run_id, household_id, order, limit, cursor)
META_DESCRIBE(feature::service_request::NewRequest, "NewServiceRequest", "", household_id, person_id, kind,
              detail, amount_milli, shop_id, channel)
META_DESCRIBE(feature::service_request::RequestAct, "ServiceRequestAct", "", verb, amount_milli, price_fen,
              reason, rating, rating_note)
META_DESCRIBE(feature::service_request::BoardQuery, "ServiceBoardQuery", "", place_id)
META_DESCRIBE(feature::service_request::StateCount, "ServiceStateCount", "", state, requests)
META_DESCRIBE(feature::service_request::RequestBoard, "ServiceRequestBoard", "", states, delivered_today,
              oldest_ms)
META_DESCRIBE(feature::service_request::ServiceDay, "ServiceDay", "", day, service_kind, person_times,
              amount_milli, service_unit, amounts_unknown, price_fen, prices_unknown)
META_DESCRIBE(feature::service_request::DayQuery, "ServiceDayQuery", "", place_id, from_day, until_day, limit,
              cursor)
META_DESCRIBE(feature::service_request::TotalQuery, "ServiceTotalQuery", "", place_id, from_day, until_day)
META_DESCRIBE(feature::service_request::ServiceTotal, "ServiceTotal", "", service_kind, person_times,
              amount_milli, service_unit, amounts_unknown)
META_DESCRIBE(feature::service_request::ServiceTotals, "ServiceTotals", "", days, items)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::service_request::KindRow> {
  using T = feature::service_request::KindRow;
  static constexpr std::string_view name = "ServiceKindStored", table = "service_kind";
  static constexpr std::array fields{KEY,        F(code),     F(title),   F(measure),
                                     F(carried), F(position), AT(retired)};
};
template <>
struct Describe<feature::service_request::RequestRow> {
  using T = feature::service_request::RequestRow;
  static constexpr std::string_view name = "ServiceRequestStored", table = "service_request";
  static constexpr std::array fields{KEY,
                                     F(kind_id),
                                     F(compound_id),
                                     F(dwelling_id),
                                     F(household_id),
                                     F(person_id),
                                     field<&T::detail>("detail", {.sensitive = true}),
                                     F(amount_milli),
                                     F(price_fen),
                                     F(currency),
                                     F(shop_id),
                                     F(drop_point_id),
                                     F(channel),
                                     F(state),
                                     F(run_id),
                                     F(reason),
                                     F(rating),
                                     F(rating_note),
                                     F(origin),
                                     F(created_by),
                                     AT(created),
                                     AT(delivered),
                                     F(delivered_day),
                                     F(delivered_by),
                                     AT(ended),
                                     F(version)};
};
template <>
struct Describe<feature::service_request::ServiceRequest> {
  using T = feature::service_request::ServiceRequest;
  static constexpr std::string_view name = "ServiceRequest", table = "";
  static constexpr std::array fields{F(id),
                                     F(household_id),
                                     F(compound_id),
                                     F(dwelling_id),
                                     F(label),
                                     F(person_name),
                                     F(service_kind),
                                     F(detail),
                                     F(amount_milli),
                                     F(service_unit),
                                     F(price_fen),
                                     F(currency),
                                     F(shop_id),
                                     F(shop),
                                     F(drop_point_id),
                                     F(drop_point),
                                     F(service_channel),
                                     F(service_state),
                                     F(run_id),
                                     F(reason),
                                     F(rating),
                                     F(rating_note),
                                     AT(created),
                                     AT(delivered),
                                     field<&T::verbs>("verbs", {.exported = false})};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta
