#pragma once
// What the gate's endpoints share: the rule in force, the state of a card, a household's outings, the
// decision, and the way a passage enters the ledger.
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/keyring.hpp"
#include "core/services.hpp"
#include "core/trail.hpp"
#include "db/store.hpp"
#include "engine/gate/decide.hpp"
#include "engine/gate/uses.hpp"
#include "feature/gate/list_record.hpp"

namespace feature::gate {

// --- policy ----------------------------------------------------------------------------------------
// What holds for the compound, or for a building, stair or dwelling of it: see rule_book.hpp.
rule::Policy policy_at(db::Scoped& q, std::int64_t compound_id, std::optional<std::int64_t> place_id,
                       base::Instant at);
// 422 with the fields named.
base::Problems check_policy(const rule::Policy& params);
// Ends the cards of the oldest change of regime whose time has come, some hundred at a time, sparing exempt
// ones; how many. Again until it says none.
base::Result<std::int64_t> void_cards(db::Store& store, const core::Keyring& keys, base::Instant now);

// --- control levels --------------------------------------------------------------------------------
// Who of a household is under which level, read once for one household or a compound.
struct Levels {
  struct One {
    std::int64_t household_id = 0;
    std::optional<std::int64_t> person_id{};
    ControlLevel level = ControlLevel::self_monitoring;
    base::Instant from{};
    std::optional<base::Instant> until{};
  };
  std::vector<One> all{};
  // The strictest word of a person: the person's own level, the household's, and with
  // level_covers_household that of everybody who lives there.
  rule::Standing word(const rule::Policy& policy, std::int64_t household_id,
                      std::optional<std::int64_t> person_id, base::Instant at) const;
};
// Those in force at `since` and later.
Levels levels_of_household(db::Scoped& q, std::int64_t household_id, base::Instant since);
Levels levels_of_compound(db::Scoped& q, std::int64_t compound_id, base::Instant since);
rule::Standing right_of(const rule::LevelRights& rights, ControlLevel level);
// One person's levels from now on, in the order of time; what holds or is to come gives way. Written in the
// transaction of whoever decides, so the gate knows with it; nothing is written where it is so already.
struct LevelSpan {
  ControlLevel level = ControlLevel::self_monitoring;
  base::Instant from{};
  std::optional<base::Instant> until{};
};
struct LevelPlan {
  std::int64_t compound_id = 0, household_id = 0, person_id = 0, account_id = 0;
  std::vector<LevelSpan> spans{};
  std::span<const std::int64_t> ids{};  // one for each span
};
// Each of another person.
void plan_levels(db::Scoped& q, std::span<const LevelPlan> plans, const core::Source& source);
// Which of the plans are kept already: plan_levels would write nothing.
std::vector<bool> levels_kept(db::Scoped& q, std::span<const LevelPlan> plans, base::Instant now);

// --- passes ----------------------------------------------------------------------------------------
struct FoundPass {
  rule::PassState state = rule::PassState::none;
  std::optional<PassRow> row{};
  std::optional<std::int64_t> household_id{};
};
// By token text, by short code, or by id; none given: PassState::none. `today` judges the last valid day.
FoundPass find_pass(db::Scoped& q, const core::Keyring& keys, std::int64_t compound_id,
                    const std::optional<std::string>& text, const std::optional<std::int64_t>& pass_id,
                    base::Instant now);
// Reads a typed short code or a scanned token; the row when it is one of this compound's passes.
std::optional<PassRow> pass_by_text(db::Scoped& q, const core::Keyring& keys, std::int64_t compound_id,
                                    const std::string& text);
std::optional<PassRow> pass_by_id(db::Scoped& q, std::int64_t id);
Pass pass_shown(db::Scoped& q, std::int64_t id);  // as the API shows it
// A signed pass, not stored yet. `valid_until` is its last day.
PassRow make_pass(const core::Keyring& keys, std::int64_t id, std::int64_t compound_id,
                  std::optional<std::int64_t> household_id, const std::string& batch, base::Day valid_until,
                  base::Instant now, std::int64_t issued_by, PassClass pass_class = PassClass::household);
// Stores new ones. Codes are drawn by chance, and of millions of cards some draw the same: whoever comes
// second gets the next free one, which `rows` then holds.
void insert_passes(db::Scoped& q, std::vector<PassRow>& rows, const core::Source& source);
// "2020-02-11A"-like: the day and a letter; for the colour bar of a batch.
std::string new_batch(base::Instant now);

// --- outings ---------------------------------------------------------------------------------------
std::vector<rule::Use> uses_of(db::Scoped& q, std::int64_t household_id, base::Instant now);
// Of every household of the compound that has passed.
std::map<std::int64_t, std::vector<rule::Use>> uses_of_compound(db::Scoped& q, std::int64_t compound_id,
                                                                base::Instant now);
// What the guard has done, told by the steps of a record: registered, code_shown, tested_48, visit_approved.
void apply_steps(rule::Facts& facts, const std::vector<std::string>& steps);

// --- exemptions ------------------------------------------------------------------------------------
// Certificates of a person that were granted in the compound at `at`, the newest first; whether one is
// honoured at that hour is the decision's.
std::vector<rule::Exemption> exemptions_of(db::Scoped& q, std::int64_t compound_id, std::int64_t person_id,
                                           base::Instant at);

// --- passages --------------------------------------------------------------------------------------
struct GateDevice {
  std::int64_t enrolment_id = 0, compound_id = 0, opening_id = 0;
  std::int64_t clock_offset_ms = 0;  // server minus phone, as last measured
  // Keyed in at a desk by this account; then enrolment_id is 0.
  std::optional<std::int64_t> account_id{};
};
std::optional<GateDevice> device_of(db::Scoped& q, std::int64_t enrolment_id);
// What a phone has not sent yet, and since when it has had any.
void note_queue(db::Scoped& q, std::int64_t enrolment_id, std::int64_t queue, base::Instant now);

// Ids a record may need; taken before the closure.
struct RecordIds {
  std::int64_t passage = 0, guest = 0, vehicle = 0;
  std::array<std::int64_t, 5> work{};  // of what it makes somebody do (alerts.cpp)
};
RecordIds record_ids(db::Store& store);
enum class Mode { confirm, happened };
struct Entered {
  UploadStatus status = UploadStatus::stored;
  bool refused = false;  // confirm only: nothing was written
  std::optional<std::int64_t> passage_id{};
  std::vector<std::string> flags{};
  rule::Verdict verdict{};
};
// Decides under the rules of the record's own time and writes it. confirm: what is not releasable is
// refused and leaves nothing; happened: it is kept and flagged.
Entered enter(db::Scoped& q, const core::Services& services, const GateDevice& device,
              const GateRecord& record, RecordIds ids, Mode mode, base::Instant happened, base::Instant now,
              std::vector<std::string> more_flags = {});
// The same decision without writing anything.
struct Judged {
  rule::Verdict verdict{};
  rule::PassState pass_state = rule::PassState::none;
  std::optional<std::int64_t> household_id{};
  std::vector<rule::Use> uses{};
};
Judged judge(db::Scoped& q, const core::Services& services, const GateDevice& device,
             const GateRecord& record, bool child_alone, base::Instant now);
// The member "seq" of a record that could not be read as a whole; 0 when there is none.
std::int64_t sequence_of(std::string_view json);
// Cross-field rules of a record: one passage has at least one person, and so on.
base::Problems check_record(const GateRecord& record);

// A child alone is referred, never sent away (practice.md 16). The age is a default of ours (rules.md section
// 15: under-14s are specially protected); whoever is born after born_before() is a child.
inline constexpr int child_years = 14;
base::Day born_before(base::Instant at);

// --- watch -----------------------------------------------------------------------------------------
// One round over all compounds where anything is going on: gates that are silent, lists that are old, outings
// that are too long, households that stand out, each by the rules of its place, become alerts; what is over
// is settled; certificates go with those who have moved. How many; 0: nothing has changed.
base::Result<std::int64_t> watch(db::Store& store, base::Instant now);

// How phones reach this server: the stated address, else the one the request came to.
std::string server_url(const api::Context& c);

// --- list ------------------------------------------------------------------------------------------
GateList build_list(db::Scoped& q, const core::Services& services, const GateDevice& device,
                    base::Instant now);
// Cheap: changes whenever the list may have.
std::string list_version(db::Scoped& q, const core::Services& services, const GateDevice& device,
                         base::Instant now);

}  // namespace feature::gate
