#include "db/restore.hpp"

#include <fmt/format.h>

#include "db/copy_file.hpp"
#include "db/failure.hpp"
#include "db/file_lock.hpp"
#include "db/postgres_store.hpp"
#include "db/sqlite_connection.hpp"
#include "db/tool.hpp"

namespace db {
namespace {

using base::ErrorKind;
using base::Result;
namespace fs = std::filesystem;

void leave_id_gap(Connection& c) {
  const bool exists = c.dialect() == Dialect::sqlite
                          ? c.count("SELECT count(*) FROM sqlite_master WHERE name = 'id_block'") > 0
                          : c.count(
                                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' "
                                "AND tablename = 'id_block'") > 0;
  if (exists) c.run("UPDATE id_block SET next = next + CAST($1 AS bigint)", {restore_id_gap});
}

auto failed(const fs::path& path, std::string cause = {}) {
  return base::fail(
      base::Error{ErrorKind::internal, "restore.failed", {{"path", path.string()}}, {}, std::move(cause)});
}

// Checks the copy itself before anything of the store is touched.
Result<void> prepare_sqlite_copy(const fs::path& copy) {
  try {
    SqliteConnection connection({copy.string()}, SqliteConnection::Use::other);
    const auto findings = sqlite_findings(connection, "PRAGMA quick_check");
    if (!findings.empty())
      return base::fail(ErrorKind::conflict, "restore.damaged",
                        {{"path", copy.string()}, {"finding", findings.front()}});
    leave_id_gap(connection);
    return {};
  } catch (const Failure& failure) {
    return base::fail(
        base::Error{ErrorKind::conflict, "restore.damaged", {{"path", copy.string()}}, {}, failure.what()});
  }
}

// The old file must be whole without its log before the log goes: a crash between the steps leaves either
// the old store or the new one, never one with the other's log.
bool remove_log(const std::string& database) {
  if (!fs::exists(database)) return true;
  try {
    SqliteConnection old({database}, SqliteConnection::Use::other);
    old.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const Failure&) {
    // A damaged store is what a restore is for.
  }
  std::error_code error;
  fs::remove(database + "-wal", error);
  if (!error) fs::remove(database + "-shm", error);
  return !error && sync_directory_of(database);
}

Result<void> restore_sqlite(const std::string& database, const fs::path& copy_file) {
  auto lock = FileLock::take(database);
  if (!lock) return base::fail(std::move(lock).error());
  const std::string fresh = database + ".restore";
  std::error_code error;
  fs::remove(fresh, error);
  if (!fs::copy_file(copy_file, fresh, error)) return failed(copy_file, error.message());
  fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
  if (auto sound = prepare_sqlite_copy(fresh); !sound) {
    fs::remove(fresh, error);
    return sound;
  }
  if (!sync_file(fresh) || !remove_log(database)) return failed(database);
  fs::rename(fresh, database, error);
  if (error || !sync_directory_of(database)) return failed(database, error.message());
  return {};
}

constexpr std::string_view old_schema_back =
    "BEGIN; DROP SCHEMA IF EXISTS public CASCADE; ALTER SCHEMA before_restore RENAME TO public; COMMIT";

// A restore that was cut short has left the old schema aside.
void finish_interrupted_restore(Connection& c) {
  if (c.count(restore_traces) > 0) c.script(old_schema_back);
}

Result<void> restore_postgres(const std::string& database, const fs::path& copy_file) {
  if (auto readable = run_postgres_tool("pg_restore", {"--list", copy_file.string()}, database); !readable)
    return base::fail(ErrorKind::conflict, "restore.damaged", {{"path", copy_file.string()}});
  const PostgresOptions options{.url = database, .statement_timeout_ms = 0};
  try {
    PostgresLock lock(options);
    if (!lock.hold()) return base::fail(ErrorKind::conflict, "store.in_use");
    PostgresConnection connection(options);
    finish_interrupted_restore(connection);
    connection.script("BEGIN; ALTER SCHEMA public RENAME TO before_restore; CREATE SCHEMA public; COMMIT");
    auto restored =
        run_postgres_tool("pg_restore",
                          {"--clean", "--if-exists", "--single-transaction", "--no-owner", "--no-privileges",
                           "--dbname", database_of(database), copy_file.string()},
                          database);
    if (!restored) {
      connection.script(old_schema_back);
      return restored;
    }
    leave_id_gap(connection);
    connection.script("DROP SCHEMA before_restore CASCADE");
    return {};
  } catch (const Failure& failure) {
    return base::fail(to_error(failure));
  }
}

}  // namespace

Result<void> restore(const std::string& database, const fs::path& copy_file) {
  std::error_code error;
  if (!fs::is_regular_file(copy_file, error))
    return base::fail(ErrorKind::not_found, "restore.no_copy", {{"path", copy_file.string()}});
  return is_postgres(database) ? restore_postgres(database, copy_file) : restore_sqlite(database, copy_file);
}

}  // namespace db
