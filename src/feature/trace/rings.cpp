#include "feature/trace/rings.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "feature/trace/routes.hpp"

namespace feature::trace {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::int64_t incubation_ms = 14 * base::day_ms;
constexpr std::size_t listed_max = 500;

constexpr std::uint32_t bit(contact::Kind kind) { return 1U << static_cast<unsigned>(kind); }

contact::Span window_of(const CaseRow& row, const TraceHow& how, base::Instant now) {
  if (how.sources) return {second_of(row.basis_at + -incubation_ms), second_of(row.basis_at)};
  auto until = row.until.value_or(now);
  if (how.isolated_from) until = std::min(until, *how.isolated_from);
  return {second_of(row.from), second_of(until)};
}

std::map<std::int64_t, MarkKind> marks_of(db::Scoped& q, std::int64_t case_id) {
  std::map<std::int64_t, MarkKind> out;
  q.run(
      "SELECT m.person_id, m.kind FROM trace_mark m JOIN place p ON p.id = m.compound_id WHERE m.case_id = "
      "$1 AND m.lifted_ms IS NULL AND {scope:p}",
      {case_id}, [&](const db::Row& r) { meta::parse_enum(r.text(1), out[r.integer(0)]); });
  return out;
}

// Counts of the rings, and who of them is listed.
void fill(Rings& out, const Traced& traced, const std::map<std::int64_t, Who>& who,
          const std::map<std::int64_t, MarkKind>& marks, bool coincidences) {
  for (std::size_t i = 0; i < traced.answer.contacts.size(); ++i) {
    const auto& contact = traced.answer.contacts[i];
    if (contact.ring == 0) continue;
    while (out.rings.size() < contact.ring)
      out.rings.push_back({static_cast<int>(out.rings.size()) + 1, 0, 0, 0, 0});
    auto& ring = out.rings[contact.ring - 1];
    const bool strong = is_strong(contact.kinds);
    ++ring.persons;
    ++(strong ? ring.strong : ring.coincidences);
    const auto& subject = traced.subjects[i];
    const auto known = who.find(subject.id);
    if (known == who.end()) {
      ++ring.elsewhere;
      continue;
    }
    const auto mark = marks.find(subject.id);
    if (!strong && !coincidences && mark == marks.end()) continue;
    RingContact item{subject.id, subject.guest, known->second.name, known->second.label,
                     static_cast<int>(contact.ring)};
    item.at_ms = instant_of(contact.at);
    item.links = static_cast<int>(contact.links);
    item.strength_percent = percent(contact.strength);
    item.kinds = kind_names(contact.kinds);
    item.minor = known->second.minor;
    if (mark != marks.end()) item.mark = mark->second;
    out.items.push_back(std::move(item));
  }
  std::ranges::sort(out.items, {}, [](const RingContact& item) {
    return std::tuple(item.ring, -item.strength_percent, item.at_ms, item.person_id);
  });
  out.more = out.items.size() > listed_max;
  if (out.more) out.items.resize(listed_max);
}

Result<Rings> rings(api::Context& c, const RingQuery& in) {
  const TraceHow how{in.depth ? static_cast<int>(in.depth->value) : 2, in.sources.value_or(false), false,
                     in.isolated_from_ms};
  auto row = open_case(c, c.id(), "trace.rings", std::to_string(how.depth));
  if (!row) return tl::unexpected(std::move(row).error());
  Rings out;
  auto traced = trace(c, *row, how);
  if (!traced) return tl::unexpected(std::move(traced).error());
  out.loaded = traced->loaded;
  const auto window = window_of(*row, how, c.now);
  out.policy_id = row->policy_id;
  out.as_of_ms = c.now;
  out.from_ms = instant_of(window.from);
  out.until_ms = instant_of(window.until);
  return c.read([&](db::Scoped& q) -> Result<Rings> {
    std::vector<std::int64_t> ids;
    for (const auto& s : traced->subjects) ids.push_back(s.id);
    auto filled = out;
    filled.gaps = shown_gaps(silent_gates(q, c.now), traced->compounds);
    fill(filled, *traced, who_are(q, ids, c.now), marks_of(q, row->id.value),
         in.coincidences.value_or(false));
    return filled;
  });
}

int certainty_percent(contact::Certainty a, contact::Certainty b) {
  const contact::Policy policy;
  return percent(policy.confidence[static_cast<std::size_t>(a)] *
                 policy.confidence[static_cast<std::size_t>(b)]);
}

// Stays between two crossings at gates that are silent: a crossing between may be missing.
std::vector<contact::Gap> gaps_in(const World& world, const std::vector<SilentGate>& gates) {
  std::map<std::int64_t, contact::Second> since;
  for (const auto& gate : gates) {
    const auto from = second_of(gate.gap.from_ms);
    const auto [at, fresh] = since.try_emplace(gate.compound_id, from);
    if (!fresh) at->second = std::min(at->second, from);
  }
  std::vector<contact::Gap> out;
  if (since.empty()) return out;
  for (std::uint32_t n = 0; n < world.places.size(); ++n)
    if (world.places[n].kind == contact::Kind::visit)
      if (const auto gap = since.find(world.compounds[n]); gap != since.end())
        out.push_back({n, {gap->second, contact::end_of_time}});
  return out;
}

Meeting shown(const Traced& traced, const contact::Link& link, const PlaceKey& place,
              const std::map<std::int64_t, Who>& who, const std::map<PlaceKey, std::string>& names) {
  Meeting m;
  m.kind = place.kind;
  if (const auto name = names.find(place); name != names.end()) m.place = name->second;
  if (const auto with = who.find(traced.subjects[link.source].id); with != who.end())
    m.with = with->second.name;
  m.ring = static_cast<int>(traced.answer.contacts[link.contact].ring);
  m.from_ms = instant_of(link.from);
  m.until_ms = instant_of(link.until);
  m.strength_percent = percent(link.strength);
  m.certainty = link.contact_certainty;
  m.with_certainty = link.source_certainty;
  m.certainty_percent = certainty_percent(m.certainty, m.with_certainty);
  return m;
}

Result<Evidence> evidence(api::Context& c, const EvidenceQuery& in) {
  auto row = open_case(c, c.id(), "trace.evidence", std::to_string(in.person_id));
  if (!row) return tl::unexpected(std::move(row).error());
  auto traced = trace(c, *row, {.depth = 3, .sources = false, .evidence = true});
  if (!traced) return tl::unexpected(std::move(traced).error());
  const auto at = std::ranges::find(traced->subjects, in.person_id, &Subject::id);
  const auto position = static_cast<std::uint32_t>(at - traced->subjects.begin());
  return c.read([&](db::Scoped& q) -> Result<Evidence> {
    std::vector<std::int64_t> ids{in.person_id};
    std::vector<PlaceKey> keys;
    const auto known = at != traced->subjects.end();
    const auto path = known ? contact::path_to(traced->answer, position) : std::vector<contact::Link>{};
    auto own = known ? contact::links_of(traced->answer, position) : std::vector<contact::Link>{};
    own.resize(std::min(own.size(), listed_max));
    for (const auto* links : {&std::as_const(own), &path})
      for (const auto& link : *links) {
        ids.push_back(traced->subjects[link.source].id);
        ids.push_back(traced->subjects[link.contact].id);
        keys.push_back(traced->places.at(link.place));
      }
    const auto who = who_are(q, ids, c.now);
    if (!known || !who.contains(in.person_id)) return base::fail(ErrorKind::not_found, "not_found");
    const auto names = names_of(q, keys);
    Evidence out;
    out.loaded = traced->loaded;
    out.name = who.at(in.person_id).name;
    for (const auto& link : path)
      out.path.push_back(shown(*traced, link, traced->places.at(link.place), who, names));
    for (const auto& link : own)
      out.items.push_back(shown(*traced, link, traced->places.at(link.place), who, names));
    std::ranges::stable_sort(out.items, [](const Meeting& a, const Meeting& b) {
      return a.strength_percent > b.strength_percent;
    });
    return out;
  });
}

}  // namespace

bool is_strong(std::uint32_t kinds) {
  return (kinds & ~(bit(contact::Kind::stair) | bit(contact::Kind::opening))) != 0;
}

std::vector<std::string> kind_names(std::uint32_t kinds) {
  std::vector<std::string> out;
  for (std::size_t k = 0; k < contact::kind_count; ++k)
    if (kinds & (1U << k)) out.emplace_back(meta::name_of(static_cast<contact::Kind>(k)));
  return out;
}

int percent(double strength) { return static_cast<int>(std::lround(strength * 100)); }

Result<Traced> trace(api::Context& c, const CaseRow& row, const TraceHow& how) {
  struct Stored {
    TracePolicy policy{};
    std::vector<std::pair<std::int64_t, base::Instant>> isolated{};
    std::vector<SilentGate> silent{};
  };
  auto stored = c.read([&](db::Scoped& q) -> Result<Stored> {
    db::Scoped everywhere(q.unscoped(), db::Scope::all());
    Stored s{policy_at(q.unscoped(), row.opened), {}, silent_gates(everywhere, c.now)};
    q.run(
        "SELECT t.person_id, t.until_ms FROM trace_case t JOIN place p ON p.id = t.compound_id WHERE "
        "t.state = 'open' AND t.until_ms IS NOT NULL AND t.id <> $1 AND {scope:p} ORDER BY t.person_id, "
        "t.until_ms",
        {row.id.value}, [&](const db::Row& r) { s.isolated.emplace_back(r.integer(0), r.instant(1)); });
    return s;
  });
  if (!stored) return tl::unexpected(std::move(stored).error());
  const auto in_world = [&](const World& world, int depth) {
    Traced out;
    const auto person = world.person(row.person_id);
    if (!person) return out;
    contact::Query query;
    query.indices.push_back({*person, window_of(row, how, c.now)});
    query.horizon = {second_of(how.sources ? row.basis_at + -incubation_ms : row.from), second_of(c.now)};
    query.direction = how.sources ? contact::Direction::sources : contact::Direction::contacts;
    query.depth = depth;
    query.evidence = how.evidence;
    for (const auto& [id, from] : stored->isolated)
      if (const auto n = world.person(id);
          n && (query.isolations.empty() || query.isolations.back().person != *n))
        query.isolations.push_back({*n, second_of(from)});
    query.gaps = gaps_in(world, stored->silent);
    for (const auto& p : world.contacts->trajectory(*person, query.indices.front().window))
      out.compounds.insert(world.compounds[p.place]);
    out.answer = world.contacts->trace(query, engine_policy(stored->policy));
    for (const auto& contact : out.answer.contacts) out.subjects.push_back(world.subjects[contact.person]);
    for (const auto& stay : out.answer.stays) out.places.try_emplace(stay.place, world.places[stay.place]);
    return out;
  };
  const auto current = c.services.trace->follow_now(c.store);
  if (!current) return tl::unexpected(current.error());
  if (*current) {
    auto traced = c.services.trace->ask([&](const World& world) { return in_world(world, how.depth); });
    traced.loaded = true;
    return traced;
  }
  // Ring by ring: whoever a ring's persons met was in one of the compounds they were in.
  std::vector<std::int64_t> reached{row.person_id};
  for (int depth = 1;; ++depth) {
    auto world = world_around(c.store, reached, {}, c.now);
    if (!world) return tl::unexpected(std::move(world).error());
    auto traced = in_world(**world, depth);
    if (depth == how.depth || traced.subjects.size() <= reached.size()) return traced;
    reached.clear();
    for (const auto& s : traced.subjects) reached.push_back(s.id);
  }
}

void ring_routes(api::Router& r) {
  r.get<RingQuery, Rings>("/api/cases/{id}/rings", Permission::trace_read,
                          "Contacts of a case, ring by ring, strong evidence first", rings);
  r.get<EvidenceQuery, Evidence>("/api/cases/{id}/evidence", Permission::trace_read,
                                 "How one contact was reached, meeting by meeting", evidence);
}

}  // namespace feature::trace
