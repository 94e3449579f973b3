#pragma once
// Identity documents as they stand in a cell. Resident numbers follow GB 11643 (rules.md section 12).
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace engine::intake {

enum class Sex { unknown, male, female };

enum class DocumentKind { none, resident_id, passport, mainland_permit, taiwan_permit, other };

enum class DocumentState {
  ok,
  damaged,       // the digits are gone: stored as a number or in scientific notation
  bad_checksum,  // 18 characters whose last does not fit the others
  fifteen,       // the number of before 1999: valid form, has no check digit
  missing,
  other,  // another document, or no legal form of a resident number
};

struct Document {
  DocumentKind kind = DocumentKind::none;
  DocumentState state = DocumentState::missing;
  std::string number{};                  // half width, upper case, no spaces; damaged: what is left of it
  std::optional<base::Day> birth_day{};  // from an ok or fifteen number; from a damaged one where intact
  Sex sex = Sex::unknown;                // likewise
  friend bool operator==(const Document&, const Document&) = default;
};

// The check character of the first 17 digits (ISO 7064 MOD 11-2), or 0 when they are not 17 digits.
char check_character(std::string_view first_17);

// `stored_as_number`: the cell held a number that had lost precision.
// `today` bounds plausible birth days.
Document parse_document(std::string_view text, bool stored_as_number, base::Day today);

// 18 characters for a number of 15, after GB 11643; empty when it is not one.
std::optional<std::string> widen_fifteen(std::string_view number);

}  // namespace engine::intake
