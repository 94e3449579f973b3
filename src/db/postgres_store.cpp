#include "db/postgres_store.hpp"

#include <chrono>
#include <thread>

#include "db/copy_file.hpp"
#include "db/counted.hpp"
#include "db/failure.hpp"
#include "db/inside_write.hpp"
#include "db/tool.hpp"

namespace db {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::int64_t lock_key = 0x53686f7577616e67;  // "Shouwang"

// A closure hit by another transaction or by a lost session may simply run again.
bool worth_another_try(Fault fault) { return fault == Fault::serialization || fault == Fault::connection; }

using PostgresPool = Pool<PostgresConnection>;

// However a transaction ends, what is left of it is rolled back and a broken session is closed.
class TransactionEnd {
 public:
  TransactionEnd(PostgresPool& pool, PostgresPool::Lease& connection)
      : pool_(pool), connection_(connection) {}
  TransactionEnd(const TransactionEnd&) = delete;
  TransactionEnd& operator=(const TransactionEnd&) = delete;
  ~TransactionEnd() {
    connection_->roll_back();
    connection_->take_failed();
    if (connection_->usable()) return;
    connection_.discard();
    pool_.close_idle();  // what broke this one has most likely broken them all
  }

 private:
  PostgresPool& pool_;
  PostgresPool::Lease& connection_;
};

}  // namespace

bool PostgresLock::hold() {
  std::lock_guard guard(mutex_);
  if (session_) {
    try {
      session_->run("SELECT 1");
      return true;
    } catch (const Failure&) {
      session_.reset();
    }
  }
  auto session = std::make_unique<PostgresConnection>(options_);
  for (const auto deadline = steady_clock::now() + milliseconds(patience_ms);;) {
    if (session->count("SELECT CAST(pg_try_advisory_lock($1) AS int)", {lock_key}) == 1) break;
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(50));
  }
  session->run("SET idle_in_transaction_session_timeout=0");
  session_ = std::move(session);
  return true;
}

base::Result<std::unique_ptr<Store>> PostgresStore::open(const Options& options) {
  try {
    auto store = std::make_unique<PostgresStore>(options);
    store->beside_ = options.may_be_beside && !store->lock_.hold();
    if (!store->beside_ && !store->lock_.hold()) return base::fail(ErrorKind::conflict, "store.in_use");
    if (store->pool_.take()->count(restore_traces) > 0)
      return base::fail(ErrorKind::conflict, "restore.interrupted");
    return store;
  } catch (const Failure& failure) {
    return base::fail(to_error(failure));
  }
}

PostgresStore::PostgresStore(const Options& options)
    : options_{options.database, options.busy_timeout_ms},
      lock_(options_),
      pool_(options.writers, options.busy_timeout_ms,
            [this] {
              if (!beside_ && !lock_.hold())
                throw Failure(Fault::connection, {}, "postgres: another process holds the store");
              return std::make_unique<PostgresConnection>(options_);
            }),
      ids_([this](const Job& job) { return write_erased(job, Priority::high); }) {}

std::int64_t PostgresStore::next_id() {
  InsideWrite::refuse("a new id");
  return ids_.next();
}

base::Result<void> PostgresStore::read_erased(const Job& job) {
  try {
    auto connection = pool_.take();
    const TransactionEnd end(pool_, connection);
    connection->begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return job(*connection);
  } catch (const Failure& failure) {
    return base::fail(to_error(failure));
  }
}

base::Result<void> PostgresStore::write_erased(const Job& job, Priority priority) {
  InsideWrite::refuse("a write");
  if (beside_) return base::fail(ErrorKind::conflict, "store.in_use");
  const Counted counted(pending_);
  std::unique_lock low(low_, std::defer_lock);
  if (priority != Priority::high) low.lock();
  for (int attempt = 1;; ++attempt) {
    try {
      auto connection = pool_.take();
      const TransactionEnd end(pool_, connection);
      return write_once(*connection, job, priority);
    } catch (const Failure& failure) {
      if (!worth_another_try(failure.fault()) || attempt == attempts_max)
        return base::fail(to_error(failure));
      std::this_thread::sleep_for(milliseconds(1 << attempt));
    }
  }
}

// Throws Failure when the transaction is known not to be committed.
base::Result<void> PostgresStore::write_once(PostgresConnection& connection, const Job& job,
                                             Priority priority) {
  connection.begin("BEGIN");
  if (priority == Priority::resumable) connection.run("SET LOCAL synchronous_commit = off");
  {
    const InsideWrite inside;
    if (auto result = job(connection); !result) return result;
  }
  if (connection.take_failed() || !connection.in_transaction()) return base::fail(unfinished_transaction());
  try {
    connection.commit();
    return {};
  } catch (const Failure& failure) {
    if (failure.fault() != Fault::connection) throw;
    base::Error error = to_error(failure);
    error.code = "db.commit_unknown";
    return base::fail(std::move(error));
  }
}

base::Result<void> PostgresStore::copy_to(const std::filesystem::path& target) {
  return make_copy(target, [&](const std::filesystem::path& part) {
    return run_postgres_tool("pg_dump",
                             {"--format=custom", "--no-owner", "--no-privileges", "--file", part.string()},
                             options_.url);
  });
}

std::int64_t PostgresStore::size_bytes() {
  std::int64_t size = 0;
  const Job job = [&](Connection& c) -> base::Result<void> {
    size = c.count("SELECT pg_database_size(current_database())");
    return {};
  };
  return read_erased(job) ? size : 0;
}

base::Result<std::vector<std::string>> PostgresStore::integrity() {
  std::vector<std::string> findings;
  const Job job = [&](Connection& c) -> base::Result<void> {
    findings.clear();
    c.run(
        "SELECT 'invalid index: ' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE NOT i.indisvalid OR NOT i.indisready "
        "UNION ALL SELECT 'constraint not validated: ' || conname FROM pg_constraint WHERE NOT convalidated "
        "UNION ALL SELECT 'page checksum failures: ' || checksum_failures FROM pg_stat_database "
        "WHERE datname = current_database() AND checksum_failures > 0",
        {}, [&](const Row& row) { findings.push_back(row.str(0)); });
    return {};
  };
  if (auto done = read_erased(job); !done) return base::fail(std::move(done).error());
  return findings;
}

base::Result<void> PostgresStore::scrub(const std::vector<std::string>& tables) {
  try {
    auto options = options_;
    options.statement_timeout_ms = 0;
    PostgresConnection connection(options);
    for (const auto& table : tables) connection.script("VACUUM " + table);
    return {};
  } catch (const Failure& failure) {
    return base::fail(to_error(failure));
  }
}

}  // namespace db
