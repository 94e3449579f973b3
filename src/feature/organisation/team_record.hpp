#pragma once
// Teams and temporary organisations at any node: joint-control teams, working and leading groups, temporary
// party branches, owners' gate teams (XN-03, LZ-15, SY-04, CZ-06, FZ-26). Versioned: a change makes a new
// version.
#include "feature/organisation/record.hpp"
#include "feature/stewardship/record.hpp"

namespace feature::organisation {

enum class TeamRole { head, deputy, member };

struct TeamRow {
  meta::Id<TeamRow> id;
  std::string kind{};
  std::int64_t place_id = 0;
  std::string name{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
};
struct TeamVersionRow {
  meta::Id<TeamVersionRow> id;
  std::int64_t team_id = 0;
  int number = 1;
  std::optional<std::string> document_ref{}, note{};
  meta::Instant valid_from{};
  std::optional<meta::Instant> valid_until{};
  std::int64_t created_by = 0;
};
struct TeamMemberRow {
  meta::Id<TeamMemberRow> id;
  std::int64_t version_id = 0, staff_id = 0;
  TeamRole role = TeamRole::member;
  std::optional<std::string> duty{};
};
struct TeamBodyRow {
  meta::Id<TeamBodyRow> id;
  std::int64_t version_id = 0, organisation_id = 0;
};

// --- what the API shows -----------------------------------------------------------------------------------
struct Team {
  meta::Id<TeamRow> id;
  std::string kind{};
  std::optional<std::string> kind_title{};
  std::string name{};
  std::int64_t place_id = 0;
  std::string place_name{};
  int version = 1;
  std::optional<std::string> head_name{};
  std::int64_t members = 0, bodies = 0;
  std::optional<std::string> document_ref{};
  meta::Instant valid_from_ms{};  // of the team; its version may be younger
  std::optional<meta::Instant> valid_until_ms{};
  meta::Instant version_from_ms{};
};
struct TeamQuery {
  std::int64_t place_id = 0;  // at the place or below it
  std::optional<std::string> kind{};
  std::optional<std::int64_t> at_ms{};  // as it was
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct TeamMember {
  std::int64_t staff_id = 0;
  std::string team_name{}, place_name{};
  TeamRole role = TeamRole::member;
  std::string name{};
  std::optional<std::string> duty{}, organisation{}, post{};
  std::string rank{};
  std::optional<std::string> phone_masked{};
};
struct TeamBody {
  std::int64_t organisation_id = 0;
  std::string name{};
};
struct TeamVersion {
  int number = 1;
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
  std::optional<std::string> document_ref{}, note{};
  std::int64_t members = 0;
};
struct TeamFile {
  Team team{};
  std::vector<TeamMember> members{};
  std::int64_t hidden = 0;  // members of a party branch whom one may not see
  std::vector<TeamBody> bodies{};
  std::vector<TeamVersion> versions{};  // newest first
};
struct TeamAt {
  std::optional<std::int64_t> at_ms{};
};
struct NewTeamMember {
  std::int64_t staff_id = 0;
  TeamRole role = TeamRole::member;
  std::optional<meta::Text<1, 50>> duty{};
};
struct NewTeam {
  meta::Text<1, 40> kind;
  std::int64_t place_id = 0;
  meta::Name name;
  std::optional<meta::Instant> until_ms{};  // a temporary one ends by itself
  std::optional<meta::Text<1, 100>> document_ref{};
  std::optional<meta::Note> note{};
  std::vector<std::int64_t> body_ids{};
  std::vector<NewTeamMember> members{};
};
struct NewTeamVersion {
  meta::Int<1, 100000> version = 1;  // the one that was changed
  std::optional<meta::Name> name{};
  std::optional<meta::Text<1, 100>> document_ref{};
  std::optional<meta::Note> note{};
  std::vector<std::int64_t> body_ids{};
  std::vector<NewTeamMember> members{};
};
struct TeamlessCompound {
  std::int64_t compound_id = 0;
  std::string name{};
};
struct TeamGap {
  std::string kind{};
  std::int64_t missing = 0, of = 0;  // compounds that should have such a team
  std::vector<TeamlessCompound> compounds{};
};
struct TeamGaps {
  std::vector<TeamGap> items{};
};

}  // namespace feature::organisation

META_ENUM(feature::organisation::TeamRole, "head", "deputy", "member")
META_DESCRIBE(feature::organisation::Team, "Team", "", id, kind, kind_title, name, place_id, place_name,
              version, head_name, members, bodies, document_ref, valid_from_ms, valid_until_ms,
              version_from_ms)
META_DESCRIBE(feature::organisation::TeamQuery, "TeamQuery", "", place_id, kind, at_ms, limit, cursor)
META_DESCRIBE(feature::organisation::TeamMember, "TeamMember", "", staff_id, team_name, place_name, role,
              name, duty, organisation, post, rank, phone_masked)
META_DESCRIBE(feature::organisation::TeamBody, "TeamBody", "", organisation_id, name)
META_DESCRIBE(feature::organisation::TeamVersion, "TeamVersion", "", number, valid_from_ms, valid_until_ms,
              document_ref, note, members)
META_DESCRIBE(feature::organisation::TeamFile, "TeamFile", "", team, members, hidden, bodies, versions)
META_DESCRIBE(feature::organisation::TeamAt, "TeamAt", "", at_ms)
META_DESCRIBE(feature::organisation::NewTeamMember, "NewTeamMember", "", staff_id, role, duty)
META_DESCRIBE(feature::organisation::NewTeam, "NewTeam", "", kind, place_id, name, until_ms, document_ref,
              note, body_ids, members)
META_DESCRIBE(feature::organisation::NewTeamVersion, "NewTeamVersion", "", version, name, document_ref, note,
              body_ids, members)
META_DESCRIBE(feature::organisation::TeamlessCompound, "TeamlessCompound", "", compound_id, name)
META_DESCRIBE(feature::organisation::TeamGap, "TeamGap", "", kind, missing, of, compounds)
META_DESCRIBE(feature::organisation::TeamGaps, "TeamGaps", "", items)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define FROM field<&T::valid_from>("valid_from_ms")
#define UNTIL field<&T::valid_until>("valid_until_ms")
template <>
struct Describe<feature::organisation::TeamRow> {
  using T = feature::organisation::TeamRow;
  static constexpr std::string_view name = "TeamStored", table = "team";
  static constexpr std::array fields{KEY, F(kind), F(place_id), F(name), FROM, UNTIL};
};
template <>
struct Describe<feature::organisation::TeamVersionRow> {
  using T = feature::organisation::TeamVersionRow;
  static constexpr std::string_view name = "TeamVersionStored", table = "team_version";
  static constexpr std::array fields{KEY,     F(team_id), F(number), F(document_ref),
                                     F(note), FROM,       UNTIL,     F(created_by)};
};
template <>
struct Describe<feature::organisation::TeamMemberRow> {
  using T = feature::organisation::TeamMemberRow;
  static constexpr std::string_view name = "TeamMemberStored", table = "team_member";
  static constexpr std::array fields{KEY, F(version_id), F(staff_id), F(role), F(duty)};
};
template <>
struct Describe<feature::organisation::TeamBodyRow> {
  using T = feature::organisation::TeamBodyRow;
  static constexpr std::string_view name = "TeamBodyStored", table = "team_body";
  static constexpr std::array fields{KEY, F(version_id), F(organisation_id)};
};
#undef KEY
#undef F
#undef FROM
#undef UNTIL
}  // namespace meta
