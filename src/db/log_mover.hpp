#pragma once
// Moves SQLite's write-ahead log into the database beside the writer, so that a COMMIT waits for its own
// pages only, and not for a thousand older ones to find their places.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "db/sqlite_connection.hpp"

namespace db {

class LogMover {
 public:
  // Moved after so many pages, and again after so many more. A page that was written often is moved once.
  static constexpr int part_pages = 4000;
  // A log this long begins anew once little of it is left to move, which only the writer can do: nobody may
  // append meanwhile. One that grew to `most_pages` begins anew whatever is left.
  static constexpr int end_pages = 8000, little_pages = 500, most_pages = 32000;

  explicit LogMover(const SqliteOptions& options);
  ~LogMover();
  LogMover(const LogMover&) = delete;
  LogMover& operator=(const LogMover&) = delete;

  // From the writer, after a commit: so long is the log now. True: move the rest before the next one, so that
  // the log begins anew.
  bool committed(int pages);
  void move();  // what is there now, as far as nobody still reads what it would overwrite
  // While it is held nothing is moved here; a checkpoint beside one that runs would be refused.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(moving_); }

 private:
  void run();

  SqliteConnection connection_;
  std::atomic<int> pages_{0}, moved_{0};  // in the log, and of them in the database
  int asked_ = 0, tried_ = 0;             // the writer's: the log's length at its last wish and last try
  std::mutex moving_, mutex_;
  std::condition_variable wake_;
  bool wanted_ = false, stopping_ = false;
  std::jthread thread_;  // last: it uses everything above
};

}  // namespace db
