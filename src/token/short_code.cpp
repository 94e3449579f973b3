#include "token/short_code.hpp"

#include <array>

namespace token {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static_assert(alphabet.size() == 32);
constexpr std::size_t content_length = 7, code_length = content_length + 1;

// Multiplication by x in the field of 32 elements, x^5 = x^2 + 1. The powers of x up to the 30th all
// differ, so a polynomial in x notices a wrong character and an exchange of any two.
constexpr unsigned times_x(unsigned value) {
  const unsigned doubled = value << 1;
  return (doubled & 32u) != 0 ? (doubled ^ 0b100101u) : doubled;
}

// Starts from one so that a code of zeros is not valid.
unsigned check_of(const std::array<unsigned, code_length>& values) {
  unsigned check = 1;
  for (std::size_t i = 0; i < content_length; ++i) check = times_x(check) ^ values[i];
  return times_x(check);
}

std::optional<unsigned> value_of(char c) {
  if ('a' <= c && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  if (c == 'U') c = 'V';
  const std::size_t at = alphabet.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

// Full-width forms, which a Chinese keyboard writes, as ASCII: U+FF01..U+FF5E are EF BC 81 .. EF BD 9E.
std::string without_full_width(std::string_view text) {
  std::string ascii;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    if (byte(i) == 0xEF && (byte(i + 1) == 0xBC || byte(i + 1) == 0xBD) && byte(i + 2) >= 0x80 &&
        byte(i + 2) < 0xC0) {
      ascii += static_cast<char>(byte(i + 2) - 0x80 + (byte(i + 1) == 0xBC ? 0x20 : 0x60));
      i += 2;
    } else {
      ascii += text[i];
    }
  }
  return ascii;
}

std::optional<std::array<unsigned, code_length>> read(std::string_view typed) {
  std::array<unsigned, code_length> values{};
  std::size_t count = 0;
  for (const char c : without_full_width(typed)) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    const auto value = value_of(c);
    if (!value || count == code_length) return std::nullopt;
    values[count++] = *value;
  }
  if (count != code_length || values.back() != check_of(values)) return std::nullopt;
  return values;
}

std::string text_of(const std::array<unsigned, code_length>& values) {
  std::string text;
  for (const unsigned value : values) text += alphabet[value];
  return text;
}

}  // namespace

std::string short_code(std::uint64_t number) {
  std::array<unsigned, code_length> values{};
  for (std::size_t i = 0; i < content_length; ++i) {
    values[i] = static_cast<unsigned>(number >> (5 * (content_length - 1 - i))) & 31u;
  }
  values.back() = check_of(values);
  return text_of(values);
}

std::optional<std::string> read_short_code(std::string_view typed) {
  const auto values = read(typed);
  if (!values) return std::nullopt;
  return text_of(*values);
}

std::optional<std::uint64_t> short_code_number(std::string_view typed) {
  const auto values = read(typed);
  if (!values) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < content_length; ++i) number = number << 5 | (*values)[i];
  return number;
}

}  // namespace token
