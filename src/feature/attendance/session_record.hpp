#pragma once
// Test sessions and the swabs taken at them. A swab has no result: that of somebody under control is the
// sample of the case (control), and of others none is kept.
#include <optional>
#include <string>
#include <vector>

#include "core/once.hpp"
#include "meta/describe.hpp"

namespace feature::attendance {

struct SessionRow {
  meta::Id<SessionRow> id;
  std::int64_t compound_id = 0;
  std::string site{};
  std::optional<std::string> organiser{};
  meta::Instant from{};
  std::optional<meta::Instant> until{};
  std::int64_t recorded_by = 0;
  meta::Instant recorded{};
  std::optional<meta::Instant> withdrawn{};
};
struct SwabRow {
  meta::Id<SwabRow> id;
  std::int64_t session_id = 0, person_id = 0;
  std::string tube{};
  meta::Instant taken{};
  std::optional<std::int64_t> test_id{};  // of somebody under control
  std::int64_t recorded_by = 0;
  meta::Instant recorded{};
  std::optional<meta::Instant> withdrawn{};
};

// --- shown -------------------------------------------------------------------------------------------
struct Session {
  meta::Id<SessionRow> id;
  std::int64_t compound_id = 0;
  std::string compound_name{}, session_site{};
  std::optional<std::string> organiser{};
  meta::Instant started_ms{};
  std::optional<meta::Instant> ended_ms{};
  std::int64_t swabs = 0, tubes = 0;
};
struct SessionQuery {
  std::optional<std::int64_t> place_id{};  // at the place or below it
  std::optional<meta::Day> day{};          // it began on
  std::optional<bool> open{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};
struct Swab {
  meta::Id<SwabRow> id;
  std::int64_t session_id = 0, person_id = 0;
  std::string session_site{};
  std::string person_name{};  // masked
  std::string tube{};
  meta::Instant taken_ms{};
  bool under_control = false;  // it is the sample of a case
  std::string label{};         // of the home, where the asker sees it
};
struct SwabQuery {
  std::optional<std::int64_t> place_id{}, session_id{}, person_id{};
  std::optional<meta::Text<1, 40>> tube{};
  std::optional<meta::Day> day{};
  std::optional<meta::Int<1, 200>> limit{};
  std::optional<std::string> cursor{};
};

// --- told --------------------------------------------------------------------------------------------
struct NewSession {
  std::optional<core::ClientId> client_id{};
  std::int64_t compound_id = 0;
  meta::Text<1, 100> site;
  std::optional<meta::Text<1, 60>> organiser{};
  std::optional<meta::Instant> from_ms{};  // default: now
};
struct SessionEnd {
  std::optional<meta::Instant> until_ms{};  // default: now
};
struct NewSwab {
  std::int64_t person_id = 0;
  meta::Text<1, 40> tube;
  std::optional<meta::Instant> taken_ms{};  // default: now
};
struct NewSwabs {
  std::optional<core::ClientId> client_id{};
  std::vector<NewSwab> items{};
};

}  // namespace feature::attendance

META_DESCRIBE(feature::attendance::Session, "TestSession", "", id, compound_id, compound_name, session_site,
              organiser, started_ms, ended_ms, swabs, tubes)
META_DESCRIBE(feature::attendance::SessionQuery, "TestSessionQuery", "", place_id, day, open, limit, cursor)
META_DESCRIBE(feature::attendance::Swab, "TestSwab", "", id, session_id, person_id, session_site, person_name,
              tube, taken_ms, under_control, label)
META_DESCRIBE(feature::attendance::SwabQuery, "TestSwabQuery", "", place_id, session_id, person_id, tube, day,
              limit, cursor)
META_DESCRIBE(feature::attendance::NewSession, "NewTestSession", "", client_id, compound_id, site, organiser,
              from_ms)
META_DESCRIBE(feature::attendance::SessionEnd, "TestSessionEnd", "", until_ms)
META_DESCRIBE(feature::attendance::NewSwab, "NewTestSwab", "", person_id, tube, taken_ms)
META_DESCRIBE(feature::attendance::NewSwabs, "NewTestSwabs", "", client_id, items)

namespace meta {
#define KEY field<&T::id>("id", {.primary_key = true, .read_only = true})
#define F(m) field<&T::m>(#m)
#define AT(m) field<&T::m>(#m "_ms")
template <>
struct Describe<feature::attendance::SessionRow> {
  using T = feature::attendance::SessionRow;
  static constexpr std::string_view name = "TestSessionStored", table = "test_session";
  static constexpr std::array fields{KEY,       F(compound_id), F(site),      F(organiser), AT(from),
                                     AT(until), F(recorded_by), AT(recorded), AT(withdrawn)};
};
template <>
struct Describe<feature::attendance::SwabRow> {
  using T = feature::attendance::SwabRow;
  static constexpr std::string_view name = "TestSwabStored", table = "test_swab";
  static constexpr std::array fields{KEY,        F(session_id),  F(person_id), F(tube),      AT(taken),
                                     F(test_id), F(recorded_by), AT(recorded), AT(withdrawn)};
};
#undef KEY
#undef F
#undef AT
}  // namespace meta
