#include "app/backup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/erasure_journal.hpp"
#include "core/file.hpp"
#include "db/copy_file.hpp"
#include "db/restore.hpp"

namespace app {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Result;

constexpr std::string_view copy_prefix = "backup-copy-", staging_name = "restore-staging";

Result<void> check_space(const fs::path& where, std::int64_t bytes) {
  std::error_code error;
  const auto space = fs::space(where.empty() ? fs::path(".") : where, error);
  if (error) return base::fail(ErrorKind::internal, "backup.failed", {{"path", where.string()}});
  return db::check_backup_space(bytes, static_cast<std::int64_t>(space.available), where);
}

std::vector<core::BackupPiece> key_pieces(const fs::path& keys) {
  std::vector<core::BackupPiece> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(keys, error))
    if (entry.is_regular_file(error)) {
      const auto name = entry.path().filename().string();
      if (name.front() != '.' && !name.ends_with(".new")) out.push_back({"keys/" + name, entry.path()});
    }
  std::ranges::sort(out, {}, &core::BackupPiece::name);
  return out;
}

// A file that goes while the backup is made would make it fail, so each has a second name until it is done.
struct KeptFiles {
  explicit KeptFiles(const fs::path& data)
      : folder(data / fmt::format("{}{:016x}-files", copy_prefix, core::random_number())) {
    std::error_code error;
    fs::create_directories(folder, error);
    for (const auto& entry : fs::directory_iterator(core::kept_folder(data), error)) {
      const auto name = entry.path().filename();
      if (name.extension() == ".part") continue;
      fs::create_hard_link(entry.path(), folder / name, error);
      if (error) continue;
      pieces.push_back({"files/" + name.string(), folder / name});
      bytes += static_cast<std::int64_t>(entry.file_size(error));
    }
  }
  KeptFiles(const KeptFiles&) = delete;
  KeptFiles& operator=(const KeptFiles&) = delete;
  ~KeptFiles() {
    std::error_code error;
    fs::remove_all(folder, error);
  }
  fs::path folder;
  std::vector<core::BackupPiece> pieces{};
  std::int64_t bytes = 0;
};

std::string content_of(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// Those that are there already are the same: the name says what is in it.
Result<void> add_files(const fs::path& from, const fs::path& data) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const auto there = core::kept_folder(data) / entry.path().filename();
    if (!fs::exists(there, error) && !core::write_durably(there, content_of(entry.path())))
      return base::fail(ErrorKind::internal, "restore.failed", {{"path", there.string()}});
  }
  return {};
}

// A key that differs belongs to another installation; what is no key (seal, certificates, public key) is
// kept.
Result<void> check_keys(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const auto there = to / entry.path().filename();
    if (entry.path().extension() == ".key" && fs::exists(there, error) &&
        content_of(there) != content_of(entry.path()))
      return base::fail(ErrorKind::conflict, "restore.other_keys", {{"path", there.string()}});
  }
  return {};
}

Result<void> add_keys(const fs::path& from, const fs::path& to, base::Instant now) {
  std::error_code error;
  fs::create_directories(to, error);
  fs::permissions(to, fs::perms::owner_all, error);
  if (const auto theirs = core::journalled_erasures(from); theirs && !theirs->empty()) {
    // Whoever was erased here or there stays erased.
    const auto ours = core::journalled_erasures(to);
    if (!ours) return tl::unexpected(ours.error());
    std::vector<std::int64_t> fresh;
    for (const auto id : *theirs)
      if (std::ranges::find(*ours, id) == ours->end()) fresh.push_back(id);
    if (auto noted = core::journal_erasure(to, fresh, now); !noted) return noted;
  }
  for (const auto& entry : fs::directory_iterator(from, error)) {
    const auto there = to / entry.path().filename();
    if (fs::exists(there, error) || there.filename() == core::erasure_journal_name) continue;
    const fs::path fresh = there.string() + ".new";
    fs::copy_file(entry.path(), fresh, fs::copy_options::overwrite_existing, error);
    if (!error) fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, error);
    if (!error && db::sync_file(fresh)) fs::rename(fresh, there, error);
    if (error || !fs::exists(there, error))
      return base::fail(ErrorKind::internal, "restore.failed", {{"path", there.string()}});
  }
  db::sync_directory_of(to / "any");
  return {};
}

// Removes what was unpacked, plain keys and the plain store, however the restore ends.
struct Staging {
  fs::path path;
  ~Staging() {
    std::error_code error;
    fs::remove_all(path, error);
  }
};

}  // namespace

void remove_leftovers(const fs::path& data) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data, error))
    if (entry.path().filename().string().starts_with(copy_prefix)) fs::remove_all(entry.path(), error);
  fs::remove_all(data / staging_name, error);
  fs::remove_all(data / "temporary", error);  // exports whose end never came
}

Result<core::BackupHead> make_backup(db::Store& store, const Options& options, const fs::path& target,
                                     base::Instant now) {
  const auto keys = keys_of(options);
  auto key = core::recovery_key(keys);
  if (!key) return tl::unexpected(std::move(key).error());
  if (!*key) return base::fail(ErrorKind::conflict, "recovery.none");
  std::error_code error;
  if (fs::exists(target, error))
    return base::fail(ErrorKind::conflict, "backup.exists", {{"path", target.string()}});
  for (const auto& where : {options.data, fs::absolute(target, error).parent_path()})
    if (auto enough = check_space(where, store.size_bytes()); !enough)
      return tl::unexpected(std::move(enough).error());
  const fs::path copy = options.data / fmt::format("{}{:016x}", copy_prefix, core::random_number());
  core::BackupHead head{(*key)->sheet, base::to_iso(now), std::string(program_version),
                        store.dialect() == db::Dialect::sqlite ? "sqlite" : "postgres"};
  auto done = store.copy_to(copy);
  if (done) {
    const KeptFiles files(options.data);
    auto pieces = key_pieces(keys);
    pieces.insert(pieces.end(), files.pieces.begin(), files.pieces.end());
    pieces.insert(pieces.begin(), {"store", copy});
    done = core::write_backup(target, head, **key, pieces);
  }
  fs::remove(copy, error);
  if (!done) return tl::unexpected(std::move(done).error());
  return head;
}

Result<core::BackupHead> restore_backup(const Options& options, const fs::path& file,
                                        const core::RecoveryPair& pair) {
  std::error_code error;
  fs::create_directories(options.data, error);
  fs::permissions(options.data, fs::perms::owner_all, error);
  const Staging staging{options.data / staging_name};
  fs::remove_all(staging.path, error);
  auto head = core::unpack_backup(file, pair, staging.path);
  if (!head) return head;
  const auto database = database_of(options);
  if ((head->store == "postgres") != db::is_postgres(database))
    return base::fail(ErrorKind::conflict, "restore.other_store", {{"store", head->store}});
  const auto keys = keys_of(options);
  if (auto fit = check_keys(staging.path / "keys", keys); !fit) return tl::unexpected(std::move(fit).error());
  if (auto added = add_keys(staging.path / "keys", keys, base::SystemClock{}.now()); !added)
    return tl::unexpected(std::move(added).error());
  if (auto added = add_files(staging.path / "files", options.data); !added)
    return tl::unexpected(std::move(added).error());
  if (auto restored = db::restore(database, staging.path / "store"); !restored)
    return tl::unexpected(std::move(restored).error());
  return head;
}

}  // namespace app
