// The daily log of one person: what they did to items and at doors, and what they add themselves (LZ-37).
#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/place/service.hpp"
#include "feature/work_item/done.hpp"
#include "feature/work_item/flow.hpp"
#include "feature/work_item/routes.hpp"

namespace feature::work_item {
namespace {

using api::Permission;
using base::Result;

// Lines of two tables in one order; the last digit of the key says of which.
constexpr auto lines = db::ScopedSql(
    "SELECT x.at_ms, x.line, x.place_id, x.category, x.work, x.done, x.note FROM (SELECT e.at_ms, e.id * 2 "
    "AS line, i.place_id, k.category, i.kind AS work, e.verb AS done, e.note FROM work_event e JOIN "
    "work_item i ON i.id = e.item_id JOIN work_kind k ON k.code = i.kind WHERE e.account_id = $1 AND "
    "e.at_ms >= $2 AND e.at_ms < $3 UNION ALL SELECT a.happened_ms, a.id * 2 + 1, a.dwelling_id, "
    "'tracing', 'survey_visit', CASE WHEN a.answered = 1 THEN 'answered' ELSE 'unanswered' END, a.note "
    "FROM survey_attempt a WHERE a.account_id = $1 AND a.happened_ms >= $2 AND a.happened_ms < $3 AND "
    "a.retracted_by IS NULL) x JOIN place p ON p.id = x.place_id WHERE {scope:p}");

Result<api::Page<LogLine>> list_log(api::Context& c, const LogQuery& in) {
  const auto day = in.day ? *in.day : meta::Day{base::civil_day(c.now)};
  const auto last = in.until_day.value_or(day);
  if (last < day) return base::fail_field("/until_day", "not_later");
  return c.read([&](db::Scoped& q) -> Result<api::Page<LogLine>> {
    auto page = api::fetch_page<LogLine>(
        q, lines, {in.account_id.value_or(c.who.account), base::start_of(day), base::start_of(last + 1)},
        in.limit, in.cursor,
        {" AND (x.at_ms, x.line) > ({arg}, {arg})", " ORDER BY x.at_ms, x.line LIMIT {arg}"},
        [](const db::Row& r) {
          LogLine line;
          line.line = r.integer(1);
          line.at = r.instant(0);
          line.place_id = r.integer(2);
          meta::parse_enum(r.text(3), line.category);
          line.work_kind = r.str(4);
          line.done = r.str(5);
          line.note = r.maybe_text(6);
          return line;
        },
        [](const db::Row& r) {
          return api::SortKey{r.integer(0), r.integer(1)};
        });
    if (!page) return page;
    std::vector<std::int64_t> ids;
    for (const auto& line : page->items) ids.push_back(line.place_id);
    const auto labels = place::labels_of(q, ids);
    for (auto& line : page->items)
      if (const auto label = labels.find(line.place_id); label != labels.end())
        line.place_name = label->second;
    return page;
  });
}

// What one adds is an item that was done already, so the office's ledger and every history have it too.
Result<void> add_line(api::Context& c, const NewLogEntry& in) {
  if (in.happened_ms && *in.happened_ms > c.now) return base::fail_field("/happened_ms", "in_the_future");
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<void> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    if (about_a_door(*place, in.category)) return base::fail_field("/place_id", "work.about_places_only");
    if (sent_before(q, c.who.account, in.client_id)) return {};
    const auto at = in.happened_ms.value_or(c.now);
    ItemRow item;
    item.id = meta::Id<ItemRow>(id);
    item.kind = "task_" + std::string(meta::name_of(in.category));
    item.place_id = place->id.value;
    item.compound_id = place->compound_id.value_or(place->id.value);
    item.state = "closed";
    item.origin = "log:" + std::to_string(id);
    item.taken_by = c.who.account;
    item.opened = item.resolved = at;
    item.closed = at;
    core::append(q, item);
    write_event(q, item, {"added", c.who.account, std::string(in.note), in.client_id}, at);
    core::note_change(q, "work", item.compound_id, id, c.now);
    core::audit(q, c, {"work.added", "work_item", id, item.compound_id, item.kind});
    return {};
  });
}

}  // namespace

void log_routes(api::Router& r) {
  core::list<list_log>(r, "/api/work-log", Permission::work_read, "What somebody did on a day, in order");
  r.post<NewLogEntry, void>("/api/work-log", Permission::work_write,
                            "Add to one's own log what no item or door tells", add_line);
}

}  // namespace feature::work_item
