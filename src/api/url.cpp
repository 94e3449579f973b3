#include "api/url.hpp"

#include <sodium.h>

namespace api {

std::string_view path_of(std::string_view target) { return target.substr(0, target.find_first_of("?#")); }

std::optional<std::string> percent_decode(std::string_view text) {
  const auto hex = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+')
      out += ' ';
    else if (text[i] != '%')
      out += text[i];
    else {
      if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return std::nullopt;
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
        c == '.')
      out += c;
    else
      (((out += '%') += digits[u >> 4]) += digits[u & 15]);
  }
  return out;
}

Pairs query_of(std::string_view target) {
  Pairs pairs;
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return pairs;
  auto rest = target.substr(mark + 1);
  rest = rest.substr(0, rest.find('#'));
  while (!rest.empty()) {
    const auto part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (part.empty()) continue;
    const auto equals = part.find('=');
    auto name = percent_decode(part.substr(0, equals));
    auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                  : percent_decode(part.substr(equals + 1));
    if (name && value) pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

std::string cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    auto part = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), part.size() + 1));
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name)
      return std::string(part.substr(equals + 1));
  }
  return {};
}

std::string base64url(std::string_view bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.resize(out.find('\0') == std::string::npos ? out.size() : out.find('\0'));
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                        nullptr, &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  out.resize(size);
  return out;
}

std::string make_cursor(const std::vector<std::string>& keys) {
  std::string joined;
  for (const auto& key : keys) joined += std::to_string(key.size()) + ":" + key;
  return base64url(joined);
}

std::optional<std::vector<std::string>> read_cursor(std::string_view cursor, std::size_t keys) {
  const auto joined = from_base64url(cursor);
  if (!joined) return std::nullopt;
  std::vector<std::string> out;
  std::string_view rest = *joined;
  while (!rest.empty()) {
    std::size_t length = 0, at = 0;
    while (at < rest.size() && rest[at] >= '0' && rest[at] <= '9' && at < 6)
      length = length * 10 + static_cast<std::size_t>(rest[at++] - '0');
    if (at == 0 || at >= rest.size() || rest[at] != ':' || rest.size() - at - 1 < length) return std::nullopt;
    out.emplace_back(rest.substr(at + 1, length));
    rest.remove_prefix(at + 1 + length);
  }
  if (out.size() != keys) return std::nullopt;
  return out;
}

}  // namespace api
