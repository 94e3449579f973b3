#include "db/sqlite_connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace db {
namespace {

Fault fault_of(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Fault::unique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Fault::foreign_key;
    case SQLITE_CONSTRAINT_CHECK:
      return Fault::check;
    case SQLITE_CONSTRAINT_NOTNULL:
      return Fault::not_null;
    default:
      break;
  }
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Fault::busy;
    case SQLITE_FULL:
      return Fault::disk_full;
    case SQLITE_READONLY:
      return Fault::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Fault::corrupt;
    default:
      return Fault::other;
  }
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  int size() const override { return sqlite3_column_count(statement_); }
  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
  double real(int column) const override { return sqlite3_column_double(statement_, column); }
  std::string_view text(int column) const override {
    return bytes(column, reinterpret_cast<const char*>(sqlite3_column_text(statement_, column)));
  }
  std::string_view blob(int column) const override {
    return bytes(column, static_cast<const char*>(sqlite3_column_blob(statement_, column)));
  }

 private:
  std::string_view bytes(int column, const char* data) const {
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  sqlite3_stmt* statement_;
};

// "$12" -> 12, 0 for anything else.
int parameter_number(const char* name) {
  if (name == nullptr || name[0] != '$') return 0;
  const std::string_view digits(name + 1);
  int number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace

struct SqliteConnection::Statement {
  ~Statement() { sqlite3_finalize(handle); }
  sqlite3_stmt* handle = nullptr;
  // SQLite numbers "$2" by first appearance in the text, so each slot remembers its argument.
  std::vector<std::size_t> argument_of_slot{};
  std::size_t arguments = 0;
  bool in_use = false;
};

// Resets the statement at the end: an unreset one keeps its snapshot, and the log cannot be checkpointed.
class SqliteConnection::Lease {
 public:
  explicit Lease(Statement& cached) : statement_(&cached) { statement_->in_use = true; }
  explicit Lease(std::unique_ptr<Statement> own) : own_(std::move(own)), statement_(own_.get()) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    sqlite3_reset(statement_->handle);
    sqlite3_clear_bindings(statement_->handle);
    statement_->in_use = false;
  }
  const Statement& operator*() const { return *statement_; }
  sqlite3_stmt* handle() const { return statement_->handle; }

 private:
  std::unique_ptr<Statement> own_;
  Statement* statement_;
};

SqliteConnection::SqliteConnection(const SqliteOptions& options, Use use) {
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (use == Use::writer ? SQLITE_OPEN_CREATE : 0);
  const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  try {
    const int result = sqlite3_open_v2(options.path.c_str(), &handle_, flags, vfs);
    if (result != SQLITE_OK) fail(result, "open");
    sqlite3_extended_result_codes(handle_, 1);
    set_pragmas(options, use);
  } catch (...) {
    cache_.clear();
    sqlite3_close(handle_);
    throw;
  }
}

SqliteConnection::~SqliteConnection() {
  cache_.clear();
  sqlite3_close(handle_);
}

void SqliteConnection::set_pragmas(const SqliteOptions& options, Use use) {
  // First of all, on readers too: after an unclean exit the log is being recovered under a lock.
  sqlite3_busy_timeout(handle_, options.busy_timeout_ms);
  run("PRAGMA foreign_keys=ON");
  run("PRAGMA temp_store=MEMORY");  // no personal data in temporary files
  if (use == Use::reader) {
    run("PRAGMA query_only=ON");
    run("PRAGMA cache_size=-8192");
    return;
  }
  run("PRAGMA synchronous=FULL");  // of a commit, and of moving the log
  if (use == Use::other) return;
  std::string mode;
  one("PRAGMA journal_mode=WAL", {}, [&](const Row& row) { mode = row.str(0); });
  if (mode != "wal") throw Failure(Fault::other, {}, "sqlite: no write-ahead log on this file system");
  // In place of the hook that moves the log within a COMMIT.
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteConnection*>(self)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  run("PRAGMA secure_delete=ON");
  run("PRAGMA journal_size_limit=67108864");
  run("PRAGMA cache_size=-32768");
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

bool SqliteConnection::take_failed() { return std::exchange(failed_, false); }

// SQLite's message can quote values at run time, so only a constraint's name is taken from it;
// a text that cannot be prepared has no values yet.
void SqliteConnection::fail(int result, const char* message) {
  failed_ = true;
  const int extended =
      handle_ != nullptr && result != SQLITE_MISUSE ? sqlite3_extended_errcode(handle_) : result;
  const Fault fault = fault_of(extended);
  std::string constraint;
  if (fault == Fault::unique || fault == Fault::check || fault == Fault::not_null) {
    const std::string_view said = sqlite3_errmsg(handle_);
    if (const auto colon = said.find(": "); colon != said.npos) constraint = said.substr(colon + 2);
  }
  auto detail = fmt::format("sqlite {}: {}: {}", extended, sqlite3_errstr(extended & 0xff), message);
  if (!constraint.empty()) detail += " " + constraint;
  throw Failure(fault, std::move(constraint), std::move(detail));
}

std::unique_ptr<SqliteConnection::Statement> SqliteConnection::prepare(std::string_view sql) {
  auto statement = std::make_unique<Statement>();
  const char* rest = nullptr;
  const int result = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement->handle, &rest);
  if (result != SQLITE_OK) fail(result, sqlite3_errmsg(handle_));
  const std::string_view tail(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (statement->handle == nullptr || tail.find_first_not_of(" \t\r\n;") != tail.npos)
    fail(SQLITE_MISUSE, "exactly one statement is expected");
  const int slots = sqlite3_bind_parameter_count(statement->handle);
  for (int slot = 1; slot <= slots; ++slot) {
    const int number = parameter_number(sqlite3_bind_parameter_name(statement->handle, slot));
    if (number == 0) fail(SQLITE_MISUSE, "parameters are written $1, $2, ...");
    statement->argument_of_slot.push_back(static_cast<std::size_t>(number - 1));
    statement->arguments = std::max(statement->arguments, static_cast<std::size_t>(number));
  }
  return statement;
}

SqliteConnection::Lease SqliteConnection::lease(std::string_view sql) {
  if (const auto found = cache_.find(sql); found != cache_.end()) {
    // The same text inside its own row callback gets a statement of its own.
    if (found->second->in_use) return Lease(prepare(sql));
    return Lease(*found->second);
  }
  auto statement = prepare(sql);
  if (cache_.size() >= cached_statements_max)
    std::erase_if(cache_, [](const auto& entry) { return !entry.second->in_use; });
  return Lease(*cache_.emplace(std::string(sql), std::move(statement)).first->second);
}

void SqliteConnection::bind(const Statement& statement, std::span<const Arg> args) {
  if (args.size() != statement.arguments) fail(SQLITE_MISUSE, "number of arguments");
  int slot = 0;
  for (const std::size_t argument : statement.argument_of_slot) {
    ++slot;
    sqlite3_stmt* handle = statement.handle;
    struct Binder {
      sqlite3_stmt* handle;
      int slot;
      int operator()(std::monostate) const { return sqlite3_bind_null(handle, slot); }
      int operator()(std::int64_t value) const { return sqlite3_bind_int64(handle, slot, value); }
      int operator()(double value) const { return sqlite3_bind_double(handle, slot, value); }
      int operator()(std::string_view value) const {
        if (value.find('\0') != value.npos) return SQLITE_MISUSE;  // PostgreSQL has no such text
        const char* data = value.data() == nullptr ? "" : value.data();
        return sqlite3_bind_text64(handle, slot, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
      }
      int operator()(Blob value) const {
        if (value.bytes.empty()) return sqlite3_bind_zeroblob(handle, slot, 0);
        return sqlite3_bind_blob64(handle, slot, value.bytes.data(), value.bytes.size(), SQLITE_STATIC);
      }
    };
    const int result = std::visit(Binder{handle, slot}, args[argument].value());
    if (result != SQLITE_OK) fail(result, "bind");
  }
}

std::int64_t SqliteConnection::run(std::string_view sql, std::span<const Arg> args, const OnRow& on_row) {
  const Lease statement = lease(sql);
  bind(*statement, args);
  const auto before = sqlite3_total_changes64(handle_);
  const SqliteRow row(statement.handle());
  for (int result = 0; (result = sqlite3_step(statement.handle())) != SQLITE_DONE;) {
    if (result != SQLITE_ROW) fail(result, "step");
    if (on_row) on_row(row);
  }
  if (sqlite3_stmt_readonly(statement.handle()) != 0) return 0;
  // Statements that are no INSERT, UPDATE or DELETE leave the count of the one before.
  return sqlite3_total_changes64(handle_) == before ? 0 : sqlite3_changes64(handle_);
}

void SqliteConnection::run_many(std::string_view sql, std::size_t count,
                                const std::function<std::span<const Arg>(std::size_t)>& bind_of) {
  const Lease statement = lease(sql);
  for (std::size_t i = 0; i < count; ++i) {
    bind(*statement, bind_of(i));
    int result = 0;
    while ((result = sqlite3_step(statement.handle())) == SQLITE_ROW) {
    }
    if (result != SQLITE_DONE) fail(result, "step");
    sqlite3_reset(statement.handle());
  }
}

void SqliteConnection::script(std::string_view sql) {
  const bool inside = in_transaction();
  const char* end = sql.data() + sql.size();
  for (const char* rest = sql.data(); rest != end;) {
    Statement statement;
    const char* next = nullptr;
    const int prepared =
        sqlite3_prepare_v2(handle_, rest, static_cast<int>(end - rest), &statement.handle, &next);
    if (prepared != SQLITE_OK) fail(prepared, sqlite3_errmsg(handle_));
    rest = next;
    if (statement.handle == nullptr) continue;  // a comment or white space
    int result = 0;
    while ((result = sqlite3_step(statement.handle)) == SQLITE_ROW) {
    }
    if (result != SQLITE_DONE) fail(result, "script");
    if (inside && !in_transaction()) fail(SQLITE_MISUSE, "a script cannot end its transaction");
  }
}

}  // namespace db
