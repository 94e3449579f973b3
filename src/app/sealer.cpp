#include "app/sealer.hpp"

#include <chrono>

#include "base/log.hpp"
#include "core/audit_chain.hpp"

namespace app {
namespace {
constexpr std::chrono::seconds pause{1}, pause_after_failure{30};
}

Sealer::Sealer(db::Store& store, const core::Keyring& keys, const base::Clock& clock)
    : store_(store),
      keys_(keys),
      clock_(clock),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Sealer::~Sealer() {
  thread_.request_stop();
  thread_.join();
  seal_all();
}

bool Sealer::seal_all() {
  for (;;) {
    const auto sealed = core::seal_audit(store_, keys_, clock_.now());
    if (!sealed) {
      base::log::error("audit.seal_failed", {{"code", sealed.error().code}});
      return false;
    }
    if (*sealed == 0) return true;
  }
}

void Sealer::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bool done = seal_all();
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, stop, done ? pause : pause_after_failure, [] { return false; });
  }
}

}  // namespace app
