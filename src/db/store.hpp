#pragma once
// The store: many readers, one writer with group commit on SQLite, a pool on PostgreSQL.
//
//   auto name = store.read([&](db::Connection& c) -> base::Result<std::string> { ... });
//   auto done = store.write([&](db::Connection& c) -> base::Result<Id> { ... });
//
// read:  one deferred, read-only transaction, so all statements see one snapshot.
// write: returns only after COMMIT reached the disk (but see Priority). The closure may run more than once
//        and does nothing but SQL: ids, time and random values come from outside. A closure that returns an
//        error or throws is rolled back alone. A closure that checks before it writes first updates
//        its guard row (UPDATE ... SET version = version + 1), which serialises it on both engines.
// Errors: kind busy "db.queue_full", "db.busy" (locks, deadlocks), "db.connection", "db.commit_unknown" (the
// connection went away during COMMIT: ask by idempotency key); conflict "db.unique" and "db.foreign_key" with
// {constraint}; internal "db.*" for the rest. Error::cause holds the driver's code, never bound values.
// An exception other than db::Failure reaches the caller. A write or next_id() inside a write closure throws.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.hpp"
#include "db/connection.hpp"

namespace db {

struct Options {
  // "postgresql://..." or the path of the SQLite file.
  std::string database;
  int readers = 8;                 // SQLite: pooled read connections; PostgreSQL: shared pool, see writers
  int writers = 32;                // PostgreSQL only
  std::size_t queue_limit = 4096;  // write jobs waiting (SQLite); more are answered busy
  int busy_timeout_ms = 5000;
  std::string vfs{};  // SQLite only: name of a registered VFS, for durability tests
  // Open even while another process holds the store, then without writing: for copies and checks.
  bool may_be_beside = false;
};

// low: imports and erasure, in small steps (SQLite gives them 20 ms at a time). They yield to waiting high
// jobs, but get a turn after 64 batches of those.
// resumable: low, and of work that goes on after a crash and whose end is a write of another priority. Such a
// COMMIT reaches the disk no later than that of the next other write (PostgreSQL: or within a second), so a
// crash may take back the last steps, latest first, and nothing else.
enum class Priority { high, low, resumable };

// What Options::database names.
bool is_postgres(std::string_view database);

class Store {
 public:
  // Errors: conflict "store.in_use" (another process has it; beside it, every write says so),
  // "store.cannot_open" {path},
  // "restore.interrupted" (restore again), "db.*".
  static base::Result<std::unique_ptr<Store>> open(const Options& options);
  virtual ~Store() = default;

  virtual Dialect dialect() const = 0;

  template <class F>
  auto read(F&& body) -> std::invoke_result_t<F, Connection&> {
    using R = std::invoke_result_t<F, Connection&>;
    std::optional<R> answer;
    auto done = read_erased([&](Connection& c) -> base::Result<void> {
      answer.emplace(body(c));
      if (!answer->has_value()) return tl::unexpected(answer->error());
      return {};
    });
    if (!done) return tl::unexpected(std::move(done).error());
    return std::move(*answer);
  }

  template <class F>
  auto write(F&& body, Priority priority = Priority::high) -> std::invoke_result_t<F, Connection&> {
    using R = std::invoke_result_t<F, Connection&>;
    std::optional<R> answer;
    auto done = write_erased(
        [&](Connection& c) -> base::Result<void> {
          answer.emplace(body(c));
          if (!answer->has_value()) return tl::unexpected(answer->error());
          return {};
        },
        priority);
    if (!done) return tl::unexpected(std::move(done).error());
    return std::move(*answer);
  }

  // Next id: below 2^53, unique in this installation for ever, taken from persisted blocks (a block is
  // lost at a crash, never reused). Table `id_block` must exist. Throws db::Failure when no block can be had.
  virtual std::int64_t next_id() = 0;

  // Writes waiting or running now; for /metrics and load shedding.
  virtual std::size_t pending_writes() const = 0;

  // A consistent copy of the whole store. SQLite: a database file (VACUUM INTO). PostgreSQL: pg_dump's
  // custom format. The target must not exist.
  virtual base::Result<void> copy_to(const std::filesystem::path& target) = 0;
  // Bytes the store takes on disk.
  virtual std::int64_t size_bytes() = 0;
  // Structural check of the engine itself: empty when sound, else one line per finding.
  virtual base::Result<std::vector<std::string>> integrity() = 0;
  // Moves the write-ahead log into the database (SQLite); nightly and before erasure is proven.
  virtual base::Result<void> checkpoint() = 0;

  // After personal data was deleted from these tables. SQLite: what was overwritten leaves the log as well;
  // waits for readers, at most as long as a lock is waited for. PostgreSQL: VACUUM of the tables.
  virtual base::Result<void> scrub(const std::vector<std::string>& tables) = 0;
  // Writes the whole store anew without anything deleted (SQLite: VACUUM), where scrub left something behind.
  virtual base::Result<void> rewrite() = 0;
  // How many of these byte strings stand in the store's files; none on PostgreSQL: they are the server's.
  virtual base::Result<std::optional<std::size_t>> traces(const std::vector<std::string>& needles) = 0;

 protected:
  using Job = std::function<base::Result<void>(Connection&)>;
  virtual base::Result<void> read_erased(const Job& job) = 0;
  virtual base::Result<void> write_erased(const Job& job, Priority priority) = 0;
};

}  // namespace db
