#pragma once
// Backups of the whole installation: the store's copy and the key directory in one encrypted file, and back.
#include <filesystem>
#include <string>

#include "app/program.hpp"
#include "core/backup_file.hpp"

namespace app {

// While the program runs or not. The plain copy it is made from stands in the data directory until the
// encrypted file is whole. Errors: conflict "recovery.none" (no sheet was ever made), "backup.no_space"
// {need_mb, free_mb, where}, "backup.exists" {path}, and those of Store::copy_to and core::write_backup.
base::Result<core::BackupHead> make_backup(db::Store& store, const Options& options,
                                           const std::filesystem::path& target, base::Instant now);

// What an interrupted backup or restore left in the data directory.
void remove_leftovers(const std::filesystem::path& data);

// Puts a backup in the place of the store and adds what the key directory lacks. Nothing is touched before
// the whole file has proved right. Errors: those of core::unpack_backup and db::restore, conflict
// "restore.other_store" {store}, "restore.other_keys" {path} (the key directory belongs to another
// installation).
base::Result<core::BackupHead> restore_backup(const Options& options, const std::filesystem::path& file,
                                              const core::RecoveryPair& pair);

}  // namespace app
