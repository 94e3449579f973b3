#include "db/postgres_connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <cstdlib>
#include <utility>

namespace db {
namespace {

constexpr Oid bool_type = 16, bytea_type = 17;
constexpr std::size_t pipelined_rows_max = 1000;  // bounds the answers that wait in memory

Fault fault_of(std::string_view state) {
  const std::string_view group = state.substr(0, 2);
  if (state == "23505") return Fault::unique;
  if (state == "23503") return Fault::foreign_key;
  if (state == "23514") return Fault::check;
  if (state == "23502") return Fault::not_null;
  if (state == "40001" || state == "40P01") return Fault::serialization;
  if (state == "55P03" || state == "57014" || state == "53300") return Fault::busy;
  if (state == "53100") return Fault::disk_full;
  if (state == "25006") return Fault::read_only;
  if (group == "XX") return Fault::corrupt;
  if ((group == "08" && state != "08P01") || state.starts_with("57P")) return Fault::connection;
  return Fault::other;
}

std::string_view field_of(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string_view{} : std::string_view(text);
}

int hex_digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

class PostgresRow final : public Row {
 public:
  explicit PostgresRow(const PGresult* result)
      : result_(result), decoded_(static_cast<std::size_t>(PQnfields(result))) {}
  void move_to(int row) { row_ = row; }

  int size() const override { return PQnfields(result_); }
  bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  std::int64_t integer(int column) const override {
    const std::string_view shown = text(column);
    if (PQftype(result_, column) == bool_type) return shown == "t" ? 1 : 0;
    std::int64_t value = 0;
    std::from_chars(shown.data(), shown.data() + shown.size(), value);
    return value;
  }
  double real(int column) const override {
    const std::string_view shown = text(column);
    double value = 0;
    std::from_chars(shown.data(), shown.data() + shown.size(), value);
    return value;
  }
  std::string_view text(int column) const override {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }
  std::string_view blob(int column) const override {
    const std::string_view shown = text(column);
    if (PQftype(result_, column) != bytea_type) return shown;
    std::string& bytes = decoded_[static_cast<std::size_t>(column)];
    bytes.clear();
    for (std::size_t i = 2; i + 1 < shown.size(); i += 2)  // "\x" first
      bytes += static_cast<char>(hex_digit(shown[i]) * 16 + hex_digit(shown[i + 1]));
    return bytes;
  }

 private:
  const PGresult* result_;
  mutable std::vector<std::string> decoded_;
  int row_ = 0;
};

// Messages and notices can quote values, so they stay unread.
void ignore_notice(void*, const PGresult*) {}

}  // namespace

void PostgresConnection::FreeResult::operator()(pg_result* result) const { PQclear(result); }

// Arguments as libpq wants them: text, but blobs as they are. Pointers are taken once nothing moves any more.
class PostgresConnection::Parameters {
 public:
  explicit Parameters(std::span<const Arg> args) {
    for (const Arg& arg : args) std::visit([this](const auto& value) { add(value); }, arg.value());
    for (const std::size_t offset : offsets_)
      values_.push_back(offset == null ? nullptr : storage_.data() + offset);
  }
  int count() const { return static_cast<int>(values_.size()); }
  bool has_nul() const { return has_nul_; }  // a text PostgreSQL would cut there
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  static constexpr std::size_t null = static_cast<std::size_t>(-1);
  void add(std::monostate) { place(null, 0, 0); }
  void add(std::int64_t value) { add_text(fmt::format_int(value).c_str()); }
  void add(double value) { add_text(fmt::format("{}", value)); }
  void add(std::string_view value) {
    if (value.find('\0') != value.npos) has_nul_ = true;
    add_text(value);
  }
  void add(Blob value) {
    place(storage_.size(), value.bytes.size(), 1);
    storage_ += value.bytes;
    storage_ += '\0';  // keeps the pointer of an empty one inside the storage
  }
  void add_text(std::string_view value) {
    place(storage_.size(), value.size(), 0);
    storage_ += value;
    storage_ += '\0';
  }
  void place(std::size_t offset, std::size_t length, int format) {
    offsets_.push_back(offset);
    lengths_.push_back(static_cast<int>(length));
    formats_.push_back(format);
  }

  std::string storage_;
  std::vector<std::size_t> offsets_;
  std::vector<int> lengths_, formats_;
  std::vector<const char*> values_;
  bool has_nul_ = false;
};

PostgresConnection::PostgresConnection(const PostgresOptions& options) {
  const char* names[] = {"dbname",          "application_name", "client_encoding",
                         "connect_timeout", "tcp_user_timeout", nullptr};
  const char* values[] = {options.url.c_str(), "shouwang", "UTF8", "5", "30000", nullptr};
  handle_ = PQconnectdbParams(names, values, 1);
  try {
    if (PQstatus(handle_) != CONNECTION_OK) throw Failure(Fault::connection, {}, "postgres: no connection");
    PQsetNoticeReceiver(handle_, ignore_notice, nullptr);
    check(simple(fmt::format("SET lock_timeout={}; SET statement_timeout={}; SET bytea_output=hex;"
                             "SET idle_in_transaction_session_timeout=60000; SET synchronous_commit=on;"
                             "SET default_transaction_isolation='read committed'; SET timezone='UTC'",
                             options.lock_timeout_ms, options.statement_timeout_ms)
                     .c_str())
              .get());
    if (PQenterPipelineMode(handle_) == 0) lost();
  } catch (...) {
    PQfinish(handle_);
    throw;
  }
}

PostgresConnection::~PostgresConnection() { PQfinish(handle_); }

bool PostgresConnection::usable() const {
  return !stale_ && PQstatus(handle_) == CONNECTION_OK && PQtransactionStatus(handle_) == PQTRANS_IDLE;
}

bool PostgresConnection::in_transaction() const {
  return begin_ != nullptr || PQtransactionStatus(handle_) == PQTRANS_INTRANS;
}

bool PostgresConnection::take_failed() { return std::exchange(failed_, false); }

void PostgresConnection::lost() {
  failed_ = true;
  throw Failure(Fault::connection, {}, "postgres: connection lost");
}

Failure PostgresConnection::failure_of(const pg_result* result) {
  const std::string_view state = field_of(result, PG_DIAG_SQLSTATE);
  if (state.empty()) return Failure(Fault::connection, {}, "postgres: connection lost");
  std::string constraint(field_of(result, PG_DIAG_CONSTRAINT_NAME));
  if (constraint.empty() && !field_of(result, PG_DIAG_COLUMN_NAME).empty())
    constraint =
        fmt::format("{}.{}", field_of(result, PG_DIAG_TABLE_NAME), field_of(result, PG_DIAG_COLUMN_NAME));
  // A table changed its shape under a cached statement.
  const bool stale = state == "0A000" && field_of(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
  if (stale) stale_ = true;
  std::string detail = fmt::format("postgres {} {}", state, constraint);
  // Class 42 is about the text of the statement, which carries no values.
  if (state.starts_with("42")) detail += field_of(result, PG_DIAG_MESSAGE_PRIMARY);
  return Failure(stale ? Fault::serialization : fault_of(state), std::move(constraint), std::move(detail));
}

void PostgresConnection::check(const pg_result* result) {
  if (result == nullptr) lost();
  const auto status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
  failed_ = true;
  throw failure_of(result);
}

void PostgresConnection::sent(int accepted) {
  if (accepted == 0) {
    steps_ = 0;
    lost();
  }
  ++steps_;
}

void PostgresConnection::send_begin() {
  if (begin_ == nullptr) return;
  sent(PQsendQueryParams(handle_, std::exchange(begin_, nullptr), 0, nullptr, nullptr, nullptr, nullptr, 0));
}

const std::string& PostgresConnection::prepare(std::string_view sql) {
  if (const auto found = prepared_.find(sql); found != prepared_.end()) return found->second;
  if (prepared_.size() >= cached_statements_max) {
    prepared_.clear();
    sent(PQsendQueryParams(handle_, "DEALLOCATE ALL", 0, nullptr, nullptr, nullptr, nullptr, 0));
  }
  preparing_ = sql;
  const auto& name = prepared_.emplace(preparing_, fmt::format("s{}", next_name_++)).first->second;
  sent(PQsendPrepare(handle_, name.c_str(), preparing_.c_str(), 0, nullptr));
  return name;
}

void PostgresConnection::execute(const std::string& name, const Parameters& parameters) {
  if (parameters.has_nul()) {
    failed_ = true;
    throw Failure(Fault::other, {}, "postgres: a text with a NUL byte");
  }
  sent(PQsendQueryPrepared(handle_, name.c_str(), parameters.count(), parameters.values(),
                           parameters.lengths(), parameters.formats(), 0));
}

// Ends the pipeline, takes every answer, throws the first error; returns the last answer.
PostgresConnection::Result PostgresConnection::collect() {
  const int steps = std::exchange(steps_, 0);
  if (PQpipelineSync(handle_) == 0) lost();
  Result last, error;
  for (int step = 0; step < steps; ++step) {
    while (Result result{PQgetResult(handle_)}) {
      const auto status = PQresultStatus(result.get());
      if (status == PGRES_FATAL_ERROR && !error) {
        error = std::move(result);
      } else {
        last = std::move(result);
      }
      if (PQstatus(handle_) == CONNECTION_BAD) lost();
    }
  }
  const Result sync{PQgetResult(handle_)};
  const bool synced = sync && PQresultStatus(sync.get()) == PGRES_PIPELINE_SYNC;
  if (error && !preparing_.empty()) prepared_.erase(preparing_);
  preparing_.clear();
  if (!synced) lost();
  if (error) check(error.get());
  return last;
}

std::int64_t PostgresConnection::run(std::string_view sql, std::span<const Arg> args, const OnRow& on_row) {
  const Parameters parameters(args);
  send_begin();
  execute(prepare(sql), parameters);
  const Result result = collect();
  if (on_row && PQresultStatus(result.get()) == PGRES_TUPLES_OK) {
    PostgresRow row(result.get());
    for (int i = 0, rows = PQntuples(result.get()); i < rows; ++i) {
      row.move_to(i);
      on_row(row);
    }
  }
  if (std::string_view(PQcmdStatus(result.get())).starts_with("SELECT")) return 0;
  return std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
}

void PostgresConnection::run_many(std::string_view sql, std::size_t count,
                                  const std::function<std::span<const Arg>(std::size_t)>& bind) {
  if (count == 0) return;
  send_begin();
  const std::string name = prepare(sql);
  for (std::size_t i = 0; i < count; ++i) {
    execute(name, Parameters(bind(i)));
    if ((i + 1) % pipelined_rows_max == 0) collect();
  }
  collect();
}

// Several statements at once are possible in the simple protocol only, outside pipeline mode.
PostgresConnection::Result PostgresConnection::simple(const char* sql) {
  return Result{PQexec(handle_, sql)};
}

void PostgresConnection::script(std::string_view sql) {
  if (PQexitPipelineMode(handle_) == 0) lost();
  if (begin_ != nullptr) check(simple(std::exchange(begin_, nullptr)).get());
  const bool inside = in_transaction();
  const Result result = simple(std::string(sql).c_str());
  if (PQenterPipelineMode(handle_) == 0) lost();
  if (PQresultStatus(result.get()) != PGRES_EMPTY_QUERY) check(result.get());
  if (inside && !in_transaction()) {
    failed_ = true;
    throw Failure(Fault::other, {}, "postgres: a script cannot end its transaction");
  }
}

void PostgresConnection::commit() {
  if (std::exchange(begin_, nullptr) != nullptr) return;
  sent(PQsendQueryParams(handle_, "COMMIT", 0, nullptr, nullptr, nullptr, nullptr, 0));
  const Result result = collect();
  // COMMIT of an aborted transaction succeeds and says ROLLBACK.
  if (std::string_view(PQcmdStatus(result.get())) != "COMMIT")
    throw Failure(Fault::other, {}, "postgres: the transaction had been rolled back");
}

void PostgresConnection::roll_back() noexcept {
  if (std::exchange(begin_, nullptr) != nullptr || PQtransactionStatus(handle_) == PQTRANS_IDLE) return;
  try {
    sent(PQsendQueryParams(handle_, "ROLLBACK", 0, nullptr, nullptr, nullptr, nullptr, 0));
    collect();
  } catch (const Failure&) {
    // The session is lost, and the transaction with it; usable() says so.
  }
}

}  // namespace db
