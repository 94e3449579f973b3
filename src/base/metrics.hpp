#pragma once
// Counters, gauges and latency histograms in Prometheus text form. Labels are route templates and
// states, never ids.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

void count(std::string_view name, const Labels& labels = {}, double by = 1);
void gauge(std::string_view name, double value, const Labels& labels = {});
void observe_seconds(std::string_view name, double seconds, const Labels& labels = {});
std::string text();  // the /metrics page

}  // namespace base::metrics
