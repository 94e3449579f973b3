#pragma once
// For caches keyed by SQL text and asked with a view.
#include <functional>
#include <string_view>

namespace db {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace db
