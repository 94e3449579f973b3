#pragma once
// The key directory (0700, files 0600) stands outside the data and its backups. It holds the master
// key of sealed columns, the keys of blind indexes and of the audit, the secret of day words and the pass
// signing keys.
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
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

  // References stay good for the life of the program, also after a new key.
  const token::SignKey& pass_key() const { return passes().sign.back(); }               // signs new passes
  const std::vector<token::VerifyKey>& verify_keys() const { return passes().verify; }  // oldest first
  // From now on a new key signs; cards of the earlier ones are good as before. The number of the new key.
  // Errors: "keys.used_up" after 255, and those of open().
  base::Result<int> rotate_pass_key();
  // Takes up keys that another process has made in the directory; whether there were any.
  base::Result<bool> reread_pass_keys();
  const std::array<std::uint8_t, 32>& day_secret() const { return day_; }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  using Key = std::array<std::uint8_t, 32>;
  struct PassKeys {
    std::vector<token::SignKey> sign;
    std::vector<token::VerifyKey> verify;
  };
  // Every state of the keys since the start, so that a reader needs no lock: there are few.
  struct Passes {
    std::mutex changing;
    std::vector<std::unique_ptr<const PassKeys>> all;
    std::atomic<const PassKeys*> newest{};
  };
  const PassKeys& passes() const { return *passes_->newest.load(std::memory_order_acquire); }
  base::Result<bool> read_pass_keys();  // under `changing`

  std::filesystem::path directory_;
  Key master_{}, index_{}, day_{}, audit_{};
  std::shared_ptr<Passes> passes_ = std::make_shared<Passes>();
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
