#include "db/write_queue.hpp"

namespace db {

void WriteJob::give_answer() {
  if (thrown) {
    answer.set_exception(thrown);
  } else {
    answer.set_value(std::move(result));
  }
}

bool WriteQueue::push(WriteJob& job) {
  {
    std::lock_guard lock(mutex_);
    if (closed_ || high_.size() + low_.size() >= limit_) return false;
    auto& lane = job.priority == Priority::high ? high_ : low_;
    lane.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

std::optional<WriteJob> WriteQueue::first() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || !high_.empty() || !low_.empty(); });
  const bool low_turn = high_batches_ >= high_batches_max && !low_.empty();
  if (!high_.empty() && !low_turn) {
    ++high_batches_;
    return pop(high_);
  }
  high_batches_ = 0;
  if (low_.empty()) return std::nullopt;
  return pop(low_);
}

std::optional<WriteJob> WriteQueue::another(Priority priority) {
  std::lock_guard lock(mutex_);
  if (priority != Priority::high && !high_.empty()) return std::nullopt;
  auto& lane = priority == Priority::high ? high_ : low_;
  if (lane.empty() || lane.front().outside_transaction || lane.front().priority != priority)
    return std::nullopt;
  return pop(lane);
}

void WriteQueue::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

std::size_t WriteQueue::size() const {
  std::lock_guard lock(mutex_);
  return high_.size() + low_.size();
}

WriteJob WriteQueue::pop(std::deque<WriteJob>& lane) {
  WriteJob job = std::move(lane.front());
  lane.pop_front();
  return job;
}

}  // namespace db
