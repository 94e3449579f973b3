#include "net/workers.hpp"

#include <algorithm>
#include <utility>

namespace net {

Workers::Workers(int threads, std::size_t queue_limit, std::chrono::milliseconds wait_limit)
    : queue_limit_(queue_limit), wait_limit_(wait_limit), polling_limit_(std::max(1, threads / 4)) {
  for (int i = 0; i < std::max(1, threads); ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() { stop(); }

bool Workers::push(Lane lane, Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (lane == Lane::request && full()) return false;
    (lane == Lane::poll ? polls_ : jobs_).push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

// A place for each thread is always there: it costs one answer's time, however long that is.
bool Workers::full() const {
  if (jobs_.size() >= queue_limit_) return true;
  return jobs_.size() > threads_.size() && pace_.wait(jobs_.size()) > wait_limit_;
}

std::size_t Workers::queued() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

// Polls go first, so that live pages keep moving under load; their share of the threads is capped.
void Workers::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty() || may_poll(); });
    const bool poll = may_poll();
    if (!poll && jobs_.empty()) return;
    std::deque<Job>& queue = poll ? polls_ : jobs_;
    Job job = std::move(queue.front());
    queue.pop_front();
    polling_ += poll ? 1 : 0;
    if (!poll) pace_.taken(Pace::Clock::now(), jobs_.size());
    lock.unlock();
    job();
    job = nullptr;  // its captures are released outside the lock
    lock.lock();
    polling_ -= poll ? 1 : 0;
  }
}

}  // namespace net
