#include "token/crockford.hpp"

namespace token {

std::optional<unsigned> crockford_value(char c) {
  if ('a' <= c && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  if (c == 'U') c = 'V';
  const std::size_t at = crockford.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

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

}  // namespace token
