#pragma once
// One SQLite connection with its statement cache. Used by one thread at a time.
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/connection.hpp"
#include "db/sql_text.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace db {

struct SqliteOptions {
  std::string path;
  std::string vfs{};  // empty: the default one
  int busy_timeout_ms = 5000;
};

class SqliteConnection final : public Connection {
 public:
  static constexpr std::size_t cached_statements_max = 512;
  enum class Use {
    writer,  // creates the file, sets WAL, leaves moving the log to LogMover
    reader,  // refuses to write
    other,   // maintenance and copies: takes the file as it is
  };

  // Throws Failure.
  SqliteConnection(const SqliteOptions& options, Use use);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Dialect dialect() const override { return Dialect::sqlite; }
  using Connection::run;
  std::int64_t run(std::string_view sql, std::span<const Arg> args, const OnRow& on_row) override;
  void run_many(std::string_view sql, std::size_t count,
                const std::function<std::span<const Arg>(std::size_t)>& bind) override;
  void script(std::string_view sql) override;

  bool in_transaction() const;
  // Pages in the write-ahead log after the last commit of this connection, a writer.
  int log_pages() const { return log_pages_; }
  // True when a statement failed since the last call: a closure must not go on after a failure.
  bool take_failed();

 private:
  struct Statement;
  class Lease;
  using Cache = std::unordered_map<std::string, std::unique_ptr<Statement>, TextHash, std::equal_to<>>;

  std::unique_ptr<Statement> prepare(std::string_view sql);
  Lease lease(std::string_view sql);
  void bind(const Statement& statement, std::span<const Arg> args);
  [[noreturn]] void fail(int result, const char* message);
  void set_pragmas(const SqliteOptions& options, Use use);

  sqlite3* handle_ = nullptr;
  Cache cache_;
  bool failed_ = false;
  int log_pages_ = 0;
};

}  // namespace db
