#pragma once
// The presences of the installation in memory, for the life of the program. Derived from the store and
// nothing else: after a crash it is made anew, and nothing acknowledged can be missing from it.
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "core/trail.hpp"
#include "db/store.hpp"
#include "engine/contact/contacts.hpp"
#include "feature/trace/presences.hpp"

namespace feature::trace {

inline constexpr int memory_days = 62;  // nothing older is traced

// One loaded state; read under Memory's lock.
struct World {
  std::unique_ptr<contact::Contacts> contacts = std::make_unique<contact::Contacts>();
  std::vector<Subject> subjects{};  // by the engine's number
  std::vector<PlaceKey> places{};
  std::vector<std::int64_t> compounds{};                        // by place: where it is
  std::unordered_map<std::int64_t, std::uint32_t> number_of{};  // of a subject
  std::map<PlaceKey, std::uint32_t> number_at{};
  std::unordered_map<std::int64_t, std::vector<std::uint32_t>> of_home{};
  base::Instant since{};

  std::optional<std::uint32_t> person(std::int64_t id) const;
  std::optional<std::uint32_t> place(const PlaceKey& key) const;
  std::uint32_t number(const Subject& subject);
  // The engine's number of a place; one that is new is announced to it by the caller.
  std::pair<std::uint32_t, bool> number(const PlaceKey& key, std::int64_t compound);
};

// A world put together at once, from what is derived step by step.
class Gathering {
 public:
  explicit Gathering(base::Instant since) : world_(std::make_unique<World>()) { world_->since = since; }
  void take(const Derived& some);
  std::unique_ptr<World> world();

 private:
  std::unique_ptr<World> world_;
  std::vector<contact::Presence> presences_{};
  std::vector<contact::Kind> kinds_{};
};

// Straight from the store: everybody who can have been in the compounds these subjects were in, or in the
// compounds named. Whom they met is exact there; slower the more of them there are.
base::Result<std::unique_ptr<World>> world_around(db::Store& store, const std::vector<std::int64_t>& subjects,
                                                  std::vector<std::int64_t> compounds, base::Instant now);

// The beginning of what is traced.
inline base::Instant since_of(base::Instant now) {
  return base::start_of(base::civil_day(now) + -memory_days);
}

class Memory {
 public:
  // Follows the change feed up to now; loads everything first when nothing is loaded, or a day has passed.
  // How much was done, 0: nothing.
  base::Result<std::int64_t> sync(db::Store& store, base::Instant now);
  // For a question: takes in what has changed. False while everything is being loaded: then the store
  // answers.
  base::Result<bool> follow_now(db::Store& store);
  TraceState state() const;

  // `f(world)` while nothing changes; the caller has followed.
  template <class F>
  auto ask(F&& f) const {
    const std::shared_lock lock(world_lock_);
    return f(*world_);
  }

  // Derives everybody anew and compares; how many subjects differ. For `doctor` and tests.
  base::Result<std::int64_t> differences(db::Store& store) const;

 private:
  base::Result<void> load(db::Store& store, base::Instant now);
  base::Result<std::int64_t> follow(db::Store& store);
  void apply(const std::vector<std::int64_t>& subjects, const Derived& derived);

  std::timed_mutex syncing_;
  mutable std::shared_mutex world_lock_;
  std::unique_ptr<World> world_ = std::make_unique<World>();
  std::atomic<bool> loaded_ = false;
  base::Day loaded_day_{};
  core::FeedPosition after_{};  // the last change taken in
};

}  // namespace feature::trace
