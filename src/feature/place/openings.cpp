#include <algorithm>
#include <map>

#include "api/context.hpp"
#include "core/trail.hpp"
#include "feature/place/opening_service.hpp"
#include "feature/place/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::place {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto opening_columns = db::ScopedSql(
    "SELECT o.id, o.compound_id, o.name, o.kind, o.state, o.direction, o.key_holder, o.key_phone, "
    "o.opens_from_inside, o.valid_from_ms, o.valid_until_ms, o.open_minute, o.close_minute, o.seal_method, "
    "o.minutes_to_open, o.fire_exit, o.checked_ms, o.exception_reason, o.exception_until_ms "
    "FROM opening o JOIN place p ON p.id = o.compound_id WHERE o.valid_until_ms IS NULL AND {scope:p}");

std::optional<Opening> find_opening(db::Scoped& q, std::int64_t id) {
  std::optional<Opening> found;
  q.one(opening_columns.with(" AND o.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<Opening>(r); });
  return found;
}

Result<api::Page<Opening>> list_openings(api::Context& c, const CompoundQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Opening>> {
    api::Page<Opening> page;
    q.run(opening_columns.with(" AND o.compound_id = {arg}").with(" ORDER BY o.id"), {in.compound_id},
          [&](const db::Row& r) { page.items.push_back(meta::load<Opening>(r)); });
    return page;
  });
}

// Hours and exceptions are told whole: one half alone says nothing.
base::Problems problems_of(const Opening& o, base::Instant now) {
  base::Problems problems;
  if (o.open_minute && !o.close_minute) problems.push_back({"/close_minute", "required"});
  if (o.close_minute && !o.open_minute) problems.push_back({"/open_minute", "required"});
  if (o.open_minute && o.close_minute && o.open_minute->value == o.close_minute->value)
    problems.push_back({"/close_minute", "same_hours"});
  if (o.exception_reason && !o.exception_until) problems.push_back({"/exception_until_ms", "required"});
  if (o.exception_until && !o.exception_reason) problems.push_back({"/exception_reason", "required"});
  if (o.checked && *o.checked > now + base::minute_ms) problems.push_back({"/checked_ms", "in_the_future"});
  return problems;
}

// What both forms may say and a new opening may leave out.
template <class In>
void tell(const In& in, Opening& o) {
  const auto keep = [](auto& known, const auto& told) {
    if (told) known = *told;
  };
  keep(o.direction, in.direction);
  keep(o.key_holder, in.key_holder);
  keep(o.key_phone, in.key_phone);
  keep(o.opens_from_inside, in.opens_from_inside);
  keep(o.open_minute, in.open_minute);
  keep(o.close_minute, in.close_minute);
  keep(o.seal_method, in.seal_method);
  keep(o.minutes_to_open, in.minutes_to_open);
  keep(o.fire_exit, in.fire_exit);
  keep(o.checked, in.checked_ms);
  keep(o.exception_reason, in.exception_reason);
  keep(o.exception_until, in.exception_until_ms);
}

Result<Opening> create_opening(api::Context& c, const NewOpening& in) {
  Opening o;
  o.id = c.new_id<Opening>();
  o.compound_id = meta::Id<PlaceRow>(in.compound_id);
  o.name = in.name;
  o.kind = in.kind;
  o.state = in.state;
  o.valid_from = c.now;
  tell(in, o);
  if (auto problems = problems_of(o, c.now); !problems.empty()) return base::fail(std::move(problems));
  return c.write([&](db::Scoped& q) -> Result<Opening> {
    if (!find_compound(q, in.compound_id)) return base::fail_field("/compound_id", "not_found");
    core::insert(q, o, core::source_of(c));
    core::audit(q, c, {"opening.create", "opening", o.id.value, in.compound_id});
    core::note_change(q, "place", in.compound_id, o.id.value, c.now);
    return o;
  });
}

Result<Opening> change_opening(api::Context& c, const OpeningPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<Opening> {
    const auto before = find_opening(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    Opening after = *before;
    if (in.name) after.name = *in.name;
    if (in.kind) after.kind = *in.kind;
    if (in.state) after.state = *in.state;
    tell(in, after);
    if (auto problems = problems_of(after, c.now); !problems.empty()) return base::fail(std::move(problems));
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"opening.change", "opening", after.id.value, after.compound_id.value});
    core::note_change(q, "place", after.compound_id.value, after.id.value, c.now);
    return after;
  });
}

// --- sealed units it serves (LZ-23: one opening may serve several buildings or clusters) ----------------
std::vector<OpeningUnitRow> units_of(db::Scoped& q, std::int64_t opening) {
  std::vector<OpeningUnitRow> rows;
  q.run(
      "SELECT u.id, u.opening_id, u.set_id, u.valid_from_ms, u.valid_until_ms FROM opening_unit u "
      "JOIN opening o ON o.id = u.opening_id JOIN place p ON p.id = o.compound_id "
      "WHERE u.opening_id = $1 AND u.valid_until_ms IS NULL AND {scope:p} ORDER BY u.id",
      {opening}, [&](const db::Row& r) { rows.push_back(meta::load<OpeningUnitRow>(r)); });
  return rows;
}

Result<OpeningUnits> set_units(api::Context& c, const OpeningUnits& in) {
  std::vector<std::int64_t> ids(in.unit_ids.size());
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<OpeningUnits> {
    const auto opening = find_opening(q, c.id());
    if (!opening) return base::fail(ErrorKind::not_found, "not_found");
    const auto source = core::source_of(c);
    auto known = units_of(q, c.id());
    for (const auto& row : known) {
      if (std::ranges::find(in.unit_ids, row.set_id) != in.unit_ids.end()) continue;
      auto ended = row;
      ended.valid_until = c.now;
      core::update(q, row, ended, source);
    }
    for (std::size_t i = 0; i < in.unit_ids.size(); ++i) {
      const auto unit = in.unit_ids[i];
      // A unit may lie in the compound next door: a shared gate.
      if (q.count("SELECT COUNT(*) FROM place_set s JOIN place p ON p.id = s.place_id WHERE s.id = $1 AND "
                  "s.kind = 'sealed_unit' AND s.valid_until_ms IS NULL AND {scope:p}",
                  {unit}) == 0)
        return base::fail_field("/unit_ids/" + std::to_string(i), "not_found");
      if (std::ranges::find(known, unit, &OpeningUnitRow::set_id) != known.end()) continue;
      OpeningUnitRow row;
      row.id = meta::Id<OpeningUnitRow>(ids[i]);
      row.opening_id = opening->id;
      row.set_id = unit;
      row.valid_from = c.now;
      core::insert(q, row, source);
      known.push_back(row);
    }
    core::audit(
        q, c,
        {"opening.units", "opening", c.id(), opening->compound_id.value, std::to_string(in.unit_ids.size())});
    core::note_change(q, "place", opening->compound_id.value, c.id(), c.now);
    OpeningUnits out;
    for (const auto& row : units_of(q, c.id())) out.unit_ids.push_back(row.set_id);
    return out;
  });
}

// --- the board: what is wrong, compound by compound -------------------------------------------------------
struct Ground {
  std::map<std::int64_t, std::vector<Opening>> openings{};  // by compound
  std::map<std::int64_t, std::vector<SealedUnit>> units{};  // by compound
  std::map<std::int64_t, std::vector<ServedUnit>> served{};
};

Ground load_ground(db::Scoped& q, const std::string& compounds) {
  Ground g;
  q.run(opening_columns.with(" AND o.compound_id {in}").with(" ORDER BY o.id"), {compounds},
        [&](const db::Row& r) {
          auto o = meta::load<Opening>(r);
          g.openings[o.compound_id.value].push_back(std::move(o));
        });
  std::map<std::int64_t, std::vector<std::int64_t>> serving;
  q.run(
      "SELECT u.set_id, u.opening_id, s.name, o.compound_id FROM opening_unit u "
      "JOIN place_set s ON s.id = u.set_id JOIN opening o ON o.id = u.opening_id "
      "JOIN place p ON p.id = s.place_id WHERE (s.place_id {in:1} OR o.compound_id {in:1}) AND "
      "u.valid_until_ms IS NULL AND s.valid_until_ms IS NULL AND {scope:p} ORDER BY u.id",
      {compounds}, [&](const db::Row& r) {
        serving[r.integer(0)].push_back(r.integer(1));
        g.served[r.integer(3)].push_back({r.integer(1), r.integer(0), r.str(2)});
      });
  q.run(
      "SELECT s.id, s.place_id FROM place_set s JOIN place p ON p.id = s.place_id WHERE s.kind = "
      "'sealed_unit' AND s.valid_until_ms IS NULL AND s.place_id {in:1} AND {scope:p} ORDER BY s.id",
      {compounds}, [&](const db::Row& r) {
        g.units[r.integer(1)].push_back({r.integer(0), serving[r.integer(0)]});
      });
  return g;
}

// An opening next door that serves a unit of this compound guards it too.
std::vector<SealedUnit> unserved_by_neighbours(db::Scoped& q, std::vector<SealedUnit> units,
                                               const std::vector<Opening>& own) {
  std::erase_if(units, [&](const SealedUnit& unit) {
    return std::ranges::any_of(unit.openings, [&](std::int64_t id) {
      if (std::ranges::any_of(own, [&](const Opening& o) { return o.id.value == id; })) return false;
      const auto neighbour = find_opening(q, id);
      return neighbour && lets_people_through(*neighbour);
    });
  });
  return units;
}

Result<OpeningBoards> boards(api::Context& c, const PlaceIdQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<OpeningBoards> {
    const auto place = find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    OpeningBoards out;
    out.as_of_ms = c.now;
    const auto compounds = compounds_below(q, *place);
    std::vector<std::int64_t> ids;
    for (const auto& row : compounds) ids.push_back(row.id.value);
    auto ground = load_ground(q, db::json_array(ids));
    for (const auto& compound : compounds) {
      const auto id = compound.id.value;
      const auto rules = rules_at(q, compound, c.now).params;
      OpeningBoard board;
      board.compound_id = id;
      board.name = compound.name;
      board.compound_kind = compound.compound_kind;
      board.people_max = rules.guarded_people_max;
      board.vehicles_max = rules.guarded_vehicles_max;
      const auto& openings = ground.openings[id];
      board.tally = tally(openings, c.now);
      board.violations =
          check_openings(openings, unserved_by_neighbours(q, ground.units[id], openings), rules, c.now);
      board.served = ground.served[id];
      ++out.compounds;
      out.compounds_in_order += board.violations.empty();
      out.items.push_back(std::move(board));
    }
    std::ranges::stable_sort(out.items, [](const OpeningBoard& a, const OpeningBoard& b) {
      return a.violations.size() > b.violations.size();
    });
    return out;
  });
}

}  // namespace

void opening_routes(api::Router& r) {
  r.get<CompoundQuery, api::Page<Opening>>("/api/openings", Permission::place_read, "Openings of a compound",
                                           list_openings);
  r.get<PlaceIdQuery, OpeningBoards>("/api/openings/board", Permission::place_read,
                                     "What is wrong with the openings below a place", boards);
  r.post<NewOpening, Opening>("/api/openings", Permission::place_write, "Add an opening", create_opening);
  r.patch<OpeningPatch, Opening>("/api/openings/{id}", Permission::place_write, "Change an opening",
                                 change_opening);
  r.post<OpeningUnits, OpeningUnits>("/api/openings/{id}/units", Permission::place_write,
                                     "The sealed units an opening serves", set_units);
}

}  // namespace feature::place
