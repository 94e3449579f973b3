#pragma once
// Targets, query strings, cookies and cursors as text.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace api {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string_view path_of(std::string_view target);  // without the query
Pairs query_of(std::string_view target);            // decoded name=value pairs
std::optional<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);
std::string cookie(std::string_view header, std::string_view name);  // empty when absent

std::string base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

// A cursor carries the sort key of the last row of a page; opaque to the client.
std::string make_cursor(const std::vector<std::string>& keys);
std::optional<std::vector<std::string>> read_cursor(std::string_view cursor, std::size_t keys);

}  // namespace api
