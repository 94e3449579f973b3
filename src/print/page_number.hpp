#pragma once
#include <string>
#include <string_view>

namespace print {

// The format with every "{page}" replaced by the number, and every "{pages}" by how many there are.
inline std::string page_number(std::string format, int page, int pages = 0) {
  const auto fill = [&format](std::string_view place, int number) {
    for (auto at = format.find(place); at != std::string::npos; at = format.find(place, at))
      format.replace(at, place.size(), std::to_string(number));
  };
  fill("{page}", page);
  fill("{pages}", pages);
  return format;
}

inline bool counts_pages(std::string_view format) { return format.find("{pages}") != std::string_view::npos; }

}  // namespace print
