// Plans through the API: begun, listed, ended. What they make is recur.cpp's.
#include "feature/work_item/plans.hpp"

#include <fmt/format.h>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/once.hpp"
#include "feature/place/below_service.hpp"
#include "feature/work_item/done.hpp"
#include "feature/work_item/flow.hpp"
#include "feature/work_item/routes.hpp"

namespace feature::work_item {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::int64_t morning_minute = 8 * 60, evening_minute = 16 * 60;

constexpr auto plan_columns = db::ScopedSql(
    "SELECT w.id, w.kind, w.place_id, w.target, w.set_id, w.rhythm, w.at_minute, w.second_minute, "
    "w.on_day, w.due_minutes, w.note, w.next_ms, w.ended_ms, s.name, w.created_ms FROM work_plan w JOIN "
    "place p ON p.id = w.place_id LEFT JOIN place_set s ON s.id = w.set_id WHERE {scope:p}");

Plan load_plan(const db::Row& r) {
  Plan plan;
  plan.id = meta::Id<PlanRow>(r.integer(0));
  plan.work_kind = r.str(1);
  plan.place_id = r.integer(2);
  meta::parse_enum(r.text(3), plan.target);
  plan.set_id = r.maybe_integer(4);
  meta::parse_enum(r.text(5), plan.rhythm);
  plan.at_minute = r.integer(6);
  plan.second_minute = r.maybe_integer(7);
  plan.on_day = r.maybe_integer(8);
  plan.due_minutes = r.maybe_integer(9);
  plan.note = r.str(10);
  plan.next = r.maybe_instant(11);
  plan.ended = r.maybe_instant(12);
  plan.set_name = r.maybe_text(13);
  return plan;
}

void name_places(db::Scoped& q, std::vector<Plan>& plans) {
  std::vector<std::int64_t> ids;
  for (const auto& p : plans) ids.push_back(p.place_id);
  const auto labels = place::labels_of(q, ids);
  for (auto& p : plans)
    if (const auto label = labels.find(p.place_id); label != labels.end()) p.place_name = label->second;
}

Result<api::Page<Plan>> list_plans(api::Context& c, const PlanQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Plan>> {
    auto sql = plan_columns;
    std::vector<db::Arg> args;
    if (in.place_id) {
      sql = sql.with(place::below(q, *in.place_id));
      args.emplace_back(*in.place_id);
    }
    sql = in.ended.value_or(false) ? sql.with(" AND w.ended_ms IS NOT NULL")
                                   : sql.with(" AND w.ended_ms IS NULL");
    auto page = api::fetch_page<Plan>(
        q, sql, args, in.limit, in.cursor,
        {" AND (w.created_ms, w.id) < ({arg}, {arg})", " ORDER BY w.created_ms DESC, w.id DESC LIMIT {arg}"},
        load_plan, [](const db::Row& r) {
          return api::SortKey{r.integer(14), r.integer(0)};
        });
    if (page) name_places(q, page->items);
    return page;
  });
}

base::Problems problems_of(const NewPlan& in) {
  base::Problems problems;
  const auto each = in.target.value_or(Each::place);
  if ((each == Each::member) != in.set_id.has_value())
    problems.push_back({"/set_id", in.set_id ? "not_allowed" : "required"});
  if (in.on_day && in.rhythm != Rhythm::weekly && in.rhythm != Rhythm::monthly)
    problems.push_back({"/on_day", "not_allowed"});
  if (in.on_day && in.rhythm == Rhythm::weekly && in.on_day->value > 7)
    problems.push_back({"/on_day", "out_of_range"});
  if (in.second_minute && in.rhythm != Rhythm::twice_daily)
    problems.push_back({"/second_minute", "not_allowed"});
  return problems;
}

PlanRow row_of(const NewPlan& in, std::int64_t id, const api::Context& c) {
  PlanRow row;
  row.id = meta::Id<PlanRow>(id);
  row.kind = in.kind;
  row.place_id = in.place_id;
  row.target = in.target.value_or(Each::place);
  row.set_id = in.set_id;
  row.rhythm = in.rhythm;
  row.at_minute = in.at_minute ? in.at_minute->value : morning_minute;
  if (in.rhythm == Rhythm::twice_daily)
    row.second_minute = in.second_minute ? in.second_minute->value : evening_minute;
  if (in.rhythm == Rhythm::weekly || in.rhythm == Rhythm::monthly)
    row.on_day = in.on_day ? in.on_day->value : 1;
  if (in.due_minutes) row.due_minutes = in.due_minutes->value;
  row.note = in.note;
  row.created_by = c.who.account;
  row.created = c.now;
  row.next = in.rhythm == Rhythm::once ? std::optional(c.now) : time_after(row, c.now + -1);
  return row;
}

// Ended since, or out of sight: what was begun is told as it is, or not at all.
Result<Plan> one_plan(db::Scoped& q, std::int64_t id) {
  std::vector<Plan> shown;
  q.one(plan_columns.with(" AND w.id = {arg}"), {id},
        [&](const db::Row& r) { shown.push_back(load_plan(r)); });
  if (shown.empty()) return base::fail(ErrorKind::not_found, "not_found");
  name_places(q, shown);
  return shown.front();
}

Result<Plan> create_plan(api::Context& c, const NewPlan& in) {
  if (auto problems = problems_of(in); !problems.empty()) return base::fail(std::move(problems));
  const auto id = c.store.next_id();
  const auto form = core::form_sent(c, "new_plan", in.client_id, meta::to_json(in));
  return c.write([&](db::Scoped& q) -> Result<Plan> {
    const auto before = core::make_once(q, c, form, id);
    if (!before) return tl::unexpected(before.error());
    if (*before) return one_plan(q, **before);
    const auto kind = find_kind(q, in.kind);
    if (!kind || !kind->by_hand) return base::fail_field("/kind", "not_allowed");
    const auto each = in.target.value_or(Each::place);
    if (kind->category == Category::unrest && each == Each::dwelling)
      return base::fail_field("/target", "work.about_places_only");
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    if (each == Each::place && about_a_door(*place, kind->category))
      return base::fail_field("/place_id", "work.about_places_only");
    if (in.set_id &&
        q.count("SELECT COUNT(*) FROM place_set s JOIN place p ON p.id = s.place_id WHERE s.id = $1 AND "
                "s.valid_until_ms IS NULL AND {scope:p}",
                {*in.set_id}) == 0)
      return base::fail_field("/set_id", "not_found");
    const auto row = row_of(in, id, c);
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"work_plan.begin", "work_plan", id, place->compound_id, row.kind});
    return one_plan(q, id);
  });
}

Result<void> end_plan(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    std::optional<PlanRow> before;
    q.one(
        "SELECT w.id, w.kind, w.place_id, w.target, w.set_id, w.rhythm, w.at_minute, w.second_minute, "
        "w.on_day, w.due_minutes, w.note, w.created_by, w.created_ms, w.ended_ms, w.next_ms, w.reached, "
        "w.version FROM work_plan w JOIN place p ON p.id = w.place_id WHERE w.id = $1 AND {scope:p}",
        {c.id()}, [&](const db::Row& r) { before = meta::load<PlanRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    if (before->ended) return {};
    auto after = *before;
    after.ended = c.now;
    after.next.reset();
    ++after.version;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"work_plan.end", "work_plan", c.id(), std::nullopt, after.kind});
    return {};
  });
}

}  // namespace

void plan_routes(api::Router& r) {
  core::list<list_plans>(r, "/api/work-plans", Permission::work_read,
                         "Work that comes back by itself or is given to many places");
  r.post<NewPlan, Plan>("/api/work-plans", Permission::work_write,
                        "Let work come back by itself, or give it to many places at once", create_plan);
  r.post<void>("/api/work-plans/{id}/end", Permission::work_write, "End a plan; its items stay", end_plan);
}

}  // namespace feature::work_item
