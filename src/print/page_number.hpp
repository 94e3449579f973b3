#pragma once
#include <string>

namespace print {

// The format with every "{page}" replaced by the number.
inline std::string page_number(std::string format, int page) {
  constexpr std::string_view place = "{page}";
  for (auto at = format.find(place); at != std::string::npos; at = format.find(place, at)) {
    format.replace(at, place.size(), std::to_string(page));
  }
  return format;
}

}  // namespace print
