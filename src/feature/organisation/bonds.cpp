// What bodies and leaders have to do with places: a bond begins, and ends where the next one begins.
#include "feature/organisation/bonds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/sql.hpp"
#include "feature/place/below_service.hpp"
#include "feature/stewardship/staff_service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

#define BOND_COLUMNS                                                                                         \
  "SELECT b.id, b.bond, b.branch, b.place_id, p.kind, '', b.organisation_id, o.name, b.staff_id, s.name, "   \
  "b.valid_from_ms, b.valid_until_ms, b.document_ref, b.note FROM organisation_bond b JOIN place p ON p.id " \
  "= b.place_id LEFT JOIN organisation o ON o.id = b.organisation_id LEFT JOIN staff s ON s.id = "           \
  "b.staff_id WHERE (b.valid_until_ms IS NULL OR b.valid_until_ms > b.valid_from_ms)"

constexpr auto bond_columns = db::ScopedSql(BOND_COLUMNS " AND {scope:p}");

constexpr auto row_columns = db::ScopedSql(
    "SELECT b.id, b.bond, b.branch, b.organisation_id, b.staff_id, b.place_id, b.document_ref, b.note, "
    "b.valid_from_ms, b.valid_until_ms, b.created_by FROM organisation_bond b JOIN place p ON p.id = "
    "b.place_id WHERE (b.valid_until_ms IS NULL OR b.valid_until_ms > b.valid_from_ms) AND {scope:p}");

Result<api::Page<OrganisationBond>> list_bonds(api::Context& c, const BondQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<api::Page<OrganisationBond>> {
    auto sql = bond_columns.with(place::below(q, in.place_id))
                   .with(
                       " AND b.valid_from_ms <= {arg} AND (b.valid_until_ms IS NULL OR b.valid_until_ms > "
                       "{arg})");
    std::vector<db::Arg> args{in.place_id, at, at};
    if (in.bond) sql = sql.with(" AND b.bond = {arg}"), args.push_back(meta::name_of(*in.bond));
    auto page = api::fetch_page<OrganisationBond>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (b.bond, b.id) > ({arg}, {arg})", " ORDER BY b.bond, b.id LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<OrganisationBond>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(1), r.integer(0)};
        });
    if (page) name_places(q, page->items);
    return page;
  });
}

bool has_body(Bond bond) { return bond != Bond::hook_up; }
// Several leaders may be hooked up to one place; everything else is one body's at a time.
bool exclusive(Bond bond) { return bond != Bond::hook_up; }
bool of_compounds(Bond bond) { return bond == Bond::manages || bond == Bond::represents; }

base::Problems problems_of(const NewBond& in) {
  base::Problems problems;
  if (in.place_ids.empty()) problems.push_back({"/place_ids", "required"});
  if (in.place_ids.size() > 200) problems.push_back({"/place_ids", "too_many"});
  if (in.branch && in.bond != Bond::responsible) problems.push_back({"/branch", "not_allowed_here"});
  if (has_body(in.bond) && !in.organisation_id) problems.push_back({"/organisation_id", "required"});
  if (in.bond == Bond::hook_up && !in.staff_id) problems.push_back({"/staff_id", "required"});
  return problems;
}

// What holds or begins at or after `from` and would stand beside the new one.
std::vector<BondRow> standing(db::Scoped& q, const BondRow& fresh) {
  std::vector<BondRow> rows;
  q.run(
      row_columns.with(" AND b.place_id = {arg} AND b.bond = {arg}")
          .with(" AND (b.valid_until_ms IS NULL OR b.valid_until_ms > {arg}) ORDER BY b.valid_from_ms, b.id"),
      {fresh.place_id, meta::name_of(fresh.bond), fresh.valid_from},
      [&](const db::Row& r) { rows.push_back(meta::load<BondRow>(r)); });
  std::erase_if(rows, [&](const BondRow& row) { return row.branch != fresh.branch; });
  return rows;
}

bool same_parties(const BondRow& a, const BondRow& b) {
  return a.organisation_id == b.organisation_id && a.staff_id == b.staff_id;
}

// The ones before give way at the instant of the new one. What was in force keeps its beginning: a transfer
// may be entered late, yet never before the one it replaces began (XN-08).
base::Problems give_way(db::Scoped& q, const BondRow& fresh, const std::string& path,
                        const core::Source& source) {
  const auto rows = standing(q, fresh);
  for (const auto& row : rows) {
    const bool begun = row.valid_from <= source.now;
    if (same_parties(row, fresh) && (begun || !exclusive(fresh.bond))) return {{path, "duplicate"}};
    if (!exclusive(fresh.bond)) continue;
    if (begun && fresh.valid_from <= row.valid_from) return {{"/from_ms", "before_the_last_change"}};
    if (begun && fresh.bond == Bond::responsible && row.organisation_id != fresh.organisation_id &&
        !fresh.document_ref)
      return {{"/document_ref", "required"}};
  }
  if (!exclusive(fresh.bond)) return {};
  for (const auto& row : rows) {
    auto ended = row;
    ended.valid_until = std::max(row.valid_from, fresh.valid_from);
    core::update(q, row, ended, source);
  }
  return {};
}

BondRow row_of(const NewBond& in, const api::Context& c) {
  BondRow row;
  row.bond = in.bond;
  if (in.bond == Bond::responsible) row.branch = in.branch.value_or(Branch::territorial);
  row.organisation_id = in.organisation_id;
  row.staff_id = in.staff_id;
  if (in.document_ref) row.document_ref = *in.document_ref;
  if (in.note) row.note = *in.note;
  row.valid_from = in.from_ms.value_or(c.now);
  row.created_by = c.who.account;
  return row;
}

std::vector<OrganisationBond> shown(db::Scoped& q, const std::vector<std::int64_t>& ids) {
  std::vector<OrganisationBond> out;
  q.run(bond_columns.with(" AND b.id {in} ORDER BY b.id"), {db::json_array(ids)},
        [&](const db::Row& r) { out.push_back(meta::load<OrganisationBond>(r)); });
  name_places(q, out);
  return out;
}

Result<BondList> make_bonds(api::Context& c, const NewBond& in) {
  if (auto problems = problems_of(in); !problems.empty()) return base::fail(std::move(problems));
  std::vector<std::int64_t> ids(in.place_ids.size());
  for (auto& id : ids) id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<BondList> {
    place::take_guard(q);
    const auto source = core::source_of(c);
    base::Problems problems;
    if (in.organisation_id && !find_organisation(q, *in.organisation_id, c.now))
      problems.push_back({"/organisation_id", "not_found"});
    if (in.staff_id && !stewardship::sees_staff(q, *in.staff_id))
      problems.push_back({"/staff_id", "not_found"});
    auto row = row_of(in, c);
    for (std::size_t i = 0; i < in.place_ids.size() && problems.empty(); ++i) {
      const auto path = fmt::format("/place_ids/{}", i);
      const auto place = place::find_place(q, in.place_ids[i]);
      if (!place) {
        problems.push_back({path, "not_found"});
        continue;
      }
      if (of_compounds(in.bond) && place->kind != place::Kind::compound) {
        problems.push_back({path, "wrong_level", {{"kind", std::string(meta::name_of(place->kind))}}});
        continue;
      }
      row.id = meta::Id<BondRow>(ids[i]);
      row.place_id = in.place_ids[i];
      problems = give_way(q, row, path, source);
      if (!problems.empty()) continue;
      core::insert(q, row, source);
      core::audit(q, c,
                  {"organisation_bond.make", "organisation_bond", ids[i], place->compound_id,
                   std::string(meta::name_of(in.bond))});
      core::note_change(q, "organisation", place->compound_id.value_or(row.place_id), ids[i], c.now);
    }
    if (!problems.empty()) return base::fail(std::move(problems));
    return BondList{shown(q, ids)};
  });
}

Result<void> end_bond(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    place::take_guard(q);
    std::optional<BondRow> row;
    q.one(row_columns.with(" AND b.id = {arg} AND (b.valid_until_ms IS NULL OR b.valid_until_ms > {arg})"),
          {c.id(), c.now}, [&](const db::Row& r) { row = meta::load<BondRow>(r); });
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    auto ended = *row;
    ended.valid_until = std::max(row->valid_from, c.now);
    core::update(q, *row, ended, core::source_of(c));
    const auto place = place::find_place(q, row->place_id);
    const auto compound = place ? place->compound_id : std::nullopt;
    core::audit(q, c,
                {"organisation_bond.end", "organisation_bond", c.id(), compound,
                 std::string(meta::name_of(row->bond))});
    core::note_change(q, "organisation", compound.value_or(row->place_id), c.id(), c.now);
    return {};
  });
}

}  // namespace

std::vector<OrganisationBond> bonds_of_organisation(db::Scoped& q, std::int64_t organisation) {
  std::vector<OrganisationBond> out;
  q.run(bond_columns.with(
            " AND b.organisation_id = {arg} ORDER BY b.valid_from_ms DESC, p.sort, b.id LIMIT 1000"),
        {organisation}, [&](const db::Row& r) { out.push_back(meta::load<OrganisationBond>(r)); });
  name_places(q, out);
  return out;
}

void end_bonds_of(db::Scoped& q, std::int64_t organisation, const core::Source& source) {
  std::vector<BondRow> rows;
  q.unscoped().run(
      fmt::format(
          "SELECT {} FROM organisation_bond b WHERE b.organisation_id = $1 AND (b.valid_until_ms IS NULL "
          "OR b.valid_until_ms > $2)",
          meta::column_list(meta::record_of<BondRow>(), "b")),
      {organisation, source.now}, [&](const db::Row& r) { rows.push_back(meta::load<BondRow>(r)); });
  for (const auto& row : rows) {
    auto ended = row;
    ended.valid_until = std::max(row.valid_from, source.now);
    core::update(q, row, ended, source);
  }
}

std::vector<OrganisationBond> bonds_at(db::Scoped& q, const std::vector<std::int64_t>& places,
                                       base::Instant at) {
  std::vector<OrganisationBond> out;
  auto& raw = q.unscoped();
  raw.run(fmt::format(BOND_COLUMNS " AND b.place_id {} AND " IN_FORCE("b", "$2") " ORDER BY b.id",
                      raw.in_list(1)),
          {db::json_array(places), at},
          [&](const db::Row& r) { out.push_back(meta::load<OrganisationBond>(r)); });
  return out;
}

void name_places(db::Scoped& q, std::vector<OrganisationBond>& bonds) {
  std::vector<std::int64_t> ids;
  for (const auto& b : bonds) ids.push_back(b.place_id);
  const auto labels = place::labels_of(q, ids);
  for (auto& b : bonds)
    if (const auto label = labels.find(b.place_id); label != labels.end()) b.place_name = label->second;
}

void bond_routes(api::Router& r) {
  core::list<list_bonds>(r, "/api/organisation-bonds", Permission::organisation_read,
                         "What bodies and leaders have to do with a place and its parts, at any time");
  r.post<NewBond, BondList>("/api/organisation-bonds", Permission::organisation_write,
                            "Hand places to a body or leader from an instant on: the one before gives way",
                            make_bonds);
  r.post<void>("/api/organisation-bonds/{id}/end", Permission::organisation_write,
               "End what a body or leader has to do with a place", end_bond);
}
#undef BOND_COLUMNS

}  // namespace feature::organisation
