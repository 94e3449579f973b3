#pragma once
// The key directory (0700, files 0600) stands outside the data and its backups. It holds the master
// key of sealed columns, the keys of blind indexes and of the audit, the secret of day words and the pass
// signing keys.
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "token/pass.hpp"

namespace core {

class Keyring {
 public:
  // Makes what is missing on first use. Errors: "keys.unreadable" {path}, "keys.damaged" {path}.
  static base::Result<Keyring> open(const std::filesystem::path& directory);

  // key id | nonce | XChaCha20-Poly1305, bound to its table, column and row: a ciphertext moved to
  // another row does not open.
  std::string seal(std::string_view table, std::string_view column, std::int64_t row,
                   std::string_view plain) const;
  std::optional<std::string> unseal(std::string_view table, std::string_view column, std::int64_t row,
                                    std::string_view sealed) const;

  // 16 bytes, equal for equal values of one purpose ("document", "phone"); says nothing without the key.
  std::string blind(std::string_view purpose, std::string_view value) const;

  // HMAC-SHA256 (32 bytes) that only this installation can make, for the audit's rows and their chain.
  std::string audit_mac(std::string_view text) const;

  const token::SignKey& pass_key() const { return pass_keys_.back(); }         // signs new passes
  const std::vector<token::SignKey>& pass_keys() const { return pass_keys_; }  // all that still verify
  const std::array<std::uint8_t, 32>& day_secret() const { return day_; }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  using Key = std::array<std::uint8_t, 32>;
  std::filesystem::path directory_;
  Key master_{}, index_{}, day_{}, audit_{};
  std::vector<token::SignKey> pass_keys_;
};

// Secrets of sessions, links and devices: 32 random bytes as base64url, stored as this digest only.
std::string random_token();
std::string token_digest(std::string_view token);
std::string random_bytes(std::size_t count);
std::uint64_t random_number();

// "139****0815", "5105**********0708": first and last digits stay for telling two entries apart.
std::string mask_phone(std::string_view number);
std::string mask_document(std::string_view number);
std::string mask_name(std::string_view name);  // "王*" / "王**": the surname stays

}  // namespace core
