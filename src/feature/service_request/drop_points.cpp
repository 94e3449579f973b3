// Where couriers leave what they bring: at the line, so nobody of them goes to a dwelling (practice 19). What
// is left there is a request of the household, and a volunteer carries it.
#include "feature/service_request/flow.hpp"
#include "feature/service_request/routes.hpp"

namespace feature::service_request {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

std::optional<DropPointRow> find_point(db::Scoped& q, std::int64_t id) {
  std::optional<DropPointRow> found;
  q.one(
      "SELECT d.id, d.compound_id, d.opening_id, d.name, d.line, d.note, d.valid_from_ms, d.valid_until_ms, "
      "d.created_by FROM drop_point d JOIN place p ON p.id = d.compound_id WHERE d.id = $1 AND "
      "d.valid_until_ms IS NULL AND {scope:p}",
      {id}, [&](const db::Row& r) { found = meta::load<DropPointRow>(r); });
  return found;
}

DropPointList points_of(db::Scoped& q, std::int64_t compound_id) {
  DropPointList out;
  q.run(
      "SELECT d.id, d.compound_id, d.opening_id, o.name, d.name, d.line, d.note, (SELECT COUNT(*) FROM "
      "service_request r WHERE r.drop_point_id = d.id AND r.ended_ms IS NULL) FROM drop_point d JOIN place p "
      "ON p.id = d.compound_id LEFT JOIN opening o ON o.id = d.opening_id WHERE d.compound_id = $1 AND "
      "d.valid_until_ms IS NULL AND {scope:p} ORDER BY d.name, d.id",
      {compound_id}, [&](const db::Row& r) {
        DropPoint point{meta::Id<DropPointRow>(r.integer(0)),
                        r.integer(1),
                        r.maybe_integer(2),
                        r.maybe_text(3),
                        r.str(4),
                        {},
                        r.maybe_text(6),
                        r.integer(7)};
        meta::parse_enum(r.text(5), point.line);
        out.items.push_back(std::move(point));
      });
  return out;
}

Result<DropPointList> list_points(api::Context& c, const DropPointQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<DropPointList> {
    if (!place::find_compound(q, in.compound_id)) return base::fail(ErrorKind::not_found, "not_found");
    return points_of(q, in.compound_id);
  });
}

Result<DropPointList> add_point(api::Context& c, const NewDropPoint& in) {
  DropPointRow row;
  row.id = c.new_id<DropPointRow>();
  row.compound_id = in.compound_id;
  row.opening_id = in.opening_id;
  row.name = in.name;
  row.line = in.line;
  if (in.note) row.note = *in.note;
  row.valid_from = c.now;
  row.created_by = c.who.account;
  return c.write([&](db::Scoped& q) -> Result<DropPointList> {
    if (!place::find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    if (in.opening_id && q.unscoped().count("SELECT COUNT(*) FROM opening WHERE id = $1 AND compound_id = $2",
                                            {*in.opening_id, in.compound_id}) == 0)
      return base::fail_field("/opening_id", "not_found");
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"drop_point.change", "drop_point", row.id.value, in.compound_id});
    return points_of(q, in.compound_id);
  });
}

Result<DropPointList> change_point(api::Context& c, const DropPointPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<DropPointList> {
    const auto before = find_point(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto row = *before;
    if (in.line) row.line = *in.line;
    if (in.note) row.note = *in.note;
    if (in.ended.value_or(false)) row.valid_until = c.now;
    core::update(q, *before, row, core::source_of(c));
    core::audit(q, c, {"drop_point.change", "drop_point", c.id(), row.compound_id});
    return points_of(q, row.compound_id);
  });
}

Result<ServiceRequest> leave_parcel(api::Context& c, const NewParcel& in) {
  const auto ids = take_ids(c.store);
  return c.write([&](db::Scoped& q) -> Result<ServiceRequest> {
    const auto point = find_point(q, c.id());
    if (!point) return base::fail(ErrorKind::not_found, "not_found");
    if (q.unscoped().count("SELECT COUNT(*) FROM household WHERE id = $1 AND compound_id = $2",
                           {in.household_id, point->compound_id}) == 0)
      return base::fail_field("/household_id", "not_found");
    Ask what;
    what.household_id = in.household_id;
    what.kind = "parcel";
    what.detail = in.note ? std::string(*in.note) : point->name;
    what.amount_milli = (in.pieces ? in.pieces->value : 1) * 1000;
    what.drop_point_id = c.id();
    what.channel = Channel::drop_point;
    what.account_id = c.who.account;
    const auto id = request(q, what, ids, core::source_of(c));
    if (!id) return tl::unexpected(id.error());
    core::audit(q, c, {"service.ask", "service_request", *id, point->compound_id});
    return *find_shown(q, *id);
  });
}

}  // namespace

void drop_point_routes(api::Router& r) {
  r.get<DropPointQuery, DropPointList>("/api/drop-points", Permission::place_read,
                                       "Where couriers leave what they bring", list_points);
  r.post<NewDropPoint, DropPointList>("/api/drop-points", Permission::place_write,
                                      "Say where couriers leave what they bring", add_point);
  r.patch<DropPointPatch, DropPointList>("/api/drop-points/{id}", Permission::place_write,
                                         "Inside or outside the line; end a drop point", change_point);
  r.post<NewParcel, ServiceRequest>("/api/drop-points/{id}/parcels", Permission::work_write,
                                    "A parcel was left for a household; somebody carries it", leave_parcel);
}

}  // namespace feature::service_request
