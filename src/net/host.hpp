#pragma once
// What the sessions of one server share. No Boost here.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/server.hpp"
#include "net/workers.hpp"

namespace net {

class Connection;

// Connections that exist, at most `limit`. Any thread.
class Registry {
 public:
  explicit Registry(std::size_t limit) : limit_(limit) {}
  bool add(const std::shared_ptr<Connection>& connection);  // false: full
  void remove(const Connection* connection);                // nothing when it was not added
  std::vector<std::shared_ptr<Connection>> all() const;
  std::size_t size() const;
  bool wait_empty(std::chrono::milliseconds patience) const;

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  mutable std::condition_variable removed_;
  std::unordered_map<const Connection*, std::weak_ptr<Connection>> members_;
};

// Part of a bounded whole, given back at the end. Any thread.
class Share {
 public:
  Share(std::atomic<std::size_t>& used, std::size_t limit) : used_(used), limit_(limit) {}
  ~Share() { used_ -= mine_; }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  bool grow(std::size_t more);  // false: the whole is used up

 private:
  std::atomic<std::size_t>& used_;
  const std::size_t limit_;
  std::size_t mine_ = 0;
};

struct Host {
  Host(Options given, api::Handler given_handler);

  const Options options;
  const api::Handler handler;
  Registry connections;
  Registry live;
  std::atomic<bool> stopping{false};   // no new requests
  std::atomic<bool> abandoned{false};  // stop() lost patience: queued handlers are skipped
  std::atomic<std::uint64_t> accepted{0}, requests{0}, rejected{0};
  std::atomic<std::size_t> body_bytes{0};
  Workers workers;  // last: its threads use the rest

  std::chrono::milliseconds timeout() const { return std::chrono::milliseconds(options.request_timeout_ms); }
  std::uint64_t body_limit(std::string_view method, std::string_view target) const;
  // Runs the handler; an exception becomes a 500. On a worker.
  api::Response handle(const api::Request& request);
};

}  // namespace net
