#pragma once
// A load generator for a server on this machine: one thread, many kept-alive connections, HTTP/1.1.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

struct Load {
  std::uint16_t port = 0;
  int connections = 64;
  double seconds = 5;
  double offered = 0;  // requests a second whatever the answers; 0: the next one after each answer
  // The whole request of connection `lane`, its n-th.
  std::function<std::string(int lane, std::int64_t n)> request{};
};

struct Measured {
  std::int64_t ok = 0, shed = 0, other = 0;  // answers 200, 503, and everything else
  double seconds = 0;
  double p50_ms = 0, p99_ms = 0;  // of the answers 200, from sending
  double p99_due_ms = 0;          // the same from when the request was due; of an offered load only
  double retry_after_share = 0;   // of the answers 503
  double processor_us = 0;        // of this process for each answer 200, the generator's own share included
  double rate() const { return static_cast<double>(ok) / seconds; }
};

// Throws std::runtime_error when the server cannot be reached or breaks a connection.
Measured drive(const Load& load);

std::string post(std::string_view path, std::string_view token, std::string_view body);
std::string get(std::string_view path, std::string_view token);

}  // namespace bench
