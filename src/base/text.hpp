#pragma once
// Text as stores and pages carry it.
#include <string>
#include <string_view>
#include <vector>

namespace base {

// The words of a list kept in one column, "a b c"; blanks alone are no word.
std::vector<std::string> words_of(std::string_view text);
// For text and for attributes in double quotes, in HTML as in XML.
std::string markup_escaped(std::string_view text);

}  // namespace base
