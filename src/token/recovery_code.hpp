#pragma once
// 32 secret bytes as a person can copy them from paper: 13 numbered groups of five characters of
// Crockford's alphabet, the fifth being a check over the group and its number. A wrong character, an
// exchange of two and a group in another's place are noticed, and the group is named.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace token {

using RecoverySecret = std::array<std::uint8_t, 32>;
inline constexpr std::size_t recovery_groups = 13;

std::vector<std::string> recovery_code(const RecoverySecret& secret);

// From what somebody typed, or from the whole printed sheet: lines that begin with # are left out, spacing,
// case, full-width forms and O, I, L, U do not matter.
// Errors: invalid "recovery.length" {characters}, "recovery.character" {group}, "recovery.check" {group}.
base::Result<RecoverySecret> read_recovery_code(std::string_view typed);

}  // namespace token
