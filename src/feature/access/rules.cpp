#include <fmt/format.h>

#include "base/text.hpp"
#include "feature/access/service.hpp"

namespace feature::access {
namespace {
using P = api::Permission;
constexpr int first_named = static_cast<int>(P::place_read);  // before it: anybody, signed_in
constexpr int permission_count = static_cast<int>(meta::EnumNames<P>::names.size());
}  // namespace

api::PermissionSet every_permission() {
  api::PermissionSet all;
  for (int p = first_named; p < permission_count; ++p) all.add(static_cast<P>(p));
  return all;
}

api::PermissionSet parse_permissions(std::string_view text) {
  if (text == "*") return every_permission();
  api::PermissionSet set;
  for (const auto& word : base::words_of(text)) {
    // A word this version does not know gives nothing.
    if (P p{}; meta::parse_enum(word, p) && static_cast<int>(p) >= first_named) set.add(p);
  }
  return set;
}

std::vector<std::string> permission_names(api::PermissionSet set) {
  std::vector<std::string> names;
  for (int p = first_named; p < permission_count; ++p)
    if (set.has(static_cast<P>(p))) names.emplace_back(meta::name_of(static_cast<P>(p)));
  return names;
}

std::optional<api::PermissionSet> read_permissions(const std::vector<std::string>& names,
                                                   base::Problems& problems) {
  api::PermissionSet set;
  for (std::size_t i = 0; i < names.size(); ++i) {
    P p{};
    if (meta::parse_enum(names[i], p) && static_cast<int>(p) >= first_named)
      set.add(p);
    else
      problems.push_back({fmt::format("/permissions/{}", i), "not_allowed"});
  }
  if (!problems.empty()) return std::nullopt;
  return set;
}

api::PermissionSet held_at(const api::Principal& who, const PlacePath& place) {
  api::PermissionSet set;
  for (const auto& role : who.held)
    if (!role.node || place[static_cast<std::size_t>(role.node->level)] == role.node->place)
      set.add(role.permissions);
  return set;
}

}  // namespace feature::access
