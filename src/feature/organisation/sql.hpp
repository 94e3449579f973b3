#pragma once
// Pieces of the queries of this feature. They are literals, since a scoped query is made of nothing else.
#include <string>
#include <string_view>

// In force at the instant that is argument `at` ("$2").
#define IN_FORCE(row, at) \
  row ".valid_from_ms <= " at " AND (" row ".valid_until_ms IS NULL OR " row ".valid_until_ms > " at ")"

// p: where the body o is at home; $1: the places above the caller's scope, whose bodies are no secret below.
#define ORGANISATION_SEEN                                                                            \
  "({scope:p} OR p.id {in:1} OR EXISTS (SELECT 1 FROM organisation_bond r JOIN place rp ON rp.id = " \
  "r.place_id WHERE r.organisation_id = o.id AND r.valid_until_ms IS NULL AND {scope:rp}))"

namespace feature::organisation {

// An argument for LIKE ... ESCAPE '\\'; what was typed is never a pattern itself.
inline std::string like(std::string_view before, std::string_view typed, std::string_view after) {
  std::string out(before);
  for (const char c : typed) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out.append(after);
}

}  // namespace feature::organisation
