// People under control: the list, one file, and the decisions about them.
#include <algorithm>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/control/clockwork.hpp"
#include "feature/control/routes.hpp"
#include "feature/place/below_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto listed_cases = db::ScopedSql(
    "SELECT c.id, c.person_id, c.household_id, c.dwelling_id, c.compound_id, c.category, c.began, "
    "c.exposed, c.decided_by, c.reference, c.site, c.team_id, c.origin, c.rule_id, c.stage, c.level, "
    "c.day_one, c.last_day, c.attention, c.check_ms, c.created_by, c.created_ms, c.ended_ms, c.end_reason, "
    "c.end_reference, c.version, c.morning, c.evening, p.sort FROM control_case c JOIN place p ON p.id = "
    "c.dwelling_id WHERE {scope:p}");

constexpr std::array case_orders{
    api::PageOrder{" AND (c.compound_id, p.sort, c.id) > ({arg}, {arg}, {arg})",
                   " ORDER BY c.compound_id, p.sort, c.id LIMIT {arg}", "walking",
                   " AND c.compound_id >= {arg}"},
    api::PageOrder{" AND (c.created_ms, c.id) < ({arg}, {arg})",
                   " ORDER BY c.created_ms DESC, c.id DESC LIMIT {arg}", "newest"},
};

struct Filter {
  db::ScopedSql sql = listed_cases;
  std::vector<db::Arg> args{};
  void add(db::Fragment fragment, db::Arg arg) {
    sql = sql.with(fragment);
    args.push_back(std::move(arg));
  }
};

Filter filter_of(db::Scoped& q, const CaseQuery& in) {
  Filter f;
  if (in.place_id) f.add(place::below(q, *in.place_id), *in.place_id);
  const auto standing = in.standing.value_or(Standing::open);
  if (standing == Standing::open) f.sql = f.sql.with(" AND c.ended_ms IS NULL");
  if (standing == Standing::ended) f.sql = f.sql.with(" AND c.ended_ms IS NOT NULL");
  if (in.control_category) f.add(" AND c.category = {arg}", meta::name_of(*in.control_category));
  if (in.control_level) f.add(" AND c.level = {arg}", meta::name_of(*in.control_level));
  if (in.attention) f.add(" AND c.attention LIKE '% ' || {arg} || ' %'", meta::name_of(*in.attention));
  return f;
}

// Health: looking at the list is audited like a change, masked as it is.
Result<api::Page<ControlCase>> list_cases(api::Context& c, const CaseQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<api::Page<ControlCase>> {
    const auto f = filter_of(q, in);
    const auto& order = api::order_of(in.order, case_orders);
    const bool walking = in.order.value_or(CaseOrder::walking) == CaseOrder::walking;
    auto page = api::fetch_page<std::pair<CaseRow, ControlCase>>(
        q, f.sql, f.args, in.limit, in.cursor, order,
        [](const db::Row& r) {
          return std::pair{meta::load<CaseRow>(r), ControlCase{}};
        },
        [&](const db::Row& r) {
          return walking ? api::SortKey{r.str(28), r.integer(0), r.integer(4)}
                         : api::SortKey{r.integer(21), r.integer(0)};
        });
    if (!page) return tl::unexpected(std::move(page).error());
    core::audit(q, c,
                {"control.list", "control_case", in.place_id.value_or(0), std::nullopt,
                 std::to_string(page->items.size())});
    return api::Page<ControlCase>{shown(q, page->items, c.now), page->next};
  });
}

Result<ControlSummary> summary(api::Context& c, const SummaryQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<ControlSummary> { return summary_of(q, in.place_id, c.now); });
}

Result<ControlFile> get_case(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<ControlFile> {
    const auto row = find_case(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    core::audit(q, c, {"control.read", "control_case", c.id(), row->compound_id});
    return file_of(q, c.id(), c.now);
  });
}

template <class T>
std::optional<std::string> text_of(const std::optional<T>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

Result<ControlFile> begin_case(api::Context& c, const NewCase& in) {
  Begin what;
  what.person_id = in.person_id;
  what.category = in.category;
  what.began = in.began.value_or(base::civil_day(c.now));
  what.exposed = in.exposed;
  what.decided_by = in.decided_by;
  what.reference = text_of(in.reference);
  what.site = text_of(in.site);
  what.team_id = in.team_id;
  what.account_id = c.who.account;
  const auto ids = take_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<ControlFile> {
    const auto id = begin(q, what, ids, core::source_of(c));
    if (!id) return tl::unexpected(id.error());
    const auto row = find_case(q, *id);
    core::audit(q, c, {"control.begin", "control_case", *id, row->compound_id});
    return file_of(q, *id, c.now);
  });
}

// One of the open cases, changed by `change` and brought up to date.
template <class Change>
Result<ControlFile> with_case(api::Context& c, std::string action, Change change) {
  const auto ids = take_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<ControlFile> {
    const auto row = lock_case(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->ended) return base::fail(ErrorKind::conflict, "control.ended");
    Result<std::int64_t> shown_id = change(q, *row, ids);
    if (!shown_id) return tl::unexpected(std::move(shown_id).error());
    core::audit(q, c, {action, "control_case", c.id(), row->compound_id});
    return file_of(q, *shown_id, c.now);
  });
}

Result<ControlFile> change_case(api::Context& c, const CasePatch& in) {
  return with_case(c, "control.change",
                   [&](db::Scoped& q, const CaseRow& row, const Ids& ids) -> Result<std::int64_t> {
                     auto after = row;
                     if (in.began) after.began = *in.began;
                     if (in.exposed) after.exposed = in.exposed;
                     if (after.began > base::civil_day(c.now))
                       return base::fail_field("/began", "in_the_future");
                     if (after.exposed && *after.exposed > after.began)
                       return base::fail_field("/exposed", "after_beginning");
                     if (in.team_id) {
                       if (q.unscoped().count("SELECT COUNT(*) FROM team WHERE id = $1", {*in.team_id}) == 0)
                         return base::fail_field("/team_id", "not_found");
                       after.team_id = in.team_id;
                       for (const auto& origins : {origin_of(row.id.value, ""), door_origin(row.person_id)})
                         work_item::give_all(q, origins, {{}, in.team_id}, c.who.account, c.now);
                     }
                     bring_up_to_date(q, row, after, ids, core::source_of(c));
                     return row.id.value;
                   });
}

// Another category is another case with its own clock; what hangs at the door stays there.
Result<ControlFile> change_category(api::Context& c, const CategoryChange& in) {
  const auto next = take_ids(c.store);
  return with_case(
      c, "control.category", [&](db::Scoped& q, const CaseRow& row, const Ids& ids) -> Result<std::int64_t> {
        if (row.category == in.category) return base::fail_field("/category", "unchanged");
        const auto source = core::source_of(c);
        end_case(q, row, EndReason::category_changed, text_of(in.reference), ids, source);
        Begin what{row.person_id, in.category,   base::civil_day(c.now),
                   row.exposed,   in.decided_by, text_of(in.reference),
                   row.site,      row.team_id,   "case:" + std::to_string(row.id.value),
                   c.who.account};
        auto begun = begin(q, what, next, source);
        if (begun)
          q.unscoped().run("UPDATE control_mark SET case_id = $2 WHERE case_id = $1 AND down_ms IS NULL",
                           {row.id, *begun});
        return begun;
      });
}

// Not before everything is there that the rules demand (rules.md section 6). Where they say no length, the
// decision is the document's.
Result<ControlFile> release(api::Context& c, const Release& in) {
  return with_case(c, "control.release",
                   [&](db::Scoped& q, const CaseRow& row, const Ids& ids) -> Result<std::int64_t> {
                     if (in.reason == EndReason::category_changed)
                       return base::fail_field("/reason", "not_allowed");
                     if (in.reason == EndReason::released) {
                       const auto state = clock_of(row, rules_at(q, row.dwelling_id).params(),
                                                   tests_of(q, row.id.value), base::civil_day(c.now));
                       if (state.last_day && !state.full)
                         return base::fail(ErrorKind::conflict, state.positive ? "control.positive"
                                                                : state.held   ? "control.tests_missing"
                                                                               : "control.too_early");
                     }
                     end_case(q, row, in.reason, in.reference, ids, core::source_of(c));
                     return row.id.value;
                   });
}

}  // namespace

void case_routes(api::Router& r) {
  core::list<list_cases>(r, "/api/control-cases", Permission::control_read, "People under control, masked");
  r.get<SummaryQuery, ControlSummary>("/api/control-cases/summary", Permission::control_read,
                                      "How many are under control and what waits", summary);
  r.get<ControlFile>("/api/control-cases/{id}", Permission::control_read, "One person under control",
                     get_case);
  r.post<NewCase, ControlFile>("/api/control-cases", Permission::control_write, "Put a person under control",
                               begin_case);
  r.patch<CasePatch, ControlFile>("/api/control-cases/{id}", Permission::control_write,
                                  "Correct the first day, the exposure or the team", change_case);
  r.post<CategoryChange, ControlFile>("/api/control-cases/{id}/category", Permission::control_write,
                                      "Decide on another category", change_category);
  r.post<Release, ControlFile>("/api/control-cases/{id}/release", Permission::control_write,
                               "End the control of a person", release);
}

}  // namespace feature::control
