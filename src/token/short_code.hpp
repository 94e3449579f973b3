#pragma once
// The code printed under a QR code, for a wet or torn card (practice.md 13): eight characters of
// Crockford's alphabet (no I, L, O, U), seven of content and one of check. The check notices every
// single wrong character and every exchange of two characters.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace token {

inline constexpr std::uint64_t short_code_count = std::uint64_t{1} << 35;

// Random numbers below short_code_count give codes that cannot be guessed from one another; the
// lower 35 bits of `number` are used.
std::string short_code(std::uint64_t number);

// The code as it is printed, from what somebody typed: lower case, full-width characters, spaces and
// hyphens, and O, I, L, U read for 0, 1, 1, V. Empty when the check or the length is wrong.
std::optional<std::string> read_short_code(std::string_view typed);

// The number behind what somebody typed; empty as above.
std::optional<std::uint64_t> short_code_number(std::string_view typed);

}  // namespace token
