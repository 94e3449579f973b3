#include "token/recovery_code.hpp"

#include <sstream>

#include "token/crockford.hpp"

namespace token {
namespace {

constexpr std::size_t group_length = 5, content_length = group_length - 1;
constexpr std::size_t values_max = recovery_groups * content_length;  // 260 bits; the last four are zero

// Starts from the group's number, so that two groups that changed places are noticed.
unsigned check_of(const unsigned* content, std::size_t group) {
  auto check = static_cast<unsigned>(group + 1);
  for (std::size_t i = 0; i < content_length; ++i) check = times_x(check) ^ content[i];
  return times_x(check);
}

auto wrong(const char* code, std::size_t group) {
  return base::fail(base::ErrorKind::invalid, code, {{"group", std::to_string(group + 1)}});
}

std::string without_notes(std::string_view typed) {
  std::string out;
  std::istringstream lines{std::string(typed)};
  for (std::string line; std::getline(lines, line);)
    if (const auto first = line.find_first_not_of(" \t\r"); first != line.npos && line[first] != '#')
      out += line + '\n';
  return without_full_width(out);
}

}  // namespace

std::vector<std::string> recovery_code(const RecoverySecret& secret) {
  const auto bit = [&](std::size_t at) -> unsigned {
    return at < secret.size() * 8 ? (secret[at / 8] >> (7 - at % 8)) & 1u : 0u;
  };
  std::vector<std::string> groups;
  for (std::size_t group = 0; group < recovery_groups; ++group) {
    unsigned content[content_length] = {};
    for (std::size_t i = 0; i < content_length * 5; ++i)
      content[i / 5] = content[i / 5] << 1 | bit(group * content_length * 5 + i);
    std::string text;
    for (const unsigned value : content) text += crockford[value];
    groups.push_back(text + crockford[check_of(content, group)]);
  }
  return groups;
}

base::Result<RecoverySecret> read_recovery_code(std::string_view typed) {
  unsigned values[values_max] = {};
  std::size_t count = 0;
  for (const char c : without_notes(typed)) {
    if (is_spacing(c)) continue;
    const std::size_t group = count / group_length, place = count % group_length;
    const auto value = crockford_value(c);
    if (!value) return wrong("recovery.character", group);
    if (++count > recovery_groups * group_length) continue;
    if (place < content_length)
      values[group * content_length + place] = *value;
    else if (*value != check_of(values + group * content_length, group))
      return wrong("recovery.check", group);
  }
  if (count != recovery_groups * group_length)
    return base::fail(base::ErrorKind::invalid, "recovery.length", {{"characters", std::to_string(count)}});
  RecoverySecret secret{};
  for (std::size_t at = 0; at < values_max * 5; ++at) {
    const unsigned bit = (values[at / 5] >> (4 - at % 5)) & 1u;
    if (at < secret.size() * 8)
      secret[at / 8] = static_cast<std::uint8_t>(secret[at / 8] << 1 | bit);
    else if (bit)
      return wrong("recovery.check", recovery_groups - 1);
  }
  return secret;
}

}  // namespace token
