// The recovery sheet on a page: whether there is one, and a new one, shown this once.
#include "core/recovery.hpp"

#include "core/services.hpp"
#include "feature/access/api.hpp"
#include "feature/access/service.hpp"

namespace feature::access {
namespace {

using api::Permission;
using base::Result;

Result<RecoveryState> state(api::Context& c) {
  auto key = core::recovery_key(c.services.keys.directory());
  if (!key) return tl::unexpected(std::move(key).error());
  if (!*key) return RecoveryState{};
  return RecoveryState{(*key)->sheet, (*key)->made};
}

// On record before it is shown: whoever holds the sheet can read every backup made from now on.
Result<RecoverySheet> make(api::Context& c, const NewRecoverySheet& in) {
  auto key = core::recovery_key(c.services.keys.directory());
  if (!key) return tl::unexpected(std::move(key).error());
  if (*key && !in.replace)
    return base::fail(base::ErrorKind::conflict, "recovery.exists", {{"sheet", (*key)->sheet}});
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    core::audit(q, c, {"keys.recovery", "keys", 0, std::nullopt, *key ? "replaced " + (*key)->sheet : ""});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  auto made = core::new_recovery_sheet(c.services.keys.directory(), c.now, !in.replace);
  if (!made) return tl::unexpected(std::move(made).error());
  c.answer->set("Cache-Control", "no-store");
  return RecoverySheet{made->sheet, made->groups, made->made};
}

}  // namespace

void recovery_routes(api::Router& r) {
  r.get<RecoveryState>("/api/recovery-sheet", Permission::key_write, "Which recovery sheet backups need",
                       state);
  r.post<NewRecoverySheet, RecoverySheet>("/api/recovery-sheet", Permission::key_write,
                                          "A new recovery sheet, shown this once", make);
}

}  // namespace feature::access
