// Requests: the board, asking, and what becomes of one.
#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/place/below_service.hpp"
#include "feature/service_request/flow.hpp"
#include "feature/service_request/routes.hpp"
#include "feature/work_item/service.hpp"

namespace feature::service_request {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::array request_orders{
    api::PageOrder{" AND (r.created_ms, r.id) < ({arg}, {arg})",
                   " ORDER BY r.created_ms DESC, r.id DESC LIMIT {arg}", "newest"},
    api::PageOrder{" AND (r.compound_id, p.sort, r.id) > ({arg}, {arg}, {arg})",
                   " ORDER BY r.compound_id, p.sort, r.id LIMIT {arg}", "walking",
                   " AND r.compound_id >= {arg}"},
};

// What people ask for tells of their health, so looking is audited.
Result<api::Page<ServiceRequest>> list_requests(api::Context& c, const RequestQuery& in) {
  return c.write([&](db::Scoped& q) -> Result<api::Page<ServiceRequest>> {
    auto sql = shown_requests;
    std::vector<db::Arg> args;
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.place_id) add(place::below(q, *in.place_id), *in.place_id);
    if (in.service_kind) add(" AND k.code = {arg}", *in.service_kind);
    if (in.service_state) add(" AND r.state = {arg}", meta::name_of(*in.service_state));
    if (in.run_id) add(" AND r.run_id = {arg}", *in.run_id);
    if (in.household_id) add(" AND r.household_id = {arg}", *in.household_id);
    if (in.service_open)
      sql = *in.service_open ? sql.with(" AND r.ended_ms IS NULL") : sql.with(" AND r.ended_ms IS NOT NULL");
    const bool walking = in.order.value_or(Order::newest) == Order::walking;
    auto page = api::fetch_page<ServiceRequest>(
        q, sql, args, in.limit, in.cursor, api::order_of(in.order, request_orders), load_shown,
        [&](const db::Row& r) {
          return walking ? api::SortKey{r.str(shown_columns), r.integer(0), r.integer(shown_columns + 1)}
                         : api::SortKey{r.integer(22), r.integer(0)};
        });
    if (!page) return page;
    core::audit(q, c,
                {"service.list", "service_request", in.place_id.value_or(0), std::nullopt,
                 std::to_string(page->items.size())});
    return page;
  });
}

Result<RequestBoard> board(api::Context& c, const BoardQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<RequestBoard> {
    RequestBoard out;
    const auto counted = [&](db::ScopedSql sql, std::vector<db::Arg> args, db::Fragment tail,
                             const db::OnRow& row) {
      if (in.place_id) {
        sql = sql.with(place::below(q, *in.place_id));
        args.push_back(*in.place_id);
      }
      q.run(sql.with(tail), args, row);
    };
    counted(db::ScopedSql(
                "SELECT r.state, COUNT(*), MIN(r.created_ms) FROM service_request r JOIN place p ON p.id "
                "= r.dwelling_id WHERE r.ended_ms IS NULL AND {scope:p}"),
            {}, " GROUP BY r.state ORDER BY r.state", [&](const db::Row& r) {
              StateCount count{{}, r.integer(1)};
              meta::parse_enum(r.text(0), count.state);
              if (count.state == State::received) out.oldest_ms = r.maybe_instant(2);
              out.states.push_back(count);
            });
    counted(db::ScopedSql("SELECT COUNT(*) FROM service_request r JOIN place p ON p.id = r.dwelling_id WHERE "
                          "r.delivered_day = $1 AND {scope:p}"),
            {base::civil_day(c.now)}, "", [&](const db::Row& r) { out.delivered_today = r.integer(0); });
    return out;
  });
}

Result<ServiceRequest> shown(db::Scoped& q, std::int64_t id) {
  auto found = find_shown(q, id);
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return *std::move(found);
}

Result<ServiceRequest> get_request(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<ServiceRequest> {
    auto found = shown(q, c.id());
    if (found) core::audit(q, c, {"service.read", "service_request", c.id(), found->compound_id});
    return found;
  });
}

Result<ServiceRequest> ask(api::Context& c, const NewRequest& in) {
  Ask what;
  what.household_id = in.household_id;
  what.person_id = in.person_id;
  what.kind = in.kind;
  what.detail = in.detail;
  if (in.amount_milli) what.amount_milli = in.amount_milli->value;
  what.shop_id = in.shop_id;
  what.channel = in.channel.value_or(Channel::staff);
  what.account_id = c.who.account;
  const auto ids = take_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<ServiceRequest> {
    const auto id = request(q, what, ids, core::source_of(c));
    if (!id) return tl::unexpected(id.error());
    auto made = shown(q, *id);
    if (made) core::audit(q, c, {"service.ask", "service_request", *id, made->compound_id});
    return made;
  });
}

base::Problems check(const RequestAct& in) {
  base::Problems problems;
  const bool ends_badly = in.verb == Verb::refuse || in.verb == Verb::cancel;
  if (ends_badly && !in.reason) problems.push_back({"/reason", "required"});
  if (in.verb != Verb::confirm && in.rating) problems.push_back({"/rating", "not_allowed_here"});
  const bool counts = in.verb == Verb::collect || in.verb == Verb::deliver;
  if (!counts && in.amount_milli) problems.push_back({"/amount_milli", "not_allowed_here"});
  if (!counts && in.price_fen) problems.push_back({"/price_fen", "not_allowed_here"});
  return problems;
}

void apply(RequestRow& row, const RequestAct& in, State next, std::int64_t account, base::Instant now) {
  row.state = next;
  if (in.amount_milli) row.amount_milli = in.amount_milli->value;
  if (in.price_fen) row.price_fen = in.price_fen->value;
  if (in.reason) row.reason = *in.reason;
  if (in.rating) row.rating = in.rating->value;
  if (in.rating_note) row.rating_note = *in.rating_note;
  if (in.verb == Verb::deliver) {
    row.delivered = now;
    row.delivered_day = base::civil_day(now);
    row.delivered_by = account;
  }
}

// At the door without contact: whoever sets it down says so, whoever lives there may confirm.
Result<ServiceRequest> act(api::Context& c, const RequestAct& in) {
  return c.write([&](db::Scoped& q) -> Result<ServiceRequest> {
    const auto compound = carry_on(q, c.id(), in, c.who.account, core::source_of(c));
    if (!compound) return tl::unexpected(compound.error());
    core::audit(q, c,
                {"service.act", "service_request", c.id(), *compound, std::string(meta::name_of(in.verb))});
    return shown(q, c.id());
  });
}

}  // namespace

Result<std::int64_t> carry_on(db::Scoped& q, std::int64_t id, const RequestAct& in, std::int64_t account,
                              const core::Source& source) {
  if (auto problems = check(in); !problems.empty()) return base::fail(std::move(problems));
  const auto row = lock_request(q, id);
  if (!row) return base::fail(ErrorKind::not_found, "not_found");
  const auto next = after(row->state, in.verb, carried(q, *row));
  if (!next) return base::fail(ErrorKind::conflict, "service.not_now");
  auto changed = *row;
  apply(changed, in, *next, account, source.now);
  write_request(q, *row, changed, source);
  return row->compound_id;
}

void request_routes(api::Router& r) {
  core::list<list_requests>(r, "/api/service-requests", Permission::work_write, "What households ask for");
  r.get<BoardQuery, RequestBoard>("/api/service-requests/board", Permission::work_write,
                                  "How many requests wait, are under way, were delivered today", board);
  r.get<ServiceRequest>("/api/service-requests/{id}", Permission::work_write, "One request", get_request);
  r.post<NewRequest, ServiceRequest>("/api/service-requests", Permission::work_write,
                                     "Write down what a household asks for", ask);
  r.post<RequestAct, ServiceRequest>("/api/service-requests/{id}/act", Permission::work_write,
                                     "Bought or fetched, set down at the door, confirmed, refused, cancelled",
                                     act);
}

}  // namespace feature::service_request
