#include "token/short_code.hpp"

#include <array>

#include "token/crockford.hpp"

namespace token {
namespace {

constexpr std::size_t content_length = 7, code_length = content_length + 1;

// Starts from one so that a code of zeros is not valid.
unsigned check_of(const std::array<unsigned, code_length>& values) {
  unsigned check = 1;
  for (std::size_t i = 0; i < content_length; ++i) check = times_x(check) ^ values[i];
  return times_x(check);
}

std::optional<std::array<unsigned, code_length>> read(std::string_view typed) {
  std::array<unsigned, code_length> values{};
  std::size_t count = 0;
  for (const char c : without_full_width(typed)) {
    if (is_spacing(c)) continue;
    const auto value = crockford_value(c);
    if (!value || count == code_length) return std::nullopt;
    values[count++] = *value;
  }
  if (count != code_length || values.back() != check_of(values)) return std::nullopt;
  return values;
}

std::string text_of(const std::array<unsigned, code_length>& values) {
  std::string text;
  for (const unsigned value : values) text += crockford[value];
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
