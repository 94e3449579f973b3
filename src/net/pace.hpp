#pragma once
// How fast a queue is worked off, and so how long the next one in it would wait.
#include <chrono>
#include <cstddef>

namespace net {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // One was taken from the queue, and so many wait still. From the second of a busy time on, the time since
  // the one before it is what one place in the queue costs; the last few dozen count.
  void taken(Clock::time_point now, std::size_t left) {
    if (busy_) place_ += (std::chrono::duration<double>(now - last_) - place_) / remembered;
    busy_ = left > 0;
    last_ = now;
  }
  std::chrono::duration<double> wait(std::size_t queued) const {
    return place_ * static_cast<double>(queued);
  }

 private:
  static constexpr double remembered = 32;
  std::chrono::duration<double> place_{0};
  Clock::time_point last_{};
  bool busy_ = false;
};

}  // namespace net
