#pragma once
// Counts a job from its arrival until its answer.
#include <atomic>
#include <cstddef>

namespace db {

class Counted {
 public:
  explicit Counted(std::atomic<std::size_t>& counter) : counter_(counter) { ++counter_; }
  ~Counted() { --counter_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<std::size_t>& counter_;
};

}  // namespace db
