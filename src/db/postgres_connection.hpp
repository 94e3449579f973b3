#pragma once
// One PostgreSQL session, always in pipeline mode: BEGIN travels with the first statement, a new
// statement's preparation with its first run, and run_many sends rows without waiting for answers.
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/connection.hpp"
#include "db/sql_text.hpp"

struct pg_conn;
struct pg_result;

namespace db {

struct PostgresOptions {
  std::string url;
  int lock_timeout_ms = 5000;
  int statement_timeout_ms = 30000;  // 0: none
};

class PostgresConnection final : public Connection {
 public:
  static constexpr std::size_t cached_statements_max = 512;

  // Throws Failure(connection) when the server cannot be reached.
  explicit PostgresConnection(const PostgresOptions& options);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  Dialect dialect() const override { return Dialect::postgres; }
  using Connection::run;
  std::int64_t run(std::string_view sql, std::span<const Arg> args, const OnRow& on_row) override;
  void run_many(std::string_view sql, std::size_t count,
                const std::function<std::span<const Arg>(std::size_t)>& bind) override;
  void script(std::string_view sql) override;

  // `sql` is "BEGIN ..." and must live as long as the transaction.
  void begin(const char* sql) { begin_ = sql; }
  // Throws Failure; after Fault::connection nobody knows whether it was committed.
  void commit();
  void roll_back() noexcept;
  // Inside the transaction begun, which may not have reached the server yet.
  bool in_transaction() const;
  // False when the session is lost or its cached statements are stale: close it.
  bool usable() const;
  // True when a statement failed since the last call: a closure must not go on after a failure.
  bool take_failed();

 private:
  struct FreeResult {
    void operator()(pg_result* result) const;
  };
  using Result = std::unique_ptr<pg_result, FreeResult>;
  class Parameters;

  const std::string& prepare(std::string_view sql);
  void send_begin();
  void execute(const std::string& name, const Parameters& parameters);
  void sent(int accepted);
  Result collect();
  Result simple(const char* sql);
  Failure failure_of(const pg_result* result);
  void check(const pg_result* result);
  [[noreturn]] void lost();

  pg_conn* handle_ = nullptr;
  const char* begin_ = nullptr;                                                       // not sent yet
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> prepared_;  // SQL text -> name
  std::string preparing_{};  // text whose preparation is in the pipeline
  int steps_ = 0;            // queries in the pipeline
  int next_name_ = 0;
  bool failed_ = false;
  bool stale_ = false;
};

}  // namespace db
