#pragma once
// What somebody has to do: alerts of a gate and tasks given by hand, in one mechanism. Kinds name a flow; a
// flow is a set of transitions; both are data.
#include <optional>
#include <string>
#include <vector>

#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::work_item {

// The seven works of XN-28: 出入管理, 体温测量, 密接排查, 宣传劝导, 防疫消杀, 代购配送, 不稳定因素排查.
enum class Category { entry_control, temperature, tracing, publicity, disinfection, delivery, unrest };

// What shows that something was done.
enum class Evidence { note, photo, signature, location };

// --- stored ----------------------------------------------------------------------------------------
struct KindRow {
  meta::Id<KindRow> id;
  std::string code{};
  Category category = Category::entry_control;
  std::string flow{};
  std::optional<std::int64_t> climb_minutes{};  // not acknowledged by then: up a tier; none: by its due time
  std::optional<std::int64_t> due_minutes{};    // none: no due time
  bool by_hand = false;                         // an office may give it to somebody
  std::string evidence{};                       // demanded before it is closed, words with blanks between
};
struct TransitionRow {
  meta::Id<TransitionRow> id;
  std::string flow{}, from_state{}, verb{}, to_state{}, permission{};
  bool needs_note = false, ends = false;
};
struct ItemRow {
  meta::Id<ItemRow> id;
  std::string kind{};
  std::int64_t place_id = 0, compound_id = 0;
  std::optional<std::int64_t> household_id{}, person_id{}, passage_id{}, opening_id{};
  std::optional<std::int64_t> team_id{};      // it belongs to whoever heads the team
  std::optional<std::int64_t> assignee_id{};  // staff; none: nobody stands for the place
  int tier = 0;                               // of the assignee; 0: none
  bool handed = false;                        // by hand to somebody else: it stays with them while they serve
  std::optional<std::int64_t> taken_by{};     // the account that acknowledged it
  std::string state{"open"};
  std::string detail{};  // codes with spaces between
  std::optional<std::string> note{};
  std::string origin{};
  meta::Instant opened{};
  std::optional<meta::Instant> climb{}, due{};
  meta::Instant resolved{};  // when it was last asked whose it is
  std::optional<meta::Instant> closed{};
  std::int64_t version = 1;
};

// --- what the API shows ------------------------------------------------------------------------------
struct Kind {
  meta::Id<KindRow> id;
  std::string code{};
  Category category = Category::entry_control;
  std::string flow{};
  std::optional<std::int64_t> climb_minutes{}, due_minutes{};
  bool by_hand = false;
  std::vector<Evidence> evidence{};
};
struct KindList {
  std::vector<Kind> items{};
};
struct KindPatch {
  std::optional<meta::Int<1, 10080>> climb_minutes{};
  std::optional<meta::Int<5, 100000>> due_minutes{};
  std::optional<std::vector<Evidence>> evidence{};
};

struct WorkItem {
  meta::Id<ItemRow> id;
  std::string work_kind{};
  Category category = Category::entry_control;
  std::string work_state{};
  std::int64_t place_id = 0, compound_id = 0;
  std::string place_name{};  // with the names above it, as far as the compound
  std::optional<std::int64_t> household_id{}, passage_id{};
  std::optional<std::string> opening_name{};
  std::vector<std::string> detail{};
  std::optional<std::string> note{};
  std::optional<std::int64_t> assignee_id{};
  std::optional<std::string> assignee{};
  int tier = 0;
  std::optional<std::string> taken_by{};
  meta::Instant opened{};
  std::optional<meta::Instant> climb{}, due{}, closed{};
  bool overdue = false;
  bool own = false;                  // the asker's: then the household may be called while it is open
  std::vector<std::string> verbs{};  // what the asker may do with it now
  std::vector<Evidence> needs{};     // without which it is not closed
};
// Where something was done: degrees times 10,000, about ten metres.
struct Location {
  meta::Int<-900000, 900000> latitude_e4{};
  meta::Int<-1800000, 1800000> longitude_e4{};
  std::optional<meta::Int<0, 100000>> accuracy_m{};
};
struct WorkEvent {
  meta::Instant at{};
  std::string verb{}, work_state{};
  std::optional<std::string> by{};  // none: the program
  int tier = 0;
  std::optional<std::string> assignee{}, note{};
  std::optional<std::int64_t> latitude_e4{}, longitude_e4{}, accuracy_m{};  // as in Location
};
struct WorkItemFile {
  WorkItem item{};
  std::vector<WorkEvent> events{};  // oldest first
};

enum class Standing { open, closed, all };
struct WorkQuery {
  std::optional<std::int64_t> place_id{};  // at the place or below it; none: all one looks after
  std::optional<Standing> standing{};      // default: open
  std::optional<bool> mine{}, overdue{};
  std::optional<bool> unassigned{};  // nobody's, because nobody stands for the place
  std::optional<meta::Text<1, 40>> kind{}, state{};
  std::optional<meta::Int<0, 6>> tier{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct SummaryQuery {
  std::optional<std::int64_t> place_id{};
};
struct TierCount {
  int tier = 0;
  std::int64_t open = 0, overdue = 0;
};
struct WorkSummary {
  std::int64_t open = 0, unacknowledged = 0, overdue = 0, mine = 0, unassigned = 0;
  std::vector<TierCount> tiers{};
};

struct NewWork {
  meta::Text<1, 40> kind;
  std::vector<std::int64_t> place_ids{};  // one item for each
  meta::Note note;
  std::optional<meta::Instant> due{};
  std::optional<meta::Text<8, 60>> client_id{};  // of the form: sent twice it is given once
};
struct Created {
  std::int64_t created = 0;
};
struct Act {
  meta::Text<1, 40> verb;
  std::optional<meta::Note> note{};
  std::optional<meta::Text<8, 60>> client_id{};  // made where it was written down: sent twice it is done once
  std::optional<Location> location{};            // kept only where the kind demands it
};
struct HandOver {
  std::vector<std::int64_t> ids{};  // these, or
  std::optional<std::int64_t>
      from_staff_id{};  // all open ones of somebody, as far as the asker looks after them
  std::int64_t to_staff_id = 0;
  meta::Note note;
  std::optional<meta::Text<8, 60>> client_id{};  // of the form: sent twice it is handed over once
};
struct HandedOver {
  std::int64_t handed = 0;
};

// The people to call about an open item: tap and talk, no reason typed (practice.md 20).
struct Reachable {
  std::string name{};
  std::optional<std::string> phone{};
};
struct Reach {
  std::string address{};
  std::vector<Reachable> people{};
};

struct Seat {
  std::int64_t account_id = 0;
  std::optional<std::int64_t> staff_id{};
  std::optional<std::string> staff_name{};
};
struct SeatPatch {
  std::optional<std::int64_t> staff_id{};  // none: of nobody
};

}  // namespace feature::work_item

META_ENUM(feature::work_item::Category, "entry_control", "temperature", "tracing", "publicity",
          "disinfection", "delivery", "unrest")
META_ENUM(feature::work_item::Evidence, "note", "photo", "signature", "location")
META_ENUM(feature::work_item::Standing, "open", "closed", "all")
META_DESCRIBE(feature::work_item::Kind, "WorkKind", "", id, code, category, flow, climb_minutes, due_minutes,
              by_hand, evidence)
META_DESCRIBE(feature::work_item::KindList, "WorkKindList", "", items)
META_DESCRIBE(feature::work_item::KindPatch, "WorkKindPatch", "", climb_minutes, due_minutes, evidence)
META_DESCRIBE(feature::work_item::WorkQuery, "WorkQuery", "", place_id, standing, mine, overdue, unassigned,
              kind, state, tier, limit, cursor)
META_DESCRIBE(feature::work_item::SummaryQuery, "WorkSummaryQuery", "", place_id)
META_DESCRIBE(feature::work_item::TierCount, "TierCount", "", tier, open, overdue)
META_DESCRIBE(feature::work_item::WorkSummary, "WorkSummary", "", open, unacknowledged, overdue, mine,
              unassigned, tiers)
META_DESCRIBE(feature::work_item::Created, "WorkCreated", "", created)
META_DESCRIBE(feature::work_item::Location, "WorkLocation", "", latitude_e4, longitude_e4, accuracy_m)
META_DESCRIBE(feature::work_item::Act, "WorkAct", "", verb, note, client_id, location)
META_DESCRIBE(feature::work_item::HandOver, "WorkHandOver", "", ids, from_staff_id, to_staff_id, note,
              client_id)
META_DESCRIBE(feature::work_item::HandedOver, "WorkHandedOver", "", handed)
META_DESCRIBE(feature::work_item::Reachable, "Reachable", "", name, phone)
META_DESCRIBE(feature::work_item::Reach, "WorkReach", "", address, people)
META_DESCRIBE(feature::work_item::Seat, "AccountStaff", "", account_id, staff_id, staff_name)
META_DESCRIBE(feature::work_item::SeatPatch, "AccountStaffPatch", "", staff_id)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::work_item::KindRow> {
  using T = feature::work_item::KindRow;
  static constexpr std::string_view name = "WorkKindStored", table = "work_kind";
  static constexpr std::array fields{
      KEY, F(code), F(category), F(flow), F(climb_minutes), F(due_minutes), F(by_hand), F(evidence)};
};
template <>
struct Describe<feature::work_item::TransitionRow> {
  using T = feature::work_item::TransitionRow;
  static constexpr std::string_view name = "WorkTransitionStored", table = "work_transition";
  static constexpr std::array fields{KEY,         F(flow),       F(from_state), F(verb),
                                     F(to_state), F(permission), F(needs_note), F(ends)};
};
template <>
struct Describe<feature::work_item::ItemRow> {
  using T = feature::work_item::ItemRow;
  static constexpr std::string_view name = "WorkItemStored", table = "work_item";
  static constexpr std::array fields{
      KEY,           F(kind),       F(place_id),  F(compound_id), F(household_id), F(person_id),
      F(passage_id), F(opening_id), F(team_id),   F(assignee_id), F(tier),         F(handed),
      F(taken_by),   F(state),      F(detail),    F(note),        F(origin),       AT(opened),
      AT(climb),     AT(due),       AT(resolved), AT(closed),     F(version)};
};
template <>
struct Describe<feature::work_item::WorkItem> {
  using T = feature::work_item::WorkItem;
  static constexpr std::string_view name = "WorkItem", table = "";
  static constexpr std::array fields{F(id),
                                     F(work_kind),
                                     F(category),
                                     F(work_state),
                                     F(place_id),
                                     F(compound_id),
                                     F(place_name),
                                     F(household_id),
                                     F(passage_id),
                                     F(opening_name),
                                     F(detail),
                                     F(note),
                                     F(assignee_id),
                                     F(assignee),
                                     F(tier),
                                     F(taken_by),
                                     AT(opened),
                                     AT(climb),
                                     AT(due),
                                     AT(closed),
                                     F(overdue),
                                     field<&T::own>("own", {.exported = false}),
                                     field<&T::verbs>("verbs", {.exported = false}),
                                     field<&T::needs>("needs", {.exported = false})};
};
template <>
struct Describe<feature::work_item::WorkEvent> {
  using T = feature::work_item::WorkEvent;
  static constexpr std::string_view name = "WorkEvent", table = "";
  static constexpr std::array fields{AT(at),      F(verb), F(work_state),  F(by),           F(tier),
                                     F(assignee), F(note), F(latitude_e4), F(longitude_e4), F(accuracy_m)};
};
template <>
struct Describe<feature::work_item::NewWork> {
  using T = feature::work_item::NewWork;
  static constexpr std::string_view name = "NewWork", table = "";
  static constexpr std::array fields{F(kind), F(place_ids), F(note), AT(due), F(client_id)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta

META_DESCRIBE(feature::work_item::WorkItemFile, "WorkItemFile", "", item, events)
