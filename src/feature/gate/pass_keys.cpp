// The keys that sign cards: which one signs now, and a new one. Cards of earlier keys stay good until they
// end or are voided; a phone learns the new key with its next list.
#include "core/services.hpp"
#include "feature/gate/routes.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::Result;

PassKeyState state_of(const core::Keyring& keys) {
  const auto count = static_cast<int>(keys.verify_keys().size());
  return {count, count - 1};
}

Result<PassKeyState> state(api::Context& c) { return state_of(c.services.keys); }

// On record before it is made.
Result<PassKeyState> rotate(api::Context& c) {
  auto noted = c.write([&](db::Scoped& q) -> Result<void> {
    core::audit(q, c, {"keys.rotate", "keys", 0});
    return {};
  });
  if (!noted) return tl::unexpected(std::move(noted).error());
  if (auto made = c.services.keys.rotate_pass_key(); !made) return tl::unexpected(std::move(made).error());
  return state_of(c.services.keys);
}

}  // namespace

void pass_key_routes(api::Router& r) {
  r.get<PassKeyState>("/api/pass-keys", Permission::key_write, "Which key signs cards now", state);
  r.post<PassKeyState>("/api/pass-keys/rotate", Permission::key_write,
                       "Sign cards with a new key; those of earlier keys stay good", rotate);
}

}  // namespace feature::gate
