#include "feature/trace/presences.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "engine/contact/infer.hpp"
#include "engine/contact/tracing.hpp"
#include "feature/trace/attended.hpp"
#include "feature/trace/errands.hpp"

namespace feature::trace {
namespace {

using contact::Certainty;
using contact::Kind;
using contact::Second;

constexpr Second way_s = 10 * 60;              // through the stair, between a crossing and the door
constexpr Second ride_s = 15 * 60;             // in a vehicle at least, before coming or after leaving
constexpr Second at_door_s = 5 * 60;           // before a survey was written down
constexpr Second longest_visit_s = 24 * 3600;  // of a guest whose leaving nobody wrote down

struct Home {
  std::int64_t person = 0, household = 0, dwelling = 0, compound = 0;
  std::optional<std::int64_t> stair{}, building{};
  Second from = 0, until = contact::end_of_time;  // lives there
  Second at_home_until = contact::end_of_time;    // until away
};

std::vector<Home> homes_of(db::Scoped& q, const std::vector<std::int64_t>& persons) {
  std::vector<Home> homes;
  q.run(
      "SELECT r.person_id, r.household_id, r.dwelling_id, p.compound_id, p.stair_id, p.building_id, "
      "r.valid_from_ms, r.valid_until_ms, pe.presence, pe.away_since FROM residence r JOIN person pe ON "
      "pe.id = r.person_id JOIN place p ON p.id = r.dwelling_id WHERE r.person_id {in:1} AND r.living NOT "
      "IN ('elsewhere', 'never') AND pe.name <> '' AND {scope:p} ORDER BY r.person_id, r.id",
      {db::json_array(persons)}, [&](const db::Row& r) {
        Home h{r.integer(0), r.integer(1),       r.integer(2),
               r.integer(3), r.maybe_integer(4), r.maybe_integer(5)};
        h.from = second_of(r.instant(6));
        if (!r.is_null(7)) h.until = second_of(r.instant(7));
        h.at_home_until = h.until;
        if (r.text(8) == "away" && !r.is_null(9))
          h.at_home_until = std::clamp(
              second_of(base::start_of(base::Day{static_cast<std::int32_t>(r.integer(9))})), h.from, h.until);
        homes.push_back(h);
      });
  return homes;
}

struct Crossed {
  std::int64_t opening = 0, compound = 0;
  std::optional<std::int64_t> vehicle{};  // ridden in: of the registry, else the ride itself
  Second at = 0;
  bool in = false, passed = false, named = false;
};
// By household; the persons who were named, all of its members where nobody was.
struct HouseholdPassage : Crossed {
  std::vector<std::int64_t> persons{};
};

std::vector<std::int64_t> ids_in(std::string_view text) {
  std::vector<std::int64_t> out;
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    std::int64_t id = 0;
    const auto read = std::from_chars(at, end, id);
    if (read.ec == std::errc()) out.push_back(id);
    at = read.ptr + 1;
  }
  return out;
}

std::multimap<std::int64_t, HouseholdPassage> passages_of(db::Scoped& q, const std::vector<Home>& homes,
                                                          base::Instant since) {
  std::set<std::int64_t> households;
  for (const auto& h : homes) households.insert(h.household);
  std::multimap<std::int64_t, HouseholdPassage> out;
  q.run(
      "SELECT g.household_id, g.opening_id, g.compound_id, g.happened_ms, g.direction, g.result, "
      "g.person_ids, COALESCE(w.vehicle_id, w.id) FROM passage g JOIN place p ON p.id = g.compound_id LEFT "
      "JOIN vehicle_passage w ON w.id = g.vehicle_passage_id WHERE g.household_id {in:1} AND g.happened_ms "
      ">= $2 AND g.result IN ('passed', 'turned_back') AND {scope:p} AND NOT EXISTS (SELECT 1 FROM passage v "
      "WHERE v.household_id = g.household_id AND v.happened_ms >= g.happened_ms AND v.reverses_id = g.id AND "
      "v.result = 'reversed') ORDER BY g.happened_ms, g.id",
      {db::json_array(std::vector<std::int64_t>(households.begin(), households.end())), since},
      [&](const db::Row& r) {
        HouseholdPassage g;
        g.opening = r.integer(1);
        g.compound = r.integer(2);
        g.at = second_of(r.instant(3));
        g.in = r.text(4) == "in";
        g.passed = r.text(5) == "passed";
        g.persons = ids_in(r.text(6));
        g.named = !g.persons.empty();
        g.vehicle = r.maybe_integer(7);
        out.emplace(r.integer(0), std::move(g));
      });
  return out;
}

struct Visit {
  std::int64_t id = 0, guest = 0, opening = 0, dwelling = 0, compound = 0;
  Second from = 0, until = 0;
  Certainty certainty = Certainty::observed;
  bool stayed = false;  // else a leaving only: at the opening, and no more is known
  std::optional<std::int64_t> vehicle{};
};

// A guest is written down anew on each crossing, so a leaving ends the oldest visit to the dwelling that is
// still open.
std::vector<Visit> visits_to(db::Scoped& q, const std::set<std::int64_t>& dwellings, base::Instant since) {
  std::vector<Visit> out;
  if (dwellings.empty()) return out;
  std::map<std::int64_t, std::vector<std::size_t>> open;
  q.run(
      "SELECT g.id, g.guest_id, g.opening_id, g.dwelling_id, g.happened_ms, g.direction, "
      "g.compound_id, COALESCE(w.vehicle_id, w.id) FROM passage g JOIN place p ON p.id = g.compound_id LEFT "
      "JOIN vehicle_passage w ON w.id = g.vehicle_passage_id WHERE g.guest_id IS NOT NULL AND g.dwelling_id "
      "{in:1} AND g.happened_ms >= $2 AND g.result = 'passed' AND {scope:p} AND NOT EXISTS (SELECT 1 FROM "
      "passage v WHERE v.compound_id = g.compound_id AND v.happened_ms >= g.happened_ms AND v.reverses_id = "
      "g.id AND v.result = 'reversed') ORDER BY g.happened_ms, g.id",
      {db::json_array(std::vector<std::int64_t>(dwellings.begin(), dwellings.end())), since},
      [&](const db::Row& r) {
        const auto at = second_of(r.instant(4));
        auto& waiting = open[r.integer(3)];
        const bool in = r.text(5) == "in";
        if (!in && !waiting.empty()) {
          auto& visit = out[waiting.front()];
          if (at <= visit.until) visit.until = at, visit.certainty = Certainty::observed;
          waiting.erase(waiting.begin());
        }
        if (in) waiting.push_back(out.size());
        out.push_back({r.integer(0), r.integer(1), r.integer(2), r.integer(3), r.integer(6), at,
                       in ? contact::plus(at, longest_visit_s) : at,
                       in ? Certainty::one_end : Certainty::observed, in, r.maybe_integer(7)});
      });
  return out;
}

struct Ride {
  std::int64_t transport = 0, compound = 0;
  base::Day day{};
};

// What people came with from elsewhere, by the arrivals that were told (XN-50).
std::multimap<std::int64_t, Ride> rides_of(db::Scoped& q, const std::vector<std::int64_t>& persons,
                                           base::Instant since) {
  std::multimap<std::int64_t, Ride> out;
  q.run(
      "SELECT ap.person_id, a.transport_number, a.arrived, a.compound_id FROM arrival_person ap JOIN "
      "arrival a ON a.id = ap.arrival_id JOIN place p ON p.id = a.dwelling_id WHERE ap.person_id {in:1} "
      "AND a.transport_number IS NOT NULL AND a.withdrawn_ms IS NULL AND a.arrived >= $2 AND {scope:p} "
      "ORDER BY a.arrived, a.id",
      {db::json_array(persons), base::civil_day(since)}, [&](const db::Row& r) {
        out.emplace(r.integer(0), Ride{transport_id(r.text(1), r.day(2)), r.integer(3), r.day(2)});
      });
  return out;
}

// When somebody was at a place: at most, and at least as far as records say so.
struct Time {
  contact::Span most{}, least{};
  Certainty certainty = Certainty::observed;
};
Time exactly(Second from, Second until, Certainty certainty = Certainty::observed) {
  return {{from, until}, {from, until}, certainty};
}
// Known at the crossing; the other end, so many seconds before coming or after leaving, is presumed.
Time around(Second at, bool before, Second seconds, Certainty certainty) {
  return {
      before ? contact::Span{contact::minus(at, seconds), at} : contact::Span{at, contact::plus(at, seconds)},
      {at, at},
      certainty};
}

class Deriving {
 public:
  explicit Deriving(base::Instant since) : since_(second_of(since)) {}

  void person(std::int64_t id, const std::vector<Home>& homes,
              const std::multimap<std::int64_t, HouseholdPassage>& passages,
              const std::multimap<std::int64_t, Ride>& rides) {
    std::vector<Home> own;
    for (const auto& h : homes)
      if (h.person == id) own.push_back(h);
    if (own.empty()) return;
    out.subjects.push_back({id, false, own.back().compound});
    for (const auto& home : own) {
      add(id, {Kind::household, home.household}, home.compound, exactly(home.from, home.until));
      crossings(id, home, passages);
    }
    const auto [begin, end] = rides.equal_range(id);
    for (auto at = begin; at != end; ++at) {
      // Some time of the day: when it left and arrived nobody wrote down.
      const contact::Span day{second_of(base::start_of(at->second.day)),
                              second_of(base::start_of(at->second.day + 1))};
      add(id, {Kind::transport, at->second.transport}, at->second.compound,
          {day, {day.until, day.from}, Certainty::assumed});
    }
  }
  void visit(const Visit& v, const std::vector<Home>& homes, bool guests_too) {
    if (guests_too) {
      out.subjects.push_back({v.guest, true, v.dwelling});
      add(v.guest, {Kind::opening, v.opening}, v.compound, exactly(v.from, v.from));
      if (v.vehicle)
        add(v.guest, {Kind::vehicle, *v.vehicle}, v.compound,
            around(v.from, v.stayed, ride_s, Certainty::one_end));
      if (v.stayed)
        add(v.guest, {Kind::visit, v.id}, v.compound,
            {{v.from, v.until},
             {v.from, v.certainty == Certainty::observed ? v.until : v.from},
             v.certainty});
    }
    if (!v.stayed) return;
    for (const auto& h : homes)
      if (h.dwelling == v.dwelling && h.from <= v.until && h.at_home_until >= v.from)
        add(h.person, {Kind::visit, v.id}, v.compound,
            exactly(std::max(h.from, v.from), std::min(h.at_home_until, v.until), Certainty::assumed));
  }

  // Who was sent was there; that somebody who lives there came to the door is presumed.
  void errand(const Errand& e, const std::vector<Home>& homes) {
    const auto seconds = e.place.kind == Kind::survey ? at_door_s : 0;
    bool sent = false;
    for (const auto& h : homes) {
      sent = sent || h.person == e.person;
      if (h.person == e.person || h.dwelling != e.dwelling || h.from > e.at || h.at_home_until < e.at)
        continue;
      if (e.household != 0 && h.household != e.household) continue;
      add(h.person, e.place, e.compound, around(e.at, true, seconds, Certainty::assumed));
    }
    if (sent)
      add(e.person, e.place, e.compound,
          around(e.at, true, seconds, seconds == 0 ? Certainty::observed : Certainty::one_end));
  }

  // By duty or by call: known of the person, whoever else was there.
  void attended(const Attended& a, const std::vector<Home>& homes) {
    if (std::ranges::count(homes, a.person, &Home::person) > 0)
      add(a.person, a.place, a.compound, {a.most, a.least, a.certainty});
  }

  Derived out{};

 private:
  void add(std::int64_t subject, PlaceKey place, std::int64_t compound, const Time& time) {
    if (time.most.until < since_) return;
    out.facts.push_back({subject, place, std::max(time.most.from, since_), time.most.until, time.certainty,
                         compound, std::max(time.least.from, since_), time.least.until});
  }

  void crossings(std::int64_t person, const Home& home,
                 const std::multimap<std::int64_t, HouseholdPassage>& passages) {
    std::vector<contact::Crossing> known;
    const auto [begin, end] = passages.equal_range(home.household);
    for (auto at = begin; at != end; ++at) {
      const auto& g = at->second;
      if (g.at < home.from || g.at > home.until) continue;
      if (g.named && std::ranges::count(g.persons, person) == 0) continue;
      add(person, {Kind::opening, g.opening}, g.compound,
          exactly(g.at, g.at, g.named ? Certainty::observed : Certainty::assumed));
      if (g.vehicle)
        add(person, {Kind::vehicle, *g.vehicle}, g.compound,
            around(g.at, g.in, ride_s, g.named ? Certainty::one_end : Certainty::assumed));
      if (!g.passed || !g.named || g.compound != home.compound) continue;
      known.push_back({g.at, g.in});
      if (home.stair)
        add(person, {Kind::stair, *home.stair}, home.compound,
            around(g.at, !g.in, way_s, Certainty::assumed));
    }
    if (!home.building) return;
    const contact::Span lives{std::max(home.from, since_), home.at_home_until};
    if (lives.from >= lives.until) return;
    for (const auto& stay : contact::stays(known, lives, {}, contact::end_of_time, {}))
      add(person, {Kind::inside, *home.building}, home.compound,
          {{stay.from_earliest, stay.until_latest}, {stay.from_latest, stay.until_earliest}, stay.certainty});
  }

  Second since_;
};

}  // namespace

std::int64_t transport_id(std::string_view number, base::Day day) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto mix = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3ULL; };
  for (const char c : number) mix(static_cast<unsigned char>(c));
  for (int shift = 0; shift < 32; shift += 8) mix(static_cast<unsigned char>(day.number >> shift));
  return static_cast<std::int64_t>(hash >> 11);
}

std::vector<Transport> transports_in(db::Scoped& q, const std::set<std::int64_t>& ids) {
  std::vector<Transport> out;
  if (ids.empty()) return out;
  q.run(
      "SELECT DISTINCT a.transport_number, a.arrived, a.compound_id FROM arrival a JOIN place p ON p.id = "
      "a.dwelling_id WHERE a.transport_number IS NOT NULL AND a.withdrawn_ms IS NULL AND {scope:p}",
      {}, [&](const db::Row& r) {
        if (const auto id = transport_id(r.text(0), r.day(1)); ids.contains(id))
          out.push_back({id, r.str(0), r.day(1), r.integer(2)});
      });
  return out;
}

std::vector<std::int64_t> persons_arrived(db::Scoped& q, const std::vector<std::int64_t>& arrivals) {
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT ap.person_id FROM arrival_person ap JOIN arrival a ON a.id = ap.arrival_id JOIN "
      "place p ON p.id = a.dwelling_id WHERE a.id {in:1} AND ap.person_id IS NOT NULL AND {scope:p} ORDER "
      "BY ap.person_id",
      {db::json_array(arrivals)}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

Derived derive(db::Scoped& q, const std::vector<std::int64_t>& persons,
               const std::vector<std::int64_t>& dwellings, base::Instant since) {
  const auto homes = homes_of(q, persons);
  const auto passages = passages_of(q, homes, since);
  Deriving deriving(since);
  const auto rides = rides_of(q, persons, since);
  for (const auto id : persons) deriving.person(id, homes, passages, rides);
  const std::set<std::int64_t> asked(dwellings.begin(), dwellings.end());
  auto visited = asked;
  for (const auto& h : homes) visited.insert(h.dwelling);
  for (const auto& visit : visits_to(q, visited, since))
    deriving.visit(visit, homes, asked.contains(visit.dwelling));
  std::set<std::int64_t> lived_in;
  for (const auto& h : homes) lived_in.insert(h.dwelling);
  for (const auto& errand : errands_of(q, persons, {lived_in.begin(), lived_in.end()}, since))
    deriving.errand(errand, homes);
  for (const auto& attended : attended_by(q, persons, since)) deriving.attended(attended, homes);
  return std::move(deriving.out);
}

std::vector<std::int64_t> persons_after(db::Scoped& q, std::int64_t id, int limit) {
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id "
      "> $1 AND {scope:p} ORDER BY r.person_id LIMIT $2",
      {id, limit}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

std::vector<std::int64_t> visited_dwellings_after(db::Scoped& q, std::int64_t id, base::Instant since,
                                                  int limit) {
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT g.dwelling_id FROM passage g JOIN place p ON p.id = g.compound_id WHERE g.guest_id "
      "IS NOT NULL AND g.dwelling_id > $1 AND g.happened_ms >= $2 AND {scope:p} ORDER BY g.dwelling_id "
      "LIMIT $3",
      {id, since, limit}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

std::vector<std::int64_t> persons_of(db::Scoped& q, const std::vector<std::int64_t>& households,
                                     const std::vector<std::int64_t>& dwellings,
                                     const std::vector<std::int64_t>& compounds) {
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE "
      "(r.household_id {in:1} OR r.dwelling_id {in:2} OR p.compound_id {in:3}) AND {scope:p} ORDER BY "
      "r.person_id",
      {db::json_array(households), db::json_array(dwellings), db::json_array(compounds)},
      [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

std::vector<std::int64_t> visitors_of(db::Scoped& q, const std::vector<std::int64_t>& compounds,
                                      base::Instant since) {
  std::vector<std::int64_t> households;
  q.run(
      "SELECT DISTINCT g.household_id FROM passage g JOIN place p ON p.id = g.compound_id WHERE "
      "g.compound_id {in:1} AND g.happened_ms >= $2 AND g.household_id IS NOT NULL AND {scope:p} ORDER BY "
      "g.household_id",
      {db::json_array(compounds), since}, [&](const db::Row& r) { households.push_back(r.integer(0)); });
  auto out = persons_of(q, households, {}, {});
  std::ranges::move(persons_sent(q, {}, compounds, since), std::back_inserter(out));
  std::ranges::move(persons_attending(q, compounds, since), std::back_inserter(out));
  return out;
}

std::vector<std::int64_t> visited_dwellings_in(db::Scoped& q, const std::vector<std::int64_t>& compounds,
                                               base::Instant since) {
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT g.dwelling_id FROM passage g JOIN place p ON p.id = g.compound_id WHERE "
      "g.compound_id {in:1} AND g.happened_ms >= $2 AND g.guest_id IS NOT NULL AND g.dwelling_id IS NOT NULL "
      "AND {scope:p} ORDER BY g.dwelling_id",
      {db::json_array(compounds), since}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

std::vector<std::int64_t> compounds_of(db::Scoped& q, const PlaceKey& key, base::Instant since) {
  if (key.kind == Kind::vehicle) return compounds_of_vehicles(q, {key.id}, since);
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT COALESCE(p.compound_id, p.id) FROM place p LEFT JOIN opening o ON o.compound_id = "
      "p.id WHERE (p.id = $1 OR o.id = $1) AND {scope:p}",
      {key.id}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

std::vector<std::int64_t> compounds_of_vehicles(db::Scoped& q, const std::vector<std::int64_t>& vehicles,
                                                base::Instant since) {
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT w.compound_id FROM vehicle_passage w JOIN place p ON p.id = w.compound_id WHERE "
      "(w.vehicle_id {in:1} OR w.id {in:1}) AND w.happened_ms >= $2 AND {scope:p} ORDER BY w.compound_id",
      {db::json_array(vehicles), since}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

std::vector<std::int64_t> dwellings_of_guests(db::Scoped& q, const std::vector<std::int64_t>& guests) {
  std::vector<std::int64_t> out;
  q.run(
      "SELECT DISTINCT gu.dwelling_id FROM guest gu JOIN place p ON p.id = gu.compound_id WHERE gu.id {in:1} "
      "AND gu.dwelling_id IS NOT NULL AND {scope:p} ORDER BY gu.dwelling_id",
      {db::json_array(guests)}, [&](const db::Row& r) { out.push_back(r.integer(0)); });
  return out;
}

}  // namespace feature::trace
