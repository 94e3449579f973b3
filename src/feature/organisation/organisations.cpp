// Bodies and their superiors in two branches (SY-03).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/organisation/bonds.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/service.hpp"
#include "feature/organisation/sql.hpp"
#include "feature/place/below_service.hpp"
#include "feature/place/service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// $1: the places above the scope, $2: now.
constexpr auto organisation_columns = db::ScopedSql(
    "SELECT o.id, o.kind, t.title, o.name, o.code, o.place_id, p.name, o.phone, o.address, o.head_id, "
    "h.name, (SELECT COUNT(*) FROM staff e WHERE e.organisation_id = o.id), (SELECT COUNT(DISTINCT "
    "k.place_id) FROM organisation_bond k JOIN place kp ON kp.id = k.place_id WHERE k.organisation_id = "
    "o.id AND k.bond IN "
    "('manages', 'represents') AND " IN_FORCE("k", "$2") " AND {scope:kp}), o.note FROM organisation o JOIN "
    "place p ON p.id = o.place_id LEFT JOIN term t ON t.list = 'organisation_kind' AND t.code = o.kind LEFT "
    "JOIN staff h ON h.id = o.head_id WHERE o.valid_until_ms IS NULL AND " ORGANISATION_SEEN);

Result<api::Page<Organisation>> list_organisations(api::Context& c, const OrganisationQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = organisation_columns;
    const auto above = db::json_array(place::above_scope(q));
    std::vector<db::Arg> args{above, c.now};
    const auto pattern = like("%", in.q.value_or(meta::Text<1, 50>{}), "%");
    if (in.kind) sql = sql.with(" AND o.kind = {arg}"), args.push_back(*in.kind);
    if (in.place_id) sql = sql.with(place::below(q, *in.place_id)), args.push_back(*in.place_id);
    if (in.q) {
      sql = sql.with(" AND (o.name LIKE {arg} ESCAPE '\\' OR o.code LIKE {arg} ESCAPE '\\')");
      args.insert(args.end(), {pattern, pattern});
    }
    return api::fetch_page<Organisation>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (o.name, o.id) > ({arg}, {arg})", " ORDER BY o.name, o.id LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<Organisation>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(3), r.integer(0)};
        });
  });
}

std::vector<Superior> superiors_of(db::Scoped& q, std::int64_t id, bool above) {
  std::vector<Superior> out;
  // The body itself was found through the scope; names of superiors and subordinates are no secret.
  q.unscoped().run(
      fmt::format(
          "SELECT o.id, o.name, o.kind, u.branch, u.valid_from_ms, u.valid_until_ms FROM "
          "organisation_superior u JOIN organisation o ON o.id = u.{} WHERE u.{} = $1 AND "
          "(u.valid_until_ms IS NULL{}) ORDER BY u.branch DESC, u.valid_from_ms DESC, o.name, u.id LIMIT "
          "500",
          above ? "superior_id" : "organisation_id", above ? "organisation_id" : "superior_id",
          above ? " OR u.valid_until_ms > u.valid_from_ms" : ""),
      {id}, [&](const db::Row& r) { out.push_back(meta::load<Superior>(r)); });
  return out;
}

Result<OrganisationFile> file_of(db::Scoped& q, const api::Context& c, std::int64_t id) {
  const auto found = find_organisation(q, id, c.now);
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  OrganisationFile out;
  out.organisation = *found;
  out.superiors = superiors_of(q, id, true);
  out.subordinates = superiors_of(q, id, false);
  out.bonds = bonds_of_organisation(q, id);
  db::Scoped writing(q.unscoped(), c.who.scope_of(Permission::organisation_write));
  out.editable = keeps_organisation(writing, id);
  return out;
}

Result<OrganisationFile> get_organisation(api::Context& c) {
  return c.read([&](db::Scoped& q) { return file_of(q, c, c.id()); });
}

// Errors: the name is taken at the same place, the kind is not in the list.
base::Problems problems_of(db::Scoped& q, const OrganisationRow& row) {
  base::Problems problems;
  if (!known_term(q, TermList::organisation_kind, row.kind))
    problems.push_back({"/kind", "not_allowed", {{"value", row.kind}}});
  if (q.unscoped().count(
          "SELECT COUNT(*) FROM organisation WHERE place_id = $1 AND name = $2 AND id <> $3 AND "
          "valid_until_ms IS NULL",
          {row.place_id, row.name, row.id}) > 0)
    problems.push_back({"/name", "duplicate"});
  if (row.head_id && q.unscoped().count("SELECT COUNT(*) FROM staff WHERE id = $1 AND organisation_id = $2",
                                        {*row.head_id, row.id}) == 0)
    problems.push_back({"/head_id", "not_found"});
  return problems;
}

Result<OrganisationFile> create_organisation(api::Context& c, const NewOrganisation& in) {
  OrganisationRow row;
  row.id = c.new_id<OrganisationRow>();
  row.kind = in.kind;
  row.place_id = in.place_id;
  row.name = in.name;
  if (in.code) row.code = *in.code;
  if (in.phone) row.phone = *in.phone;
  if (in.address) row.address = *in.address;
  if (in.note) row.note = *in.note;
  row.valid_from = row.updated = c.now;
  return c.write([&](db::Scoped& q) -> Result<OrganisationFile> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    place::take_guard(q);
    if (auto problems = problems_of(q, row); !problems.empty()) return base::fail(std::move(problems));
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"organisation.create", "organisation", row.id.value, place->compound_id, row.kind});
    core::note_change(q, "organisation", place->compound_id.value_or(row.place_id), row.id.value, c.now);
    return file_of(q, c, row.id.value);
  });
}

std::optional<OrganisationRow> kept_row(db::Scoped& q, std::int64_t id) {
  std::optional<OrganisationRow> row;
  q.one(
      "SELECT o.id, o.kind, o.place_id, o.name, o.code, o.address, o.phone, o.head_id, o.note, o.source, "
      "o.valid_from_ms, o.valid_until_ms, o.updated_ms FROM organisation o JOIN place p ON p.id = o.place_id "
      "WHERE o.id = $1 AND o.valid_until_ms IS NULL AND {scope:p}",
      {id}, [&](const db::Row& r) { row = meta::load<OrganisationRow>(r); });
  return row;
}

Result<OrganisationFile> change_organisation(api::Context& c, const OrganisationPatch& in) {
  return c.write([&](db::Scoped& q) -> Result<OrganisationFile> {
    place::take_guard(q);
    const auto before = kept_row(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    if (in.kind) after.kind = *in.kind;
    if (in.name) after.name = *in.name;
    if (in.code) after.code = *in.code;
    if (in.phone) after.phone = *in.phone;
    if (in.address) after.address = *in.address;
    if (in.head_id) after.head_id = *in.head_id;
    if (in.note) after.note = *in.note;
    after.updated = c.now;
    if (auto problems = problems_of(q, after); !problems.empty()) return base::fail(std::move(problems));
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"organisation.change", "organisation", c.id(), std::nullopt});
    core::note_change(q, "organisation", before->place_id, c.id(), c.now);
    return file_of(q, c, c.id());
  });
}

std::vector<SuperiorRow> running_superiors(db::Scoped& q, std::string_view column, std::int64_t id) {
  std::vector<SuperiorRow> rows;
  q.unscoped().run(
      fmt::format("SELECT id, organisation_id, superior_id, branch, valid_from_ms, valid_until_ms "
                  "FROM organisation_superior WHERE {} = $1 AND valid_until_ms IS NULL",
                  column),
      {id}, [&](const db::Row& r) { rows.push_back(meta::load<SuperiorRow>(r)); });
  return rows;
}

void end_superior(db::Scoped& q, const SuperiorRow& row, const core::Source& source) {
  auto ended = row;
  ended.valid_until = source.now;
  core::update(q, row, ended, source);
}

Result<void> close_organisation(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    place::take_guard(q);
    const auto before = kept_row(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    const auto source = core::source_of(c);
    for (const auto* column : {"organisation_id", "superior_id"})
      for (const auto& row : running_superiors(q, column, c.id())) end_superior(q, row, source);
    end_bonds_of(q, c.id(), source);
    auto after = *before;
    after.valid_until = after.updated = c.now;
    core::update(q, *before, after, source);
    core::audit(q, c, {"organisation.close", "organisation", c.id(), std::nullopt});
    core::note_change(q, "organisation", before->place_id, c.id(), c.now);
    return {};
  });
}

// Going up from `from` in a branch never comes to `id`.
bool would_circle(db::Scoped& q, std::int64_t id, std::int64_t from, Branch branch) {
  std::set<std::int64_t> seen;
  for (auto at = from; at != 0 && seen.insert(at).second;) {
    if (at == id) return true;
    at = q.unscoped().count(
        "SELECT superior_id FROM organisation_superior WHERE organisation_id = $1 AND branch "
        "= $2 AND valid_until_ms IS NULL",
        {at, meta::name_of(branch)});
  }
  return false;
}

Result<OrganisationFile> set_superior(api::Context& c, const NewSuperior& in) {
  const auto id = c.store.next_id();
  return c.write([&](db::Scoped& q) -> Result<OrganisationFile> {
    place::take_guard(q);
    const auto own = kept_row(q, c.id());
    if (!own) return base::fail(ErrorKind::not_found, "not_found");
    if (in.superior_id) {
      if (!find_organisation(q, *in.superior_id, c.now)) return base::fail_field("/superior_id", "not_found");
      if (would_circle(q, c.id(), *in.superior_id, in.branch))
        return base::fail_field("/superior_id", "circle");
    }
    const auto source = core::source_of(c);
    bool standing = false;
    for (const auto& row : running_superiors(q, "organisation_id", c.id())) {
      if (row.branch != in.branch) continue;
      if (in.superior_id == row.superior_id)
        standing = true;
      else
        end_superior(q, row, source);
    }
    if (in.superior_id && !standing)
      core::insert(
          q, SuperiorRow{meta::Id<SuperiorRow>(id), c.id(), *in.superior_id, in.branch, c.now, std::nullopt},
          source);
    core::audit(q, c,
                {"organisation.superior", "organisation", c.id(), std::nullopt,
                 std::string(meta::name_of(in.branch))});
    core::note_change(q, "organisation", own->place_id, c.id(), c.now);
    return file_of(q, c, c.id());
  });
}

}  // namespace

std::optional<Organisation> find_organisation(db::Scoped& q, std::int64_t id, base::Instant now) {
  std::optional<Organisation> found;
  q.one(organisation_columns.with(" AND o.id = {arg}"), {db::json_array(place::above_scope(q)), now, id},
        [&](const db::Row& r) { found = meta::load<Organisation>(r); });
  return found;
}

std::optional<Named> organisation_named(db::Scoped& q, const std::string& name) {
  std::vector<std::int64_t> found;
  q.run(
      db::ScopedSql("SELECT o.id FROM organisation o JOIN place p ON p.id = o.place_id WHERE o.name = $2 AND "
                    "o.valid_until_ms IS NULL AND " ORGANISATION_SEEN " LIMIT 2"),
      {db::json_array(place::above_scope(q)), name},
      [&](const db::Row& r) { found.push_back(r.integer(0)); });
  if (found.size() != 1) return std::nullopt;
  return Named{found.front(), name};
}

bool keeps_organisation(db::Scoped& q, std::int64_t id) { return kept_row(q, id).has_value(); }

void organisation_routes(api::Router& r) {
  core::list<list_organisations>(r, "/api/organisations", Permission::organisation_read,
                                 "Bureaus, companies, owners' committees and other bodies");
  r.get<OrganisationFile>("/api/organisations/{id}", Permission::organisation_read,
                          "A body with its superiors and what it has to do with places", get_organisation);
  r.post<NewOrganisation, OrganisationFile>("/api/organisations", Permission::organisation_write,
                                            "Add a body", create_organisation);
  r.patch<OrganisationPatch, OrganisationFile>("/api/organisations/{id}", Permission::organisation_write,
                                               "Change what is known of a body", change_organisation);
  r.post<void>("/api/organisations/{id}/close", Permission::organisation_write,
               "Close a body: everything it does ends", close_organisation);
  r.post<NewSuperior, OrganisationFile>("/api/organisations/{id}/superior", Permission::organisation_write,
                                        "Put a body under another from now on, in one of two branches",
                                        set_superior);
}

}  // namespace feature::organisation
