#pragma once
// The second factor as RFC 6238 has it and every authenticator app takes it: SHA-1, 30 seconds, 6 digits.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace feature::access {

inline constexpr std::int64_t totp_step_ms = 30 * base::second_ms;
inline constexpr int totp_digits = 6;

std::string base32(std::string_view bytes);  // RFC 4648, without padding
// "otpauth://totp/..." for the QR code; `secret` are the bytes.
std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view username);

std::int64_t totp_step(base::Instant at);
std::string totp_code(std::string_view secret, std::int64_t step);
// The step whose code this is: now, one before or one after (phones' clocks drift), later than `after`.
std::optional<std::int64_t> totp_accepts(std::string_view secret, std::string_view code, base::Instant now,
                                         std::int64_t after);

}  // namespace feature::access
