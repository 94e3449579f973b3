#pragma once
// Base45 (RFC 9285): bytes as text of the 45 characters a QR code stores in alphanumeric mode.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace token {

using Bytes = std::vector<std::uint8_t>;

std::string base45_encode(std::span<const std::uint8_t> bytes);
// Empty for a foreign character, a length of 3n+1, or a group that exceeds its one or two bytes.
std::optional<Bytes> base45_decode(std::string_view text);

}  // namespace token
