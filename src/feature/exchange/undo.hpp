#pragma once
// Taking a whole import back. What it added goes, what it changed becomes what it was before, unless somebody
// has changed or used it since: a dwelling in use keeps everything the import said of it.
#include "feature/exchange/imports.hpp"

namespace feature::exchange {

// In parts like a commit; running it again goes on where it broke off. Errors: conflict
// "import_not_committed".
base::Result<Import> undo_import(api::Context& c, std::int64_t id, std::string_view reason);

}  // namespace feature::exchange
