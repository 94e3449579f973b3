#pragma once
// The rules of control as versions on a place: how long each category is under which level, when it is
// tested, what is asked twice a day. The nearest place up the tree with a version wins, its newest one holds.
#include <optional>
#include <string>
#include <vector>

#include "engine/control/clock.hpp"
#include "feature/gate/policy_record.hpp"

namespace feature::control {

using engine::control::DayZero;
using gate::ControlLevel;

// The four of the glossary and those that rules.md names besides.
enum class Category {
  confirmed,
  suspected,
  fever,
  close_contact,
  secondary_contact,
  general_contact,
  arrival,
};
enum class Regime { early_2020, fourteen_plus_seven, seven_plus_three, five_plus_three };

struct StageRule {
  ControlLevel level = ControlLevel::home_observation;
  meta::Int<0, 60> days = 14;  // 0: until somebody decides; then the last one
  std::vector<meta::Int<1, 60>> test_days{};
  meta::Int<0, 5> leave_negatives = 0;
};
struct CategoryRule {
  Category category = Category::close_contact;
  std::vector<StageRule> stages{};
};
// The sealing ladder (rules.md section 5), counted in one stair; 0: never.
struct SealRules {
  meta::Int<0, 50> household_observed = 1, stair_observed = 2, building_observed = 3;
  meta::Int<0, 50> stair_cases = 1, building_cases = 2;
};
// What makes the state of a community (rules.md section 2).
struct CommunityRules {
  meta::Int<1, 60> window_days = 14;
  meta::Int<2, 50> cluster_cases = 2, scattered_cases = 2;
  meta::Int<2, 50> outbreaks = 2;  // the source says "many"
};
struct ControlRules {
  DayZero day_zero = DayZero::first_day_is_one;
  std::vector<CategoryRule> categories{};
  // 2分2测1戴: the measuring is morning and evening, these are asked besides (XN-49).
  std::vector<meta::Text<1, 30>> items{};
  std::vector<meta::Text<1, 30>> symptoms{};
  // Minutes of the day from when a follow-up that is missing is somebody's to do (practice 21).
  meta::Int<1, 1439> morning_minute = 600, evening_minute = 1020;
  meta::Int<350, 420> fever_tenths = 373;
  std::vector<meta::Text<1, 30>> team_duties{};  // 五包一: who is to be in the team of a person
  std::optional<SealRules> sealing{};            // none: as the source has it
  std::optional<CommunityRules> community{};
};

struct ControlRuleRow {
  meta::Id<ControlRuleRow> id;
  std::int64_t place_id = 0;
  int version = 1;
  meta::Json params{};
  std::string reference{};
  std::optional<std::string> note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
};

struct ControlRulesShown {
  std::int64_t place_id = 0;  // where the version in force was made; 0: built in
  std::string place_name{};
  int version = 0;
  std::optional<std::string> reference{}, note{};
  std::optional<meta::Instant> created_ms{};
  ControlRules params{};
};
struct RegimeTemplate {
  Regime regime = Regime::early_2020;
  ControlRules params{};
};
struct RegimeTemplates {
  std::vector<RegimeTemplate> items{};
};
struct RulesQuery {
  std::int64_t place_id = 0;
};
struct ProposedRules {
  std::int64_t place_id = 0;
  ControlRules params{};
};
struct NewControlRules {
  std::int64_t place_id = 0;
  meta::Text<1, 100> reference;  // of the document that orders it
  std::optional<meta::Note> note{};
  meta::Int<0, 1000000> expected_changes = 0;  // as the preview said; another number is a conflict
  ControlRules params{};
};
// What a change does to one person.
struct ClockChange {
  std::int64_t case_id = 0;
  std::string label{}, person_name{};  // masked
  Category category = Category::close_contact;
  ControlLevel level_before = ControlLevel::home_observation, level_after = ControlLevel::home_observation;
  std::optional<meta::Day> last_before{}, last_after{};
  bool release_due = false;  // after: the days are over and nothing is missing
};
struct RulesPreview {
  std::int64_t persons = 0, changed = 0, shorter = 0, longer = 0, release_due = 0;
  std::vector<ClockChange> items{};  // the first 200 of those who change
};

}  // namespace feature::control

template <>
struct meta::EnumNames<engine::control::DayZero> {
  static constexpr auto names = ::meta::name_list("first_day_is_one", "exposure_is_zero");
};
META_ENUM(feature::control::Category, "confirmed", "suspected", "fever", "close_contact", "secondary_contact",
          "general_contact", "arrival")
META_ENUM(feature::control::Regime, "early_2020", "fourteen_plus_seven", "seven_plus_three",
          "five_plus_three")
META_DESCRIBE(feature::control::StageRule, "ControlStage", "", level, days, test_days, leave_negatives)
META_DESCRIBE(feature::control::CategoryRule, "ControlCategoryRule", "", category, stages)
META_DESCRIBE(feature::control::SealRules, "SealRules", "", household_observed, stair_observed,
              building_observed, stair_cases, building_cases)
META_DESCRIBE(feature::control::CommunityRules, "CommunityRules", "", window_days, cluster_cases,
              scattered_cases, outbreaks)
META_DESCRIBE(feature::control::ControlRules, "ControlRules", "", day_zero, categories, items, symptoms,
              morning_minute, evening_minute, fever_tenths, team_duties, sealing, community)
META_DESCRIBE(feature::control::ControlRulesShown, "ControlRulesShown", "", place_id, place_name, version,
              reference, note, created_ms, params)
META_DESCRIBE(feature::control::RegimeTemplate, "ControlRegime", "", regime, params)
META_DESCRIBE(feature::control::RegimeTemplates, "ControlRegimeList", "", items)
META_DESCRIBE(feature::control::RulesQuery, "ControlRulesQuery", "", place_id)
META_DESCRIBE(feature::control::ProposedRules, "ProposedControlRules", "", place_id, params)
META_DESCRIBE(feature::control::NewControlRules, "NewControlRules", "", place_id, reference, note,
              expected_changes, params)
META_DESCRIBE(feature::control::ClockChange, "ControlClockChange", "", case_id, label, person_name, category,
              level_before, level_after, last_before, last_after, release_due)
META_DESCRIBE(feature::control::RulesPreview, "ControlRulesPreview", "", persons, changed, shorter, longer,
              release_due, items)

template <>
struct meta::Describe<feature::control::ControlRuleRow> {
  using T = feature::control::ControlRuleRow;
  static constexpr std::string_view name = "ControlRuleStored", table = "control_rule";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     field<&T::place_id>("place_id"),
                                     field<&T::version>("version"),
                                     field<&T::params>("params"),
                                     field<&T::reference>("reference"),
                                     field<&T::note>("note"),
                                     field<&T::created_by>("created_by"),
                                     field<&T::created>("created_ms")};
};
