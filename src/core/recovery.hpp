#pragma once
// The recovery key pair. The public key stands in the key directory and encrypts backups; the private key
// stands on paper only: the recovery sheet is shown once, when it is made, and kept nowhere.
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "token/recovery_code.hpp"

namespace core {

struct RecoveryKey {
  std::string sheet{};  // "7F3A-09C2": stands on the sheet and in each backup made for it
  std::array<std::uint8_t, 32> public_key{};
  base::Instant made{};
};
struct RecoverySheet {
  std::string sheet{};
  std::vector<std::string> groups{};  // what a person types back
  base::Instant made{};
};

// The one backups are made for now; none before the first sheet. Error "keys.damaged" {path}.
base::Result<std::optional<RecoveryKey>> recovery_key(const std::filesystem::path& key_directory);

// A new pair takes the place of the one before, if any; backups made for that one stay readable with its
// sheet. `only_first`: conflict "recovery.exists" {sheet} when there is one. Error "keys.unreadable" {path}.
base::Result<RecoverySheet> new_recovery_sheet(const std::filesystem::path& key_directory, base::Instant now,
                                               bool only_first);

// The pair behind a sheet's secret.
struct RecoveryPair {
  std::string sheet{};
  std::array<std::uint8_t, 32> public_key{}, private_key{};
};
RecoveryPair recovery_pair(const token::RecoverySecret& secret);

// Text for a terminal or a file: all lines but those of the code begin with #, so that the whole can be
// given back to restore.
std::string sheet_text(const RecoverySheet& sheet);

}  // namespace core
