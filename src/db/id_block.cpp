#include "db/id_block.hpp"

#include <algorithm>

namespace db {

std::int64_t IdBlocks::next() {
  std::lock_guard lock(mutex_);
  if (next_ == end_) {
    std::int64_t end = 0;
    auto written = write_([&](Connection& c) -> base::Result<void> {
      c.one(
          "INSERT INTO id_block(name, next) VALUES ('id', 1 + CAST($1 AS bigint)) "
          "ON CONFLICT (name) DO UPDATE SET next = id_block.next + CAST($1 AS bigint) RETURNING next",
          {block_}, [&](const Row& row) { end = row.integer(0); });
      return {};
    });
    if (!written) throw Failure(Fault::busy, {}, "no id block: " + written.error().code);
    end_ = end;
    next_ = end - block_;
    block_ = std::min(2 * block_, largest_block);
  }
  return next_++;
}

}  // namespace db
