// Where a case and its contacts were, who else was at a place, and what several cases have in common.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "feature/trace/rings.hpp"
#include "feature/trace/routes.hpp"

namespace feature::trace {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

std::optional<base::Instant> end_of(contact::Second until, base::Instant now) {
  if (until >= second_of(now)) return std::nullopt;
  return instant_of(until);
}

// Between two crossings: one that is missing may lie between them.
bool is_a_stay(contact::Kind kind) { return kind == contact::Kind::inside || kind == contact::Kind::visit; }

Stop stop_of(const Fact& f, const std::map<PlaceKey, std::string>& names, const std::vector<TraceGap>& gaps,
             base::Instant now) {
  const auto name = names.find(f.place);
  Stop out{f.place.kind,
           f.place.id,
           name == names.end() ? "" : name->second,
           instant_of(f.from),
           end_of(f.until, now),
           f.certainty,
           {},
           {}};
  if (f.from_latest > f.from) out.from_latest_ms = instant_of(std::min(f.from_latest, second_of(now)));
  if (f.until_earliest < std::min(f.until, second_of(now)))
    out.until_earliest_ms = instant_of(f.until_earliest);
  // Seen at both ends, but a gate was silent meanwhile: somebody may have left and come back.
  if (f.certainty == contact::Certainty::observed && f.from < f.until && is_a_stay(f.place.kind))
    for (const auto& gap : gaps)
      if (f.until >= second_of(gap.from_ms)) out.certainty = contact::Certainty::gap;
  return out;
}

// The trajectory of the case, or of somebody the trace reached: nobody else's. Straight from the store, where
// the bounds of each stay are known.
Result<Trajectory> trajectory(api::Context& c, const TrajectoryQuery& in) {
  auto row = open_case(c, c.id(), "trace.trajectory", in.person_id ? std::to_string(*in.person_id) : "");
  if (!row) return tl::unexpected(std::move(row).error());
  const auto person = in.person_id.value_or(row->person_id);
  if (person != row->person_id) {
    const auto traced = trace(c, *row, {.depth = 3});
    if (!traced) return tl::unexpected(traced.error());
    if (std::ranges::find(traced->subjects, person, &Subject::id) == traced->subjects.end())
      return base::fail(ErrorKind::not_found, "not_found");
  }
  const contact::Span window{second_of(row->from), second_of(row->until.value_or(c.now))};
  auto facts = c.store.read([&](db::Connection& raw) -> Result<std::vector<Fact>> {
    db::Scoped all(raw, db::Scope::all());
    auto derived = derive(all, {person}, dwellings_of_guests(all, {person}), since_of(c.now));
    std::erase_if(derived.facts, [&](const Fact& f) {
      return f.subject != person || f.from > window.until || f.until < window.from;
    });
    std::ranges::stable_sort(derived.facts, {}, &Fact::from);
    return std::move(derived.facts);
  });
  if (!facts) return tl::unexpected(std::move(facts).error());
  return c.read([&](db::Scoped& q) -> Result<Trajectory> {
    const auto who = who_are(q, {person}, c.now);
    if (!who.contains(person)) return base::fail(ErrorKind::not_found, "not_found");
    std::vector<PlaceKey> keys;
    std::set<std::int64_t> compounds;
    for (const auto& f : *facts) keys.push_back(f.place), compounds.insert(f.compound);
    const auto names = names_of(q, keys);
    Trajectory out{
        who.at(person).name, row->from, row->until, {}, shown_gaps(silent_gates(q, c.now), compounds)};
    for (const auto& f : *facts) out.items.push_back(stop_of(f, names, out.gaps, c.now));
    return out;
  });
}

// Who crossed an opening, or was in a building or on a stair, between two instants.
Result<Present> present(api::Context& c, const PresentQuery& in) {
  if (in.until_ms < in.from_ms) return base::fail_field("/until_ms", "ends_before_it_begins");
  static constexpr std::array kinds{contact::Kind::opening, contact::Kind::inside, contact::Kind::stair,
                                    contact::Kind::vehicle};
  const auto kind = kinds[static_cast<std::size_t>(in.where)];
  auto row = open_case(c, c.id(), "trace.present",
                       std::string(meta::name_of(in.where)) + " " + std::to_string(in.place_id));
  if (!row) return tl::unexpected(std::move(row).error());
  const PlaceKey key{kind, in.place_id};
  std::string name;
  auto compounds = c.read([&](db::Scoped& q) -> Result<std::vector<std::int64_t>> {
    const auto names = names_of(q, {key});
    if (names.empty()) return base::fail_field("/place_id", "not_found");
    name = names.begin()->second;
    return compounds_of(q, key, since_of(c.now));
  });
  if (!compounds) return tl::unexpected(std::move(compounds).error());
  struct There {
    contact::Presence presence{};
    Subject subject{};
  };
  const auto in_world = [&](const World& world) {
    std::vector<There> out;
    if (const auto n = world.place(key))
      for (const auto& p : world.contacts->at(*n, {second_of(in.from_ms), second_of(in.until_ms)}))
        out.push_back({p, world.subjects[p.person]});
    return out;
  };
  const auto current = c.services.trace->follow_now(c.store);
  if (!current) return tl::unexpected(current.error());
  std::vector<There> there;
  if (*current) {
    there = c.services.trace->ask(in_world);
  } else {
    auto world = world_around(c.store, {}, *compounds, c.now);
    if (!world) return tl::unexpected(std::move(world).error());
    there = in_world(**world);
  }
  return c.read([&](db::Scoped& q) -> Result<Present> {
    std::vector<std::int64_t> ids;
    std::set<std::int64_t> persons, elsewhere;
    for (const auto& t : there) ids.push_back(t.subject.id), persons.insert(t.subject.id);
    const auto who = who_are(q, ids, c.now);
    Present out;
    out.loaded = *current;
    out.place = name;
    out.persons = static_cast<std::int64_t>(persons.size());
    for (const auto& t : there) {
      const auto known = who.find(t.subject.id);
      if (known == who.end())
        elsewhere.insert(t.subject.id);
      else if (out.items.size() < 500)
        out.items.push_back({t.subject.id, t.subject.guest, known->second.name, known->second.label,
                             instant_of(t.presence.from), end_of(t.presence.until, c.now),
                             t.presence.certainty});
    }
    out.elsewhere = static_cast<std::int64_t>(elsewhere.size());
    return out;
  });
}

Result<MeetingPoints> meeting_points(api::Context& c, const MeetingPointQuery& in) {
  std::vector<CaseRow> rows;
  for (const char* at = in.cases.c_str(); *at != '\0';) {
    char* end = nullptr;
    const auto id = std::strtoll(at, &end, 10);
    if (end == at || rows.size() == 50) return base::fail_field("/cases", "not_allowed");
    auto row = open_case(c, id, "trace.meeting_points", "");
    if (!row) return tl::unexpected(std::move(row).error());
    rows.push_back(std::move(*row));
    at = *end == ',' ? end + 1 : end;
  }
  // How likely it is by chance needs everybody, so this alone waits for the loading.
  const auto current = c.services.trace->follow_now(c.store);
  if (!current) return tl::unexpected(current.error());
  if (!*current) return base::fail(ErrorKind::busy, "trace_loading");
  struct Common {
    contact::CommonPlace common{};
    PlaceKey key{};
  };
  const auto found = c.services.trace->ask([&](const World& world) {
    std::vector<contact::Index> cases;
    for (const auto& row : rows)
      if (const auto n = world.person(row.person_id))
        cases.push_back({*n, {second_of(row.from), second_of(row.until.value_or(c.now))}});
    std::vector<Common> out;
    for (const auto& common : world.contacts->common_places(cases))
      if (out.size() < 100) out.push_back({common, world.places[common.place]});
    return out;
  });
  return c.read([&](db::Scoped& q) -> Result<MeetingPoints> {
    std::vector<PlaceKey> keys;
    for (const auto& f : found) keys.push_back(f.key);
    const auto names = names_of(q, keys);
    MeetingPoints out;
    for (const auto& f : found)
      if (const auto name = names.find(f.key); name != names.end())
        out.items.push_back({f.key.kind, name->second, static_cast<int>(f.common.cases),
                             static_cast<std::int64_t>(f.common.visitors), f.common.chance});
    return out;
  });
}

}  // namespace

void place_routes(api::Router& r) {
  r.get<TrajectoryQuery, Trajectory>("/api/cases/{id}/trajectory", Permission::trace_read,
                                     "Where the case, or a contact of it, was in the infectious window",
                                     trajectory);
  r.get<PresentQuery, Present>("/api/cases/{id}/present", Permission::trace_read,
                               "Who crossed an opening or was in a building between two instants", present);
  r.get<MeetingPointQuery, MeetingPoints>("/api/trace/meeting-points", Permission::trace_read,
                                          "Places several cases have in common, the least likely first",
                                          meeting_points);
}

}  // namespace feature::trace
