#pragma once
// Ids from persisted blocks: table id_block(name text primary key, next bigint). A block is written
// before its first id is handed out; what is left of it at a crash is lost, never given twice. Everybody who
// wants an id waits for that write, so each block of a run is twice as large as the one before, up to a
// limit.
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/error.hpp"
#include "db/connection.hpp"

namespace db {

class IdBlocks {
 public:
  static constexpr std::int64_t first_block = 1000, largest_block = 64'000;
  using Write = std::function<base::Result<void>(const std::function<base::Result<void>(Connection&)>&)>;

  // `write` runs a closure in a durable write transaction.
  explicit IdBlocks(Write write) : write_(std::move(write)) {}
  // Throws Failure when a new block cannot be had.
  std::int64_t next();

 private:
  Write write_;
  std::mutex mutex_;
  std::int64_t next_ = 0, end_ = 0, block_ = first_block;
};

}  // namespace db
