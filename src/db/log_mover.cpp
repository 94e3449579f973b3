#include "db/log_mover.hpp"

#include "db/failure.hpp"

namespace db {
namespace {

// Each time as much is left as was appended meanwhile, which soon is little.
constexpr int rounds_max = 4;

}  // namespace

LogMover::LogMover(const SqliteOptions& options)
    : connection_(options, SqliteConnection::Use::other), thread_([this] { run(); }) {}

LogMover::~LogMover() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
}

bool LogMover::committed(int pages) {
  if (pages < pages_.exchange(pages)) moved_ = asked_ = tried_ = 0;
  const int left = pages - moved_;
  if ((pages >= end_pages && left <= little_pages) || pages >= most_pages) {
    // Somebody who is just reading keeps it from beginning anew: tried again, but not at every commit.
    if (pages - tried_ < little_pages) return false;
    tried_ = asked_ = pages;
    return true;
  }
  if (left < part_pages || pages - asked_ < part_pages) return false;
  asked_ = pages;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  wake_.notify_one();
  return false;
}

void LogMover::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || wanted_; });
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    move();
    for (int round = 1; round < rounds_max && pages_ - moved_ > little_pages; ++round) move();
    lock.lock();
  }
}

void LogMover::move() {
  const auto held = hold();
  try {
    connection_.one("PRAGMA wal_checkpoint(PASSIVE)", {}, [this](const Row& row) {
      if (!row.boolean(0)) moved_ = static_cast<int>(row.integer(2));
    });
  } catch (const Failure&) {
    // The disk refuses: everything is in the log still, and the next commit says so.
  }
}

}  // namespace db
