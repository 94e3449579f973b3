#pragma once
// Teams as they are read, within the feature.
#include "feature/organisation/service.hpp"
#include "feature/organisation/team_record.hpp"

namespace feature::organisation {

inline constexpr std::string_view party_branch = "party_branch";

struct TeamFound {
  TeamRow team{};
  TeamVersionRow version{};
};
// The team with its version in force at an instant, when it lies in scope.
std::optional<TeamFound> find_team(db::Scoped& q, std::int64_t id, base::Instant at);
std::vector<TeamMemberRow> member_rows(db::Scoped& q, std::int64_t version);
// Who belongs to a party branch says what their party is: heads and deputies are known to everybody, members
// to those who may see what is sensitive at the place.
bool sees_members(db::Scoped& q, const api::Context& c, const TeamRow& team);
base::Result<TeamFile> team_file(db::Scoped& q, const api::Context& c, std::int64_t id, base::Instant at);

}  // namespace feature::organisation
