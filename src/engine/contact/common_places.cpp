#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/contact/contacts.hpp"

namespace engine::contact {
namespace {

// P(X >= hits) of X ~ Binomial(draws, share), summed upward from the smallest terms' side.
double at_least(std::uint32_t hits, std::uint32_t draws, double share) {
  if (hits == 0 || share >= 1) return 1;
  if (share <= 0) return 0;
  double sum = 0;
  for (auto k = draws; k >= hits; --k) {
    const double log_choose = std::lgamma(draws + 1.0) - std::lgamma(k + 1.0) - std::lgamma(draws - k + 1.0);
    sum += std::exp(log_choose + k * std::log(share) + (draws - k) * std::log1p(-share));
    if (k == 0) break;
  }
  return std::min(1.0, sum);
}

}  // namespace

std::vector<CommonPlace> Contacts::common_places(std::span<const Index> cases) const {
  const auto v = view();
  std::map<std::uint32_t, std::set<std::uint32_t>> met;  // place, cases that were there
  std::set<std::uint32_t> persons;
  Span hull{end_of_time, 0};
  for (const auto& c : cases) {
    persons.insert(c.person);
    hull = {std::min(hull.from, c.window.from), std::max(hull.until, c.window.until)};
    v.of_person(c.person, [&](const Row& row) {
      if (row.from <= c.window.until && row.until >= c.window.from) met[row.place].insert(c.person);
    });
  }
  const double population = std::max<double>(1, v.generation->columns.persons());
  std::vector<CommonPlace> out;
  for (const auto& [place, those] : met) {
    if (those.size() < 2) continue;
    std::vector<std::uint32_t> seen;
    v.at_place(place, hull.from, hull.until, [&](const Row& row) { seen.push_back(person_in(row.load())); });
    std::ranges::sort(seen);
    const auto visitors = static_cast<std::uint32_t>(std::ranges::unique(seen).begin() - seen.begin());
    const auto hits = static_cast<std::uint32_t>(those.size());
    out.push_back({place, hits, visitors,
                   at_least(hits, static_cast<std::uint32_t>(persons.size()), visitors / population)});
  }
  std::ranges::stable_sort(out, {}, &CommonPlace::chance);
  return out;
}

}  // namespace engine::contact
