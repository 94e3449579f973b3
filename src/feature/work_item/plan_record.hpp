#pragma once
// Work that comes back by itself, or is given to many places at once: plans are rows, the items they make are
// items like all others.
#include <optional>
#include <string>
#include <vector>

#include "feature/place/record.hpp"
#include "meta/describe.hpp"

namespace feature::work_item {

enum class Rhythm { once, daily, twice_daily, weekly, monthly };
// For which places an item is made each time: the place itself, those of a kind in it, the areas somebody
// stands for in it, or the members of a grid or scope list.
enum class Each { place, compound, building, stair, dwelling, steward_area, member };
using Minute = meta::Int<0, 1439>;  // of the day

// --- stored ----------------------------------------------------------------------------------------
struct PlanRow {
  meta::Id<PlanRow> id;
  std::string kind{};
  std::int64_t place_id = 0;
  Each target = Each::place;
  std::optional<std::int64_t> set_id{};
  Rhythm rhythm = Rhythm::daily;
  std::int64_t at_minute = 0;
  std::optional<std::int64_t> second_minute{};  // twice_daily
  std::optional<std::int64_t> on_day{};         // weekly 1 (Monday) to 7, monthly 1 to 28
  std::optional<std::int64_t> due_minutes{};    // none: of the kind
  std::string note{};
  std::int64_t created_by = 0;
  meta::Instant created{};
  std::optional<meta::Instant> ended{};
  std::optional<meta::Instant> next{};  // the time whose items are made next
  std::int64_t reached = 0;             // the last place of that time which has its item
  std::int64_t version = 1;
};

// --- what the API shows ------------------------------------------------------------------------------
struct NewPlan {
  meta::Text<1, 40> kind;
  std::int64_t place_id = 0;
  std::optional<Each> target{};
  std::optional<std::int64_t> set_id{};
  Rhythm rhythm = Rhythm::daily;
  std::optional<Minute> at_minute{}, second_minute{};
  std::optional<meta::Int<1, 28>> on_day{};
  std::optional<meta::Int<5, 100000>> due_minutes{};
  meta::Note note;
  std::optional<meta::Text<8, 60>> client_id{};  // of the form: sent twice it is begun once
};
struct Plan {
  meta::Id<PlanRow> id;
  std::string work_kind{};
  std::int64_t place_id = 0;
  std::string place_name{};
  Each target = Each::place;
  std::optional<std::int64_t> set_id{};
  std::optional<std::string> set_name{};
  Rhythm rhythm = Rhythm::daily;
  std::int64_t at_minute = 0;
  std::optional<std::int64_t> second_minute{}, on_day{}, due_minutes{};
  std::string note{};
  std::optional<meta::Instant> next{}, ended{};
};
struct PlanQuery {
  std::optional<std::int64_t> place_id{};  // plans of it and of places below it
  std::optional<bool> ended{};             // default: those that go on
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

// The times a plan falls on. The newest one not after `now`, and not before the plan: times that were slept
// through are not made up for. Then the first one after an instant.
std::optional<base::Instant> newest_time(const PlanRow& plan, base::Instant now);
std::optional<base::Instant> time_after(const PlanRow& plan, base::Instant after);

}  // namespace feature::work_item

META_ENUM(feature::work_item::Rhythm, "once", "daily", "twice_daily", "weekly", "monthly")
META_ENUM(feature::work_item::Each, "place", "compound", "building", "stair", "dwelling", "steward_area",
          "member")
META_DESCRIBE(feature::work_item::NewPlan, "NewWorkPlan", "", kind, place_id, target, set_id, rhythm,
              at_minute, second_minute, on_day, due_minutes, note, client_id)
META_DESCRIBE(feature::work_item::PlanQuery, "WorkPlanQuery", "", place_id, ended, limit, cursor)

namespace meta {
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::work_item::PlanRow> {
  using T = feature::work_item::PlanRow;
  static constexpr std::string_view name = "WorkPlanStored", table = "work_plan";
  static constexpr std::array fields{field<&T::id>("id", {.primary_key = true, .read_only = true}),
                                     F(kind),
                                     F(place_id),
                                     F(target),
                                     F(set_id),
                                     F(rhythm),
                                     F(at_minute),
                                     F(second_minute),
                                     F(on_day),
                                     F(due_minutes),
                                     F(note),
                                     F(created_by),
                                     AT(created),
                                     AT(ended),
                                     AT(next),
                                     F(reached),
                                     F(version)};
};
template <>
struct Describe<feature::work_item::Plan> {
  using T = feature::work_item::Plan;
  static constexpr std::string_view name = "WorkPlan", table = "";
  static constexpr std::array fields{F(id),     F(work_kind),   F(place_id), F(place_name), F(target),
                                     F(set_id), F(set_name),    F(rhythm),   F(at_minute),  F(second_minute),
                                     F(on_day), F(due_minutes), F(note),     AT(next),      AT(ended)};
};
#undef F
#undef AT
}  // namespace meta
