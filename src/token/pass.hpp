#pragma once
// The signed pass: what the QR code of a card says, and how a gate checks it without a network.
//
// COSE_Sign1 (RFC 9052) with Ed25519, payload a CBOR map with the expiry of CWT (RFC 8392), Base45,
// prefix "SW1:". It carries ids and a rule class only: no name, no room, no category, no control
// level (practice.md 24), so it does not change with anybody's health.
#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "token/base45.hpp"

namespace token {

enum class PassClass : std::uint8_t { household = 1, person, exempt, vehicle, visitor, worker };
std::string_view to_string(PassClass pass_class);  // "household", "person", ...

struct Claims {
  std::int64_t pass_id = 0;       // 1 .. 2^53-1
  std::int64_t household_id = 0;  // 0 when the pass belongs to no household
  std::int64_t compound_id = 0;   // 1 .. 2^53-1
  PassClass pass_class = PassClass::household;
  std::uint32_t generation = 0;  // the pass with the highest generation of a pass id is the valid one
  base::Day issued{};            // 1970-01-01 .. 2149-06-06
  std::int64_t expires_s = 0;    // seconds since 1970, below 2^32; invalid from this second on
  friend bool operator==(const Claims&, const Claims&) = default;
};

// `kid` names the key: 1 to 8 bytes. Several keys may share a kid; each is tried.
struct SignKey {
  Bytes kid;
  std::array<std::uint8_t, 32> seed{};
};
struct VerifyKey {
  Bytes kid;
  std::array<std::uint8_t, 32> public_key{};
};
VerifyKey verify_key(const SignKey& key);

// 116 bytes in Base45 with the prefix are the 178 characters of QR version 7-M.
inline constexpr std::size_t token_size_max = 116;

// Guaranteed to fit with a kid of one byte and a generation up to 255; ids below 2^48 leave room for
// a kid of two bytes and a generation up to 65535.
// Errors: "pass_claims_range", "pass_kid_range", "pass_too_long".
base::Result<std::string> sign(const Claims& claims, const SignKey& key);

// Every input gives claims or one of: "not_a_pass", "other_version", "malformed", "unknown_key",
// "bad_signature". The decoding is strict: one encoding of each pass, but for the optional tag 18.
// The expiry is left to the caller: an expired card still brings its holder home (practice.md 1).
base::Result<Claims> open(std::string_view text, std::span<const VerifyKey> keys);

// What a pass says of itself, unproven: to find the card that was issued. Errors: those of open() but the
// last two.
base::Result<Claims> read_unproven(std::string_view text);

// open(), then "expired" when `now` has reached the expiry.
base::Result<Claims> verify(std::string_view text, std::span<const VerifyKey> keys, base::Instant now);

}  // namespace token
