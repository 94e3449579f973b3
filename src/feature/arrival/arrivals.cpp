// The list of arrivals, its counts, one file, and entering by staff.
#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/services.hpp"
#include "feature/arrival/repo.hpp"
#include "feature/arrival/routes.hpp"
#include "feature/place/below_service.hpp"

namespace feature::arrival {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::array arrival_orders{
    api::PageOrder{" AND (a.arrived, a.id) < ({arg}, {arg})",
                   " ORDER BY a.arrived DESC, a.id DESC LIMIT {arg}", "newest"},
    api::PageOrder{" AND (a.arrived, a.id) > ({arg}, {arg})", " ORDER BY a.arrived, a.id LIMIT {arg}",
                   "oldest"},
};

struct Filter {
  db::ScopedSql sql = arrival_columns;
  std::vector<db::Arg> args{};
  void add(db::Fragment fragment, db::Arg arg) {
    sql = sql.with(fragment);
    args.push_back(std::move(arg));
  }
};

// `transport` stays with the caller as long as the filter.
Filter filter_of(db::Scoped& q, const ArrivalQuery& in, const std::string& transport, base::Instant now) {
  Filter f;
  if (in.place_id) f.add(place::below(q, *in.place_id), *in.place_id);
  // Who asks for one state means it, open or not.
  const auto standing = in.arrival_standing.value_or(in.arrival_state ? Standing::all : Standing::open);
  if (standing == Standing::open) f.sql = f.sql.with(" AND a.filed_ms IS NULL AND a.withdrawn_ms IS NULL");
  if (standing == Standing::filed) f.sql = f.sql.with(" AND a.filed_ms IS NOT NULL");
  if (in.arrival_state) f.add(" AND a.state = {arg}", meta::name_of(*in.arrival_state));
  if (in.overdue.value_or(false))
    f.add(" AND a.filed_ms IS NULL AND a.withdrawn_ms IS NULL AND a.arrived < {arg}", base::civil_day(now));
  if (in.key_area.value_or(false))
    f.sql = f.sql.with(" AND (a.origin_area_id IS NOT NULL OR a.been_area_id IS NOT NULL)");
  if (in.transport_number) f.add(" AND a.transport_number = {arg}", transport);
  if (in.from_day) f.add(" AND a.arrived >= {arg}", *in.from_day);
  if (in.until_day) f.add(" AND a.arrived <= {arg}", *in.until_day);
  return f;
}

// Where people have been is theirs: looking is audited, masked as it is.
Result<api::Page<Arrival>> list_arrivals(api::Context& c, const ArrivalQuery& in) {
  const auto transport = in.transport_number ? plain_number(*in.transport_number) : std::string{};
  return c.write([&](db::Scoped& q) -> Result<api::Page<Arrival>> {
    const auto f = filter_of(q, in, transport, c.now);
    auto page = api::fetch_page<ArrivalRow>(
        q, f.sql, f.args, in.limit, in.cursor, api::order_of(in.order, arrival_orders),
        [](const db::Row& r) { return meta::load<ArrivalRow>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(7), r.integer(0)};
        });
    if (!page) return tl::unexpected(std::move(page).error());
    core::audit(q, c,
                {"arrival.list", "arrival", in.place_id.value_or(0), std::nullopt,
                 std::to_string(page->items.size())});
    return api::Page<Arrival>{shown(q, page->items, c.now), page->next};
  });
}

// Everybody once, however often they came; a home without a household on record counts as one.
constexpr auto counted = db::ScopedSql(
    "SELECT COUNT(DISTINCT COALESCE(a.household_id, -a.dwelling_id)), COUNT(DISTINCT COALESCE(ap.person_id, "
    "-ap.id)) FROM arrival a JOIN arrival_person ap ON ap.arrival_id = a.id JOIN place p ON p.id = "
    "a.dwelling_id WHERE a.withdrawn_ms IS NULL AND {scope:p}");

Result<ArrivalSummary> summary(api::Context& c, const SummaryQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<ArrivalSummary> {
    ArrivalSummary out;
    const auto count = [&](ArrivalCount& into, const db::ScopedSql& of, std::vector<db::Arg> args = {}) {
      auto sql = of;
      if (in.place_id) {
        sql = sql.with(place::below(q, *in.place_id));
        args.push_back(*in.place_id);
      }
      q.one(sql, args, [&](const db::Row& r) { into = {r.integer(0), r.integer(1)}; });
    };
    count(out.all, counted);
    count(out.open, counted.with(" AND a.filed_ms IS NULL"));
    count(out.overdue, counted.with(" AND a.filed_ms IS NULL AND a.arrived < {arg}"),
          {base::civil_day(c.now)});
    count(out.key_areas, counted.with(" AND (a.origin_area_id IS NOT NULL OR a.been_area_id IS NOT NULL)"));
    count(out.returned_from, counted.with(" AND a.origin_area_id IS NOT NULL"));
    count(out.been_to, counted.with(" AND a.origin_area_id IS NULL AND a.been_area_id IS NOT NULL"));
    return out;
  });
}

Result<ArrivalFile> get_arrival(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<ArrivalFile> {
    auto file = file_of(q, c.id(), c.now);
    if (file) core::audit(q, c, {"arrival.read", "arrival", c.id(), file->item.compound_id});
    return file;
  });
}

Result<ArrivalFile> create_arrival(api::Context& c, const NewArrival& in) {
  const auto ids = take_ids(c.store, in);
  return c.write([&](db::Scoped& q) -> Result<ArrivalFile> {
    const auto id = enter(q, c.services.keys, in, {Told::office, c.who.account, core::source_of(c)}, ids);
    if (!id) return tl::unexpected(id.error());
    auto file = file_of(q, *id, c.now);
    if (file) core::audit(q, c, {"arrival.enter", "arrival", *id, file->item.compound_id});
    return file;
  });
}

}  // namespace

void arrival_routes(api::Router& r) {
  core::list<list_arrivals>(r, "/api/arrivals", Permission::control_read, "Arrivals, masked");
  r.get<SummaryQuery, ArrivalSummary>("/api/arrivals/summary", Permission::control_read,
                                      "Households and persons who came from elsewhere", summary);
  r.get<ArrivalFile>("/api/arrivals/{id}", Permission::control_read, "One arrival", get_arrival);
  r.post<NewArrival, ArrivalFile>("/api/arrivals", Permission::follow_up_write, "Enter an arrival",
                                  create_arrival);
}

}  // namespace feature::arrival
