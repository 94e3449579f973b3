#pragma once
// Seals the audit while the program serves: within a second of each commit, and once more at the end.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/time.hpp"
#include "core/keyring.hpp"
#include "db/store.hpp"

namespace app {

class Sealer {
 public:
  Sealer(db::Store& store, const core::Keyring& keys, const base::Clock& clock);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

 private:
  bool seal_all();  // false: it failed, and the log says why
  void run(const std::stop_token& stop);

  db::Store& store_;
  const core::Keyring& keys_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

}  // namespace app
