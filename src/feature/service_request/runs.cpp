// Delivery runs: what waits by where it comes from and the building it goes to, who carries it, door by door.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "engine/survey/ladder.hpp"
#include "feature/place/below_service.hpp"
#include "feature/service_request/flow.hpp"
#include "feature/service_request/routes.hpp"
#include "feature/stewardship/staff_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::service_request {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;
namespace walk = engine::survey;

constexpr std::size_t requests_of_run_max = 200;

constexpr db::ScopedSql run_columns(
    "SELECT u.id, u.compound_id, e.name, dp.name, s.name, u.note, (SELECT COUNT(*) FROM service_request r "
    "WHERE r.run_id = u.id), (SELECT COUNT(DISTINCT r.dwelling_id) FROM service_request r WHERE r.run_id = "
    "u.id), (SELECT COUNT(*) FROM service_request r WHERE r.run_id = u.id AND r.ended_ms IS NULL), "
    "u.created_ms, u.ended_ms, u.staff_id FROM delivery_run u JOIN place p ON p.id = u.compound_id LEFT "
    "JOIN directory_entry e ON e.id = u.shop_id LEFT JOIN drop_point dp ON dp.id = u.drop_point_id LEFT "
    "JOIN staff s ON s.id = u.staff_id WHERE {scope:p}");

DeliveryRun load_run(const db::Row& r) {
  DeliveryRun run;
  run.id = meta::Id<RunRow>(r.integer(0));
  run.compound_id = r.integer(1);
  run.shop = r.maybe_text(2);
  run.drop_point = r.maybe_text(3);
  run.carrier = r.maybe_text(4);
  run.note = r.maybe_text(5);
  run.requests = r.integer(6);
  run.doors = r.integer(7);
  run.left = r.integer(8);
  run.created = r.instant(9);
  run.ended = r.maybe_instant(10);
  return run;
}

Result<api::Page<DeliveryRun>> list_runs(api::Context& c, const RunQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = run_columns;
    std::vector<db::Arg> args;
    if (in.place_id) {
      sql = sql.with(place::below(q, *in.place_id));
      args.push_back(*in.place_id);
    }
    if (in.run_open)
      sql = *in.run_open ? sql.with(" AND u.ended_ms IS NULL") : sql.with(" AND u.ended_ms IS NOT NULL");
    return api::fetch_page<DeliveryRun>(q, sql, args, in.limit, in.cursor,
                                        api::PageOrder{" AND (u.created_ms, u.id) < ({arg}, {arg})",
                                                       " ORDER BY u.created_ms DESC, u.id DESC LIMIT {arg}"},
                                        load_run, [](const db::Row& r) {
                                          return api::SortKey{r.integer(9), r.integer(0)};
                                        });
  });
}

Result<RunProposals> proposals(api::Context& c, const BoardQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<RunProposals> {
    auto sql = db::ScopedSql(
        "SELECT r.id, r.dwelling_id, r.shop_id, e.name, r.drop_point_id, dp.name, p.compound_id, "
        "COALESCE(b.sort, ''), COALESCE(b.name, '') FROM service_request r JOIN service_kind k ON k.id = "
        "r.kind_id JOIN place p ON p.id = r.dwelling_id LEFT JOIN place b ON b.id = p.building_id LEFT JOIN "
        "directory_entry e ON e.id = r.shop_id LEFT JOIN drop_point dp ON dp.id = r.drop_point_id WHERE "
        "r.state = 'received' AND k.carried = 1 AND {scope:p}");
    std::vector<db::Arg> args;
    if (in.place_id) {
      sql = sql.with(place::below(q, *in.place_id));
      args.push_back(*in.place_id);
    }
    using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>;
    std::map<Key, RunProposal> groups;
    std::map<Key, std::set<std::int64_t>> doors;
    q.run(sql.with(" ORDER BY r.id LIMIT 5000"), args, [&](const db::Row& r) {
      const Key key{r.integer(6), r.integer(2), r.integer(4), r.str(7)};
      auto& group = groups[key];
      group.shop_id = r.maybe_integer(2);
      group.shop = r.maybe_text(3);
      group.drop_point_id = r.maybe_integer(4);
      group.drop_point = r.maybe_text(5);
      group.compound_id = r.integer(6);
      group.building = r.str(8);
      group.request_ids.push_back(r.integer(0));
      doors[key].insert(r.integer(1));
    });
    RunProposals out;
    for (auto& [key, group] : groups) {
      group.doors = static_cast<std::int64_t>(doors[key].size());
      out.items.push_back(std::move(group));
    }
    return out;
  });
}

// Building by building, stair by stair, from the bottom up: the order in which a round walks.
std::vector<ServiceRequest> in_walking_order(db::Scoped& q, std::int64_t run_id) {
  std::map<std::int64_t, std::vector<ServiceRequest>> by_door;
  q.run(shown_requests.with(" AND r.run_id = {arg} ORDER BY r.id"), {run_id}, [&](const db::Row& r) {
    auto one = load_shown(r);
    by_door[one.dwelling_id].push_back(std::move(one));
  });
  std::vector<walk::Door> doors;
  q.run(
      "SELECT p.id, COALESCE(ph.sort, ''), COALESCE(b.sort, ''), COALESCE(s.sort, ''), d.floor, p.sort FROM "
      "place p JOIN dwelling d ON d.id = p.id LEFT JOIN place ph ON ph.id = p.phase_id LEFT JOIN place b ON "
      "b.id = p.building_id LEFT JOIN place s ON s.id = p.stair_id WHERE EXISTS (SELECT 1 FROM "
      "service_request r WHERE r.dwelling_id = p.id AND r.run_id = $1) AND {scope:p}",
      {run_id}, [&](const db::Row& r) {
        walk::Door door{r.integer(0), r.str(1) + "/" + r.str(2), r.str(3), std::nullopt, r.str(5)};
        if (!r.is_null(4)) door.floor = static_cast<int>(r.integer(4));
        doors.push_back(std::move(door));
      });
  walk::in_walking_order(doors, walk::Direction::bottom_up);
  std::vector<ServiceRequest> out;
  for (const auto& door : doors)
    for (auto& one : by_door[door.id]) out.push_back(std::move(one));
  return out;
}

Result<RunFile> file_of(db::Scoped& q, std::int64_t id, const api::Context& c) {
  RunFile file;
  std::int64_t carrier = 0;
  if (!q.one(run_columns.with(" AND u.id = {arg}"), {id}, [&](const db::Row& r) {
        file.run = load_run(r);
        carrier = r.integer(11);
      }))
    return base::fail(ErrorKind::not_found, "not_found");
  file.own = carrier != 0 && work_item::staff_of(q, c.who.account) == carrier;
  file.requests = in_walking_order(q, id);
  return file;
}

Result<RunFile> get_run(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<RunFile> {
    auto file = file_of(q, c.id(), c);
    if (file) core::audit(q, c, {"service.read", "delivery_run", c.id(), file->run.compound_id});
    return file;
  });
}

// Locked one after the other, each still waiting and all of one compound.
Result<std::vector<RequestRow>> waiting(db::Scoped& q, std::vector<std::int64_t> ids) {
  std::ranges::sort(ids);
  base::Problems problems;
  std::vector<RequestRow> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto row = lock_request(q, ids[i]);
    if (!row || (i > 0 && ids[i] == ids[i - 1]))
      problems.push_back({fmt::format("/request_ids/{}", i), "not_found"});
    else if (row->state != State::received || !carried(q, *row))
      problems.push_back({fmt::format("/request_ids/{}", i), "service.not_now"});
    else if (!rows.empty() && rows.front().compound_id != row->compound_id)
      problems.push_back({fmt::format("/request_ids/{}", i), "service.other_compound"});
    else
      rows.push_back(std::move(*row));
  }
  if (!problems.empty()) return base::fail(std::move(problems));
  return rows;
}

// Where all of them come from; none: from several places.
template <class Member>
std::optional<std::int64_t> common(const std::vector<RequestRow>& rows, Member member) {
  for (const auto& row : rows)
    if (row.*member != rows.front().*member) return std::nullopt;
  return rows.front().*member;
}

Result<RunFile> make_run(api::Context& c, const NewRun& in) {
  const RunIds ids{c.store.next_id(), c.store.next_id()};
  return c.write([&](db::Scoped& q) -> Result<RunFile> {
    const auto compound = batch(q, in, ids, c.who.account, core::source_of(c));
    if (!compound) return tl::unexpected(compound.error());
    core::audit(q, c,
                {"service.run", "delivery_run", ids.run, *compound, std::to_string(in.request_ids.size())});
    return file_of(q, ids.run, c);
  });
}

// All of it has been bought or fetched.
Result<RunFile> collect(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<RunFile> {
    const auto file = file_of(q, c.id(), c);
    if (!file) return file;
    if (file->run.ended) return base::fail(ErrorKind::conflict, "service.not_now");
    for (const auto& each : file->requests) {
      const auto row = lock_request(q, each.id.value);
      if (!row || row->state != State::batched) continue;
      auto fetched = *row;
      fetched.state = State::collected;
      write_request(q, *row, fetched, core::source_of(c));
    }
    core::audit(q, c, {"service.act", "delivery_run", c.id(), file->run.compound_id, "collect"});
    return file_of(q, c.id(), c);
  });
}

// Whoever carries an open run may call its doors, without a reason typed and on record (practice 20).
Result<work_item::Reach> reach(api::Context& c) {
  auto noted = c.write([&](db::Scoped& q) -> Result<RequestRow> {
    const auto row = find_request(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    const auto staff = work_item::staff_of(q, c.who.account);
    const bool own = staff != 0 && row->run_id &&
                     q.unscoped().count(
                         "SELECT COUNT(*) FROM delivery_run WHERE id = $1 AND staff_id = $2 AND "
                         "ended_ms IS NULL",
                         {*row->run_id, staff}) > 0;
    if (!own || row->ended) return base::fail(ErrorKind::conflict, "service.not_carrier");
    core::audit(q, c,
                {"service.reach", "household", row->household_id, row->compound_id,
                 fmt::format("service_request={}", c.id())});
    return *row;
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  return c.read([&](db::Scoped& q) -> Result<work_item::Reach> {
    return work_item::reach_of(q, c.services.keys, noted->household_id, noted->dwelling_id);
  });
}

}  // namespace

// One run is one item of work.
Result<std::int64_t> batch(db::Scoped& q, const NewRun& in, const RunIds& ids, std::int64_t account,
                           const core::Source& source) {
  if (in.request_ids.empty()) return base::fail_field("/request_ids", "required");
  if (in.request_ids.size() > requests_of_run_max) return base::fail_field("/request_ids", "too_many");
  if (in.staff_id && !stewardship::sees_staff(q, *in.staff_id))
    return base::fail_field("/staff_id", "not_found");
  const auto rows = waiting(q, in.request_ids);
  if (!rows) return tl::unexpected(rows.error());
  RunRow run;
  run.id = meta::Id<RunRow>(ids.run);
  run.compound_id = rows->front().compound_id;
  run.shop_id = common(*rows, &RequestRow::shop_id);
  run.drop_point_id = common(*rows, &RequestRow::drop_point_id);
  run.staff_id = in.staff_id;
  if (in.note) run.note = *in.note;
  run.created_by = account;
  run.created = source.now;
  core::insert(q, run, source);
  for (const auto& row : *rows) {
    auto batched = row;
    batched.state = State::batched;
    batched.run_id = ids.run;
    write_request(q, row, batched, source);
  }
  work_item::Cause cause;
  cause.kind = "delivery_run";
  cause.place_id = run.compound_id;
  cause.origin = run_origin(ids.run);
  cause.note = run.note;
  cause.account_id = account;
  cause.staff_id = in.staff_id;
  work_item::open(q, cause, ids.work, source.now);
  return run.compound_id;
}

void run_routes(api::Router& r) {
  core::list<list_runs>(r, "/api/delivery-runs", Permission::work_write, "Delivery runs, newest first");
  r.get<BoardQuery, RunProposals>("/api/delivery-runs/proposals", Permission::work_write,
                                  "What waits to be carried, by shop and building", proposals);
  r.get<RunFile>("/api/delivery-runs/{id}", Permission::work_write, "One run, door by door in walking order",
                 get_run);
  r.post<NewRun, RunFile>("/api/delivery-runs", Permission::work_write, "Put requests together into a run",
                          make_run);
  r.post<RunFile>("/api/delivery-runs/{id}/collect", Permission::work_write,
                  "All of a run has been bought or fetched", collect);
  r.post<work_item::Reach>("/api/service-requests/{id}/reach", Permission::work_write,
                           "Whom to call at a door of one's own run; on record", reach);
}

}  // namespace feature::service_request
