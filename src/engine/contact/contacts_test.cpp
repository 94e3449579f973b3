// The engine against the slow oracle on generated presences, and what must hold for every input (XN-46,
// rules.md 3, practice 25).
#include "engine/contact/contacts.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <thread>
#include <tuple>

#include "engine/contact/oracle.hpp"

namespace engine::contact {
namespace {

constexpr Second noon = 1'600'000'000;

std::uint32_t number(std::uint32_t low, std::uint32_t past) { return *rc::gen::inRange(low, past); }

struct Town {
  std::vector<Presence> presences{};
  std::vector<Kind> kinds{};
};

// Among many persons a ring is a small share of all, and gathered person by person; otherwise the rows are
// read in their order.
void perhaps_among_many(Town& town) {
  if (number(0, 2) == 0)
    town.presences.push_back({number(1'000, 1'100), 0, noon + number(0, 400), noon + 400});
}

Town any_town() {
  Town town;
  const auto persons = number(2, 14), places = number(1, 7);
  for (std::uint32_t i = 0; i < places; ++i) town.kinds.push_back(static_cast<Kind>(number(0, kind_count)));
  for (auto left = number(0, 60); left > 0; --left) {
    const Second from = noon + number(0, 400), length = number(0, 3) == 0 ? 0 : number(0, 120);
    town.presences.push_back({number(0, persons), number(0, places), from, from + length,
                              static_cast<Certainty>(number(0, certainty_count))});
  }
  perhaps_among_many(town);
  return town;
}

Policy any_policy() {
  Policy policy;
  for (auto& kind : policy.kinds) {
    kind.follow = number(0, 5) > 0;
    kind.slack_s = number(0, 2) == 0 ? 0 : number(0, 30);
    kind.full_s = number(0, 2) == 0 ? 0 : number(1, 60);
    kind.weight = number(1, 11) / 10.0;
  }
  policy.latent_s = number(0, 3) == 0 ? number(0, 60) : 0;
  return policy;
}

Span any_span() {
  const Second from = noon + number(0, 400);
  return {from, from + number(0, 300)};
}

Query any_query() {
  Query query;
  for (auto left = number(1, 4); left > 0; --left) query.indices.push_back({number(0, 14), any_span()});
  std::vector<std::uint32_t> isolated;
  for (auto left = number(0, 4); left > 0; --left) {
    const auto person = number(0, 14);
    if (std::ranges::count(isolated, person)) continue;
    isolated.push_back(person);
    query.isolations.push_back({person, noon + number(0, 500)});
  }
  for (auto left = number(0, 4); left > 0; --left) query.gaps.push_back({number(0, 7), any_span()});
  query.direction = number(0, 2) == 0 ? Direction::contacts : Direction::sources;
  query.horizon = {noon, noon + number(100, 700)};
  query.depth = static_cast<int>(number(0, 5));
  query.evidence = number(0, 2) == 0;
  return query;
}

// Part of the presences in the columns, part in the tail, with merges on the way.
void fill(Contacts& contacts, const Town& town) {
  for (const auto kind : town.kinds) contacts.add_place(kind);
  for (const auto& p : town.presences) {
    contacts.append(std::span(&p, 1));
    if (number(0, 20) == 0) contacts.merge();
  }
}

// Gates and hardly anything else: many of a ring pass the same one within the slack.
Town any_gate_town() {
  Town town;
  const auto persons = number(2, 40), places = number(1, 3);
  for (std::uint32_t i = 0; i < places; ++i)
    town.kinds.push_back(number(0, 5) == 0 ? Kind::vehicle : Kind::opening);
  for (auto left = number(0, 200); left > 0; --left) {
    const Second from = noon + number(0, 600), length = number(0, 12) == 0 ? number(1, 40) : 0;
    town.presences.push_back({number(0, persons), number(0, places), from, from + length,
                              static_cast<Certainty>(number(0, certainty_count))});
  }
  perhaps_among_many(town);
  return town;
}

void same(const Answer& answer, const std::map<std::uint32_t, Found>& slow) {
  std::size_t found = 0;
  for (const auto& c : answer.contacts) {
    if (c.ring == 0) continue;
    ++found;
    const auto expected = slow.find(c.person);
    RC_ASSERT(expected != slow.end());
    RC_ASSERT(c.ring == expected->second.ring);
    RC_ASSERT(c.at == expected->second.at);
    RC_ASSERT(c.last == expected->second.last);
    RC_ASSERT(c.links == expected->second.links);
    RC_ASSERT(c.kinds == expected->second.kinds);
    RC_ASSERT(std::abs(c.strength - expected->second.strength) < 1e-6);
  }
  RC_ASSERT(found == slow.size());
}

RC_GTEST_PROP(Contacts, EqualsTheSlowOracle, ()) {
  const auto town = any_town();
  Contacts contacts(8);
  fill(contacts, town);
  const auto query = any_query();
  const auto policy = any_policy();
  same(contacts.trace(query, policy), trace_slowly(town.presences, town.kinds, query, policy));
}

// A crossing is counted with all those near it, not compared with each: the same answer.
RC_GTEST_PROP(Contacts, CrossingsCountedTogetherEqualTheSlowOracle, ()) {
  const auto town = any_gate_town();
  Contacts contacts(64);
  fill(contacts, town);
  auto query = any_query();
  for (auto& index : query.indices) index.window.until += 300;
  const auto policy = any_policy();
  const auto slow = trace_slowly(town.presences, town.kinds, query, policy);
  for (const bool evidence : {false, true}) {
    query.evidence = evidence;
    same(contacts.trace(query, policy), slow);
  }
}

// Rings large enough for every way of ordering and of looking up: on both sides of each limit.
TEST(Contacts, LargeRingsEqualTheSlowOracle) {
  // Persons, and what lies between their numbers: a ring is a large or a small share of all numbers.
  for (const auto& [persons, apart] :
       std::initializer_list<std::pair<std::uint32_t, std::uint32_t>>{{900, 7}, {2'500, 7}, {2'500, 40}}) {
    Town town;
    town.kinds = {Kind::opening, Kind::visit};
    for (std::uint32_t i = 0; i < 3; ++i) town.kinds.push_back(Kind::vehicle);
    std::uint32_t dice = 1;
    const auto below = [&](std::uint32_t limit) {
      return (dice = dice * 1'103'515'245 + 12'345) / 65'536 % limit;
    };
    for (std::uint32_t i = 0; i < 2 * persons; ++i) {
      const Second at = noon + below(4'000);
      const auto person = (i % persons) * apart;
      town.presences.push_back({person, 0, at, at, static_cast<Certainty>(below(certainty_count))});
      if (below(200) == 0) town.presences.push_back({person, 1 + below(4), at, at + below(50)});
    }
    const Contacts contacts(town.presences, town.kinds);
    const Query query{.indices = {{0, {noon, noon + 5'000}}, {apart, {noon, noon + 5'000}}},
                      .horizon = {noon, noon + 5'000},
                      .depth = 3};
    same(contacts.trace(query, {}), trace_slowly(town.presences, town.kinds, query, {}));
  }
}

// So many index persons that the rows are read in their order, by two threads, against each index person by
// itself, whose rows are gathered.
TEST(Contacts, ManyIndexPersonsAtOnceAreTheSumOfEach) {
  Town town;
  constexpr std::uint32_t persons = 20'000, places = 4'000, cases = 2'000;
  for (std::uint32_t i = 0; i < places; ++i) town.kinds.push_back(i % 40 == 0 ? Kind::opening : Kind::visit);
  std::uint32_t dice = 1;
  const auto below = [&](std::uint32_t limit) {
    return (dice = dice * 1'103'515'245 + 12'345) / 65'536 % limit;
  };
  for (std::uint32_t i = 0; i < 600'000; ++i) {
    const auto place = below(places);
    const Second at = noon + below(32'000) * 20;
    town.presences.push_back({i % persons, place, at, place % 40 == 0 ? at : at + below(300)});
  }
  Contacts contacts(town.presences, town.kinds);
  for (std::uint32_t i = 0; i < 2'000; ++i) {  // some in the tail
    const Second at = noon + below(32'000) * 20;
    const Presence p{below(persons), below(places), at, at + 100};
    contacts.append(std::span(&p, 1));
  }
  Query query{.horizon = {noon, noon + 640'000}, .depth = 1}, each = query;
  std::map<std::uint32_t, Contact> sum;
  for (std::uint32_t i = 0; i < cases; ++i) {
    query.indices.push_back({i * 10, {noon, noon + 640'000}});
    each.indices = {query.indices.back()};
    for (const auto& c : contacts.trace(each, {}).contacts) {
      if (c.person % 10 == 0 && c.person < cases * 10) continue;  // itself an index person
      const auto [known, is_new] = sum.try_emplace(c.person, c);
      if (is_new) continue;
      auto& both = known->second;
      both.at = std::min(both.at, c.at), both.last = std::max(both.last, c.last);
      both.links += c.links, both.kinds |= c.kinds, both.strength = std::max(both.strength, c.strength);
    }
  }
  for (const bool evidence : {false, true}) {
    query.evidence = evidence;
    const auto answer = contacts.trace(query, {});
    ASSERT_EQ(answer.contacts.size(), cases + sum.size());
    std::size_t links = 0;
    for (const auto& c : answer.contacts) {
      if (c.ring == 0) continue;
      const auto& expected = sum.at(c.person);
      links += c.links;
      ASSERT_EQ(std::tie(c.at, c.last, c.links, c.kinds, c.strength),
                std::tie(expected.at, expected.last, expected.links, expected.kinds, expected.strength));
    }
    ASSERT_EQ(links_of(answer).size(), evidence ? links : 0);
  }
}

RC_GTEST_PROP(Contacts, BuiltAtOnceEqualsAppended, ()) {
  const auto town = any_town();
  const Contacts built(town.presences, town.kinds);
  const auto query = any_query();
  const auto policy = any_policy();
  same(built.trace(query, policy), trace_slowly(town.presences, town.kinds, query, policy));
}

RC_GTEST_PROP(Contacts, EvidenceChangesNoAnswerAndCountsEveryLink, ()) {
  const auto town = any_town();
  const Contacts contacts(town.presences, town.kinds);
  auto query = any_query();
  const auto policy = any_policy();
  query.evidence = false;
  const auto plain = contacts.trace(query, policy);
  RC_ASSERT(links_of(plain).empty());
  query.evidence = true;
  const auto full = contacts.trace(query, policy);
  RC_ASSERT(plain.contacts.size() == full.contacts.size());
  std::vector<std::uint32_t> counted(full.contacts.size(), 0);
  std::vector<float> strongest(full.contacts.size(), 0);
  for (const auto& link : links_of(full)) {
    ++counted[link.contact];
    strongest[link.contact] = std::max(strongest[link.contact], link.strength);
    RC_ASSERT(full.contacts[link.source].ring + 1 == full.contacts[link.contact].ring);
  }
  for (std::uint32_t i = 0; i < counted.size(); ++i) {
    RC_ASSERT(counted[i] == full.contacts[i].links);
    RC_ASSERT(links_of(full, i).size() == counted[i]);
    RC_ASSERT(strongest[i] == full.contacts[i].strength);
  }
}

// Records that may be missing make nothing surer, lose nobody, and the evidence says whose stay is unsure.
RC_GTEST_PROP(Contacts, AGapWeakensAndIsNamedInTheEvidence, ()) {
  const auto town = any_town();
  const Contacts contacts(town.presences, town.kinds);
  const auto policy = any_policy();
  auto query = any_query();
  query.evidence = true;
  const auto with = contacts.trace(query, policy);
  query.gaps.clear();
  const auto without = contacts.trace(query, policy);
  const auto weaker = links_of(with), surer = links_of(without);
  RC_ASSERT(weaker.size() == surer.size());
  for (std::size_t i = 0; i < weaker.size(); ++i) {
    const auto &weak = weaker[i], &sure = surer[i];
    RC_ASSERT(weak.contact == sure.contact && weak.from == sure.from);
    const bool unsure =
        weak.source_certainty != sure.source_certainty || weak.contact_certainty != sure.contact_certainty;
    if (unsure)
      RC_ASSERT(weak.strength < sure.strength);
    else
      RC_ASSERT(weak.strength == sure.strength);
  }
}

RC_GTEST_PROP(Contacts, NobodyIsReachedByAMeetingThatCameBefore, ()) {
  const auto town = any_town();
  const Contacts contacts(town.presences, town.kinds);
  auto query = any_query();
  query.direction = Direction::contacts;
  query.evidence = true;
  const auto answer = contacts.trace(query, any_policy());
  for (std::uint32_t i = 0; i < answer.contacts.size(); ++i) {
    const auto path = path_to(answer, i);
    RC_ASSERT(path.size() == answer.contacts[i].ring);
    for (std::size_t k = 1; k < path.size(); ++k) RC_ASSERT(path[k - 1].from <= path[k].from);
  }
}

// Sources are contacts with time running backward.
RC_GTEST_PROP(Contacts, SourcesAreContactsOfTheReversedTown, ()) {
  const auto town = any_town();
  const auto back = [](Second at) { return 2 * noon - at; };
  auto reversed = town;
  for (auto& p : reversed.presences) p = {p.person, p.place, back(p.until), back(p.from), p.certainty};
  auto query = any_query();
  query.isolations.clear();
  query.direction = Direction::sources;
  auto mirrored = query;
  mirrored.direction = Direction::contacts;
  mirrored.horizon = {back(query.horizon.until), back(query.horizon.from)};
  for (auto& i : mirrored.indices) i.window = {back(i.window.until), back(i.window.from)};
  for (auto& g : mirrored.gaps) g.span = {back(g.span.until), back(g.span.from)};
  const auto policy = any_policy();
  const auto sources = Contacts(town.presences, town.kinds).trace(query, policy);
  auto slow = trace_slowly(reversed.presences, reversed.kinds, mirrored, policy);
  for (auto& [person, f] : slow) f.at = back(f.at), f.last = back(f.last);
  same(sources, slow);
}

RC_GTEST_PROP(Contacts, AMeetingIsMutual, ()) {
  const auto town = any_town();
  const Contacts contacts(town.presences, town.kinds);
  const auto policy = any_policy();
  const auto ring_1 = [&](std::uint32_t person) {
    std::vector<std::uint32_t> out;
    for (const auto& c : contacts.trace({.indices = {{person, {0, end_of_time}}}}, policy).contacts)
      if (c.ring == 1) out.push_back(c.person);
    return out;
  };
  for (const auto met : ring_1(0)) RC_ASSERT(std::ranges::count(ring_1(met), 0U) == 1);
}

RC_GTEST_PROP(Contacts, AWiderWindowLosesNobodyOfTheFirstRing, ()) {
  const auto town = any_town();
  const Contacts contacts(town.presences, town.kinds);
  const auto policy = any_policy();
  const auto span = any_span();
  const auto narrow = contacts.trace({.indices = {{0, span}}}, policy);
  const auto wide = contacts.trace({.indices = {{0, {span.from - 50, span.until + 50}}}}, policy);
  for (const auto& c : narrow.contacts)
    RC_ASSERT(std::ranges::count(wide.contacts, c.person, &Contact::person) == 1);
}

RC_GTEST_PROP(Contacts, ReplacingAPersonLeavesWhatABuildWouldHold, ()) {
  auto town = any_town();
  Contacts contacts(8);
  fill(contacts, town);
  const auto changed = any_town();
  std::vector<Presence> fresh;
  for (auto p : changed.presences)
    if (p.place < town.kinds.size()) fresh.push_back({3, p.place, p.from, p.until, p.certainty});
  contacts.replace(3, fresh);
  std::erase_if(town.presences, [](const Presence& p) { return p.person == 3; });
  town.presences.insert(town.presences.end(), fresh.begin(), fresh.end());
  const auto query = any_query();
  const auto policy = any_policy();
  same(contacts.trace(query, policy), trace_slowly(town.presences, town.kinds, query, policy));
  const auto size = contacts.size();
  contacts.replace(3, fresh);
  RC_ASSERT(contacts.size() == size);
  RC_ASSERT(contacts.trajectory(3, {}).size() == fresh.size());
}

RC_GTEST_PROP(Contacts, RetentionForgetsWhatHasEnded, ()) {
  auto town = any_town();
  Contacts contacts(8);
  fill(contacts, town);
  const Second limit = noon + number(0, 500);
  contacts.remove_ended_before(limit);
  std::erase_if(town.presences, [&](const Presence& p) { return p.until < limit; });
  RC_ASSERT(contacts.size() == town.presences.size());
  for (std::uint32_t place = 0; place < town.kinds.size(); ++place) {
    const auto span = any_span();
    const auto there = std::ranges::count_if(town.presences, [&](const Presence& p) {
      return p.place == place && p.from <= span.until && p.until >= span.from;
    });
    RC_ASSERT(contacts.at(place, span).size() == static_cast<std::size_t>(there));
  }
}

// rules.md 3: the second ring runs from each contact's own first exposure until that contact's isolation.
TEST(Contacts, SecondRingRunsFromExposureUntilIsolation) {
  const std::vector<Kind> kinds{Kind::visit, Kind::shift, Kind::shift, Kind::shift};
  const std::vector<Presence> presences{
      {0, 0, noon, noon + 60},        {1, 0, noon + 30, noon + 60},  // the case meets 1
      {1, 1, noon - 90, noon - 30},   {2, 1, noon - 90, noon - 30},  // 1 met 2 before
      {1, 2, noon + 100, noon + 200}, {3, 2, noon + 100, noon + 200},
      {1, 3, noon + 500, noon + 600}, {4, 3, noon + 500, noon + 600},
  };
  const Contacts contacts(presences, kinds);
  Query query{.indices = {{0, {noon - 1000, noon + 1000}}}, .depth = 2};
  const auto persons = [&] {
    std::vector<std::uint32_t> out;
    for (const auto& c : contacts.trace(query, {}).contacts) out.push_back(c.person);
    return out;
  };
  EXPECT_EQ(persons(), (std::vector<std::uint32_t>{0, 1, 3, 4}));
  query.isolations = {{1, noon + 300}};
  EXPECT_EQ(persons(), (std::vector<std::uint32_t>{0, 1, 3}));
}

TEST(Contacts, CommonPlacesAreRankedByHowUnlikelyTheyAre) {
  std::vector<Presence> presences;
  for (std::uint32_t person = 0; person < 100; ++person)
    presences.push_back({person, 0, noon, noon});  // everybody uses the gate
  for (std::uint32_t person = 0; person < 3; ++person) presences.push_back({person, 1, noon, noon + 60});
  presences.push_back({3, 2, noon, noon});
  const Contacts contacts(presences, {Kind::opening, Kind::visit, Kind::visit});
  const Span window{noon - 10, noon + 10};
  const std::vector<Index> cases{{0, window}, {1, window}, {2, window}, {3, window}};
  const auto ranked = contacts.common_places(cases);
  ASSERT_EQ(ranked.size(), 2U);
  EXPECT_EQ(ranked[0].place, 1U);
  EXPECT_EQ(ranked[0].cases, 3U);
  EXPECT_EQ(ranked[0].visitors, 3U);
  // At least three of four, three of a hundred persons going there: 4 p^3 q + p^4.
  EXPECT_NEAR(ranked[0].chance, 4 * 0.03 * 0.03 * 0.03 * 0.97 + 0.03 * 0.03 * 0.03 * 0.03, 1e-9);
  EXPECT_EQ(ranked[1].place, 0U);
  EXPECT_DOUBLE_EQ(ranked[1].chance, 1);
}

// Questions while presences come in: each sees a state that was, and nobody waits.
TEST(Contacts, AnswersWhileAppending) {
  Contacts contacts(256);
  contacts.add_place(Kind::opening);
  constexpr std::uint32_t newcomers = 5000;
  const Presence first{0, 0, noon, noon};
  contacts.append(std::span(&first, 1));
  std::jthread writer([&] {
    for (std::uint32_t person = 1; person <= newcomers; ++person) {
      const Presence p{person, 0, noon, noon};
      contacts.append(std::span(&p, 1));
    }
  });
  const Query query{.indices = {{0, {noon - 10, noon + 10}}}};
  std::size_t seen = 1;
  while (seen <= newcomers) {
    const auto answer = contacts.trace(query, {});
    ASSERT_GE(answer.contacts.size(), seen);
    seen = answer.contacts.size();
    std::uint32_t highest = 0;
    for (const auto& c : answer.contacts) highest = std::max(highest, c.person);
    ASSERT_EQ(highest + 1, seen);  // no one missing in between
  }
}

TEST(Contacts, StaysWithinTwentyFourBytesAPresence) {
  std::vector<Presence> presences;
  for (std::uint32_t i = 0; i < 200'000; ++i)
    presences.push_back({i % 20'000, i * 7 % 5'000, noon + i, noon + i + 60});
  const Contacts contacts(presences, std::vector<Kind>(5'000, Kind::opening), 1024);
  EXPECT_LE(static_cast<double>(contacts.bytes()) / static_cast<double>(presences.size()), 24.0);
}

}  // namespace
}  // namespace engine::contact
