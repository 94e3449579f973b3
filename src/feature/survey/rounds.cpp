// Rounds: begun over a list of places, ended with every door resolved or in the register.
#include "feature/survey/rounds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "core/once.hpp"
#include "core/services.hpp"
#include "feature/place/set_record.hpp"
#include "feature/survey/routes.hpp"

namespace feature::survey {

using api::Permission;
using base::ErrorKind;
using base::Result;

const db::ScopedSql rounds_seen = db::ScopedSql(
    "SELECT r.id, r.place_id, r.number, r.name, r.direction, r.ladder, r.started_ms, r.started_by, "
    "r.closed_ms FROM survey_round r WHERE (r.id IN (SELECT m.round_id FROM survey_round_place m JOIN "
    "place p ON p.id = m.place_id WHERE {scope:p}) OR r.id IN (SELECT m.round_id FROM survey_round_place m "
    "WHERE m.place_id {in:1}))");

std::optional<RoundRow> find_round(db::Scoped& q, std::int64_t id) {
  const auto above = db::json_array(place::above_scope(q));
  std::optional<RoundRow> found;
  q.one(rounds_seen.with(" AND r.id = {arg}"), {above, id},
        [&](const db::Row& r) { found = meta::load<RoundRow>(r); });
  return found;
}

std::optional<RoundRow> own_round(db::Scoped& q, std::int64_t id) {
  auto row = find_round(q, id);
  if (row && !place::find_place(q, row->place_id)) row.reset();
  return row;
}

std::optional<RoundDoor> door_of_round(db::Scoped& q, std::int64_t round_id, std::int64_t dwelling_id) {
  std::optional<RoundDoor> door;
  q.one(
      "SELECT p.compound_id, p.sort, d.label FROM place p JOIN dwelling d ON d.id = p.id WHERE p.id = $2 "
      "AND " DWELLING_OF_ROUND,
      {round_id, dwelling_id}, [&](const db::Row& r) {
        door = RoundDoor{r.integer(0), r.str(1), r.str(2)};
      });
  return door;
}

std::vector<place::PlaceRow> places_of(db::Scoped& q, std::int64_t round_id) {
  std::vector<place::PlaceRow> rows;
  q.unscoped().run(fmt::format("SELECT {} FROM survey_round_place m JOIN place p ON p.id = m.place_id WHERE "
                               "m.round_id = $1 ORDER BY p.sort, p.id",
                               meta::column_list(meta::record_of<place::PlaceRow>(), "p")),
                   {round_id}, [&](const db::Row& r) { rows.push_back(meta::load<place::PlaceRow>(r)); });
  return rows;
}

std::vector<std::int64_t> compounds_of(db::Scoped& q, const std::vector<place::PlaceRow>& places) {
  std::vector<std::int64_t> ids;
  for (const auto& p : places) {
    if (p.kind == place::Kind::compound) ids.push_back(p.id.value);
    if (p.compound_id) ids.push_back(*p.compound_id);
    if (p.kind < place::Kind::compound)
      for (const auto& below : place::compounds_below(q, p)) ids.push_back(below.id.value);
  }
  std::vector<std::int64_t> once;
  for (const auto id : ids)
    if (std::ranges::find(once, id) == once.end()) once.push_back(id);
  return once;
}

namespace {

constexpr std::size_t places_max = 500;

Round shown(const RoundRow& row, std::string place_name) {
  return {row.id,        row.place_id, std::move(place_name), row.number, row.name,
          row.direction, row.ladder,   row.started,           row.closed};
}

Result<api::Page<Round>> list_rounds(api::Context& c, const RoundQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Round>> {
    const auto above = db::json_array(place::above_scope(q));
    std::string chain;
    std::vector<db::Arg> args{above};
    auto sql = rounds_seen;
    if (in.place_id) {
      const auto at = place::find_place(q, *in.place_id);
      if (!at) return base::fail_field("/place_id", "not_found");
      // Above the place, or below it.
      chain = db::json_array(place::chain_of(*at));
      sql = sql.with(
          " AND EXISTS (SELECT 1 FROM survey_round_place f JOIN place fp ON fp.id = f.place_id WHERE "
          "f.round_id = r.id AND (f.place_id {in}");
      args.emplace_back(chain);
      sql = sql.with(
          " OR {arg} IN (fp.stair_id, fp.building_id, fp.phase_id, fp.compound_id, fp.community_id, "
          "fp.subdistrict_id, fp.area_id, fp.district_id)))");
      args.emplace_back(*in.place_id);
    }
    if (in.open)
      sql = *in.open ? sql.with(" AND r.closed_ms IS NULL") : sql.with(" AND r.closed_ms IS NOT NULL");
    auto page = api::fetch_page<Round>(
        q, sql, args, in.limit, in.cursor,
        {" AND (r.started_ms, r.id) < ({arg}, {arg})", " ORDER BY r.started_ms DESC, r.id DESC LIMIT {arg}"},
        [](const db::Row& r) { return shown(meta::load<RoundRow>(r), {}); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(6), r.integer(0)};
        });
    if (!page) return page;
    std::vector<std::int64_t> ids;
    for (const auto& r : page->items) ids.push_back(r.place_id);
    const auto labels = place::labels_of(q, ids);
    for (auto& r : page->items)
      if (const auto found = labels.find(r.place_id); found != labels.end()) r.place_name = found->second;
    return page;
  });
}

Result<Round> round_by_id(db::Scoped& q, std::int64_t id) {
  const auto row = find_round(q, id);
  if (!row) return base::fail(ErrorKind::not_found, "not_found");
  return shown(*row, place::labels_of(q, {row->place_id})[row->place_id]);
}
Result<Round> get_round(api::Context& c) {
  return c.read([&](db::Scoped& q) { return round_by_id(q, c.id()); });
}

std::vector<std::int64_t> members_of_set(db::Scoped& q, std::int64_t set) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT m.place_id FROM place_set_member m JOIN place_set s ON s.id = m.set_id JOIN place p ON p.id "
      "= s.place_id WHERE s.id = $1 AND s.valid_until_ms IS NULL AND m.valid_until_ms IS NULL AND "
      "{scope:p} ORDER BY m.place_id",
      {set}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

// What the round goes over; a place inside another of them is in it already.
Result<std::vector<place::PlaceRow>> places_for(db::Scoped& q, const NewRound& in) {
  if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
  auto ids = in.place_ids.value_or(std::vector<std::int64_t>{});
  if (in.set_id) {
    if (!ids.empty()) return base::fail_field("/set_id", "not_allowed");
    ids = members_of_set(q, *in.set_id);
    if (ids.empty()) return base::fail_field("/set_id", "not_found");
  }
  if (ids.empty()) ids.push_back(in.place_id);
  if (ids.size() > places_max)
    return base::fail_field("/place_ids", "too_long", {{"max", std::to_string(places_max)}});
  std::vector<place::PlaceRow> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto field = in.set_id ? std::string("/set_id") : fmt::format("/place_ids/{}", i);
    auto row = place::find_place(q, ids[i]);
    if (!row) return base::fail_field(field, "not_found");
    const auto chain = place::chain_of(*row);
    if (std::ranges::find(chain, in.place_id) == chain.end()) return base::fail_field(field, "outside");
    rows.push_back(std::move(*row));
  }
  std::vector<place::PlaceRow> outermost;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto chain = place::chain_of(rows[i]);
    const bool inside = std::ranges::any_of(ids, [&](std::int64_t other) {
      return other != ids[i] && std::ranges::find(chain, other) != chain.end();
    });
    const bool twice =
        std::ranges::any_of(outermost, [&](const place::PlaceRow& o) { return o.id.value == ids[i]; });
    if (!inside && !twice) outermost.push_back(std::move(rows[i]));
  }
  return outermost;
}

Result<Round> create_round(api::Context& c, const NewRound& in) {
  const auto ladder = in.ladder ? rule::parse_ladder(*in.ladder) : rule::usual_ladder();
  if (!ladder) return base::fail_field("/ladder", "survey.not_a_ladder");
  const auto form = core::form_sent(c, "new_round", in.client_id, meta::to_json(in));
  const auto begun = c.read([&](db::Scoped& q) { return core::made_before(q, c, form); });
  if (!begun) return tl::unexpected(begun.error());
  if (*begun) return c.read([&](db::Scoped& q) { return round_by_id(q, **begun); });
  // Counted before the writer is taken: a district has many dwellings.
  const auto counted = c.read([&](db::Scoped& q) -> Result<std::int64_t> {
    const auto places = places_for(q, in);
    if (!places) return tl::unexpected(places.error());
    std::int64_t dwellings = 0;
    for (const auto& g : count_round(q, 0, *places, c.now)) dwellings += g.count.dwellings;
    return dwellings;
  });
  if (!counted) return tl::unexpected(counted.error());
  if (*counted == 0) return base::fail(ErrorKind::conflict, "survey.no_dwellings");
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<Round> {
    const auto before = core::make_once(q, c, form, id);
    if (!before) return tl::unexpected(before.error());
    if (*before) return round_by_id(q, **before);
    place::take_guard(q);
    const auto places = places_for(q, in);
    if (!places) return tl::unexpected(places.error());
    RoundRow row;
    row.id = meta::Id<RoundRow>(id);
    row.place_id = in.place_id;
    row.number =
        1 + static_cast<int>(q.unscoped().count(
                "SELECT COALESCE(MAX(number), 0) FROM survey_round WHERE place_id = $1", {in.place_id}));
    row.name = in.title;
    row.direction = in.direction.value_or(rule::Direction::bottom_up);
    row.ladder = rule::to_text(*ladder);
    row.started = c.now;
    row.started_by = c.who.account;
    core::append(q, row);
    for (const auto& p : *places)
      q.unscoped().run("INSERT INTO survey_round_place (round_id, place_id) VALUES ($1, $2)", {id, p.id});
    core::audit(
        q, c,
        {"survey_round.begin", "survey_round", id, std::nullopt, fmt::format("dwellings={}", *counted)});
    return shown(row, place::labels_of(q, {row.place_id})[row.place_id]);
  });
}

// What was not settled becomes lines of the register, one compound at a time; what was handed over before and
// then opened again by a record that was taken back, stays handed over, as with any late record.
void register_rest(db::Scoped& q, std::int64_t round_id, std::int64_t compound, base::Instant now) {
  q.run(
      "INSERT INTO survey_visit (round_id, dwelling_id, compound_id, state, outcome, unanswered_knocks, "
      "fitted_out, occupied, settled_ms, version) SELECT CAST($1 AS bigint), p.id, p.compound_id, "
      "'registered', 'open', 0, 'unknown', 'unknown', CAST($3 AS bigint), 1 FROM place p WHERE "
      "p.compound_id = $2 "
      "AND " DWELLING_OF_ROUND " ON CONFLICT (round_id, dwelling_id) DO NOTHING",
      {round_id, compound, now});
  q.unscoped().run(
      "UPDATE survey_visit SET state = CASE WHEN handover_id IS NULL THEN 'registered' ELSE 'handed_over' "
      "END, next_contact = NULL, not_before_ms = NULL, settled_ms = $3, version = version + 1 WHERE "
      "round_id = $1 AND compound_id = $2 AND state = 'open'",
      {round_id, compound, now});
}

void freeze(db::Scoped& q, std::int64_t round_id, const std::vector<Group>& groups) {
  for (const auto& g : groups)
    q.unscoped().run(
        "INSERT INTO survey_figure (round_id, compound_id, building_id, grid_id, dwellings, "
        "not_fitted_out, vacant, occupied, persons, tried, registered, handed_over) VALUES ($1, $2, $3, "
        "$4, $5, $6, $7, $8, $9, $10, $11, $12)",
        {round_id, g.compound_id, g.building_id, g.grid_id, g.count.dwellings, g.count.not_fitted_out,
         g.count.vacant, g.count.occupied, g.count.persons, g.count.tried, g.count.registered,
         g.count.handed_over});
}

Result<void> close_round(api::Context& c) {
  const auto compounds = c.read([&](db::Scoped& q) -> Result<std::vector<std::int64_t>> {
    const auto row = own_round(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->closed) return base::fail(ErrorKind::conflict, "survey.closed");
    return compounds_of(q, places_of(q, c.id()));
  });
  if (!compounds) return tl::unexpected(compounds.error());
  for (const auto compound : *compounds) {
    auto done = c.write(
        [&](db::Scoped& q) -> Result<void> {
          register_rest(q, c.id(), compound, c.now);
          return {};
        },
        db::Priority::low);
    if (!done) return done;
  }
  return c.write([&](db::Scoped& q) -> Result<void> {
    q.unscoped().run("UPDATE survey_round SET closed_ms = closed_ms WHERE id = $1", {c.id()});
    const auto row = own_round(q, c.id());
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->closed) return base::fail(ErrorKind::conflict, "survey.closed");
    freeze(q, c.id(), count_round(q, c.id(), places_of(q, c.id()), c.now));
    q.unscoped().run("UPDATE survey_round SET closed_ms = $2 WHERE id = $1", {c.id(), c.now});
    core::audit(q, c, {"survey_round.close", "survey_round", c.id()});
    return {};
  });
}

}  // namespace

void round_routes(api::Router& r) {
  core::list<list_rounds>(r, "/api/survey-rounds", Permission::work_read, "Survey rounds, newest first");
  r.post<NewRound, Round>("/api/survey-rounds", Permission::place_write,
                          "Begin a round over places, a grid or a scope list", create_round);
  r.get<Round>("/api/survey-rounds/{id}", Permission::work_read, "One round", get_round);
  r.post<void>("/api/survey-rounds/{id}/close", Permission::place_write,
               "End a round: its figures stay, what is not resolved is in the register", close_round);
}

}  // namespace feature::survey
