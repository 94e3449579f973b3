#pragma once
// Ids from persisted blocks: table id_block(name text primary key, next bigint). A block is written
// before its first id is handed out; what is left of it at a crash is lost, never given twice.
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/error.hpp"
#include "db/connection.hpp"

namespace db {

class IdBlocks {
 public:
  static constexpr std::int64_t block_size = 1000;
  using Write = std::function<base::Result<void>(const std::function<base::Result<void>(Connection&)>&)>;

  // `write` runs a closure in a durable write transaction.
  explicit IdBlocks(Write write) : write_(std::move(write)) {}
  // Throws Failure when a new block cannot be had.
  std::int64_t next();

 private:
  Write write_;
  std::mutex mutex_;
  std::int64_t next_ = 0, end_ = 0;
};

}  // namespace db
