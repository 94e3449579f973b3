#include "tracing_town.hpp"

#include <random>

namespace bench {
namespace {

constexpr Second start = 1'600'000'000, day_s = 86'400, days = 5;

}  // namespace

Town generate(const Shape& shape, std::size_t presences, std::uint32_t persons, std::uint64_t seed) {
  Town town;
  town.persons = persons;
  std::uint32_t places = 0;
  const auto add_places = [&](std::uint32_t size, Kind kind) {
    const auto first = places;
    places += persons / size + 1;
    town.kinds.resize(places, kind);
    return first;
  };
  const auto gates = add_places(shape.compound, Kind::opening), stairs = add_places(shape.stair, Kind::stair);
  const auto households = add_places(shape.household, Kind::household);
  const auto shifts = add_places(shape.shift, Kind::shift);
  // An outing makes three presences at least, and often one or two more.
  const auto outings_away = static_cast<std::uint32_t>(presences / 4 * shape.away / 1'000);
  const auto venue_count = outings_away / days / shape.venue + 1;
  const auto venues = places;
  town.kinds.resize(places += venue_count, Kind::visit);
  town.presences.reserve(presences);
  std::mt19937_64 dice(seed);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(dice() % limit); };
  const auto own = [&](std::uint32_t person, std::uint64_t way) {  // where in the rush, of a person
    const auto mixed = (person + 1) * std::uint64_t{0x9E3779B97F4A7C15} * (2 * way + 3);
    return static_cast<std::uint32_t>((mixed >> 33) % shape.rush_s);
  };
  const auto at_gate = [&](std::uint32_t person, std::uint64_t way) {
    return (own(person, way) + below(shape.habit_s)) % shape.rush_s;
  };
  for (std::uint32_t person = 0; town.presences.size() < presences; person = (person + 1) % persons) {
    const Second today = start + below(days) * day_s;
    const Second out = today + 7 * 3600 + at_gate(person, 0), back = today + 17 * 3600 + at_gate(person, 1);
    const auto add = [&](std::uint32_t place, Second from, Second until) {
      if (town.presences.size() < presences) town.presences.push_back({person, place, from, until});
    };
    if (below(2) == 0) add(households + person / shape.household, back, back + 10 * 3600);
    add(gates + person / shape.compound, out, out);
    add(stairs + person / shape.stair, out - 300, out);
    add(gates + person / shape.compound, back, back);
    const auto where = below(1'000);
    if (where < shape.away)
      add(venues + below(venue_count), out + 600, back - 600);
    else if (where < shape.away + shape.at_work)
      add(shifts + person / shape.shift, out + 600, back - 600);
  }
  return town;
}

Query case_of(std::uint32_t person, int depth) {
  const Span window{start + day_s, start + 4 * day_s};
  return {.indices = {{person, window}}, .horizon = {start, start + 5 * day_s}, .depth = depth};
}

std::vector<std::uint32_t> some_persons(const Town& town, std::size_t count) {
  std::mt19937_64 dice(7);
  std::vector<std::uint32_t> out(count);
  for (auto& p : out) p = static_cast<std::uint32_t>(dice() % town.persons);
  return out;
}

}  // namespace bench
