#include "app/chore.hpp"

#include <chrono>

namespace app {
namespace {
constexpr std::chrono::seconds pause{1}, pause_after_failure{30};
}

Chore::Chore(std::function<Did()> work)
    : work_(std::move(work)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Chore::~Chore() {
  thread_.request_stop();
  thread_.join();
}

void Chore::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto did = work_();
    if (did == Did::something) continue;
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, did == Did::failed ? pause_after_failure : pause, [] { return false; });
  }
}

}  // namespace app
