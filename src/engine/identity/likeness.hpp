#pragma once
// Are two persons one? Reasons for it, and what speaks against it; people decide.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace engine::identity {

struct Facts {
  std::string name{};
  std::optional<base::Day> birth_day{};
  int sex = 0;                        // 0 unknown
  std::string document{};             // blind index or number of one that tells who; empty otherwise
  bool document_sound = false;        // passed its check digit
  std::vector<std::string> phones{};  // blind indexes or numbers
  std::vector<std::int64_t> dwellings{};
};

enum class Reason { same_document, same_phone_and_name, same_name_and_birth, same_dwelling_like_name };

struct Likeness {
  std::vector<Reason> reasons{};  // empty: nothing says that they are one
  int score = 0;                  // 0..100
};

// Two sound documents that differ are two persons, whatever else agrees: twins, father and son of one name.
Likeness compare(const Facts& a, const Facts& b);

// The same name or the same sound, dialects allowed for: 陈 and 程, 张丽 and 张莉. Brothers (王建国, 王建民)
// are not alike.
bool alike(std::string_view name_a, std::string_view name_b);

}  // namespace engine::identity
