// Items as those who do the work see them: lists, counts, one item with its history.
#include <algorithm>
#include <map>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/place/below_service.hpp"
#include "feature/work_item/done.hpp"
#include "feature/work_item/flow.hpp"
#include "feature/work_item/routes.hpp"
#include "feature/work_item/service.hpp"

namespace feature::work_item {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto item_columns = db::ScopedSql(
    "SELECT i.id, i.kind, k.category, i.state, i.place_id, i.compound_id, i.household_id, i.passage_id, "
    "o.name, i.detail, i.note, i.assignee_id, s.name, i.tier, a.display_name, i.opened_ms, i.climb_ms, "
    "i.due_ms, i.closed_ms, i.taken_by, k.flow, k.evidence FROM work_item i JOIN place p ON p.id = "
    "i.place_id JOIN work_kind k ON k.code = i.kind LEFT JOIN opening o ON o.id = i.opening_id LEFT JOIN "
    "staff s ON s.id = i.assignee_id LEFT JOIN account a ON a.id = i.taken_by WHERE {scope:p}");

struct Asker {
  std::int64_t account = 0, staff = 0;
  base::Instant now{};
  // What may be done with an item of a flow in a state; the same for all of them.
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> verbs{};
};

Asker asker_of(db::Scoped& q, const api::Context& c) {
  Asker who{c.who.account, staff_of(q, c.who.account), c.now, {}};
  q.unscoped().run("SELECT flow, from_state, verb, permission FROM work_transition ORDER BY id", {},
                   [&](const db::Row& r) {
                     Permission needed{};
                     if (meta::parse_enum(r.text(3), needed) && c.who.permissions.has(needed))
                       who.verbs[{r.str(0), r.str(1)}].push_back(r.str(2));
                   });
  return who;
}

WorkItem load_item(const db::Row& r, const Asker& asker) {
  WorkItem i;
  i.id = meta::Id<ItemRow>(r.integer(0));
  i.work_kind = r.str(1);
  meta::parse_enum(r.text(2), i.category);
  i.work_state = r.str(3);
  i.place_id = r.integer(4);
  i.compound_id = r.integer(5);
  i.household_id = r.maybe_integer(6);
  i.passage_id = r.maybe_integer(7);
  i.opening_name = r.maybe_text(8);
  i.detail = base::words_of(r.text(9));
  i.note = r.maybe_text(10);
  i.assignee_id = r.maybe_integer(11);
  i.assignee = r.maybe_text(12);
  i.tier = static_cast<int>(r.integer(13));
  i.taken_by = r.maybe_text(14);
  i.opened = r.instant(15);
  i.climb = r.maybe_instant(16);
  i.due = r.maybe_instant(17);
  i.closed = r.maybe_instant(18);
  i.overdue = !i.closed && i.due && *i.due <= asker.now;
  i.own = r.maybe_integer(19) == asker.account || (asker.staff != 0 && i.assignee_id == asker.staff);
  if (const auto verbs = asker.verbs.find({r.str(20), i.work_state}); verbs != asker.verbs.end())
    i.verbs = verbs->second;
  i.needs = evidence_in(r.text(21));
  return i;
}

void name_places(db::Scoped& q, std::vector<WorkItem>& items) {
  std::vector<std::int64_t> ids;
  for (const auto& i : items) ids.push_back(i.place_id);
  const auto labels = place::labels_of(q, ids);
  for (auto& i : items)
    if (const auto label = labels.find(i.place_id); label != labels.end()) i.place_name = label->second;
}

// The filters of a list and of its counts are one.
struct Filter {
  db::ScopedSql sql;
  std::vector<db::Arg> args{};

  void add(db::Fragment fragment, db::Arg arg) {
    sql = sql.with(fragment);
    args.push_back(arg);
  }
  void below(db::Scoped& q, const std::optional<std::int64_t>& place) {
    if (place) add(place::below(q, *place), *place);
  }
  void own(const Asker& asker) {
    add(" AND (i.taken_by = {arg}", asker.account);
    add(" OR (i.taken_by IS NULL AND i.assignee_id = {arg}))", asker.staff);
  }
};

Result<api::Page<WorkItem>> list_items(api::Context& c, const WorkQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<WorkItem>> {
    const auto asker = asker_of(q, c);
    Filter filter{item_columns};
    filter.below(q, in.place_id);
    const auto standing = in.standing.value_or(Standing::open);
    if (standing == Standing::open) filter.sql = filter.sql.with(" AND i.closed_ms IS NULL");
    if (standing == Standing::closed) filter.sql = filter.sql.with(" AND i.closed_ms IS NOT NULL");
    if (in.mine.value_or(false)) filter.own(asker);
    if (in.overdue.value_or(false)) filter.add(" AND i.closed_ms IS NULL AND i.due_ms <= {arg}", c.now);
    if (in.unassigned.value_or(false)) filter.sql = filter.sql.with(" AND i.assignee_id IS NULL");
    if (in.kind) filter.add(" AND i.kind = {arg}", *in.kind);
    if (in.state) filter.add(" AND i.state = {arg}", *in.state);
    if (in.tier) filter.add(" AND i.tier = {arg}", in.tier->value);
    auto page = api::fetch_page<WorkItem>(
        q, filter.sql, filter.args, in.limit, in.cursor,
        {" AND (i.opened_ms, i.id) < ({arg}, {arg})", " ORDER BY i.opened_ms DESC, i.id DESC LIMIT {arg}"},
        [&](const db::Row& r) { return load_item(r, asker); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(15), r.integer(0)};
        });
    if (page) name_places(q, page->items);
    return page;
  });
}

Result<WorkSummary> summary(api::Context& c, const SummaryQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<WorkSummary> {
    const auto asker = asker_of(q, c);
    WorkSummary out;
    Filter tiers{db::ScopedSql(
        "SELECT i.tier, COUNT(*), COUNT(*) FILTER (WHERE i.due_ms <= $1), COUNT(*) FILTER (WHERE i.taken_by "
        "IS NULL), COUNT(*) FILTER (WHERE i.assignee_id IS NULL) FROM work_item i JOIN place p ON p.id = "
        "i.place_id WHERE i.closed_ms IS NULL AND {scope:p}")};
    tiers.args.push_back(c.now);
    tiers.below(q, in.place_id);
    q.run(tiers.sql.with(" GROUP BY i.tier ORDER BY i.tier"), tiers.args, [&](const db::Row& r) {
      out.tiers.push_back({static_cast<int>(r.integer(0)), r.integer(1), r.integer(2)});
      out.open += r.integer(1);
      out.overdue += r.integer(2);
      out.unacknowledged += r.integer(3);
      out.unassigned += r.integer(4);
    });
    Filter mine{db::ScopedSql(
        "SELECT COUNT(*) FROM work_item i JOIN place p ON p.id = i.place_id WHERE i.closed_ms IS NULL AND "
        "{scope:p}")};
    mine.below(q, in.place_id);
    mine.own(asker);
    out.mine = q.count(mine.sql, mine.args);
    return out;
  });
}

Result<WorkItemFile> get_item(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<WorkItemFile> {
    const auto asker = asker_of(q, c);
    std::vector<WorkItem> found;
    q.one(item_columns.with(" AND i.id = {arg}"), {c.id()},
          [&](const db::Row& r) { found.push_back(load_item(r, asker)); });
    if (found.empty()) return base::fail(ErrorKind::not_found, "not_found");
    name_places(q, found);
    WorkItemFile file{found.front(), {}};
    q.unscoped().run(
        "SELECT e.at_ms, e.verb, e.state, a.display_name, e.tier, s.name, e.note, e.latitude_e4, "
        "e.longitude_e4, e.accuracy_m FROM work_event e LEFT JOIN account a ON a.id = e.account_id LEFT "
        "JOIN staff s ON s.id = e.assignee_id WHERE e.item_id = $1 ORDER BY e.id LIMIT 500",
        {c.id()}, [&](const db::Row& r) { file.events.push_back(meta::load<WorkEvent>(r)); });
    return file;
  });
}

}  // namespace

void item_routes(api::Router& r) {
  core::list<list_items>(r, "/api/work-items", Permission::work_read, "Alerts and tasks, newest first");
  r.get<SummaryQuery, WorkSummary>("/api/work-items/summary", Permission::work_read,
                                   "How many are open, overdue and the asker's own", summary);
  r.get<WorkItemFile>("/api/work-items/{id}", Permission::work_read, "One item with its history", get_item);
}

}  // namespace feature::work_item
