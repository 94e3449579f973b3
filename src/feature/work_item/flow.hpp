#pragma once
// Inside the feature: an item's row, whose it is, and what is written when it changes.
#include <optional>
#include <vector>

#include "feature/place/service.hpp"
#include "feature/stewardship/service.hpp"
#include "feature/work_item/record.hpp"

namespace feature::work_item {

// In scope, with its place; absent and out of scope are the same.
std::optional<ItemRow> find_item(db::Scoped& q, std::int64_t id);
// The same, held until the transaction ends; none when it is closed.
std::optional<ItemRow> lock_open(db::Scoped& q, std::int64_t id);
std::optional<KindRow> find_kind(db::Scoped& q, std::string_view code);
std::optional<TransitionRow> find_transition(db::Scoped& q, const std::string& flow, const std::string& from,
                                             std::string_view verb);

// Somebody of the tier, or of the first tier above `after` that has anybody.
struct Answerable {
  std::int64_t staff_id = 0;
  int tier = 0;
  bool more_above = false;  // another tier above has somebody
};
std::optional<Answerable> answerable_above(const stewardship::Responsible& all, int after);

// Whoever leads the team today: its head, or the first named of it.
std::optional<std::int64_t> head_of_team(db::Scoped& q, std::int64_t team_id, base::Instant now);

struct Happened {
  std::string_view verb;
  std::optional<std::int64_t> account_id{};
  std::optional<std::string> note{};
  std::optional<meta::Text<8, 60>> client_id{};
  std::optional<Location> location{};
};
// Writes the changed row, its event and the change feed's row.
void write_item(db::Scoped& q, ItemRow& item, const Happened& what, base::Instant now);
void write_event(db::Scoped& q, const ItemRow& item, const Happened& what, base::Instant now);
// What follows from a transition: state, when it climbs next, whether it is over.
void take(ItemRow& item, const KindRow& kind, const TransitionRow& step, base::Instant now);
// A message to each webhook on the place or above it that wants this kind.
void tell(db::Scoped& q, const place::PlaceRow& place, const ItemRow& item, std::string_view verb,
          base::Instant now);

}  // namespace feature::work_item
