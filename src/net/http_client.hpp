#pragma once
// One POST to another server, blocking and with a time limit: for messages to group robots. Certificates are
// proved against the machine's roots.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace net {

struct Post {
  std::string url{};  // http:// or https://
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};  // JSON
  std::chrono::milliseconds limit{10'000};
};
// The body of a 2xx answer, at most 64 KiB of it. Errors: "webhook.unreachable" (no connection, no proof of
// who it is, no answer in time), "webhook.refused" with {status}.
base::Result<std::string> post(const Post& what);

}  // namespace net
