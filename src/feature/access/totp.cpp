#include "feature/access/totp.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include "api/url.hpp"
#include "base/hmac_sha1.hpp"

namespace feature::access {

std::string base32(std::string_view bytes) {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  unsigned buffer = 0;
  int bits = 0;
  for (const char b : bytes) {
    buffer = ((buffer << 8) | static_cast<unsigned char>(b)) & 0xFFFF;
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet[(buffer >> (bits - 5)) & 31];
  }
  if (bits > 0) out += alphabet[(buffer << (5 - bits)) & 31];
  return out;
}

std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view username) {
  return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}", api::percent_encode(issuer),
                     api::percent_encode(username), base32(secret));
}

std::int64_t totp_step(base::Instant at) { return at.ms / totp_step_ms; }

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::string counter(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) counter[7 - i] = static_cast<char>((step >> (8 * i)) & 0xFF);
  const auto mac = base::hmac_sha1(secret, counter);
  const auto at = static_cast<std::size_t>(mac.back() & 0x0F);
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = (number << 8) | static_cast<unsigned char>(mac[at + i]);
  return fmt::format("{:06}", (number & 0x7FFFFFFF) % 1'000'000);
}

std::optional<std::int64_t> totp_accepts(std::string_view secret, std::string_view code, base::Instant now,
                                         std::int64_t after) {
  if (code.size() != totp_digits) return std::nullopt;
  for (const std::int64_t drift : {0, -1, 1}) {
    const auto step = totp_step(now) + drift;
    if (step > after && sodium_memcmp(totp_code(secret, step).data(), code.data(), code.size()) == 0)
      return step;
  }
  return std::nullopt;
}

}  // namespace feature::access
