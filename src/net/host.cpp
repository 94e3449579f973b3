#include "net/host.hpp"

#include <exception>
#include <utility>

#include "base/log.hpp"
#include "net/connection.hpp"
#include "net/problem.hpp"

namespace net {
namespace {
constexpr std::uint64_t default_body_limit = 1024 * 1024;
}

bool Registry::add(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  if (members_.size() >= limit_) return false;
  members_.emplace(connection.get(), connection);
  return true;
}

void Registry::remove(const Connection* connection) {
  const std::lock_guard lock(mutex_);
  if (members_.erase(connection) > 0 && members_.empty()) removed_.notify_all();
}

// The caller's copies may be the last owners, so they are made here and used outside the lock.
std::vector<std::shared_ptr<Connection>> Registry::all() const {
  std::vector<std::shared_ptr<Connection>> found;
  const std::lock_guard lock(mutex_);
  found.reserve(members_.size());
  for (const auto& [key, member] : members_) {
    if (auto connection = member.lock()) found.push_back(std::move(connection));
  }
  return found;
}

std::size_t Registry::size() const {
  const std::lock_guard lock(mutex_);
  return members_.size();
}

bool Registry::wait_empty(std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return removed_.wait_for(lock, patience, [this] { return members_.empty(); });
}

bool Share::grow(std::size_t more) {
  mine_ += more;
  return (used_ += more) <= limit_;
}

Host::Host(Options given, api::Handler given_handler)
    : options(std::move(given)),
      handler(std::move(given_handler)),
      connections(options.connection_limit),
      live(static_cast<std::size_t>(options.live_limit)),
      workers(options.workers, options.queue_limit, std::chrono::milliseconds(options.queue_wait_ms)) {}

std::uint64_t Host::body_limit(std::string_view method, std::string_view target) const {
  if (!options.body_limit) return default_body_limit;
  return options.body_limit(method, target.substr(0, target.find('?')));
}

api::Response Host::handle(const api::Request& request) {
  if (abandoned) return busy();
  try {
    return handler(request);
  } catch (const std::exception& error) {
    base::log::error("net.handler_failed", {{"method", request.method}, {"cause", error.what()}});
  } catch (...) {
    base::log::error("net.handler_failed", {{"method", request.method}});
  }
  return problem(500, "internal");
}

}  // namespace net
