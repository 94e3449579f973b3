#pragma once
// What cards issued one by one and for a whole place have in common.
#include "feature/gate/record.hpp"
#include "feature/gate/service.hpp"

namespace feature::gate {

// How long a card of a class is good when nothing is said.
int usual_days(PassClass pass_class);

// A visitor or a worker is not in the registry: the name is kept like that of anybody registered at a gate,
// and there is nothing for the office to settle, since it has made this itself.
struct GuestSaid {
  meta::Name name;
  std::optional<meta::Text<3, 30>> phone{};
  std::optional<meta::Note> note{};
};
GuestRow office_guest(const core::Keyring& keys, std::int64_t id, std::int64_t compound_id,
                      const GuestSaid& said, base::Instant now);

}  // namespace feature::gate
