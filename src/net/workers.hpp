#pragma once
// The threads on which handlers block. Everything waiting for them is bounded: requests by the queue
// limit, pieces of a running answer and live polls by one per connection.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "net/pace.hpp"

namespace net {

enum class Lane {
  request,  // refused when the queue is full, or longer than the threads and slower than is worth waiting for
  piece,    // next piece of an answer already begun: always admitted
  poll,     // live poll: always admitted, at most a quarter of the threads at a time
};

class Workers {
 public:
  using Job = std::function<void()>;  // must not throw

  Workers(int threads, std::size_t queue_limit, std::chrono::milliseconds wait_limit);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  bool push(Lane lane, Job job);  // false: no room, or stopped; the job is not run
  std::size_t queued() const;     // requests and pieces waiting
  void stop();                    // runs what is queued, then joins

 private:
  void work();
  bool full() const;
  bool may_poll() const { return !polls_.empty() && polling_ < polling_limit_; }

  const std::size_t queue_limit_;
  const std::chrono::milliseconds wait_limit_;
  const int polling_limit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::deque<Job> polls_;
  Pace pace_;
  int polling_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace net
