#include "feature/trace/signed_text.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace feature::trace {
namespace {

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct Pair {
  std::string public_key = std::string(crypto_sign_PUBLICKEYBYTES, '\0');
  std::string secret = std::string(crypto_sign_SECRETKEYBYTES, '\0');
  explicit Pair(const token::SignKey& key) {
    crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(public_key.data()),
                             reinterpret_cast<unsigned char*>(secret.data()), key.seed.data());
  }
  ~Pair() { sodium_memzero(secret.data(), secret.size()); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
};

}  // namespace

std::string base64(std::string_view text) {
  std::string out(sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes(text), text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.find('\0'));
  return out;
}
std::string from_base64(std::string_view text, std::size_t size) {
  std::string out(size, '\0');
  std::size_t got = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                        nullptr, &got, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      got != size)
    return {};
  return out;
}

std::string fingerprint_of(std::string_view public_key) {
  std::array<unsigned char, 10> hash{};
  crypto_generichash(hash.data(), hash.size(), bytes(public_key), public_key.size(), nullptr, 0);
  std::string out;
  for (std::size_t i = 0; i < hash.size(); ++i)
    out += fmt::format("{}{:02X}", i > 0 && i % 2 == 0 ? "-" : "", hash[i]);
  return out;
}

SignedHandOver sign_text(std::string content, const core::Keyring& keys) {
  const Pair pair(keys.pass_key());
  std::string signature(crypto_sign_BYTES, '\0');
  SignedHandOver out{std::move(content), base64(pair.public_key), {}};
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, bytes(out.content),
                       out.content.size(), bytes(pair.secret));
  out.signature = base64(signature);
  return out;
}

std::string own_public_key(const core::Keyring& keys) { return base64(Pair(keys.pass_key()).public_key); }

base::Result<Signer> signer_of(const SignedHandOver& text, const core::Keyring& keys) {
  const auto key = from_base64(text.public_key, crypto_sign_PUBLICKEYBYTES);
  const auto signature = from_base64(text.signature, crypto_sign_BYTES);
  if (key.empty() || signature.empty() ||
      crypto_sign_verify_detached(bytes(signature), bytes(text.content), text.content.size(), bytes(key)) !=
          0)
    return base::fail_field("/signature", "hand_over_signature");
  Signer out{false, key, fingerprint_of(key)};
  for (const auto& own : keys.verify_keys()) {
    const auto& known = own.public_key;
    out.own = out.own || std::string_view(reinterpret_cast<const char*>(known.data()), known.size()) == key;
  }
  return out;
}

}  // namespace feature::trace
