#include "token/pass.hpp"

#include <sodium.h>

#include <algorithm>
#include <optional>

#include "token/cbor.hpp"

namespace token {
namespace {

using base::ErrorKind;
using base::fail;
using View = std::span<const std::uint8_t>;

constexpr std::string_view prefix = "SW1:";
constexpr std::uint8_t cose_sign1_tag = 0xD2;  // tag 18, one byte
constexpr std::int64_t header_alg = 1, header_kid = 4, alg_eddsa = -8;
// Keys of the claims. The expiry has its CWT number; the others are this program's own.
constexpr std::int64_t claim_expires = 4, claim_ids = -1, claim_class = -2, claim_generation = -3,
                       claim_issued = -4;
constexpr std::int64_t id_max = (std::int64_t{1} << 53) - 1;
constexpr std::size_t id_count = 3, kid_size_max = 8;

bool within(std::int64_t value, std::int64_t low, std::int64_t high) { return low <= value && value <= high; }

bool in_range(const Claims& claims) {
  return within(claims.pass_id, 1, id_max) && within(claims.household_id, 0, id_max) &&
         within(claims.compound_id, 1, id_max) &&
         within(static_cast<int>(claims.pass_class), 1, static_cast<int>(PassClass::worker)) &&
         within(claims.issued.number, 0, 0xFFFF) && within(claims.expires_s, 0, 0xFFFFFFFF);
}

// The three ids, big-endian, each of the width of the largest: an id of seven bytes needs no head of
// its own, which is what keeps the longest pass within QR version 7.
Bytes pack_ids(const Claims& claims) {
  const std::array<std::int64_t, id_count> ids{claims.pass_id, claims.household_id, claims.compound_id};
  int width = 1;
  while ((*std::max_element(ids.begin(), ids.end()) >> (8 * width)) != 0) ++width;
  Bytes packed;
  for (const std::int64_t id : ids) {
    for (int byte = width - 1; byte >= 0; --byte)
      packed.push_back(static_cast<std::uint8_t>(id >> (8 * byte)));
  }
  return packed;
}

bool unpack_ids(View packed, Claims& claims) {
  const std::size_t width = packed.size() / id_count;
  if (width < 1 || width > 7 || packed.size() != width * id_count) return false;
  std::array<std::int64_t, id_count> ids{};
  for (std::size_t i = 0; i < packed.size(); ++i) ids[i / width] = ids[i / width] << 8 | packed[i];
  claims.pass_id = ids[0];
  claims.household_id = ids[1];
  claims.compound_id = ids[2];
  return true;
}

Bytes encode_claims(const Claims& claims) {
  CborWriter out;
  out.map(5).integer(claim_expires).integer(claims.expires_s);
  out.integer(claim_ids).bytes(pack_ids(claims));
  out.integer(claim_class).integer(static_cast<int>(claims.pass_class));
  out.integer(claim_generation).integer(claims.generation);
  out.integer(claim_issued).integer(claims.issued.number);
  return out.data();
}

// Reads in the one order of encode_claims; whatever else differs shows when it is encoded again.
std::optional<Claims> decode_claims(View payload) {
  CborReader in(payload);
  const auto key = [&in](std::int64_t expected) { return in.integer() == expected; };
  Claims claims;
  if (in.map() != 5u || !key(claim_expires)) return std::nullopt;
  claims.expires_s = in.integer().value_or(-1);
  if (!key(claim_ids)) return std::nullopt;
  if (const auto packed = in.bytes(); !packed || !unpack_ids(*packed, claims)) return std::nullopt;
  if (!key(claim_class)) return std::nullopt;
  const std::int64_t pass_class = in.integer().value_or(0);
  if (!key(claim_generation)) return std::nullopt;
  const std::int64_t generation = in.integer().value_or(-1);
  if (!key(claim_issued)) return std::nullopt;
  const std::int64_t issued = in.integer().value_or(-1);
  if (!within(pass_class, 1, 0xFF) || !within(generation, 0, 0xFFFFFFFF) || !within(issued, 0, 0xFFFF)) {
    return std::nullopt;
  }
  claims.pass_class = static_cast<PassClass>(pass_class);
  claims.generation = static_cast<std::uint32_t>(generation);
  claims.issued = base::Day{static_cast<std::int32_t>(issued)};
  if (!in_range(claims) || !std::ranges::equal(encode_claims(claims), payload)) return std::nullopt;
  return claims;
}

Bytes encode_header(View kid) {
  return CborWriter().map(2).integer(header_alg).integer(alg_eddsa).integer(header_kid).bytes(kid).data();
}

std::optional<Bytes> decode_header(View header) {
  CborReader in(header);
  if (in.map() != 2u || in.integer() != header_alg || in.integer() != alg_eddsa ||
      in.integer() != header_kid) {
    return std::nullopt;
  }
  const auto kid = in.bytes();
  if (!kid || kid->empty() || kid->size() > kid_size_max) return std::nullopt;
  if (!std::ranges::equal(encode_header(*kid), header)) return std::nullopt;
  return Bytes(kid->begin(), kid->end());
}

struct Envelope {
  Bytes header, payload, signature;
};

Bytes encode_envelope(const Envelope& envelope) {
  CborWriter out;
  out.array(4).bytes(envelope.header).map(0).bytes(envelope.payload).bytes(envelope.signature);
  return out.data();
}

std::optional<Envelope> decode_envelope(View bytes) {
  if (!bytes.empty() && bytes.front() == cose_sign1_tag) bytes = bytes.subspan(1);
  CborReader in(bytes);
  if (in.array() != 4u) return std::nullopt;
  const auto header = in.bytes();
  if (!header || in.map() != 0u) return std::nullopt;
  const auto payload = in.bytes();
  if (!payload) return std::nullopt;
  const auto signature = in.bytes();
  if (!signature || signature->size() != crypto_sign_BYTES) return std::nullopt;
  Envelope envelope{{header->begin(), header->end()},
                    {payload->begin(), payload->end()},
                    {signature->begin(), signature->end()}};
  if (!std::ranges::equal(encode_envelope(envelope), bytes)) return std::nullopt;
  return envelope;
}

// Sig_structure of RFC 9052, 4.4, without external data.
Bytes to_be_signed(const Envelope& envelope) {
  CborWriter out;
  out.array(4).text("Signature1").bytes(envelope.header).bytes({}).bytes(envelope.payload);
  return out.data();
}

struct KeyPair {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_key{};
  explicit KeyPair(const SignKey& key) {
    crypto_sign_seed_keypair(public_key.data(), secret_key.data(), key.seed.data());
  }
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;
  ~KeyPair() { sodium_memzero(secret_key.data(), secret_key.size()); }
};

bool signed_by(const Envelope& envelope, const VerifyKey& key) {
  const Bytes message = to_be_signed(envelope);
  return crypto_sign_verify_detached(envelope.signature.data(), message.data(), message.size(),
                                     key.public_key.data()) == 0;
}

// "SW" and a number and a colon: a pass, perhaps of another version of this program.
bool is_other_version(std::string_view text) {
  if (!text.starts_with("SW")) return false;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 3 || colon > 5) return false;
  return std::ranges::all_of(text.substr(2, colon - 2), [](char c) { return '0' <= c && c <= '9'; });
}

}  // namespace

std::string_view to_string(PassClass pass_class) {
  switch (pass_class) {
    case PassClass::household:
      return "household";
    case PassClass::person:
      return "person";
    case PassClass::exempt:
      return "exempt";
    case PassClass::vehicle:
      return "vehicle";
    case PassClass::visitor:
      return "visitor";
    case PassClass::worker:
      return "worker";
  }
  return "";
}

VerifyKey verify_key(const SignKey& key) { return VerifyKey{key.kid, KeyPair(key).public_key}; }

base::Result<std::string> sign(const Claims& claims, const SignKey& key) {
  if (!in_range(claims)) return fail(ErrorKind::invalid, "pass_claims_range");
  if (key.kid.empty() || key.kid.size() > kid_size_max) return fail(ErrorKind::invalid, "pass_kid_range");
  Envelope envelope{encode_header(key.kid), encode_claims(claims), Bytes(crypto_sign_BYTES)};
  const Bytes message = to_be_signed(envelope);
  crypto_sign_detached(envelope.signature.data(), nullptr, message.data(), message.size(),
                       KeyPair(key).secret_key.data());
  const Bytes bytes = encode_envelope(envelope);
  if (bytes.size() > token_size_max) return fail(ErrorKind::invalid, "pass_too_long");
  return std::string(prefix) + base45_encode(bytes);
}

namespace {

struct Said {
  Envelope envelope{};
  Bytes kid{};
  Claims claims{};
};

base::Result<Said> decode(std::string_view text) {
  if (!text.starts_with(prefix)) {
    return fail(ErrorKind::invalid, is_other_version(text) ? "other_version" : "not_a_pass");
  }
  const auto malformed = [] { return fail(ErrorKind::invalid, "malformed"); };
  const auto bytes = base45_decode(text.substr(prefix.size()));
  if (!bytes) return malformed();
  auto envelope = decode_envelope(*bytes);
  if (!envelope) return malformed();
  auto kid = decode_header(envelope->header);
  const auto claims = decode_claims(envelope->payload);
  if (!kid || !claims) return malformed();
  return Said{*std::move(envelope), *std::move(kid), *claims};
}

}  // namespace

base::Result<Claims> read_unproven(std::string_view text) {
  return decode(text).map([](const Said& said) { return said.claims; });
}

base::Result<Claims> open(std::string_view text, std::span<const VerifyKey> keys) {
  const auto said = decode(text);
  if (!said) return tl::unexpected(said.error());
  bool known = false;
  for (const VerifyKey& key : keys) {
    if (key.kid != said->kid) continue;
    if (signed_by(said->envelope, key)) return said->claims;
    known = true;
  }
  return fail(ErrorKind::invalid, known ? "bad_signature" : "unknown_key");
}

base::Result<Claims> verify(std::string_view text, std::span<const VerifyKey> keys, base::Instant now) {
  auto claims = open(text, keys);
  if (claims && now.ms >= claims->expires_s * base::second_ms) return fail(ErrorKind::invalid, "expired");
  return claims;
}

}  // namespace token
