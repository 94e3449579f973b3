#include "db/sqlite_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "db/copy_file.hpp"
#include "db/counted.hpp"
#include "db/failure.hpp"
#include "db/inside_write.hpp"
#include "db/traces.hpp"

namespace db {
namespace {

using base::ErrorKind;
namespace fs = std::filesystem;

}  // namespace

base::Result<std::unique_ptr<Store>> SqliteStore::open(const Options& options) {
  auto lock = FileLock::take(options.database, options.may_be_beside);
  if (!lock) return base::fail(std::move(lock).error());
  // Made here, because SQLite would make it readable for everybody; its log takes the same mode.
  if (const int made = ::open(options.database.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); made >= 0)
    ::close(made);
  try {
    return std::make_unique<SqliteStore>(options, std::move(*lock));
  } catch (const Failure& failure) {
    base::Error error = to_error(failure);
    if (failure.fault() == Fault::other) error.code = "store.cannot_open";
    error.params.emplace_back("path", options.database);
    return base::fail(std::move(error));
  }
}

SqliteStore::SqliteStore(const Options& options, FileLock lock)
    : options_{options.database, options.vfs, options.busy_timeout_ms},
      lock_(std::move(lock)),
      writer_(options_, SqliteConnection::Use::writer),
      mover_(options_),
      readers_(
          options.readers, options.busy_timeout_ms,
          [this] { return std::make_unique<SqliteConnection>(options_, SqliteConnection::Use::reader); }),
      queue_(options.queue_limit),
      ids_([this](const Job& job) { return write_erased(job, Priority::high); }),
      thread_([this] { write_loop(); }) {}

SqliteStore::~SqliteStore() { queue_.close(); }

base::Result<void> SqliteStore::read_erased(const Job& job) {
  try {
    auto reader = readers_.take();
    reader->run("BEGIN");
    struct End {
      SqliteConnection& reader;
      ~End() {
        try {
          reader.run("ROLLBACK");
        } catch (const Failure&) {
          // Nothing was written; a snapshot that failed has ended by itself.
        }
        reader.take_failed();
      }
    } end{*reader};
    return job(*reader);
  } catch (const Failure& failure) {
    return base::fail(to_error(failure));
  }
}

base::Result<void> SqliteStore::write_erased(const Job& job, Priority priority) {
  InsideWrite::refuse("a write");
  return submit(job, priority, false);
}

std::int64_t SqliteStore::next_id() {
  InsideWrite::refuse("a new id");
  return ids_.next();
}

base::Result<void> SqliteStore::submit(const Job& body, Priority priority, bool outside_transaction) {
  if (!lock_.held()) return base::fail(ErrorKind::conflict, "store.in_use");
  WriteJob job{&body, priority, outside_transaction};
  auto answer = job.answer.get_future();
  if (!queue_.push(job)) return base::fail(ErrorKind::busy, "db.queue_full");
  const Counted counted(pending_);
  return answer.get();
}

void SqliteStore::write_loop() {
  while (auto job = queue_.first()) {
    if (job->outside_transaction) {
      const auto held = mover_.hold();
      attempt(*job);
      job->give_answer();
    } else {
      run_batch(std::move(*job));
    }
    tend_log();
  }
}

void SqliteStore::run_batch(WriteJob first) {
  std::vector<WriteJob> batch;
  batch.push_back(std::move(first));
  // A batch that was lost as a whole is run again job by job: only the guilty one fails.
  if (!run_joined(batch)) {
    roll_back();
    for (WriteJob& job : batch) run_alone(job);
  }
  for (WriteJob& job : batch) job.give_answer();
}

// False when the transaction was lost before COMMIT. After COMMIT was tried the results are final.
bool SqliteStore::run_joined(std::vector<WriteJob>& batch) {
  const auto start = std::chrono::steady_clock::now();
  const Priority priority = batch.front().priority;
  try {
    sync_commits(priority != Priority::resumable);
    writer_.run("BEGIN IMMEDIATE");
  } catch (const Failure& failure) {
    batch.front().result = base::fail(to_error(failure));
    return true;
  }
  for (;;) {
    if (!run_in_savepoint(batch.back())) return false;
    if (batch.size() == batch_jobs_max) break;
    const auto took = std::chrono::steady_clock::now() - start;
    if (priority != Priority::high && took >= std::chrono::milliseconds(low_batch_ms_max)) break;
    auto job = queue_.another(priority);
    if (!job) break;
    batch.push_back(std::move(*job));
  }
  try {
    writer_.run("COMMIT");
  } catch (const Failure& failure) {
    for (WriteJob& job : batch) {
      job.thrown = nullptr;
      job.result = base::fail(to_error(failure));
    }
    roll_back();
  }
  return true;
}

// NORMAL leaves a COMMIT in the log to the next one that is synced, or to the checkpoint.
void SqliteStore::sync_commits(bool sync) {
  if (sync == synced_) return;
  writer_.run(sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  synced_ = sync;
}

bool SqliteStore::run_in_savepoint(WriteJob& job) {
  try {
    writer_.run("SAVEPOINT job");
    attempt(job);
    if (!writer_.in_transaction()) return false;
    if (!job.succeeded()) writer_.run("ROLLBACK TO job");
    writer_.run("RELEASE job");
    return true;
  } catch (const Failure&) {
    return false;
  }
}

void SqliteStore::run_alone(WriteJob& job) {
  try {
    sync_commits(job.priority != Priority::resumable);
    writer_.run("BEGIN IMMEDIATE");
    attempt(job);
    if (!writer_.in_transaction()) {
      if (job.succeeded()) job.result = base::fail(unfinished_transaction());
    } else {
      writer_.run(job.succeeded() ? "COMMIT" : "ROLLBACK");
    }
  } catch (const Failure& failure) {
    job.thrown = nullptr;
    job.result = base::fail(to_error(failure));
    roll_back();
  }
}

void SqliteStore::attempt(WriteJob& job) {
  const InsideWrite inside;
  job.thrown = nullptr;
  writer_.take_failed();
  try {
    job.result = (*job.body)(writer_);
    if (writer_.take_failed() && job.result) job.result = base::fail(unfinished_transaction());
  } catch (const Failure& failure) {
    job.result = base::fail(to_error(failure));
  } catch (...) {
    job.thrown = std::current_exception();
  }
}

void SqliteStore::roll_back() {
  if (!writer_.in_transaction()) return;
  try {
    writer_.run("ROLLBACK");
  } catch (const Failure&) {
    // An error that ended the transaction has rolled it back already.
  }
}

// After the answers: nobody waits for it but the next batch.
void SqliteStore::tend_log() {
  if (mover_.committed(writer_.log_pages())) mover_.move();
}

base::Result<void> SqliteStore::copy_to(const fs::path& target) {
  return make_copy(target, [&](const fs::path& part) -> base::Result<void> {
    try {
      SqliteConnection connection(options_, SqliteConnection::Use::other);
      connection.run("VACUUM INTO $1", {part.string()});
      return {};
    } catch (const Failure& failure) {
      return base::fail(to_error(failure));
    }
  });
}

std::int64_t SqliteStore::size_bytes() {
  std::int64_t total = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    const auto size = fs::file_size(options_.path + suffix, error);
    if (!error) total += static_cast<std::int64_t>(size);
  }
  return total;
}

base::Result<std::vector<std::string>> SqliteStore::integrity() {
  try {
    SqliteConnection connection(options_, SqliteConnection::Use::reader);
    auto findings = sqlite_findings(connection, "PRAGMA integrity_check");
    connection.run("PRAGMA foreign_key_check", {}, [&](const Row& row) {
      findings.push_back(
          fmt::format("foreign key: {} row {} -> {}", row.text(0), row.integer(1), row.text(2)));
    });
    return findings;
  } catch (const Failure& failure) {
    return base::fail(to_error(failure));
  }
}

base::Result<void> SqliteStore::checkpoint() {
  InsideWrite::refuse("a checkpoint");
  const Job job = [](Connection& c) -> base::Result<void> {
    bool blocked = false;
    c.one("PRAGMA wal_checkpoint(TRUNCATE)", {}, [&](const Row& row) { blocked = row.boolean(0); });
    if (blocked) return base::fail(ErrorKind::busy, "db.busy");
    c.run("PRAGMA optimize");
    return {};
  };
  return submit(job, Priority::low, true);
}

base::Result<void> SqliteStore::scrub(const std::vector<std::string>&) {
  using clock = std::chrono::steady_clock;
  for (const auto deadline = clock::now() + std::chrono::milliseconds(options_.busy_timeout_ms);;) {
    readers_.close_idle();  // an idle reader holds no snapshot, but its cache may hold old pages
    auto done = checkpoint();
    if (done || done.error().code != "db.busy" || clock::now() > deadline) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a read lasts at most 200 ms
  }
}

base::Result<void> SqliteStore::rewrite() {
  InsideWrite::refuse("a rewrite");
  const Job job = [](Connection& c) -> base::Result<void> {
    c.run("VACUUM");
    return {};
  };
  if (auto done = submit(job, Priority::low, true); !done) return done;
  return scrub({});
}

base::Result<std::optional<std::size_t>> SqliteStore::traces(const std::vector<std::string>& needles) {
  std::size_t found = 0;
  for (const char* suffix : {"", "-wal"}) {
    auto count = count_traces(options_.path + suffix, needles);
    if (!count) return tl::unexpected(std::move(count).error());
    found += *count;
  }
  return found;
}

}  // namespace db
