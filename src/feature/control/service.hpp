#pragma once
// People under control, for other features: beginning it where it is decided, and the round that keeps
// clocks, follow-ups and the gate's levels right.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/trail.hpp"
#include "db/store.hpp"
#include "feature/control/act_record.hpp"

namespace feature::control {

// What one change of a case may need; taken before the closure.
struct Ids {
  std::int64_t first = 0;                // the case, the test and so on
  std::array<std::int64_t, 4> levels{};  // of the gate
  std::array<std::int64_t, 12> work{};
  std::int64_t sealing = 0;  // the item about the place, when the ladder proposes it
  // Where the person has moved: the place that was left, and who is told.
  std::int64_t sealing_left = 0, moved = 0, down = 0;
};
Ids take_ids(db::Store& store);

struct Begin {
  std::int64_t person_id = 0;
  Category category = Category::close_contact;
  base::Day began{};
  std::optional<base::Day> exposed{};
  std::string decided_by{};  // a named person: a reading or a program decides nothing
  std::optional<std::string> reference{}, site{};
  std::optional<std::int64_t> team_id{};
  std::string origin{};  // what made it, "trace_mark:12"; empty: by hand
  std::int64_t account_id = 0;
  std::string detail{};  // codes for whoever answers for the home, "minor"
};
// The gate knows with the same transaction. Errors: field "/person_id" "not_found" for who has no home in
// scope, field "/began" "in_the_future" or "too_long_ago", field "/exposed" "after_beginning",
// conflict "control.already" for who is under control, or where the origin is known.
base::Result<std::int64_t> begin(db::Scoped& q, const Begin& what, const Ids& ids,
                                 const core::Source& source);
// What `origin` began is over because it should not have been: released at the gate, its work settled, what
// hangs at the door to be taken down. False when nothing of that origin is open; another's is left alone.
bool take_back(db::Scoped& q, std::string_view origin, const std::string& reference, const Ids& ids,
               const core::Source& source);
// Whether the person is under control now; within the scope.
std::optional<Category> category_of(db::Scoped& q, std::int64_t person_id);

// What was asked or told of somebody under control: by whom (account 0: the person's own household), and
// whether it raised an alert. Problems stand below `at`.
struct Follower {
  std::int64_t account_id = 0;
  core::Source source{};
};
base::Result<bool> follow_up(db::Scoped& q, const Follower& who, const NewFollowUp& in, const Ids& ids,
                             const std::string& at);
// Those of a household who are followed up today, and what there is of it; no category (practice 24).
struct TodayOf {
  std::int64_t case_id = 0;
  std::string person_name{};            // masked
  std::vector<std::string> symptoms{};  // that may be told, by the rules in force
  std::optional<FollowUp> morning{}, evening{};
};
std::vector<TodayOf> today_of_household(db::Scoped& q, std::int64_t household_id, base::Day today);

// Cases whose hour has come, some dozen at a time: the next stage, a follow-up nobody made, a test or a
// release that is due. How many; 0: none is left.
base::Result<std::int64_t> tend(db::Store& store, base::Instant now);

// Cases whose person lives elsewhere now go there, some dozen at a time; how many. It looks at every open
// case, so once a minute is often enough.
base::Result<std::int64_t> follow_moves(db::Store& store, base::Instant now);

// Counts the compounds in which those under control or what is known of them changed since they were counted;
// how many. 0: every figure is up to date.
base::Result<std::int64_t> count_compounds(db::Store& store, base::Instant now);

// --- retention -------------------------------------------------------------------------------------
// Cases that ended before, in scope; and away with them, their lines and their history.
std::vector<std::int64_t> cases_due(db::Scoped& q, base::Instant ended_before, std::int64_t limit);
void let_go(db::Scoped& q, const std::vector<std::int64_t>& cases);
std::vector<std::string> tables_of_cases();  // where something was removed

}  // namespace feature::control
