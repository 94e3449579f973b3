#include "app/commands.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "api/openapi.hpp"
#include "core/audit_chain.hpp"
#include "db/restore.hpp"

namespace app {

int failed(const base::Error& error) {
  std::string params;
  for (const auto& [name, value] : error.params) params += fmt::format(" {}={}", name, value);
  for (const auto& p : error.problems) params += fmt::format(" {}:{}", p.path, p.code);
  fmt::print(stderr, "shouwang: {}{}{}\n", error.code, params,
             error.cause.empty() ? "" : " (" + error.cause + ")");
  return 1;
}

namespace {

base::Result<std::unique_ptr<db::Store>> open_store(const Options& options, bool may_be_beside = false) {
  auto store_options = options.store;
  store_options.may_be_beside = may_be_beside;
  store_options.database = database_of(options);
  return db::Store::open(store_options);
}

}  // namespace

int migrate(const Options& options, bool status_only) {
  auto store = open_store(options);
  if (!store) return failed(store.error());
  const auto migrations = db::embedded_migrations((*store)->dialect());
  db::MigrateOptions how;
  how.backup_directory = options.data / "backups";
  how.backup_taken = options.backup_taken;
  how.now = base::SystemClock{}.now();
  const auto report =
      status_only ? db::migration_status(**store, migrations) : db::migrate(**store, migrations, how);
  if (!report) return failed(report.error());
  fmt::print("schema {} -> {}\n", report->from_version, report->to_version);
  for (const auto& name : report->applied) fmt::print("{} {}\n", status_only ? "pending" : "applied", name);
  if (!report->backup.empty()) fmt::print("backup {}\n", report->backup);
  return 0;
}

int backup(const Options& options, const std::filesystem::path& target) {
  auto store = open_store(options, true);
  if (!store) return failed(store.error());
  if (auto done = (*store)->copy_to(target); !done) return failed(done.error());
  fmt::print("{}\n", target.string());
  fmt::print(stderr, "The copy does not hold the keys: keep {} apart and safe.\n", keys_of(options).string());
  return 0;
}

int restore(const Options& options, const std::filesystem::path& copy) {
  if (auto done = db::restore(database_of(options), copy); !done) return failed(done.error());
  fmt::print("restored {}\n", copy.string());
  return 0;
}

namespace {

std::string audit_words(const core::AuditFinding& f) {
  if (f.code == "altered") return fmt::format("audit: entry {} (row {}) was altered", f.position, f.id);
  if (f.code == "missing") return fmt::format("audit: entry {} is missing", f.position);
  if (f.code == "not_written_here") return fmt::format("audit: row {} was not written by this program", f.id);
  if (f.code == "cut_off")
    return fmt::format("audit: the entries from {} on are missing, though they were sealed", f.position);
  if (f.code == "no_seal_file") return "audit: audit.seal is missing in the key directory";
  if (f.code == "seal_file_differs")
    return fmt::format("audit: entry {} is not the one that audit.seal names", f.position);
  return fmt::format("audit: sealed entries up to {} were lost or replaced earlier, see audit.seal",
                     f.position);
}

}  // namespace

int doctor(const Options& options) {
  int findings = 0;
  const auto finding = [&](const std::string& text) {
    ++findings;
    fmt::print("{}\n", text);
  };
  auto store = open_store(options, true);
  if (!store) return failed(store.error());
  auto sound = (*store)->integrity();
  if (!sound) return failed(sound.error());
  for (const auto& line : *sound) finding("store: " + line);
  auto status = db::migration_status(**store, db::embedded_migrations((*store)->dialect()));
  if (!status)
    finding("schema: " + status.error().code);
  else if (!status->applied.empty())
    finding(fmt::format("schema: {} migrations pending", status->applied.size()));
  auto keys = core::Keyring::open(keys_of(options));
  if (!keys) finding("keys: " + keys.error().code);
  if (keys && status) {
    // Every sealed column must open with these keys: a sample of each.
    struct Sealed {
      const char *table, *column, *sql;
    };
    static constexpr Sealed samples[] = {
        {"person", "document",
         "SELECT id, document_sealed FROM person WHERE document_sealed IS NOT NULL ORDER BY id DESC LIMIT "
         "100"},
        {"phone", "number", "SELECT id, number_sealed FROM phone ORDER BY id DESC LIMIT 100"},
        {"guest", "name", "SELECT id, name_sealed FROM guest ORDER BY id DESC LIMIT 100"}};
    for (const auto& s : samples) {
      int closed = 0;
      auto read = (*store)->read([&](db::Connection& c) -> base::Result<bool> {
        c.run(s.sql, {},
              [&](const db::Row& r) { closed += !keys->unseal(s.table, s.column, r.integer(0), r.blob(1)); });
        return true;
      });
      if (!read)
        finding(fmt::format("{}: cannot be read", s.table));
      else if (closed)
        finding(fmt::format("keys: {} of the newest {} rows of {} do not open", closed, 100, s.table));
    }
  }
  if (keys && status && status->applied.empty()) {
    auto audit = core::check_audit(**store, *keys);
    if (!audit) return failed(audit.error());
    for (const auto& f : *audit) finding(audit_words(f));
  }
  fmt::print("{}\n", findings ? fmt::format("{} findings", findings) : "sound");
  return findings ? 1 : 0;
}

int link(const Options& options, const std::string& username) {
  const base::SystemClock clock;
  auto program = Program::open(options, clock);
  if (!program) return failed(program.error());
  auto made = (*program)->login_link(username, clock.now());
  if (!made) return failed(made.error());
  fmt::print("{}\n", *made);
  return 0;
}

int print_openapi() {
  api::Router router;
  add_routes(router);
  const auto document = api::openapi_document(router, program_version);
  std::fwrite(document.data(), 1, document.size(), stdout);
  return 0;
}

}  // namespace app
