#pragma once
// What other features ask of bodies and their staff.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "core/services.hpp"
#include "core/trail.hpp"
#include "feature/organisation/record.hpp"
#include "feature/place/service.hpp"

namespace feature::organisation {

// A code of a list that may be given today.
bool known_term(db::Scoped& q, TermList list, std::string_view code);

// The code of a list that may be given today and is called so: by its own title, or by the words of a
// built-in one in either language. Each word leads to one code.
std::map<std::string, std::string> codes_by_word(db::Scoped& q, TermList list);

// The body when it exists today and the caller may see it: at home in their scope or above it, or with
// something to do with a place inside.
std::optional<Organisation> find_organisation(db::Scoped& q, std::int64_t id, base::Instant now);
// The one body of this name that the caller may see; none when there is none or several.
struct Named {
  std::int64_t id = 0;
  std::string name{};
};
std::optional<Named> organisation_named(db::Scoped& q, const std::string& name);
// The caller's office keeps its record.
bool keeps_organisation(db::Scoped& q, std::int64_t id);

}  // namespace feature::organisation
