#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sheet {

// As UTF-8; empty when the bytes are not in the encoding `from` (a name of iconv).
std::optional<std::string> convert(std::string_view bytes, const char* from);
// Beyond tab, line ends and form feed.
bool has_controls(std::string_view text);

}  // namespace sheet
