#include "app/commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "api/openapi.hpp"
#include "app/backup.hpp"
#include "core/audit_chain.hpp"
#include "db/restore.hpp"
#include "feature/trace/service.hpp"

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
  const base::SystemClock clock;
  const auto how = migrate_options(options, **store, clock.now());
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
  const auto made = make_backup(**store, options, target, base::SystemClock{}.now());
  if (!made) return failed(made.error());
  fmt::print("{}\n", target.string());
  fmt::print(stderr, "Can be restored with recovery sheet {} only.\n", made->sheet);
  return 0;
}

namespace {

// What somebody types, until it is long enough or right; a whole file with its notes as well.
std::string typed_code() {
  std::string text;
  for (std::string line; std::getline(std::cin, line);) {
    text += line + '\n';
    if (token::read_recovery_code(text)) break;
  }
  return text;
}

base::Result<token::RecoverySecret> secret_of(const RecoveryInput& in, const std::string& needed) {
  if (!in.code.empty()) return token::read_recovery_code(in.code);
  if (in.file.empty()) {
    if (isatty(STDIN_FILENO))
      fmt::print(stderr, "Type the 13 groups of recovery sheet {}, several to a line, then Enter:\n", needed);
    return token::read_recovery_code(typed_code());
  }
  std::ifstream file(in.file);
  if (!file) return base::fail(base::ErrorKind::not_found, "recovery.no_file", {{"path", in.file.string()}});
  std::ostringstream text;
  text << file.rdbuf();
  return token::read_recovery_code(text.str());
}

}  // namespace

int restore(const Options& options, const std::filesystem::path& file, const RecoveryInput& recovery) {
  if (core::is_backup(file)) {
    const auto head = core::read_backup_head(file);
    if (!head) return failed(head.error());
    const auto secret = secret_of(recovery, head->sheet);
    if (!secret) return failed(secret.error());
    if (auto done = restore_backup(options, file, core::recovery_pair(*secret)); !done)
      return failed(done.error());
    fmt::print("restored {}, made {}\n", file.string(), head->made);
  } else {
    if (auto done = db::restore(database_of(options), file); !done) return failed(done.error());
    fmt::print("restored {}\n", file.string());
  }
  // Brings it to this program's schema and erases again who was erased since, before anything is served.
  auto opening = options;
  opening.backup_taken = true;
  const base::SystemClock clock;
  const auto program = Program::open(opening, clock);
  return program ? 0 : failed(program.error());
}

int recovery_sheet(const Options& options, bool make_new) {
  const auto keys = core::Keyring::open(keys_of(options));
  if (!keys) return failed(keys.error());
  const auto key = core::recovery_key(keys->directory());
  if (!key) return failed(key.error());
  if (*key && !make_new) {
    fmt::print("backups are made for recovery sheet {} of {}\n", (*key)->sheet, base::to_iso((*key)->made));
    return 0;
  }
  const auto sheet = core::new_recovery_sheet(keys->directory(), base::SystemClock{}.now(), !make_new);
  if (!sheet) return failed(sheet.error());
  fmt::print("{}", core::sheet_text(*sheet));
  return 0;
}

int rotate_pass_key(const Options& options) {
  auto keys = core::Keyring::open(keys_of(options));
  if (!keys) return failed(keys.error());
  const auto number = keys->rotate_pass_key();
  if (!number) return failed(number.error());
  fmt::print("key {} signs cards; those of {} earlier stay good until they end or are voided\n", *number,
             *number - 1);
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
  if (auto key = core::recovery_key(keys_of(options)); !key)
    finding("keys: " + key.error().code);
  else if (!*key)
    finding("keys: no recovery sheet was made, so there can be no backup: shouwang keys recovery --new");
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
    // What a start loads for tracing must be what follows from the store.
    feature::trace::Memory memory;
    if (auto loaded = memory.sync(**store, base::SystemClock().now()); !loaded) return failed(loaded.error());
    auto differ = memory.differences(**store);
    if (!differ) return failed(differ.error());
    if (*differ > 0) finding(fmt::format("tracing: presences of {} persons differ from the store", *differ));
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
