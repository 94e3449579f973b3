#include "engine/gate/uses.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

namespace engine::gate {
namespace {

// A total order, so that the result does not depend on the order of arrival.
auto order_of(const PassageEvent& e) {
  return std::tie(e.at_ms, e.kind, e.key, e.person, e.persons, e.counted, e.ref);
}

// In order, each key once (its earliest record), without those taken back.
std::vector<PassageEvent> standing_events(std::span<const PassageEvent> events) {
  std::vector<PassageEvent> sorted(events.begin(), events.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
  std::set<std::string_view> seen;
  std::vector<PassageEvent> once;
  for (const auto& e : sorted)
    if (seen.insert(e.key).second) once.push_back(e);

  // From the last to the first: a reversal that was itself taken back takes nothing back.
  std::set<std::string_view> taken_back;
  for (auto e = once.rbegin(); e != once.rend(); ++e)
    if (e->kind == PassageKind::reversal && !taken_back.contains(e->key)) taken_back.insert(e->ref);

  std::vector<PassageEvent> standing;
  for (const auto& e : once)
    if (e.kind != PassageKind::reversal && !taken_back.contains(e.key)) standing.push_back(e);
  return standing;
}

struct Outing {
  Use use;
  std::int64_t person;
  std::string_view key;
  bool open() const { return !use.return_at_ms && !use.closed_without_return; }
};

Outing* oldest_open_of(std::vector<Outing>& outings, std::int64_t person) {
  for (auto& o : outings)
    if (o.open() && o.person == person) return &o;
  return nullptr;
}

// Whom an entry brings home. A name that is not out may be the person who left without one.
Outing* ended_by_entry(std::vector<Outing>& outings, std::int64_t person) {
  if (person != 0) {
    if (auto* own = oldest_open_of(outings, person)) return own;
    return oldest_open_of(outings, 0);
  }
  for (auto& o : outings)
    if (o.open()) return &o;
  return nullptr;
}

}  // namespace

std::vector<Use> uses_from_passages(std::span<const PassageEvent> events) {
  const auto standing = standing_events(events);
  std::vector<Outing> outings;
  for (const auto& e : standing) {
    if (e.kind == PassageKind::exit) {
      if (e.person != 0)
        if (auto* before = oldest_open_of(outings, e.person)) before->use.closed_without_return = true;
      outings.push_back({{e.at_ms, std::nullopt, e.persons, e.counted, false}, e.person, e.key});
    } else if (e.kind == PassageKind::entry) {
      if (auto* outing = ended_by_entry(outings, e.person)) outing->use.return_at_ms = e.at_ms;
    } else {
      for (auto& o : outings)
        if (o.open() && o.key == e.ref) o.use.closed_without_return = true;
    }
  }
  std::vector<Use> uses;
  for (const auto& o : outings) uses.push_back(o.use);
  return uses;
}

}  // namespace engine::gate
