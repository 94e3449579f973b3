#pragma once
// Work the program does beside answering: again and again until there is nothing left, then once a second.
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace app {

class Chore {
 public:
  enum class Did { nothing, something, failed };
  // `work` does a small part of it and logs its own failures; after one it rests longer.
  explicit Chore(std::function<Did()> work);
  ~Chore();  // ends after the part being done
  Chore(const Chore&) = delete;
  Chore& operator=(const Chore&) = delete;

 private:
  void run(const std::stop_token& stop);

  std::function<Did()> work_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

}  // namespace app
