#pragma once
// Work for every feature that has something to be done: open an item beside what makes it necessary, settle
// it when that is over.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/keyring.hpp"
#include "core/trail.hpp"
#include "db/store.hpp"
#include "feature/work_item/record.hpp"

namespace feature::work_item {

struct Cause {
  std::string_view kind{};    // a code of work_kind
  std::int64_t place_id = 0;  // a dwelling, or where it happened
  std::string origin{};       // what made it; the same twice makes one item
  std::string detail{};       // codes with spaces between, never values of people
  std::optional<std::int64_t> household_id{}, person_id{}, passage_id{}, opening_id{};
  std::optional<std::string> note{};
  std::optional<base::Instant> due{};        // none: by the kind
  std::optional<std::int64_t> account_id{};  // who gave it; none: the program
  // Whose it is by name, or the work of whoever heads a team; neither: by the stewardships of this instant.
  std::optional<std::int64_t> staff_id{}, team_id{};
};
// In the transaction of what makes it necessary; whoever follows the place by webhook is told. False: the
// origin is known, the place is not in scope, or there is no such kind.
bool open(db::Scoped& q, const Cause& cause, std::int64_t id, base::Instant now);
// The same for as many as one transaction makes, with an id for each; how many were opened.
std::int64_t open_all(db::Scoped& q, std::span<const Cause> causes, std::span<const std::int64_t> ids,
                      base::Instant now);

// What made it is over: closed by the program. False when there is no open item of that origin.
bool settle(db::Scoped& q, std::string_view origin, base::Instant now);

// The same for every open item whose origin begins so, "control:12:"; how many.
std::int64_t settle_all(db::Scoped& q, std::string_view origins, base::Instant now);

// Whether any item whose origin begins so is open, wherever: what is not over needs no second one.
bool any_open(db::Scoped& q, std::string_view origins);

// Items about these persons that are open or were opened since, wherever: what made each, and whether it is
// open.
std::map<std::string, bool> items_about(db::Scoped& q, std::span<const std::int64_t> persons,
                                        base::Instant since);

struct Whose {
  std::optional<std::int64_t> staff_id{}, team_id{};  // one of them
};
// Every open item whose origin begins so becomes theirs, or is of whoever answers for its place when it is of
// nobody, by the decision of an account; how many.
std::int64_t give_all(db::Scoped& q, std::string_view origins, const Whose& to, std::int64_t account_id,
                      base::Instant now);

// Every open item whose origin begins so is about this home now: it goes to whoever answers for that, and
// what is somebody's by name stays theirs.
void bring_all(db::Scoped& q, std::string_view origins, std::int64_t dwelling_id, std::int64_t household_id,
               base::Instant now);

// Those who live in a household and have a number, in the order of its file. The caller has put on record who
// asks and why.
std::vector<Reachable> people_of_household(db::Scoped& q, const core::Keyring& keys,
                                           std::int64_t household_id);
// They and their address.
Reach reach_of(db::Scoped& q, const core::Keyring& keys, std::int64_t household_id, std::int64_t dwelling_id);

// The staff an account belongs to, 0: nobody.
std::int64_t staff_of(db::Scoped& q, std::int64_t account_id);

// Open items of a place, for figures.
std::int64_t open_items(db::Scoped& q, std::int64_t compound_id);

// One round over what is due: items that nobody acknowledged or closed in time climb a tier, and those whose
// person no longer stands for the place go to whoever does. How many were changed; 0: nothing is left to do.
base::Result<std::int64_t> tend(db::Store& store, base::Instant now);

}  // namespace feature::work_item
