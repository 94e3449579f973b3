#include "db/connection.hpp"

#include <fmt/format.h>

namespace db {

bool Connection::one(std::string_view sql, std::initializer_list<Arg> args, const OnRow& on_row) {
  bool found = false;
  run(sql, std::span(args.begin(), args.size()), [&](const Row& row) {
    if (!found && on_row) on_row(row);
    found = true;
  });
  return found;
}

std::int64_t Connection::count(std::string_view sql, std::initializer_list<Arg> args) {
  std::int64_t value = 0;
  one(sql, args, [&](const Row& row) { value = row.integer(0); });
  return value;
}

std::string Connection::in_list(int parameter) const {
  if (dialect() == Dialect::sqlite) return fmt::format("IN (SELECT value FROM json_each(${}))", parameter);
  // An array operand keeps PostgreSQL on index scans where a subquery would be joined. Immutable all the way,
  // so that the planner has the values: it then hashes them where no index helps.
  return fmt::format("= ANY(CAST(string_to_array(translate(${}, '[]', ''), ',') AS bigint[]))", parameter);
}

std::string json_array(std::span<const std::int64_t> ids) { return fmt::format("[{}]", fmt::join(ids, ",")); }

}  // namespace db
