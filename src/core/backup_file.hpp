#pragma once
// A backup: one file with everything a new machine needs, readable with the recovery sheet alone.
//
//   lines of text   "shouwang backup 1", then sheet, made, program, store; an empty line ends them
//   80 bytes        the file's key, sealed to the recovery key (crypto_box_seal)
//   24 bytes        header of the stream
//   chunks          crypto_secretstream, XChaCha20-Poly1305, 64 KiB each; the lines of text are
//                   authenticated with the first, the last one is marked
//
// The stream holds pieces: length of the name (1 byte), name, size (8 bytes, little endian), content; a name
// of length 0 ends it. What was cut off, altered, or put behind the end is refused.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "core/recovery.hpp"

namespace core {

inline constexpr std::size_t backup_chunk_bytes = 64 * 1024;

struct BackupHead {
  std::string sheet{}, made{}, program{};
  std::string store{};  // "sqlite" or "postgres"
};
struct BackupPiece {
  std::string name{};  // "store", "keys/master.key", "files/<address>"
  std::filesystem::path file{};
};

// The target must not exist; it is whole or absent. Errors: "backup.exists" {path}, "backup.failed" {path}.
base::Result<void> write_backup(const std::filesystem::path& target, const BackupHead& head,
                                const RecoveryKey& key, const std::vector<BackupPiece>& pieces);

// False for anything else, such as a plain copy of a store.
bool is_backup(const std::filesystem::path& file);

// Errors: "restore.no_copy" {path}, "restore.damaged" {path}, "restore.newer_format" {format}.
base::Result<BackupHead> read_backup_head(const std::filesystem::path& file);

// Unpacks all pieces below `into`, an empty directory, and returns when the last byte has proved right; what
// it wrote before an error is worth nothing. Errors: as above, conflict "restore.other_sheet" {needed,
// given}, "restore.failed" {path}.
base::Result<BackupHead> unpack_backup(const std::filesystem::path& file, const RecoveryPair& pair,
                                       const std::filesystem::path& into);

}  // namespace core
