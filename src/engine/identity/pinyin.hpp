#pragma once
// How a Chinese name sounds, without tones: "解小龙" is "jiexiaolong" and, as a surname, "xiexiaolong".
#include <string>
#include <string_view>
#include <vector>

namespace engine::identity {

struct Spelling {
  std::string full{};      // "zhangsan": lower case letters and digits only
  std::string initials{};  // "zs"
  friend bool operator==(const Spelling&, const Spelling&) = default;
};

inline constexpr std::size_t spellings_max = 6;

// The likeliest first, without doubles; letters of other scripts are taken as they are, what has no sound is
// left out. Empty for a name without any sound. Safe to call from several threads.
std::vector<Spelling> spellings(std::string_view name);

// What somebody typed, ready for comparing with a spelling: "Lü Bu" is "lubu", and so is "lvbu".
std::string plain_latin(std::string_view typed);

}  // namespace engine::identity
