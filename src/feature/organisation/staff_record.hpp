#pragma once
// Staff in depth: employer, force, rank, skills, and what they do where. Whether somebody is a party member
// is stored, and told for a reason only.
#include "feature/organisation/record.hpp"
#include "feature/place/rule_record.hpp"
#include "feature/stewardship/record.hpp"

namespace feature::organisation {

enum class Party { unknown, member, probationary, league, other_party, none };

struct StaffFile {
  meta::Id<stewardship::StaffRow> id;
  std::string name{};
  std::optional<std::int64_t> organisation_id{};
  std::optional<std::string> organisation{}, post{};
  std::string rank{}, force{};
  std::vector<std::string> skills{};
  std::optional<std::string> phone_masked{};
  bool party_recorded = false;
  std::int64_t duties = 0;  // responsibilities for places in force, within the asker's scope
};
struct StaffFileQuery {
  std::optional<std::int64_t> organisation_id{};
  std::optional<std::string> force{}, skill{};
  std::optional<place::Rank> rank{};
  std::optional<meta::Text<1, 50>> q{};  // a part of the name
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
// Where somebody stands, stood or will stand.
struct StaffPost {
  std::string what{};  // "steward", "leader", ...; a bond; a role in a team
  std::optional<int> tier{};
  std::string place_name{};
  std::optional<std::string> body{};  // a team, a grid
  meta::Instant valid_from_ms{};
  std::optional<meta::Instant> valid_until_ms{};
};
struct StaffFileDetail {
  StaffFile staff{};
  std::vector<StaffPost> posts{};
};
struct NewStaffFile {
  meta::Text<1, 50> name;
  std::int64_t organisation_id = 0;
  std::optional<meta::Name> post{};
  std::optional<place::Rank> rank{};
  std::optional<Party> party{};
  std::optional<meta::Text<1, 40>> force{};
  std::optional<std::vector<std::string>> skills{};
  std::optional<meta::Text<3, 30>> phone{};
};
struct StaffFilePatch {
  std::optional<meta::Text<1, 50>> name{};
  std::optional<std::int64_t> organisation_id{};
  std::optional<meta::Name> post{};
  std::optional<place::Rank> rank{};
  std::optional<Party> party{};
  std::optional<meta::Text<1, 40>> force{};
  std::optional<std::vector<std::string>> skills{};
  std::optional<meta::Text<3, 30>> phone{};
};
struct StaffRevealWanted {
  meta::Text<2, 200> reason;
  std::optional<bool> phone{}, party{};
};
struct StaffRevealed {
  std::int64_t staff_id = 0;
  std::optional<std::string> phone{}, party{};
};

// Somebody of the registry who one of the staff may be.
struct StaffPersonMatch {
  std::int64_t person_id = 0;
  std::string name{};  // masked
  std::optional<std::string> home{};
};
struct StaffPerson {
  std::int64_t staff_id = 0;
  bool confirmed = false;
  std::optional<StaffPersonMatch> person{};  // within the asker's scope
  std::optional<meta::Instant> confirmed_ms{};
  std::vector<StaffPersonMatch> candidates{};  // the same name and telephone number
};
// One of the candidates, or whoever has this number on their document.
struct StaffPersonChoice {
  std::optional<std::int64_t> person_id{};
  std::optional<meta::Text<6, 30>> document{};
};

}  // namespace feature::organisation

META_ENUM(feature::organisation::Party, "unknown", "member", "probationary", "league", "other_party", "none")
META_DESCRIBE(feature::organisation::StaffFile, "StaffFile", "", id, name, organisation_id, organisation,
              post, rank, force, skills, phone_masked, party_recorded, duties)
META_DESCRIBE(feature::organisation::StaffFileQuery, "StaffFileQuery", "", organisation_id, force, skill,
              rank, q, limit, cursor)
META_DESCRIBE(feature::organisation::StaffPost, "StaffPost", "", what, tier, place_name, body, valid_from_ms,
              valid_until_ms)
META_DESCRIBE(feature::organisation::StaffFileDetail, "StaffFileDetail", "", staff, posts)
META_DESCRIBE(feature::organisation::NewStaffFile, "NewStaffFile", "", name, organisation_id, post, rank,
              party, force, skills, phone)
META_DESCRIBE(feature::organisation::StaffFilePatch, "StaffFilePatch", "", name, organisation_id, post, rank,
              party, force, skills, phone)
META_DESCRIBE(feature::organisation::StaffRevealWanted, "StaffRevealWanted", "", reason, phone, party)
META_DESCRIBE(feature::organisation::StaffRevealed, "StaffRevealed", "", staff_id, phone, party)
META_DESCRIBE(feature::organisation::StaffPersonMatch, "StaffPersonMatch", "", person_id, name, home)
META_DESCRIBE(feature::organisation::StaffPerson, "StaffPerson", "", staff_id, confirmed, person,
              confirmed_ms, candidates)
META_DESCRIBE(feature::organisation::StaffPersonChoice, "StaffPersonChoice", "", person_id, document)
