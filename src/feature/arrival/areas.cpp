// Key areas: dated lists on a place. What is in force on the day of arrival decides; a list that changes
// later changes nothing of who has come before.
#include "base/text.hpp"
#include "core/trail.hpp"
#include "feature/arrival/repo.hpp"
#include "feature/arrival/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::arrival {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int areas_shown = 500;

KeyArea shown_area(const KeyAreaRow& row, base::Day today) {
  KeyArea a;
  a.id = row.id;
  a.place_id = row.place_id;
  a.name = row.name;
  a.also = base::words_of(row.also);
  a.demand = row.demand;
  a.from_day = row.from_day;
  a.until_day = row.until_day;
  a.reference = row.reference;
  a.in_force = row.from_day <= today && (!row.until_day || *row.until_day > today);
  return a;
}

Result<KeyAreaList> list_of(db::Scoped& q, std::int64_t place_id, base::Day today) {
  const auto place = place::find_place(q, place_id);
  if (!place) return base::fail(ErrorKind::not_found, "not_found");
  KeyAreaList out;
  auto& raw = q.unscoped();  // lists of the places above are no secret to anyone inside
  raw.run(
      "SELECT k.id, k.place_id, k.name, k.also, k.demand, k.from_day, k.until_day, k.reference, "
      "k.created_by, k.created_ms, p.name FROM key_area k JOIN place p ON p.id = k.place_id WHERE "
      "k.place_id " +
          raw.in_list(1) + " ORDER BY k.from_day DESC, k.id DESC LIMIT $2",
      {db::json_array(place::chain_of(*place)), std::int64_t{areas_shown}}, [&](const db::Row& r) {
        out.items.push_back(shown_area(meta::load<KeyAreaRow>(r), today));
        out.items.back().place_name = r.str(10);
      });
  return out;
}

Result<KeyAreaList> list_areas(api::Context& c, const KeyAreaQuery& in) {
  return c.read([&](db::Scoped& q) { return list_of(q, in.place_id, base::civil_day(c.now)); });
}

Result<KeyAreaList> add_area(api::Context& c, const NewKeyArea& in) {
  if (in.also.size() > 20) return base::fail_field("/also", "too_many");
  KeyAreaRow row;
  row.id = c.new_id<KeyAreaRow>();
  row.place_id = in.place_id;
  row.name = in.name;
  for (std::size_t i = 0; i < in.also.size(); ++i) {
    if (in.also[i].find(' ') != std::string::npos)
      return base::fail_field("/also/" + std::to_string(i), "not_allowed");
    row.also += (row.also.empty() ? "" : " ") + in.also[i];
  }
  row.demand = in.demand;
  row.from_day = in.from_day.value_or(base::civil_day(c.now));
  row.reference = in.reference;
  row.created_by = c.who.account;
  row.created = c.now;
  return c.write([&](db::Scoped& q) -> Result<KeyAreaList> {
    if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"key_area.add", "key_area", row.id.value, std::nullopt});
    return list_of(q, in.place_id, base::civil_day(c.now));
  });
}

Result<KeyAreaList> end_area(api::Context& c, const KeyAreaEnd& in) {
  return c.write([&](db::Scoped& q) -> Result<KeyAreaList> {
    std::optional<KeyAreaRow> before;
    q.one(
        "SELECT k.id, k.place_id, k.name, k.also, k.demand, k.from_day, k.until_day, k.reference, "
        "k.created_by, k.created_ms FROM key_area k JOIN place p ON p.id = k.place_id WHERE k.id = $1 AND "
        "{scope:p}",
        {c.id()}, [&](const db::Row& r) { before = meta::load<KeyAreaRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    after.until_day = in.until_day.value_or(base::civil_day(c.now) + 1);
    if (*after.until_day < after.from_day) return base::fail_field("/until_day", "before_start");
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"key_area.end", "key_area", c.id(), std::nullopt});
    return list_of(q, after.place_id, base::civil_day(c.now));
  });
}

}  // namespace

void area_routes(api::Router& r) {
  r.get<KeyAreaQuery, KeyAreaList>("/api/key-areas", Permission::control_read,
                                   "Key areas of a place and the places above it, with their days",
                                   list_areas);
  r.post<NewKeyArea, KeyAreaList>("/api/key-areas", Permission::control_write, "Put a key area on the list",
                                  add_area);
  r.post<KeyAreaEnd, KeyAreaList>("/api/key-areas/{id}/end", Permission::control_write,
                                  "Take a key area off the list from a day on", end_area);
}

}  // namespace feature::arrival
