#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>

#include "feature/trace/errands.hpp"
#include "feature/trace/service.hpp"

namespace feature::trace {
namespace {

using base::Result;
using Ids = std::vector<std::int64_t>;

constexpr int chunk = 500;  // persons derived in one read
constexpr int changes_at_once = 2'000;

template <class F>
auto read_all(db::Store& store, F&& f) {
  return store.read([&](db::Connection& c) {
    db::Scoped q(c, db::Scope::all());
    return f(q);
  });
}

Result<Derived> derive_some(db::Store& store, const Ids& persons, const Ids& dwellings, base::Instant since) {
  return read_all(store,
                  [&](db::Scoped& q) -> Result<Derived> { return derive(q, persons, dwellings, since); });
}

template <class F>
void in_steps(const Ids& all, F&& f) {
  for (std::size_t from = 0; from < all.size(); from += chunk) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
    f(Ids(begin, begin + std::min<std::ptrdiff_t>(chunk, all.end() - begin)));
  }
}

// Everybody in the store, in steps: f(derived).
template <class F>
Result<void> go_through(db::Store& store, base::Instant since, F&& f) {
  for (const bool guests : {false, true})
    for (std::int64_t last = 0;;) {
      auto ids = read_all(store, [&](db::Scoped& q) -> Result<Ids> {
        return guests ? visited_dwellings_after(q, last, since, chunk) : persons_after(q, last, chunk);
      });
      if (!ids) return tl::unexpected(std::move(ids).error());
      if (ids->empty()) break;
      last = ids->back();
      auto some = guests ? derive_some(store, {}, *ids, since) : derive_some(store, *ids, {}, since);
      if (!some) return tl::unexpected(std::move(some).error());
      f(*some);
    }
  return {};
}

// What has to be derived anew after some changes.
struct Dirty {
  std::set<std::int64_t> passages{}, arrivals{}, households{}, dwellings{}, compounds{}, doors{};
  std::set<std::int64_t> work{}, staff{};  // a request among others; staff, accounts and persons
  std::set<std::int64_t> attended{};       // staff and persons
};

// A change names a passage, or the vehicle its riders passed in.
void find_passages(db::Scoped& q, Dirty& dirty) {
  q.run(
      "SELECT g.household_id, g.guest_id, g.dwelling_id FROM passage g JOIN place p ON p.id = g.compound_id "
      "WHERE (g.id {in:1} OR g.vehicle_passage_id {in:1}) AND {scope:p}",
      {db::json_array(Ids(dirty.passages.begin(), dirty.passages.end()))}, [&](const db::Row& r) {
        if (!r.is_null(0)) dirty.households.insert(r.integer(0));
        // A guest's, also where a row that takes it back names none.
        if (!r.is_null(2) && (!r.is_null(1) || r.is_null(0))) dirty.dwellings.insert(r.integer(2));
      });
}

// Who lives where somebody of the staff was, and who that was.
Ids persons_at_doors(db::Scoped& q, const Dirty& dirty, base::Instant since) {
  auto doors = dirty.doors;
  const auto add = [&](const Ids& more) { doors.insert(more.begin(), more.end()); };
  add(dwellings_of_requests(q, Ids(dirty.work.begin(), dirty.work.end())));
  Ids out;
  if (const Ids staff(dirty.staff.begin(), dirty.staff.end()); !staff.empty()) {
    add(dwellings_of_staff(q, staff, since));
    out = persons_of_staff(q, staff);
  }
  const Ids at(doors.begin(), doors.end());
  if (at.empty()) return out;
  std::ranges::move(persons_of(q, {}, at, {}), std::back_inserter(out));
  std::ranges::move(persons_sent(q, at, {}, since), std::back_inserter(out));
  return out;
}

}  // namespace

std::optional<std::uint32_t> World::person(std::int64_t id) const {
  const auto found = number_of.find(id);
  return found == number_of.end() ? std::nullopt : std::optional(found->second);
}
std::optional<std::uint32_t> World::place(const PlaceKey& key) const {
  const auto found = number_at.find(key);
  return found == number_at.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t World::number(const Subject& subject) {
  const auto [at, fresh] = number_of.try_emplace(subject.id, static_cast<std::uint32_t>(subjects.size()));
  if (fresh) subjects.push_back(subject);
  auto& known = subjects[at->second];
  if (fresh || known.home != subject.home) of_home[subject.home].push_back(at->second);
  known = subject;
  return at->second;
}
std::pair<std::uint32_t, bool> World::number(const PlaceKey& key, std::int64_t compound) {
  const auto [at, fresh] = number_at.try_emplace(key, static_cast<std::uint32_t>(places.size()));
  if (fresh) places.push_back(key), compounds.push_back(compound);
  return {at->second, fresh};
}

void Gathering::take(const Derived& some) {
  for (const auto& s : some.subjects) world_->number(s);
  for (const auto& f : some.facts) {
    const auto [place, fresh] = world_->number(f.place, f.compound);
    if (fresh) kinds_.push_back(f.place.kind);
    presences_.push_back({world_->number_of.at(f.subject), place, f.from, f.until, f.certainty});
  }
}
std::unique_ptr<World> Gathering::world() {
  world_->contacts = std::make_unique<contact::Contacts>(presences_, std::move(kinds_));
  return std::move(world_);
}

Result<bool> Memory::follow_now(db::Store& store) {
  if (!loaded_) return false;
  const std::unique_lock lock(syncing_, std::chrono::seconds(1));
  if (!lock.owns_lock()) return false;
  auto followed = follow(store);
  if (!followed) return tl::unexpected(std::move(followed).error());
  // A feed longer than one step of it: what is left is more than a question should wait for.
  return *followed < changes_at_once;
}

Result<std::int64_t> Memory::sync(db::Store& store, base::Instant now) {
  const std::unique_lock lock(syncing_);
  if (!loaded_ || loaded_day_ != base::civil_day(now)) {
    if (auto loaded = load(store, now); !loaded) return tl::unexpected(std::move(loaded).error());
    return 1;
  }
  return follow(store);
}

Result<void> Memory::load(db::Store& store, base::Instant now) {
  // What changes from here on comes through the feed, a second time if need be.
  auto after = read_all(store, [](db::Scoped& q) -> Result<core::FeedPosition> { return core::feed_end(q); });
  if (!after) return tl::unexpected(std::move(after).error());
  const auto day = base::civil_day(now);
  Gathering gathering(since_of(now));
  auto gone = go_through(store, since_of(now), [&](const Derived& some) { gathering.take(some); });
  if (!gone) return gone;
  auto fresh = gathering.world();
  const std::unique_lock lock(world_lock_);
  world_ = std::move(fresh);
  loaded_ = true;
  loaded_day_ = day;
  after_ = *after;
  return {};
}

Result<std::int64_t> Memory::follow(db::Store& store) {
  auto changes = read_all(store, [&](db::Scoped& q) -> Result<std::vector<core::Change>> {
    return core::changes_after(q, after_, changes_at_once);
  });
  if (!changes) return tl::unexpected(std::move(changes).error());
  if (changes->empty()) return 0;
  Dirty dirty;
  for (const auto& change : *changes) {
    if (change.kind == "passage")
      dirty.passages.insert(change.record_id);
    else if (change.kind == "arrival")
      dirty.arrivals.insert(change.record_id);
    else if (change.kind == "survey")
      dirty.doors.insert(change.record_id);
    else if (change.kind == "work")
      dirty.work.insert(change.record_id);
    else if (change.kind == "staff_person")
      dirty.staff.insert(change.record_id);
    else if (change.kind == "attendance")
      dirty.attended.insert(change.record_id);
    else if (change.kind == "household" || change.kind == "import" || change.kind == "place")
      dirty.compounds.insert(change.compound_id);
  }
  auto persons = read_all(store, [&](db::Scoped& q) -> Result<Ids> {
    find_passages(q, dirty);
    auto some = persons_of(q, Ids(dirty.households.begin(), dirty.households.end()),
                           Ids(dirty.dwellings.begin(), dirty.dwellings.end()),
                           Ids(dirty.compounds.begin(), dirty.compounds.end()));
    std::ranges::move(persons_at_doors(q, dirty, world_->since), std::back_inserter(some));
    std::ranges::move(persons_arrived(q, Ids(dirty.arrivals.begin(), dirty.arrivals.end())),
                      std::back_inserter(some));
    std::ranges::move(persons_of_staff(q, Ids(dirty.attended.begin(), dirty.attended.end())),
                      std::back_inserter(some));
    return some;
  });
  if (!persons) return tl::unexpected(std::move(persons).error());
  // Who has left a compound, or a dwelling as its guest, is no more found there.
  std::set<std::int64_t> all(persons->begin(), persons->end());
  for (const auto* homes : {&dirty.compounds, &dirty.dwellings})
    for (const auto home : *homes)
      if (const auto known = world_->of_home.find(home); known != world_->of_home.end())
        for (const auto n : known->second)
          if (!world_->subjects[n].guest) all.insert(world_->subjects[n].id);
  const Ids everyone(all.begin(), all.end());
  Ids dwellings(dirty.dwellings.begin(), dirty.dwellings.end());
  for (std::size_t from = 0; from < everyone.size() || !dwellings.empty(); from += chunk) {
    const auto begin = everyone.begin() + static_cast<std::ptrdiff_t>(std::min(from, everyone.size()));
    const auto end = everyone.begin() + static_cast<std::ptrdiff_t>(std::min(from + chunk, everyone.size()));
    Ids some(begin, end);
    auto derived = derive_some(store, some, dwellings, world_->since);
    if (!derived) return tl::unexpected(std::move(derived).error());
    for (const auto home : dwellings)
      if (const auto known = world_->of_home.find(home); known != world_->of_home.end())
        for (const auto n : known->second)
          if (world_->subjects[n].guest) some.push_back(world_->subjects[n].id);
    apply(some, *derived);
    dwellings.clear();
  }
  after_ = changes->back().position;
  return static_cast<std::int64_t>(changes->size());
}

void Memory::apply(const std::vector<std::int64_t>& subjects, const Derived& derived) {
  const std::unique_lock lock(world_lock_);
  auto& w = *world_;
  std::map<std::uint32_t, std::vector<contact::Presence>> rows;
  for (const auto id : subjects)
    if (const auto known = w.person(id)) rows[*known];
  for (const auto& s : derived.subjects) rows[w.number(s)];
  for (const auto& f : derived.facts) {
    const auto [place, fresh] = w.number(f.place, f.compound);
    if (fresh) w.contacts->add_place(f.place.kind);
    const auto person = w.number_of.at(f.subject);
    rows[person].push_back({person, place, f.from, f.until, f.certainty});
  }
  for (const auto& [person, presences] : rows) w.contacts->replace(person, presences);
}

Result<std::unique_ptr<World>> world_around(db::Store& store, const Ids& subjects, Ids compounds,
                                            base::Instant now) {
  const auto since = since_of(now);
  struct Those {
    std::set<std::int64_t> persons{}, dwellings{};
  };
  auto those = read_all(store, [&](db::Scoped& q) -> Result<Those> {
    auto here = compounds;
    Ids vehicles;
    std::set<std::int64_t> transports;
    in_steps(subjects, [&](const Ids& some) {
      const std::set<std::int64_t> asked(some.begin(), some.end());
      for (const auto& f : derive(q, some, dwellings_of_guests(q, some), since).facts) {
        if (!asked.contains(f.subject)) continue;
        here.push_back(f.compound);
        if (f.place.kind == contact::Kind::vehicle) vehicles.push_back(f.place.id);
        if (f.place.kind == contact::Kind::transport) transports.insert(f.place.id);
      }
    });
    std::ranges::move(compounds_of_vehicles(q, vehicles, since), std::back_inserter(here));
    for (const auto& t : transports_in(q, transports)) here.push_back(t.compound_id);
    std::ranges::sort(here);
    here.erase(std::ranges::unique(here).begin(), here.end());
    Those out{{subjects.begin(), subjects.end()}, {}};
    for (const auto id : persons_of(q, {}, {}, here)) out.persons.insert(id);
    for (const auto id : visitors_of(q, here, since)) out.persons.insert(id);
    for (const auto id : visited_dwellings_in(q, here, since)) out.dwellings.insert(id);
    for (const auto id : dwellings_of_guests(q, subjects)) out.dwellings.insert(id);
    return out;
  });
  if (!those) return tl::unexpected(std::move(those).error());
  Gathering gathering(since);
  Result<void> gone;
  for (const bool guests : {false, true}) {
    const auto& chosen = guests ? those->dwellings : those->persons;
    in_steps(Ids(chosen.begin(), chosen.end()), [&](const Ids& some) {
      auto derived = guests ? derive_some(store, {}, some, since) : derive_some(store, some, {}, since);
      if (derived)
        gathering.take(*derived);
      else
        gone = tl::unexpected(std::move(derived).error());
    });
  }
  if (!gone) return tl::unexpected(std::move(gone).error());
  return gathering.world();
}

TraceState Memory::state() const {
  const std::shared_lock lock(world_lock_);
  TraceState out;
  out.loaded = loaded_;
  out.persons = static_cast<std::int64_t>(world_->subjects.size());
  out.presences = static_cast<std::int64_t>(world_->contacts->size());
  out.places = static_cast<std::int64_t>(world_->places.size());
  out.since_ms = world_->since;
  return out;
}

Result<std::int64_t> Memory::differences(db::Store& store) const {
  using Plain = std::tuple<PlaceKey, contact::Second, contact::Second, contact::Certainty>;
  std::map<std::int64_t, std::vector<Plain>> expected;
  auto gone = go_through(store, world_->since, [&](const Derived& some) {
    for (const auto& f : some.facts) expected[f.subject].emplace_back(f.place, f.from, f.until, f.certainty);
  });
  if (!gone) return tl::unexpected(std::move(gone).error());
  const std::shared_lock lock(world_lock_);
  std::int64_t out = 0;
  std::set<std::int64_t> seen;
  for (std::uint32_t n = 0; n < world_->subjects.size(); ++n) {
    std::vector<Plain> held;
    for (const auto& p : world_->contacts->trajectory(n, {}))
      held.emplace_back(world_->places[p.place], p.from, p.until, p.certainty);
    auto& wanted = expected[world_->subjects[n].id];
    std::ranges::sort(held);
    std::ranges::sort(wanted);
    out += held != wanted;
    seen.insert(world_->subjects[n].id);
  }
  for (const auto& [id, facts] : expected) out += !seen.contains(id) && !facts.empty();
  return out;
}

}  // namespace feature::trace
