#pragma once
// Crockford's alphabet (no I, L, O, U) for what people copy by hand, and the polynomial that checks it.
#include <optional>
#include <string>
#include <string_view>

namespace token {

inline constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static_assert(crockford.size() == 32);

// Multiplication by x in the field of 32 elements, x^5 = x^2 + 1. The powers of x up to the 30th all
// differ, so a polynomial in x notices a wrong character and an exchange of any two.
constexpr unsigned times_x(unsigned value) {
  const unsigned doubled = value << 1;
  return (doubled & 32u) != 0 ? (doubled ^ 0b100101u) : doubled;
}

// Lower case and O, I, L, U read for 0, 1, 1, V; empty for what is none of the 32.
std::optional<unsigned> crockford_value(char c);

// What stands between characters and means nothing.
constexpr bool is_spacing(char c) { return c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n'; }

// Full-width forms, which a Chinese keyboard writes, as ASCII: U+FF01..U+FF5E are EF BC 81 .. EF BD 9E.
std::string without_full_width(std::string_view text);

}  // namespace token
