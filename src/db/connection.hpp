#pragma once
// One interface over SQLite and PostgreSQL, without a driver's header. The same SQL text runs on both:
// $1 parameters, RETURNING, ON CONFLICT, CTE, window functions, FILTER, CAST; never ::, ILIKE, = ANY.
//
// A statement that fails throws db::Failure. It unwinds the whole closure, because PostgreSQL has
// aborted the transaction anyway and SQLite must behave the same; only the store catches it. Expected
// outcomes (a unique key taken, a row absent) are expressed in SQL: ON CONFLICT, RETURNING.
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "meta/sql.hpp"

namespace db {

using meta::Arg;
using meta::Blob;
using meta::Row;

enum class Dialect { sqlite, postgres };

enum class Fault {
  unique,
  foreign_key,
  check,
  not_null,       // constraint names the constraint or column
  busy,           // could not get the lock in time; try again
  serialization,  // the transaction must be run again
  disk_full,
  read_only,
  corrupt,
  connection,  // the server went away; the outcome of a COMMIT is unknown
  other,
};

// The message carries code and constraint only: drivers quote bound values in theirs.
class Failure : public std::runtime_error {
 public:
  Failure(Fault fault, std::string constraint, std::string detail)
      : std::runtime_error(detail), fault_(fault), constraint_(std::move(constraint)) {}
  Fault fault() const { return fault_; }
  const std::string& constraint() const { return constraint_; }

 private:
  Fault fault_;
  std::string constraint_;
};

using OnRow = std::function<void(const Row&)>;

class Connection {
 public:
  virtual ~Connection() = default;
  virtual Dialect dialect() const = 0;

  // Runs one statement (cached when prepared before) and returns the number of rows changed.
  virtual std::int64_t run(std::string_view sql, std::span<const Arg> args, const OnRow& on_row) = 0;
  // Runs one statement `count` times; PostgreSQL pipelines them. `bind(i)` gives the i-th arguments,
  // which must stay valid until the call returns.
  virtual void run_many(std::string_view sql, std::size_t count,
                        const std::function<std::span<const Arg>(std::size_t)>& bind) = 0;
  // Several statements without arguments, for migrations.
  virtual void script(std::string_view sql) = 0;

  std::int64_t run(std::string_view sql, std::initializer_list<Arg> args = {}) {
    return run(sql, std::span(args.begin(), args.size()), OnRow{});
  }
  std::int64_t run(std::string_view sql, std::initializer_list<Arg> args, const OnRow& on_row) {
    return run(sql, std::span(args.begin(), args.size()), on_row);
  }
  // True when a row came; the callback sees the first row only.
  bool one(std::string_view sql, std::initializer_list<Arg> args, const OnRow& on_row);
  std::int64_t count(std::string_view sql, std::initializer_list<Arg> args = {});  // first column, 0 if none

  // "IN (...)" over a JSON array of integers given as text argument $n: the two dialects differ.
  std::string in_list(int parameter) const;
};

// "[1,2,3]" for in_list().
std::string json_array(std::span<const std::int64_t> ids);

}  // namespace db
