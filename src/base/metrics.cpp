#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <memory>
#include <mutex>

namespace base::metrics {
namespace {

struct Registry {
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, prometheus::Family<prometheus::Counter>*, std::less<>> counters;
  std::map<std::string, prometheus::Family<prometheus::Gauge>*, std::less<>> gauges;
  std::map<std::string, prometheus::Family<prometheus::Histogram>*, std::less<>> histograms;

  template <class Families, class Build>
  auto& family(Families& families, std::string_view name, Build build) {
    std::lock_guard lock(mutex);
    auto found = families.find(name);
    if (found == families.end())
      found =
          families
              .emplace(std::string(name), &build().Name("shouwang_" + std::string(name)).Register(registry))
              .first;
    return *found->second;
  }
};

Registry& registry() {
  static Registry instance;
  return instance;
}

std::map<std::string, std::string> labels_of(const Labels& labels) { return {labels.begin(), labels.end()}; }

}  // namespace

void count(std::string_view name, const Labels& labels, double by) {
  auto& r = registry();
  r.family(r.counters, name, prometheus::BuildCounter).Add(labels_of(labels)).Increment(by);
}

void gauge(std::string_view name, double value, const Labels& labels) {
  auto& r = registry();
  r.family(r.gauges, name, prometheus::BuildGauge).Add(labels_of(labels)).Set(value);
}

void observe_seconds(std::string_view name, double seconds, const Labels& labels) {
  static const prometheus::Histogram::BucketBoundaries buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                               0.1,   0.25,   0.5,   1,    2.5,   10};
  auto& r = registry();
  r.family(r.histograms, name, prometheus::BuildHistogram).Add(labels_of(labels), buckets).Observe(seconds);
}

std::string text() { return prometheus::TextSerializer{}.Serialize(registry().registry.Collect()); }

}  // namespace base::metrics
