#pragma once
// Which presences follow from what the store holds: a pure function of its rows, so that memory can be made
// anew at any time and compared.
#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "db/scoped.hpp"
#include "feature/trace/record.hpp"

namespace feature::trace {

// A place of the engine: a household, stair, opening or building by its id, a visit by the passage it began
// with, a vehicle by its id in the registry or else the one passage of it, a train or flight of one day by a
// number made of both, a shift by the opening, a test session by its id.
struct PlaceKey {
  contact::Kind kind = contact::Kind::opening;
  std::int64_t id = 0;
  friend auto operator<=>(const PlaceKey&, const PlaceKey&) = default;
};

// Somebody who can have presences: a person of the registry, or a guest written down at a gate.
struct Subject {
  std::int64_t id = 0;
  bool guest = false;
  std::int64_t home = 0;  // the compound; of a guest the dwelling visited
};

struct Fact {
  std::int64_t subject = 0;
  PlaceKey place{};
  contact::Second from = 0, until = 0;  // the widest
  contact::Certainty certainty = contact::Certainty::observed;
  std::int64_t compound = 0;                            // where a record of it was made
  contact::Second from_latest = 0, until_earliest = 0;  // there at least so long, as far as is recorded
};

struct Derived {
  std::vector<Subject> subjects{};
  std::vector<Fact> facts{};
};

inline contact::Second second_of(base::Instant at) {
  return at.ms <= 0 ? 0 : static_cast<contact::Second>(at.ms / base::second_ms);
}
inline base::Instant instant_of(contact::Second at) {
  return {static_cast<std::int64_t>(at) * base::second_ms};
}

// Of these persons, and of the guests of these dwellings; nothing that was over before `since`. At most some
// hundred ids at once.
Derived derive(db::Scoped& q, const std::vector<std::int64_t>& persons,
               const std::vector<std::int64_t>& dwellings, base::Instant since);

// Ids in order, for going through all of the store.
std::vector<std::int64_t> persons_after(db::Scoped& q, std::int64_t id, int limit);
std::vector<std::int64_t> visited_dwellings_after(db::Scoped& q, std::int64_t id, base::Instant since,
                                                  int limit);
// Who lives or lived in one of these.
std::vector<std::int64_t> persons_of(db::Scoped& q, const std::vector<std::int64_t>& households,
                                     const std::vector<std::int64_t>& dwellings,
                                     const std::vector<std::int64_t>& compounds);

// Who of elsewhere, with a household, passed a gate of one of these; dwellings there that had guests.
std::vector<std::int64_t> visitors_of(db::Scoped& q, const std::vector<std::int64_t>& compounds,
                                      base::Instant since);
std::vector<std::int64_t> visited_dwellings_in(db::Scoped& q, const std::vector<std::int64_t>& compounds,
                                               base::Instant since);
// Where these vehicles of the registry passed, and what these guests visited.
std::vector<std::int64_t> compounds_of_vehicles(db::Scoped& q, const std::vector<std::int64_t>& vehicles,
                                                base::Instant since);
// A train, flight or ship of one day, as those who came with it told.
struct Transport {
  std::int64_t id = 0;
  std::string number{};
  base::Day day{};
  std::int64_t compound_id = 0;  // where somebody lives who came with it
};
// 53 bits of number and day: the same for everybody, whoever told it first.
std::int64_t transport_id(std::string_view number, base::Day day);
std::vector<Transport> transports_in(db::Scoped& q, const std::set<std::int64_t>& ids);
// Who came with these arrivals.
std::vector<std::int64_t> persons_arrived(db::Scoped& q, const std::vector<std::int64_t>& arrivals);

// Of an opening, building, stair or vehicle.
std::vector<std::int64_t> compounds_of(db::Scoped& q, const PlaceKey& key, base::Instant since);
std::vector<std::int64_t> dwellings_of_guests(db::Scoped& q, const std::vector<std::int64_t>& guests);

}  // namespace feature::trace
