#include "engine/occupancy/occupancy.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace engine::occupancy {
namespace {

// --- from counters to days -----------------------------------------------------------------------------
struct Span {
  int days = 0;
  double used = 0;
};

// Spans between readings of one meter that somebody really read.
std::vector<Span> spans_of(std::vector<Reading>& readings, Meter meter) {
  std::map<std::int64_t, std::vector<Reading>> by_number;
  for (const auto& r : readings)
    if (r.meter == meter && !r.estimated) by_number[r.meter_number].push_back(r);
  std::vector<Span> spans;
  for (auto& [number, rows] : by_number) {
    std::ranges::stable_sort(rows, {}, &Reading::day);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const int days = rows[i].day - rows[i - 1].day;
      const double used = rows[i].value - rows[i - 1].value;
      if (days > 0 && used >= 0) spans.push_back({days, used});
    }
  }
  return spans;
}

std::optional<double> mean_of(const std::vector<Span>& spans, int& days) {
  double used = 0;
  days = 0;
  for (const auto& s : spans) {
    days += s.days;
    used += s.used;
  }
  if (days == 0) return std::nullopt;
  return used / days;
}

constexpr std::size_t swing_min = 6;  // differences of neighbouring days, to speak of a habit

std::optional<double> swing_of(const std::vector<Span>& spans) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < spans.size(); ++i)
    if (spans[i].days == 1 && spans[i - 1].days == 1)
      steps.push_back(std::abs(spans[i].used - spans[i - 1].used));
  if (steps.size() < swing_min) return std::nullopt;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

// --- a mixture of two kinds of dwellings ------------------------------------------------------------------
// Features are logarithms: what people use differs by factors. The small constants are about what a meter can
// resolve, so that nothing at all is a number too.
constexpr std::size_t width = 3;
enum Feature : std::size_t { power, swing, water };
using Features = std::array<std::optional<double>, width>;

Features features_of(const Use& u) {
  Features f{};
  if (u.electricity_kwh) f[power] = std::log(*u.electricity_kwh + 0.05);
  if (u.electricity_swing_kwh) f[swing] = std::log(*u.electricity_swing_kwh + 0.03);
  if (u.water_m3) f[water] = std::log(*u.water_m3 + 0.004);
  return f;
}

// What empty and lived-in dwellings are like before this compound has said anything: it weighs as much as a
// few dwellings, which keeps a compound without empty ones from finding some.
constexpr double prior_weight = 6;
constexpr std::array<std::array<double, width>, 2> prior_mean{{
    {-0.9, -2.6, -5.0},  // about 0.4 kWh, the same every day, no water
    {1.6, 0.1, -1.3},    // about 5 kWh, 1 more or less, 0.27 cubic metres
}};
constexpr std::array<std::array<double, width>, 2> prior_deviation{{{0.9, 0.8, 0.7}, {0.7, 0.7, 0.8}}};
constexpr double share_prior_vacant = 2, share_prior_lived = 6;

struct Kind {
  std::array<double, width> mean{};
  std::array<std::array<double, width>, width> covariance{};
  double share = 0.5;
};

// Log-density of what is known of a dwelling: of a normal distribution the known part is normal again. `only`
// asks for one feature.
double log_density(const Kind& kind, const Features& f, std::optional<std::size_t> only = {}) {
  std::array<std::size_t, width> at{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < width; ++i)
    if (f[i] && (!only || *only == i)) at[n++] = i;
  // Cholesky factor, forward substitution.
  std::array<std::array<double, width>, width> low{};
  double sum = -0.9189385332046727 * static_cast<double>(n);
  std::array<double, width> y{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double v = kind.covariance[at[i]][at[j]];
      for (std::size_t k = 0; k < j; ++k) v -= low[i][k] * low[j][k];
      low[i][j] = i == j ? std::sqrt(std::max(v, 1e-6)) : v / low[j][j];
    }
    double v = *f[at[i]] - kind.mean[at[i]];
    for (std::size_t k = 0; k < i; ++k) v -= low[i][k] * y[k];
    y[i] = v / low[i][i];
    sum -= std::log(low[i][i]) + 0.5 * y[i] * y[i];
  }
  return sum;
}

std::array<Kind, 2> prior_kinds() {
  std::array<Kind, 2> kinds;
  for (std::size_t k = 0; k < 2; ++k) {
    kinds[k].mean = prior_mean[k];
    for (std::size_t i = 0; i < width; ++i)
      kinds[k].covariance[i][i] = prior_deviation[k][i] * prior_deviation[k][i];
    kinds[k].share =
        (k == 0 ? share_prior_vacant : share_prior_lived) / (share_prior_vacant + share_prior_lived);
  }
  return kinds;
}

double lived_in(const std::array<Kind, 2>& kinds, const Features& f) {
  const double vacant = std::log(kinds[0].share) + log_density(kinds[0], f);
  const double lived = std::log(kinds[1].share) + log_density(kinds[1], f);
  return 1 / (1 + std::exp(std::clamp(vacant - lived, -30.0, 30.0)));
}

// The weighted mean of each feature where it is known, drawn towards what was expected before.
void fit_kind(Kind& kind, std::size_t k, const std::vector<Features>& all,
              const std::vector<double>& weight) {
  for (std::size_t i = 0; i < width; ++i) {
    double sum = prior_weight * prior_mean[k][i], mass = prior_weight;
    for (std::size_t d = 0; d < all.size(); ++d)
      if (all[d][i]) {
        sum += weight[d] * *all[d][i];
        mass += weight[d];
      }
    kind.mean[i] = sum / mass;
  }
  for (std::size_t i = 0; i < width; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const double expected = i == j ? prior_deviation[k][i] * prior_deviation[k][i] : 0;
      const double away = (prior_mean[k][i] - kind.mean[i]) * (prior_mean[k][j] - kind.mean[j]);
      double sum = prior_weight * (expected + (i == j ? away * 0.25 : 0)), mass = prior_weight;
      for (std::size_t d = 0; d < all.size(); ++d)
        if (all[d][i] && all[d][j]) {
          sum += weight[d] * (*all[d][i] - kind.mean[i]) * (*all[d][j] - kind.mean[j]);
          mass += weight[d];
        }
      kind.covariance[i][j] = kind.covariance[j][i] = sum / mass;
    }
  // Features known together on few dwellings must not make an impossible shape.
  for (std::size_t i = 0; i < width; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const double most = 0.9 * std::sqrt(kind.covariance[i][i] * kind.covariance[j][j]);
      kind.covariance[i][j] = kind.covariance[j][i] = std::clamp(kind.covariance[i][j], -most, most);
    }
}

std::array<Kind, 2> fit(const std::vector<Features>& all) {
  auto kinds = prior_kinds();
  std::vector<double> lived(all.size()), vacant(all.size());
  constexpr int rounds = 60;
  for (int round = 0; round < rounds; ++round) {
    double moved = 0, sum = 0;
    for (std::size_t d = 0; d < all.size(); ++d) {
      const double now = lived_in(kinds, all[d]);
      moved = std::max(moved, std::abs(now - lived[d]));
      lived[d] = now;
      vacant[d] = 1 - now;
      sum += now;
    }
    if (round > 0 && moved < 1e-4) break;
    fit_kind(kinds[0], 0, all, vacant);
    fit_kind(kinds[1], 1, all, lived);
    const double of = static_cast<double>(all.size()) + share_prior_vacant + share_prior_lived;
    kinds[1].share = (sum + share_prior_lived) / of;
    kinds[0].share = 1 - kinds[1].share;
  }
  return kinds;
}

std::vector<Reason> reasons_of(const std::array<Kind, 2>& kinds, const Features& f) {
  constexpr std::array<std::array<Reason, 2>, width> words{
      {{Reason::electricity_low, Reason::electricity_lived},
       {Reason::flat_days, Reason::uneven_days},
       {Reason::water_none, Reason::water_lived}}};
  std::vector<std::pair<double, Reason>> found;
  for (std::size_t i = 0; i < width; ++i) {
    if (!f[i]) continue;
    const double says = log_density(kinds[1], f, i) - log_density(kinds[0], f, i);
    if (std::abs(says) > 0.7) found.emplace_back(std::abs(says), words[i][says > 0 ? 1 : 0]);
  }
  std::ranges::stable_sort(found, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Reason> out;
  for (const auto& [strength, reason] : found) out.push_back(reason);
  return out;
}

}  // namespace

Use use_of(std::vector<Reading> readings) {
  Use out;
  const auto electricity = spans_of(readings, Meter::electricity),
             water_spans = spans_of(readings, Meter::water);
  out.electricity_kwh = mean_of(electricity, out.electricity_days);
  out.electricity_swing_kwh = swing_of(electricity);
  out.water_m3 = mean_of(water_spans, out.water_days);
  return out;
}

std::vector<Estimate> estimate(std::span<const Use> dwellings) {
  std::vector<Features> all, known;
  for (const auto& u : dwellings) {
    all.push_back(features_of(u));
    if (std::ranges::any_of(all.back(), [](const auto& v) { return v.has_value(); }))
      known.push_back(all.back());
  }
  const auto kinds = fit(known);
  std::vector<Estimate> out;
  for (const auto& f : all) {
    Estimate e{lived_in(kinds, f), reasons_of(kinds, f)};
    if (std::ranges::none_of(f, [](const auto& v) { return v.has_value(); }))
      e.reasons = {Reason::no_readings};
    out.push_back(std::move(e));
  }
  return out;
}

}  // namespace engine::occupancy
