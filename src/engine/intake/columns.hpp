#pragma once
// What the words of a header and the contents of a column say about its meaning.
#include <optional>
#include <string_view>
#include <vector>

#include "engine/intake/analyse.hpp"

namespace engine::intake {

struct HeaderMatch {
  Field field = Field::ignored;
  double confidence = 0;  // 1 the very word, less when the word stands within others, 0 no match
};
HeaderMatch match_header(std::string_view header);
// The field whose usual header this is word for word; asked of every cell of a file.
std::optional<Field> header_named(std::string_view text);

// Weight of a field as evidence for a kind, 0 when it has no place there.
double evidence(Kind kind, Field field);
// Fields without which a table is not of this kind.
bool has_needed(Kind kind, const std::vector<Field>& fields);
// What titles and sheet names say: 楼盘表, 花名册 ...
double title_evidence(Kind kind, std::string_view code);

// What at least most of the values are, when nothing is written above them.
std::optional<Field> match_content(const std::vector<std::string_view>& values);

}  // namespace engine::intake
