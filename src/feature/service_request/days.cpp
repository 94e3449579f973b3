// Services day by day and kind by kind: person-times and quantities with their units (XN-66). What nobody
// wrote down is unknown and counted apart (XN-67).
#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/place/below_service.hpp"
#include "feature/service_request/flow.hpp"
#include "feature/service_request/routes.hpp"

namespace feature::service_request {
namespace {

using api::Permission;
using base::Result;

constexpr int days_max = 366;

Result<api::Page<ServiceDay>> list_days(api::Context& c, const DayQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = db::ScopedSql(
        "SELECT r.delivered_day, k.code, COUNT(*), CAST(SUM(r.amount_milli) AS bigint), k.measure, "
        "COUNT(*) - COUNT(r.amount_milli), CAST(SUM(r.price_fen) AS bigint), COUNT(*) - "
        "COUNT(r.price_fen), k.id FROM service_request r JOIN service_kind k ON k.id = r.kind_id JOIN "
        "place p ON p.id = r.dwelling_id WHERE r.delivered_day IS NOT NULL AND {scope:p}");
    std::vector<db::Arg> args;
    const auto add = [&](db::Fragment fragment, db::Arg arg) {
      sql = sql.with(fragment);
      args.push_back(arg);
    };
    if (in.place_id) add(place::below(q, *in.place_id), *in.place_id);
    if (in.from_day) add(" AND r.delivered_day >= {arg}", *in.from_day);
    if (in.until_day) add(" AND r.delivered_day <= {arg}", *in.until_day);
    return api::fetch_page<ServiceDay>(
        q, sql, args, in.limit, in.cursor,
        api::PageOrder{
            " AND (r.delivered_day, k.id) < ({arg}, {arg})",
            " GROUP BY r.delivered_day, k.id, k.code, k.measure ORDER BY r.delivered_day DESC, k.id "
            "DESC LIMIT {arg}"},
        [](const db::Row& r) {
          return ServiceDay{r.day(0), r.str(1),     r.integer(2),       r.maybe_integer(3),
                            r.str(4), r.integer(5), r.maybe_integer(6), r.integer(7)};
        },
        [](const db::Row& r) {
          return api::SortKey{r.integer(0), r.integer(8)};
        });
  });
}

Result<ServiceTotals> totals(api::Context& c, const TotalQuery& in) {
  if (in.until_day < in.from_day) return base::fail_field("/until_day", "not_later");
  if (in.until_day - in.from_day >= days_max) return base::fail_field("/until_day", "too_long");
  return c.read([&](db::Scoped& q) -> Result<ServiceTotals> {
    auto sql = db::ScopedSql(
        "SELECT k.code, COUNT(*), CAST(SUM(r.amount_milli) AS bigint), k.measure, COUNT(*) - "
        "COUNT(r.amount_milli) FROM service_request r JOIN service_kind k ON k.id = r.kind_id JOIN place p "
        "ON p.id = r.dwelling_id WHERE r.delivered_day >= $1 AND r.delivered_day <= $2 AND {scope:p}");
    std::vector<db::Arg> args{in.from_day, in.until_day};
    if (in.place_id) {
      sql = sql.with(place::below(q, *in.place_id));
      args.push_back(*in.place_id);
    }
    ServiceTotals out;
    out.days = in.until_day - in.from_day + 1;
    q.run(sql.with(" GROUP BY k.id, k.code, k.measure, k.position ORDER BY k.position, k.id"), args,
          [&](const db::Row& r) {
            out.items.push_back({r.str(0), r.integer(1), r.maybe_integer(2), r.str(3), r.integer(4)});
          });
    return out;
  });
}

}  // namespace

void day_routes(api::Router& r) {
  core::list<list_days>(r, "/api/service-days", Permission::work_read,
                        "Services per day and kind, in person-times and quantities");
  r.get<TotalQuery, ServiceTotals>("/api/service-totals", Permission::work_read,
                                   "Services over some days, for the average of a day", totals);
}

}  // namespace feature::service_request
