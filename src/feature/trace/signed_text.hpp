#pragma once
// Texts between installations: signed over their bytes (Ed25519, the key that signs passes), so that each can
// be checked without a network and none can be changed on the way.
#include <string>
#include <string_view>

#include "core/services.hpp"
#include "feature/trace/record.hpp"

namespace feature::trace {

std::string base64(std::string_view bytes);
// Empty unless it is exactly `size` bytes.
std::string from_base64(std::string_view text, std::size_t size);
// Short enough to be read out over the telephone.
std::string fingerprint_of(std::string_view public_key);

SignedHandOver sign_text(std::string content, const core::Keyring& keys);
// Of this installation, base64: what the newest key signs.
std::string own_public_key(const core::Keyring& keys);

struct Signer {
  bool own = false;          // this installation, by one of its keys
  std::string public_key{};  // bytes
  std::string fingerprint{};
};
// Errors: field "/signature" "hand_over_signature".
base::Result<Signer> signer_of(const SignedHandOver& text, const core::Keyring& keys);

}  // namespace feature::trace
