// Teams as they stand or stood.
#include "feature/organisation/teams.hpp"

#include <fmt/format.h>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/sql.hpp"
#include "feature/place/below_service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// $1: the instant.
#define TEAM_FROM \
  " FROM team t JOIN team_version v ON v.team_id = t.id AND " IN_FORCE("v", "$1") " JOIN place p "    \
  "ON p.id = t.place_id "
#define TEAM_IN_SCOPE " WHERE " IN_FORCE("t", "$1") " AND {scope:p}"

constexpr auto team_columns = db::ScopedSql(
    "SELECT t.id, t.kind, w.title, t.name, t.place_id, p.name, v.number, (SELECT s.name FROM team_member h "
    "JOIN staff s ON s.id = h.staff_id WHERE h.version_id = v.id AND h.role = 'head'), (SELECT COUNT(*) "
    "FROM team_member m WHERE m.version_id = v.id), (SELECT COUNT(*) FROM team_body b WHERE b.version_id = "
    "v.id), "
    "v.document_ref, t.valid_from_ms, t.valid_until_ms, v.valid_from_ms" TEAM_FROM
    "LEFT JOIN term w ON w.list = 'team_kind' AND w.code = t.kind" TEAM_IN_SCOPE);

void name_places(db::Scoped& q, std::vector<Team>& teams) {
  std::vector<std::int64_t> ids;
  for (const auto& t : teams) ids.push_back(t.place_id);
  const auto labels = place::labels_of(q, ids);
  for (auto& t : teams)
    if (const auto label = labels.find(t.place_id); label != labels.end()) t.place_name = label->second;
}

Result<api::Page<Team>> list_teams(api::Context& c, const TeamQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<api::Page<Team>> {
    auto sql = team_columns.with(place::below(q, in.place_id));
    std::vector<db::Arg> args{at, in.place_id};
    if (in.kind) sql = sql.with(" AND t.kind = {arg}"), args.push_back(*in.kind);
    auto page = api::fetch_page<Team>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (t.name, t.id) > ({arg}, {arg})", " ORDER BY t.name, t.id LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<Team>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(3), r.integer(0)};
        });
    if (page) name_places(q, page->items);
    return page;
  });
}

// One row per member, for a list to print. Members of a party branch beyond its heads are not in it.
Result<api::Page<TeamMember>> list_members(api::Context& c, const TeamQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) {
    auto sql =
        db::ScopedSql(
            "SELECT m.staff_id, t.name, p.name, m.role, s.name, m.duty, COALESCE(o.name, s.organisation), "
            "s.post, "
            "s.rank, s.phone_masked, m.id" TEAM_FROM
            "JOIN team_member m ON m.version_id = v.id JOIN staff s ON s.id = m.staff_id LEFT JOIN "
            "organisation o ON "
            "o.id = s.organisation_id" TEAM_IN_SCOPE " AND (t.kind <> 'party_branch' OR m.role <> 'member')")
            .with(place::below(q, in.place_id));
    std::vector<db::Arg> args{at, in.place_id};
    if (in.kind) sql = sql.with(" AND t.kind = {arg}"), args.push_back(*in.kind);
    return api::fetch_page<TeamMember>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (t.name, m.id) > ({arg}, {arg})", " ORDER BY t.name, m.id LIMIT {arg}"},
        [](const db::Row& r) { return meta::load<TeamMember>(r); },
        [](const db::Row& r) {
          return api::SortKey{r.str(1), r.integer(10)};
        });
  });
}

Result<TeamFile> get_team(api::Context& c, const TeamAt& in) {
  return c.read(
      [&](db::Scoped& q) { return team_file(q, c, c.id(), in.at_ms ? base::Instant{*in.at_ms} : c.now); });
}

// LZ-15: a joint team in every compound with property management; FZ-26: owners guard the gate where there is
// none.
Result<TeamGaps> team_gaps(api::Context& c, const place::PlaceIdQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<TeamGaps> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    TeamGaps out;
    for (const std::string_view kind : {"joint_control", "gate_team"}) {
      TeamGap gap{std::string(kind), 0, 0, {}};
      constexpr db::ScopedSql should_have(
          "SELECT p.id, p.name, (SELECT COUNT(*) FROM team t WHERE t.place_id = p.id AND t.kind = $1 "
          "AND " IN_FORCE("t", "$2") ") FROM place p WHERE p.kind = 'compound' AND p.valid_until_ms IS "
          "NULL AND ((p.compound_kind = 'property_managed' AND $1 = 'joint_control') OR (p.compound_kind IN "
          "('owners_committee', 'unmanaged', 'scattered_cluster') AND $1 = 'gate_team')) AND {scope:p}");
      q.run(should_have.with(place::below(place->kind)).with(" ORDER BY p.sort, p.id"),
            {kind, c.now, in.place_id}, [&](const db::Row& r) {
              ++gap.of;
              if (r.integer(2) > 0) return;
              ++gap.missing;
              if (gap.compounds.size() < 200) gap.compounds.push_back({r.integer(0), r.str(1)});
            });
      out.items.push_back(std::move(gap));
    }
    return out;
  });
}

std::vector<TeamMember> shown_members(db::Scoped& q, std::int64_t version) {
  std::vector<TeamMember> out;
  q.unscoped().run(
      "SELECT m.staff_id, '', '', m.role, s.name, m.duty, COALESCE(o.name, s.organisation), s.post, "
      "s.rank, s.phone_masked FROM team_member m JOIN staff s ON s.id = m.staff_id LEFT JOIN organisation "
      "o ON o.id = s.organisation_id WHERE m.version_id = $1 ORDER BY CASE m.role WHEN 'head' THEN 0 WHEN "
      "'deputy' THEN 1 ELSE 2 END, m.id",
      {version}, [&](const db::Row& r) { out.push_back(meta::load<TeamMember>(r)); });
  return out;
}

}  // namespace

std::optional<TeamFound> find_team(db::Scoped& q, std::int64_t id, base::Instant at) {
  std::optional<TeamFound> found;
  q.one(db::ScopedSql(
            "SELECT t.id, t.kind, t.place_id, t.name, t.valid_from_ms, t.valid_until_ms, v.id, v.team_id, "
            "v.number, v.document_ref, v.note, v.valid_from_ms, v.valid_until_ms, v.created_by" TEAM_FROM
                TEAM_IN_SCOPE " AND t.id = $2"),
        {at, id}, [&](const db::Row& r) {
          found.emplace();
          meta::load_row(meta::record_of<TeamRow>(), &found->team, r);
          meta::load_row(meta::record_of<TeamVersionRow>(), &found->version, r, 6);
        });
  return found;
}
#undef TEAM_FROM
#undef TEAM_IN_SCOPE

std::vector<TeamMemberRow> member_rows(db::Scoped& q, std::int64_t version) {
  std::vector<TeamMemberRow> rows;
  // The version was found through the scope.
  q.unscoped().run(
      "SELECT id, version_id, staff_id, role, duty FROM team_member WHERE version_id = $1 ORDER BY id",
      {version}, [&](const db::Row& r) { rows.push_back(meta::load<TeamMemberRow>(r)); });
  return rows;
}

bool sees_members(db::Scoped& q, const api::Context& c, const TeamRow& team) {
  if (team.kind != party_branch) return true;
  db::Scoped sensitive(q.unscoped(), c.who.scope_of(Permission::sensitive_read));
  return place::find_place(sensitive, team.place_id).has_value();
}

Result<TeamFile> team_file(db::Scoped& q, const api::Context& c, std::int64_t id, base::Instant at) {
  std::vector<Team> one;
  q.run(team_columns.with(" AND t.id = {arg}"), {at, id},
        [&](const db::Row& r) { one.push_back(meta::load<Team>(r)); });
  const auto found = find_team(q, id, at);
  if (one.empty() || !found) return base::fail(ErrorKind::not_found, "not_found");
  name_places(q, one);
  TeamFile out;
  out.team = std::move(one.front());
  const auto version = found->version.id.value;
  out.members = shown_members(q, version);
  if (!sees_members(q, c, found->team)) {
    const auto all = out.members.size();
    std::erase_if(out.members, [](const TeamMember& m) { return m.role == TeamRole::member; });
    out.hidden = static_cast<std::int64_t>(all - out.members.size());
  }
  q.unscoped().run(
      "SELECT o.id, o.name FROM team_body b JOIN organisation o ON o.id = b.organisation_id WHERE "
      "b.version_id = $1 ORDER BY b.id",
      {version}, [&](const db::Row& r) { out.bodies.push_back(meta::load<TeamBody>(r)); });
  q.unscoped().run(
      "SELECT v.number, v.valid_from_ms, v.valid_until_ms, v.document_ref, v.note, (SELECT COUNT(*) "
      "FROM team_member m WHERE m.version_id = v.id) FROM team_version v WHERE v.team_id = $1 ORDER BY "
      "v.number DESC LIMIT 500",
      {id}, [&](const db::Row& r) { out.versions.push_back(meta::load<TeamVersion>(r)); });
  return out;
}

void team_routes(api::Router& r) {
  core::list<list_teams>(r, "/api/teams", Permission::organisation_read,
                         "Teams and temporary organisations of a place and its parts, at any time");
  core::list<list_members>(r, "/api/team-members", Permission::organisation_read,
                           "Members of the teams of a place and its parts, one a row");
  r.get<place::PlaceIdQuery, TeamGaps>("/api/teams/missing", Permission::organisation_read,
                                       "Compounds without a team they should have", team_gaps);
  r.get<TeamAt, TeamFile>("/api/teams/{id}", Permission::organisation_read,
                          "A team as it is or was, with its versions", get_team);
  team_change_routes(r);
}

}  // namespace feature::organisation
