// The state of communities over the days of the window, and the measures it asks for (rules.md section 2).
#include <algorithm>
#include <map>

#include "feature/control/clockwork.hpp"
#include "feature/control/outbreak_record.hpp"
#include "feature/control/routes.hpp"

namespace feature::control {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;
using engine::control::Confirmed;

constexpr int longest_window = 60;

CommunityRules community_rules(const ControlRules& rules) {
  return rules.community.value_or(CommunityRules{});
}

engine::control::StateRules state_rules(const CommunityRules& r) {
  const auto number = [](std::int64_t n) { return static_cast<int>(n); };
  return {number(r.window_days), number(r.cluster_cases), number(r.scattered_cases), number(r.outbreaks)};
}

// How many of the measures, in their order, a state asks for.
std::size_t measures_of(CommunityState state) {
  switch (state) {
    case CommunityState::no_case:
      return 6;
    case CommunityState::cases:
    case CommunityState::outbreak:
      return 8;
    case CommunityState::spread:
      return 10;
  }
  return 0;
}

struct Place {
  std::int64_t id = 0;
  std::string name{};
};
std::vector<Place> communities_at(db::Scoped& q, std::int64_t place_id) {
  std::vector<Place> out;
  constexpr db::ScopedSql communities(
      "SELECT p.id, p.name FROM place p WHERE p.kind = 'community' AND p.valid_until_ms IS NULL AND "
      "{scope:p}");
  q.run(communities.with(" AND {arg} IN (p.id, p.subdistrict_id, p.area_id, p.district_id) ORDER BY p.sort, "
                         "p.id"),
        {place_id}, [&](const db::Row& r) {
          out.push_back({r.integer(0), r.str(1)});
        });
  return out;
}

// A source is known when the exposure is on record, or the person was under control as a contact before. One
// record that was a mistake is none.
std::map<std::int64_t, std::vector<Confirmed>> confirmed_at(db::Scoped& q, std::int64_t place_id,
                                                            base::Day today) {
  std::map<std::int64_t, std::vector<Confirmed>> out;
  constexpr db::ScopedSql confirmed(
      "SELECT p.community_id, p.stair_id, p.building_id, p.compound_id, c.began, CASE WHEN c.exposed IS NOT "
      "NULL OR EXISTS (SELECT 1 FROM control_case b WHERE b.person_id = c.person_id AND b.id <> c.id AND "
      "b.began <= c.began AND b.category IN ('close_contact', 'secondary_contact')) THEN 1 ELSE 0 END FROM "
      "control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.category = 'confirmed' AND (c.end_reason "
      "IS NULL OR c.end_reason <> 'mistaken_record') AND {scope:p}");
  q.run(confirmed.with(" AND {arg} IN (p.community_id, p.subdistrict_id, p.area_id, p.district_id)")
            .with(" AND c.began > {arg} ORDER BY c.id"),
        {place_id, today + -longest_window}, [&](const db::Row& r) {
          Confirmed one;
          one.stair = r.is_null(1) ? 0 : r.integer(1);
          one.building = r.integer(r.is_null(2) ? 3 : 2);
          one.confirmed = r.day(4);
          one.source_known = r.boolean(5);
          out[r.integer(0)].push_back(one);
        });
  return out;
}

std::map<Measure, MeasureShown> noted_at(db::Scoped& q, std::int64_t community) {
  std::map<Measure, MeasureShown> out;
  // The community was found through the scope.
  q.unscoped().run(
      "SELECT m.measure, m.done, m.note, a.display_name, m.noted_ms FROM measure_note m LEFT JOIN account a "
      "ON a.id = m.noted_by WHERE m.place_id = $1 ORDER BY m.id",
      {community}, [&](const db::Row& r) {
        MeasureShown shown;
        meta::parse_enum(r.text(0), shown.measure);
        shown.done = r.boolean(1);
        shown.note = r.maybe_text(2);
        shown.noted_by = r.maybe_text(3);
        shown.noted_ms = r.instant(4);
        out[shown.measure] = std::move(shown);
      });
  return out;
}

CommunityFile file_of(db::Scoped& q, const Place& place, const std::vector<Confirmed>& cases,
                      base::Day today) {
  CommunityFile file;
  file.rules = community_rules(rules_at(q, place.id).params());
  const auto state = engine::control::state_of(cases, state_rules(file.rules), today);
  auto& item = file.item;
  item.place_id = place.id;
  item.name = place.name;
  item.state = state.state;
  item.cases = state.cases;
  item.outbreaks = state.outbreaks;
  item.scattered = state.scattered;
  item.clear_from = state.clear_from;
  const auto noted = noted_at(q, place.id);
  for (std::size_t i = 0; i < measures_of(state.state); ++i) {
    const auto measure = static_cast<Measure>(i);
    const auto said = noted.find(measure);
    file.measures.push_back(said == noted.end() ? MeasureShown{measure, false, {}, {}, {}} : said->second);
    ++item.measures;
    if (file.measures.back().done) ++item.measures_done;
  }
  return file;
}

// A state tells that there are cases, not who: the number of a community is for everybody who may see
// control.
Result<CommunityBoard> board(api::Context& c, const SealQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<CommunityBoard> {
    if (!place::find_place(q, in.place_id)) return base::fail(ErrorKind::not_found, "not_found");
    CommunityBoard out;
    out.today = base::civil_day(c.now);
    const auto cases = confirmed_at(q, in.place_id, out.today);
    for (const auto& place : communities_at(q, in.place_id)) {
      const auto found = cases.find(place.id);
      out.items.push_back(
          file_of(q, place, found == cases.end() ? std::vector<Confirmed>{} : found->second, out.today).item);
    }
    std::ranges::stable_sort(out.items, std::greater{}, &CommunityStanding::state);
    return out;
  });
}

Result<CommunityFile> file_at(db::Scoped& q, std::int64_t id, base::Day today) {
  const auto found = communities_at(q, id);
  if (found.size() != 1 || found.front().id != id) return base::fail(ErrorKind::not_found, "not_found");
  auto cases = confirmed_at(q, id, today);
  return file_of(q, found.front(), cases[id], today);
}

Result<CommunityFile> get_file(api::Context& c) {
  return c.read([&](db::Scoped& q) { return file_at(q, c.id(), base::civil_day(c.now)); });
}

Result<CommunityFile> note_measure(api::Context& c, const NewMeasureNote& in) {
  MeasureNoteRow row;
  row.id = c.new_id<MeasureNoteRow>();
  row.place_id = c.id();
  row.measure = in.measure;
  row.done = in.done;
  if (in.note) row.note = *in.note;
  row.noted_by = c.who.account;
  row.noted = c.now;
  return c.write([&](db::Scoped& q) -> Result<CommunityFile> {
    const auto today = base::civil_day(c.now);
    const auto file = file_at(q, c.id(), today);
    if (!file) return tl::unexpected(file.error());
    if (std::ranges::find(file->measures, in.measure, &MeasureShown::measure) == file->measures.end())
      return base::fail_field("/measure", "not_allowed");
    core::append(q, row);
    core::audit(q, c,
                {"community.measure", "place", c.id(), std::nullopt, std::string(meta::name_of(in.measure))});
    return file_at(q, c.id(), today);
  });
}

}  // namespace

void community_routes(api::Router& r) {
  r.get<SealQuery, CommunityBoard>("/api/community-states", Permission::control_read,
                                   "The state of each community and how many of its measures are done",
                                   board);
  r.get<CommunityFile>("/api/community-states/{id}", Permission::control_read,
                       "One community: its state, the rule behind it, its measures", get_file);
  r.post<NewMeasureNote, CommunityFile>("/api/community-states/{id}/measures", Permission::control_write,
                                        "Say that a measure is done, or no longer", note_measure);
}

}  // namespace feature::control
