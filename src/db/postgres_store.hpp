#pragma once
// The store on PostgreSQL: a bounded pool, one READ COMMITTED transaction per write.
#include <atomic>
#include <memory>
#include <mutex>

#include "db/id_block.hpp"
#include "db/pool.hpp"
#include "db/postgres_connection.hpp"
#include "db/store.hpp"

namespace db {

// Above zero after a restore that did not end: the store in place is not whole.
inline constexpr std::string_view restore_traces =
    "SELECT count(*) FROM pg_namespace WHERE nspname = 'before_restore'";

// Held by the process that is active on a database; a session of its own, because the server frees it
// with the session. Correctness does not rest on it: after a lost session another process may get it.
class PostgresLock {
 public:
  // How long a session of a process that has just died may keep the lock.
  static constexpr int patience_ms = 2000;

  explicit PostgresLock(PostgresOptions options) : options_(std::move(options)) {}
  // Takes the lock, or makes sure it is still held. False when another process has it; throws Failure.
  bool hold();

 private:
  PostgresOptions options_;
  std::mutex mutex_;
  std::unique_ptr<PostgresConnection> session_;
};

class PostgresStore final : public Store {
 public:
  static constexpr int attempts_max = 5;  // of a closure hit by a deadlock or a lost connection

  static base::Result<std::unique_ptr<Store>> open(const Options& options);
  explicit PostgresStore(const Options& options);

  Dialect dialect() const override { return Dialect::postgres; }
  std::int64_t next_id() override;
  std::size_t pending_writes() const override { return pending_.load(); }
  base::Result<void> copy_to(const std::filesystem::path& target) override;
  std::int64_t size_bytes() override;
  base::Result<std::vector<std::string>> integrity() override;
  base::Result<void> checkpoint() override { return {}; }  // the server does its own
  base::Result<void> scrub(const std::vector<std::string>& tables) override;
  base::Result<void> rewrite() override { return {}; }  // the operator's: VACUUM FULL locks
  base::Result<std::optional<std::size_t>> traces(const std::vector<std::string>&) override {
    return std::nullopt;
  }

 protected:
  base::Result<void> read_erased(const Job& job) override;
  base::Result<void> write_erased(const Job& job, Priority priority) override;

 private:
  base::Result<void> write_once(PostgresConnection& connection, const Job& job, Priority priority);

  const PostgresOptions options_;
  PostgresLock lock_;
  bool beside_ = false;  // another process holds the lock: nothing is written
  Pool<PostgresConnection> pool_;
  std::mutex low_;  // one low job at a time leaves the pool to the high ones
  std::atomic<std::size_t> pending_{0};
  IdBlocks ids_;
};

}  // namespace db
