#pragma once
// Arrivals for other features: telling one from a household's own page, what a household is told of its own,
// and taking them away when their purpose has ended.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "db/store.hpp"
#include "feature/arrival/record.hpp"

namespace feature::arrival {

inline constexpr std::size_t party_max = 20;

// What entering one may need; taken before the closure.
struct Ids {
  std::int64_t arrival = 0, work = 0;
  std::vector<std::int64_t> people{};
};
Ids take_ids(db::Store& store, const NewArrival& in);

struct Teller {
  Told by = Told::office;
  std::int64_t account_id = 0;  // 0: the household itself
  core::Source source{};
};
// The arrival; the same client_key again is the same one. Errors name the field.
base::Result<std::int64_t> enter(db::Scoped& q, const core::Keyring& keys, const NewArrival& in,
                                 const Teller& teller, const Ids& ids);

// Those of a household that are open, or came within so many days.
std::vector<Arrival> of_household(db::Scoped& q, std::int64_t household_id, base::Instant now, int days);

// --- retention ---------------------------------------------------------------------------------------
// Filed or withdrawn ones that arrived before, in scope; and away with them, their people and their history.
std::vector<std::int64_t> arrivals_due(db::Scoped& q, base::Instant before, std::int64_t limit);
void let_go(db::Scoped& q, const std::vector<std::int64_t>& arrivals);
std::vector<std::string> tables_of_arrivals();  // where something was removed

}  // namespace feature::arrival
