#pragma once
// The store on SQLite: one writer thread with group commit, a pool of read-only connections.
#include <atomic>
#include <memory>
#include <thread>

#include "db/file_lock.hpp"
#include "db/id_block.hpp"
#include "db/log_mover.hpp"
#include "db/pool.hpp"
#include "db/sqlite_connection.hpp"
#include "db/store.hpp"
#include "db/write_queue.hpp"

namespace db {

class SqliteStore final : public Store {
 public:
  static constexpr std::size_t batch_jobs_max = 256;
  static constexpr int low_batch_ms_max = 20;

  static base::Result<std::unique_ptr<Store>> open(const Options& options);
  // Throws Failure when the file cannot be opened.
  SqliteStore(const Options& options, FileLock lock);
  // Commits and answers everything queued.
  ~SqliteStore() override;

  Dialect dialect() const override { return Dialect::sqlite; }
  std::int64_t next_id() override;
  std::size_t pending_writes() const override { return pending_.load(); }
  base::Result<void> copy_to(const std::filesystem::path& target) override;
  std::int64_t size_bytes() override;
  base::Result<std::vector<std::string>> integrity() override;
  base::Result<void> checkpoint() override;
  base::Result<void> scrub(const std::vector<std::string>& tables) override;
  base::Result<void> rewrite() override;
  base::Result<std::optional<std::size_t>> traces(const std::vector<std::string>& needles) override;

 protected:
  base::Result<void> read_erased(const Job& job) override;
  base::Result<void> write_erased(const Job& job, Priority priority) override;

 private:
  base::Result<void> submit(const Job& body, Priority priority, bool outside_transaction);
  void write_loop();
  void run_batch(WriteJob first);
  bool run_joined(std::vector<WriteJob>& batch);
  void sync_commits(bool sync);
  bool run_in_savepoint(WriteJob& job);
  void run_alone(WriteJob& job);
  void attempt(WriteJob& job);
  void roll_back();
  void tend_log();

  const SqliteOptions options_;
  FileLock lock_;
  SqliteConnection writer_;  // before the readers: it creates the file and recovers the log
  bool synced_ = true;       // the writer's setting
  LogMover mover_;
  Pool<SqliteConnection> readers_;
  WriteQueue queue_;
  std::atomic<std::size_t> pending_{0};
  IdBlocks ids_;
  std::jthread thread_;  // last: it uses everything above
};

}  // namespace db
