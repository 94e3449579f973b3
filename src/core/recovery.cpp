#include "core/recovery.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "db/copy_file.hpp"

namespace core {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

std::string hex(const std::array<std::uint8_t, 32>& bytes) {
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

std::string sheet_of(const std::array<std::uint8_t, 32>& public_key) {
  std::array<std::uint8_t, 16> digest{};
  crypto_generichash(digest.data(), digest.size(), public_key.data(), public_key.size(), nullptr, 0);
  return fmt::format("{:02X}{:02X}-{:02X}{:02X}", digest[0], digest[1], digest[2], digest[3]);
}

fs::path file_of(const fs::path& directory) { return directory / "recovery.pub"; }

// Written beside, synced, renamed: the key of the backups is never half a key.
bool write_key(const fs::path& path, const std::string& text) {
  const fs::path fresh = path.string() + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = fd >= 0 &&
                       ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  std::error_code error;
  if (written) fs::rename(fresh, path, error);
  return written && !error && db::sync_directory_of(path);
}

}  // namespace

base::Result<std::optional<RecoveryKey>> recovery_key(const fs::path& key_directory) {
  const auto path = file_of(key_directory);
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::ifstream file(path);
  std::string word, digits;
  RecoveryKey key;
  std::size_t length = 0;
  if (!(file >> word >> digits >> key.made.ms) || word != "recovery" ||
      sodium_hex2bin(key.public_key.data(), key.public_key.size(), digits.data(), digits.size(), nullptr,
                     &length, nullptr) != 0 ||
      length != key.public_key.size())
    return base::fail(ErrorKind::internal, "keys.damaged", {{"path", path.string()}});
  key.sheet = sheet_of(key.public_key);
  return key;
}

base::Result<RecoverySheet> new_recovery_sheet(const fs::path& key_directory, base::Instant now,
                                               bool only_first) {
  auto before = recovery_key(key_directory);
  if (only_first) {
    if (!before) return tl::unexpected(std::move(before).error());
    if (*before) return base::fail(ErrorKind::conflict, "recovery.exists", {{"sheet", (*before)->sheet}});
  }
  token::RecoverySecret secret{};
  randombytes_buf(secret.data(), secret.size());
  const auto pair = recovery_pair(secret);
  if (!write_key(file_of(key_directory), fmt::format("recovery {} {}\n", hex(pair.public_key), now.ms)))
    return base::fail(ErrorKind::internal, "keys.unreadable", {{"path", file_of(key_directory).string()}});
  RecoverySheet sheet{pair.sheet, token::recovery_code(secret), now};
  sodium_memzero(secret.data(), secret.size());
  return sheet;
}

RecoveryPair recovery_pair(const token::RecoverySecret& secret) {
  RecoveryPair pair;
  crypto_box_seed_keypair(pair.public_key.data(), pair.private_key.data(), secret.data());
  pair.sheet = sheet_of(pair.public_key);
  return pair;
}

std::string sheet_text(const RecoverySheet& sheet) {
  std::string out = fmt::format(
      "# 恢复码 Recovery sheet {0}    {1}\n"
      "# 备份只能用本页恢复。请抄写或打印，与备份分开保管；本页只显示这一次。\n"
      "# Backups can be restored with this sheet only. Keep it on paper, away from the backups.\n"
      "# It is shown this once and stored nowhere.\n",
      sheet.sheet, base::to_iso(sheet.made));
  for (std::size_t i = 0; i < sheet.groups.size(); ++i)
    out += fmt::format("{}{}", sheet.groups[i], i % 5 == 4 || i + 1 == sheet.groups.size() ? "\n" : "  ");
  return out;
}

}  // namespace core
