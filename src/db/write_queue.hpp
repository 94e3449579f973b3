#pragma once
// The queue in front of SQLite's one writer: bounded, two priorities, drained before it ends.
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <optional>

#include "base/error.hpp"
#include "db/store.hpp"

namespace db {

struct WriteJob {
  const std::function<base::Result<void>(Connection&)>* body = nullptr;  // outlives the answer
  Priority priority = Priority::high;
  bool outside_transaction = false;  // maintenance: runs alone, with no BEGIN around it
  std::promise<base::Result<void>> answer{};

  // What the last attempt gave; becomes the answer once the transaction has ended.
  base::Result<void> result{};
  std::exception_ptr thrown{};
  bool succeeded() const { return result.has_value() && !thrown; }
  void give_answer();
};

class WriteQueue {
 public:
  // After this many batches of high jobs in a row a waiting low one gets a turn, so imports end on a busy
  // day.
  static constexpr int high_batches_max = 64;

  explicit WriteQueue(std::size_t limit) : limit_(limit) {}

  // False when the queue is full or closed; the job is then untouched.
  bool push(WriteJob& job);
  // Waits for the first job of a batch; empty once the queue is closed and drained.
  std::optional<WriteJob> first();
  // Another job to join a batch of this priority, without waiting. A low batch ends when a high job waits.
  std::optional<WriteJob> another(Priority priority);
  // Takes no more; what is queued is still handed out.
  void close();
  std::size_t size() const;

 private:
  WriteJob pop(std::deque<WriteJob>& lane);

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WriteJob> high_, low_;
  int high_batches_ = 0;
  bool closed_ = false;
};

}  // namespace db
