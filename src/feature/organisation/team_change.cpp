// A team is formed, re-formed and ended. A version is written once: what changes makes the next (CZ-06).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "feature/organisation/routes.hpp"
#include "feature/organisation/teams.hpp"
#include "feature/stewardship/staff_service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t members_max = 200, bodies_max = 50;

// Of NewTeam and NewTeamVersion the same.
struct Composition {
  const std::vector<std::int64_t>& bodies;
  const std::vector<NewTeamMember>& members;
};

base::Problems body_problems(db::Scoped& q, const api::Context& c, std::string_view kind,
                             const std::vector<std::int64_t>& bodies) {
  base::Problems problems;
  std::set<std::int64_t> seen;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto path = fmt::format("/body_ids/{}", i);
    if (!seen.insert(bodies[i]).second)
      problems.push_back({path, "duplicate"});
    else if (!find_organisation(q, bodies[i], c.now))
      problems.push_back({path, "not_found"});
  }
  // LZ-15, CZ-25: what is joint is of several.
  if (kind == "joint_control" && bodies.size() < 2) problems.push_back({"/body_ids", "several_needed"});
  return problems;
}

base::Problems problems_of(db::Scoped& q, const api::Context& c, std::string_view kind,
                           const Composition& in) {
  base::Problems problems;
  if (in.members.size() > members_max) problems.push_back({"/members", "too_many"});
  if (in.bodies.size() > bodies_max) problems.push_back({"/body_ids", "too_many"});
  if (!problems.empty()) return problems;
  problems = body_problems(q, c, kind, in.bodies);
  std::set<std::int64_t> seen;
  int heads = 0;
  for (std::size_t i = 0; i < in.members.size(); ++i) {
    const auto& m = in.members[i];
    const auto path = fmt::format("/members/{}/staff_id", i);
    if (m.role == TeamRole::head) ++heads;
    if (!seen.insert(m.staff_id).second)
      problems.push_back({path, "duplicate"});
    else if (!stewardship::sees_staff(q, m.staff_id))
      problems.push_back({path, "not_found"});
  }
  if (heads != 1) problems.push_back({"/members", "one_head"});
  return problems;
}

struct VersionIds {
  std::int64_t version = 0;
  std::vector<std::int64_t> members{}, bodies{};
};
VersionIds ids_for(api::Context& c, const Composition& in) {
  VersionIds ids{c.store.next_id(), {}, {}};
  for (std::size_t i = 0; i < in.members.size(); ++i) ids.members.push_back(c.store.next_id());
  for (std::size_t i = 0; i < in.bodies.size(); ++i) ids.bodies.push_back(c.store.next_id());
  return ids;
}

void write_version(db::Scoped& q, const TeamVersionRow& version, const Composition& in, const VersionIds& ids,
                   const core::Source& source) {
  core::insert(q, version, source);
  std::vector<TeamMemberRow> members;
  for (std::size_t i = 0; i < in.members.size(); ++i) {
    const auto& m = in.members[i];
    auto& row = members.emplace_back();
    row = {meta::Id<TeamMemberRow>(ids.members[i]), ids.version, m.staff_id, m.role, {}};
    if (m.duty) row.duty = *m.duty;
  }
  core::insert_all(q, members, source);
  std::vector<TeamBodyRow> bodies;
  for (std::size_t i = 0; i < in.bodies.size(); ++i)
    bodies.push_back({meta::Id<TeamBodyRow>(ids.bodies[i]), ids.version, in.bodies[i]});
  core::insert_all(q, bodies, source);
}

// Nobody writes members they may not see.
Result<void> may_write(db::Scoped& q, const api::Context& c, const TeamRow& team) {
  if (sees_members(q, c, team)) return {};
  return base::fail(ErrorKind::forbidden, "forbidden",
                    {{"permission", std::string(meta::name_of(Permission::sensitive_read))}});
}

void left_behind(db::Scoped& q, const api::Context& c, const TeamRow& team, std::string action,
                 std::size_t members) {
  const auto place = place::find_place(q, team.place_id);
  const auto compound = place ? place->compound_id : std::nullopt;
  core::audit(q, c, {std::move(action), "team", team.id.value, compound, fmt::format("members={}", members)});
  core::note_change(q, "organisation", compound.value_or(team.place_id), team.id.value, c.now);
}

Result<TeamFile> form_team(api::Context& c, const NewTeam& in) {
  const auto id = c.store.next_id();
  const Composition composition{in.body_ids, in.members};
  const auto ids = ids_for(c, composition);
  return c.write([&](db::Scoped& q) -> Result<TeamFile> {
    if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
    TeamRow team{meta::Id<TeamRow>(id), in.kind, in.place_id, in.name, c.now, in.until_ms};
    if (auto may = may_write(q, c, team); !may) return tl::unexpected(std::move(may).error());
    place::take_guard(q);
    auto problems = problems_of(q, c, in.kind, composition);
    if (!known_term(q, TermList::team_kind, in.kind))
      problems.push_back({"/kind", "not_allowed", {{"value", in.kind}}});
    if (in.until_ms && *in.until_ms <= c.now) problems.push_back({"/until_ms", "in_the_past"});
    if (!problems.empty()) return base::fail(std::move(problems));
    const auto source = core::source_of(c);
    core::insert(q, team, source);
    TeamVersionRow version{meta::Id<TeamVersionRow>(ids.version), id, 1, {}, {}, c.now, {}, c.who.account};
    if (in.document_ref) version.document_ref = *in.document_ref;
    if (in.note) version.note = *in.note;
    write_version(q, version, composition, ids, source);
    left_behind(q, c, team, "team.form", in.members.size());
    return team_file(q, c, id, c.now);
  });
}

Result<TeamFile> reform_team(api::Context& c, const NewTeamVersion& in) {
  const Composition composition{in.body_ids, in.members};
  const auto ids = ids_for(c, composition);
  return c.write([&](db::Scoped& q) -> Result<TeamFile> {
    place::take_guard(q);
    const auto found = find_team(q, c.id(), c.now);
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    if (auto may = may_write(q, c, found->team); !may) return tl::unexpected(std::move(may).error());
    if (in.version != found->version.number) return base::fail(ErrorKind::conflict, "changed_meanwhile");
    if (auto problems = problems_of(q, c, found->team.kind, composition); !problems.empty())
      return base::fail(std::move(problems));
    const auto source = core::source_of(c);
    auto team = found->team;
    if (in.name) team.name = *in.name;
    if (team.name != found->team.name) core::update(q, found->team, team, source);
    auto ended = found->version;
    ended.valid_until = c.now;
    core::update(q, found->version, ended, source);
    TeamVersionRow version{meta::Id<TeamVersionRow>(ids.version),
                           c.id(),
                           found->version.number + 1,
                           {},
                           {},
                           c.now,
                           {},
                           c.who.account};
    if (in.document_ref) version.document_ref = *in.document_ref;
    if (in.note) version.note = *in.note;
    write_version(q, version, composition, ids, source);
    left_behind(q, c, team, "team.reform", in.members.size());
    return team_file(q, c, c.id(), c.now);
  });
}

Result<void> end_team(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<void> {
    place::take_guard(q);
    const auto found = find_team(q, c.id(), c.now);
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    const auto source = core::source_of(c);
    auto version = found->version;
    version.valid_until = c.now;
    core::update(q, found->version, version, source);
    auto team = found->team;
    team.valid_until = c.now;
    core::update(q, found->team, team, source);
    left_behind(q, c, team, "team.end", 0);
    return {};
  });
}

}  // namespace

void team_change_routes(api::Router& r) {
  r.post<NewTeam, TeamFile>("/api/teams", Permission::organisation_write,
                            "Form a team with its head and members", form_team);
  r.post<NewTeamVersion, TeamFile>("/api/teams/{id}/versions", Permission::organisation_write,
                                   "Re-form a team: a new version from now on", reform_team);
  r.post<void>("/api/teams/{id}/end", Permission::organisation_write, "Dissolve a team", end_team);
}

}  // namespace feature::organisation
