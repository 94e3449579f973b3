#include "db/migrate.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <map>

namespace db {
namespace {

using base::ErrorKind;
using base::Result;

constexpr std::int64_t migration_lock_key = 0x536877206d696772;  // "Shw migr"

struct Applied {
  std::string name;
  std::string checksum;
};
using AppliedMap = std::map<int, Applied>;

std::string checksum_of(std::string_view sql) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(sql.data()), sql.size());
  return fmt::format("{:02x}", fmt::join(hash, ""));
}

AppliedMap applied_in(Connection& c) {
  AppliedMap applied;
  const bool exists =
      c.dialect() == Dialect::sqlite
          ? c.count("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'") >
                0
          : c.count(
                "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() "
                "AND tablename = 'schema_migration'") > 0;
  if (!exists) return applied;
  c.run("SELECT version, name, checksum FROM schema_migration", {}, [&](const Row& row) {
    applied[static_cast<int>(row.integer(0))] = {row.str(1), row.str(2)};
  });
  return applied;
}

// What the store has must be what this program has, as far as it goes.
Result<void> compare(const AppliedMap& applied, std::span<const Migration> migrations) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (!applied.empty() && applied.rbegin()->first > newest)
    return base::fail(
        ErrorKind::conflict, "schema.newer",
        {{"store", std::to_string(applied.rbegin()->first)}, {"program", std::to_string(newest)}});
  for (const auto& [version, known] : applied) {
    const auto found = std::ranges::find(migrations, version, &Migration::version);
    if (found == migrations.end() || checksum_of(found->sql) != known.checksum)
      return base::fail(ErrorKind::conflict, "schema.changed", {{"name", known.name}});
  }
  return {};
}

Result<void> lock(Connection& c) {
  if (c.dialect() == Dialect::sqlite) return {};  // the write transaction is the lock
  c.run("SET LOCAL statement_timeout = 0");
  if (c.count("SELECT CAST(pg_try_advisory_xact_lock($1) AS int)", {migration_lock_key}) == 0)
    return base::fail(ErrorKind::conflict, "schema.locked");
  return {};
}

Result<void> apply(Store& store, const Migration& migration, base::Instant now) {
  const std::string checksum = checksum_of(migration.sql);
  auto done = store.write([&](Connection& c) -> Result<void> {
    if (auto locked = lock(c); !locked) return locked;
    c.script(
        "CREATE TABLE IF NOT EXISTS schema_migration(version bigint PRIMARY KEY, name text NOT NULL, "
        "checksum text NOT NULL, applied_at bigint NOT NULL)");
    // Another process may have applied it while this one waited for the lock.
    if (applied_in(c).contains(migration.version)) return {};
    c.script(migration.sql);
    c.run("INSERT INTO schema_migration(version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
          {migration.version, migration.name, checksum, now});
    return {};
  });
  if (done) return done;
  base::Error error = std::move(done).error();
  if (error.code == "db.busy") error = {ErrorKind::conflict, "schema.locked", {}, {}, error.cause};
  if (error.code == "schema.locked") return base::fail(std::move(error));
  return base::fail(base::Error{ErrorKind::internal,
                                "migration.failed",
                                {{"name", std::string(migration.name)}},
                                {},
                                error.code + " " + error.cause});
}

Result<std::string> back_up(Store& store, int version, const MigrateOptions& options) {
  namespace fs = std::filesystem;
  if (options.backup_directory.empty()) return base::fail(ErrorKind::invalid, "backup.no_directory");
  std::error_code error;
  fs::create_directories(options.backup_directory, error);
  const auto space = fs::space(options.backup_directory, error);
  if (error)
    return base::fail(ErrorKind::internal, "backup.failed", {{"path", options.backup_directory.string()}});
  const auto free = static_cast<std::int64_t>(space.available);
  if (auto enough = check_backup_space(store.size_bytes(), free, options.backup_directory); !enough)
    return base::fail(std::move(enough).error());
  std::string at = base::to_iso(options.now);  // "2020-02-11T08:30:00.000Z" without the signs file names lack
  std::erase_if(at, [](char c) { return c == ':' || c == '-' || c == '.'; });
  const auto* ending = options.back_up ? "backup" : store.dialect() == Dialect::sqlite ? "sqlite" : "dump";
  const auto target =
      options.backup_directory / fmt::format("before-migration-{}-{}.{}", version, at, ending);
  if (auto copied = options.back_up ? options.back_up(target) : store.copy_to(target); !copied)
    return base::fail(std::move(copied).error());
  return target.string();
}

}  // namespace

Result<void> check_backup_space(std::int64_t size, std::int64_t free, const std::filesystem::path& where) {
  constexpr std::int64_t mb = 1 << 20;
  const std::int64_t need = size + size / 10;
  if (need <= free) return {};
  return base::fail(ErrorKind::conflict, "backup.no_space",
                    {{"need_mb", std::to_string((need + mb - 1) / mb)},
                     {"free_mb", std::to_string(free / mb)},
                     {"where", where.string()}});
}

Result<MigrationReport> migration_status(Store& store, std::span<const Migration> migrations) {
  return store.read([&](Connection& c) -> Result<MigrationReport> {
    const AppliedMap applied = applied_in(c);
    if (auto same = compare(applied, migrations); !same) return base::fail(std::move(same).error());
    MigrationReport report;
    report.from_version = applied.empty() ? 0 : applied.rbegin()->first;
    report.to_version = migrations.empty() ? 0 : migrations.back().version;
    for (const Migration& migration : migrations)
      if (migration.version > report.from_version) report.applied.emplace_back(migration.name);
    return report;
  });
}

Result<MigrationReport> migrate(Store& store, std::span<const Migration> migrations,
                                const MigrateOptions& options) {
  auto report = migration_status(store, migrations);
  if (!report || report->applied.empty()) return report;
  if (report->from_version > 0 && !options.backup_taken) {
    auto backup = back_up(store, report->from_version, options);
    if (!backup) return base::fail(std::move(backup).error());
    report->backup = *backup;
  }
  for (const Migration& migration : migrations) {
    if (migration.version <= report->from_version) continue;
    if (auto done = apply(store, migration, options.now); !done) return base::fail(std::move(done).error());
  }
  return report;
}

}  // namespace db
