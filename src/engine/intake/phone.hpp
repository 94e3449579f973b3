#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace engine::intake {

enum class PhoneKind { mobile, landline, foreign, other };  // other: kept as written, doubtful

struct Phone {
  PhoneKind kind = PhoneKind::other;
  std::string number{};  // "13800136153", "0830-2345678", "+8529123..." ; extensions as "-123"
  friend bool operator==(const Phone&, const Phone&) = default;
};

// All phones of one cell, in order, without repetition: "139…/138…", "+86 138-0013-6153",
// "0830-2345678、13…". Words such as 无 give none.
std::vector<Phone> parse_phones(std::string_view text);

}  // namespace engine::intake
