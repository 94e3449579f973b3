#pragma once
// A person under control: one case while it lasts, from a decision of a named person to a release (XN-47 to
// 49, practice 17, 24, 25). A reading never makes a case.
#include "feature/control/rule_record.hpp"

namespace feature::control {

enum class EndReason { released, category_changed, transferred_out, deceased, mistaken_record };

struct CaseRow {
  meta::Id<CaseRow> id;
  std::int64_t person_id = 0, household_id = 0, dwelling_id = 0, compound_id = 0;
  Category category = Category::close_contact;
  meta::Day began{};  // first day under control
  std::optional<meta::Day> exposed{};
  std::string decided_by{};  // a named medical person or officer
  std::optional<std::string> reference{};
  std::optional<std::string> site{};  // where they are instead of at home
  std::optional<std::int64_t> team_id{};
  std::string origin{};                   // what made it; the same twice makes one case
  std::optional<std::int64_t> rule_id{};  // the version the clock was last set by; none: built in
  // What the clock says; made anew whenever something changes.
  int stage = 0;
  ControlLevel level = ControlLevel::home_observation;
  meta::Day day_one{};
  std::optional<meta::Day> last_day{};
  std::string attention{};               // codes, each with a space before and after
  std::optional<meta::Instant> check{};  // when it is looked at again by itself; none: it has ended
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<meta::Instant> ended{};
  std::optional<EndReason> end_reason{};
  std::optional<std::string> end_reference{};
  std::int64_t version = 1;
  std::optional<meta::Day> morning{}, evening{};  // the newest day of which there is a follow-up of that half
};

enum class Standing { open, ended, all };
enum class CaseOrder { walking, newest };
// What a case waits for.
enum class Attention { held, test_due, positive, release_due, follow_up_missing };

struct ControlCase {
  meta::Id<CaseRow> id;
  std::int64_t person_id = 0, household_id = 0, compound_id = 0;
  std::string label{}, person_name{};  // masked
  Category control_category = Category::close_contact;
  ControlLevel control_level = ControlLevel::home_observation;
  engine::gate::Standing standing = engine::gate::Standing::may_leave;  // what the gate is told
  meta::Day began{}, day_one{};
  std::optional<meta::Day> last_day{};
  int clock_day = 1;  // of the clock, today or when it ended
  std::optional<std::string> site{};
  std::vector<Attention> attention{};
  bool morning = false, evening = false;  // followed up today
  bool notice_up = false, sealed = false;
  meta::Instant created{};
  std::optional<meta::Instant> ended{};
  std::optional<EndReason> control_ending{};
};
struct CaseQuery {
  std::optional<std::int64_t> place_id{};  // at the place or below it
  std::optional<Category> control_category{};
  std::optional<ControlLevel> control_level{};
  std::optional<Standing> standing{};  // default: open
  std::optional<Attention> attention{};
  std::optional<CaseOrder> order{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct SummaryQuery {
  std::optional<std::int64_t> place_id{};
};
struct CategoryCount {
  Category category = Category::close_contact;
  std::int64_t persons = 0, households = 0;
};
struct AttentionCount {
  Attention attention = Attention::held;
  std::int64_t persons = 0;
};
struct ControlSummary {
  std::int64_t persons = 0, households = 0, followed_morning = 0, followed_evening = 0;
  std::vector<CategoryCount> categories{};
  std::vector<AttentionCount> attention{};
};

struct NewCase {
  std::int64_t person_id = 0;
  Category category = Category::close_contact;
  std::optional<meta::Day> began{};  // default: today
  std::optional<meta::Day> exposed{};
  meta::Text<1, 60> decided_by;
  std::optional<meta::Text<1, 100>> reference{};
  std::optional<meta::Text<1, 100>> site{};
  std::optional<std::int64_t> team_id{};
};
struct CasePatch {
  std::optional<meta::Day> began{}, exposed{};
  std::optional<std::int64_t> team_id{};
};
struct CategoryChange {
  Category category = Category::close_contact;
  meta::Text<1, 60> decided_by;
  std::optional<meta::Text<1, 100>> reference{};
};
struct Release {
  EndReason reason = EndReason::released;
  meta::Text<1, 100> reference;  // of the notice
};

}  // namespace feature::control

META_ENUM(feature::control::EndReason, "released", "category_changed", "transferred_out", "deceased",
          "mistaken_record")
META_ENUM(feature::control::Standing, "open", "ended", "all")
META_ENUM(feature::control::CaseOrder, "walking", "newest")
META_ENUM(feature::control::Attention, "held", "test_due", "positive", "release_due", "follow_up_missing")
META_DESCRIBE(feature::control::CaseQuery, "ControlCaseQuery", "", place_id, control_category, control_level,
              standing, attention, order, limit, cursor)
META_DESCRIBE(feature::control::SummaryQuery, "ControlSummaryQuery", "", place_id)
META_DESCRIBE(feature::control::CategoryCount, "ControlCategoryCount", "", category, persons, households)
META_DESCRIBE(feature::control::AttentionCount, "ControlAttentionCount", "", attention, persons)
META_DESCRIBE(feature::control::ControlSummary, "ControlSummary", "", persons, households, followed_morning,
              followed_evening, categories, attention)
META_DESCRIBE(feature::control::NewCase, "NewControlCase", "", person_id, category, began, exposed,
              decided_by, reference, site, team_id)
META_DESCRIBE(feature::control::CasePatch, "ControlCasePatch", "", began, exposed, team_id)
META_DESCRIBE(feature::control::CategoryChange, "ControlCategoryChange", "", category, decided_by, reference)
META_DESCRIBE(feature::control::Release, "ControlRelease", "", reason, reference)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
#define HEALTH(m) field<&T::m>(#m, {.sensitive = true})
template <>
struct Describe<feature::control::CaseRow> {
  using T = feature::control::CaseRow;
  static constexpr std::string_view name = "ControlCaseStored", table = "control_case";
  static constexpr std::array fields{KEY,
                                     F(person_id),
                                     F(household_id),
                                     F(dwelling_id),
                                     F(compound_id),
                                     HEALTH(category),
                                     F(began),
                                     F(exposed),
                                     F(decided_by),
                                     F(reference),
                                     F(site),
                                     F(team_id),
                                     F(origin),
                                     F(rule_id),
                                     F(stage),
                                     HEALTH(level),
                                     F(day_one),
                                     F(last_day),
                                     F(attention),
                                     AT(check),
                                     F(created_by),
                                     AT(created),
                                     AT(ended),
                                     F(end_reason),
                                     F(end_reference),
                                     F(version),
                                     F(morning),
                                     F(evening)};
};
template <>
struct Describe<feature::control::ControlCase> {
  using T = feature::control::ControlCase;
  static constexpr std::string_view name = "ControlCase", table = "";
  static constexpr std::array fields{F(id),        F(person_id),     F(household_id),     F(compound_id),
                                     F(label),     F(person_name),   F(control_category), F(control_level),
                                     F(standing),  F(began),         F(day_one),          F(last_day),
                                     F(clock_day), F(site),          F(attention),        F(morning),
                                     F(evening),   F(notice_up),     F(sealed),           AT(created),
                                     AT(ended),    F(control_ending)};
};
#undef KEY
#undef F
#undef AT
#undef HEALTH
}  // namespace meta
