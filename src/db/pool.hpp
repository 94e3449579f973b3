#pragma once
// A bounded pool of connections: opened when first needed, the last one used is taken first.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "db/connection.hpp"

namespace db {

template <class C>
class Pool {
 public:
  Pool(int limit, int timeout_ms, std::function<std::unique_ptr<C>()> make)
      : free_(limit), timeout_(timeout_ms), make_(std::move(make)) {}

  // One connection, given back at the end of its life.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<C> connection) : pool_(pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(connection_)); }
    C* operator->() const { return connection_.get(); }
    C& operator*() const { return *connection_; }
    // The connection is broken: close it, and the next one to come opens another.
    void discard() { connection_.reset(); }

   private:
    Pool& pool_;
    std::unique_ptr<C> connection_;
  };

  // Throws Failure: busy when none came free in time, or what opening one threw.
  Lease take() {
    std::unique_lock lock(mutex_);
    if (!came_free_.wait_for(lock, timeout_, [&] { return free_ > 0; }))
      throw Failure(Fault::busy, {}, "no connection came free in time");
    --free_;
    if (idle_.empty()) {
      lock.unlock();
      try {
        return Lease(*this, make_());
      } catch (...) {
        give_back(nullptr);
        throw;
      }
    }
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return Lease(*this, std::move(connection));
  }

  void close_idle() {
    std::vector<std::unique_ptr<C>> closing;
    std::lock_guard lock(mutex_);
    closing.swap(idle_);
  }

 private:
  void give_back(std::unique_ptr<C> connection) {
    {
      std::lock_guard lock(mutex_);
      if (connection) idle_.push_back(std::move(connection));
      ++free_;
    }
    came_free_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable came_free_;
  int free_;
  std::chrono::milliseconds timeout_;
  std::function<std::unique_ptr<C>()> make_;
  std::vector<std::unique_ptr<C>> idle_;
};

}  // namespace db
