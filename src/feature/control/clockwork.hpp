#pragma once
// Inside the feature: a case's row, the rules it goes by, and what follows when anything of it changes.
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "feature/control/act_record.hpp"
#include "feature/control/service.hpp"
#include "feature/gate/service.hpp"
#include "feature/place/service.hpp"

namespace feature::control {

struct RulesFound {
  std::optional<std::int64_t> rule_id{};
  ControlRulesShown shown{};
  const ControlRules& params() const { return shown.params; }
};
ControlRules built_in_rules();
ControlRules rules_of(Regime regime);
// Of the nearest place up from each that has a version.
class RulesOf {
 public:
  RulesOf(db::Scoped& q, const std::vector<std::int64_t>& places);
  const RulesFound& at(std::int64_t place_id) const;

 private:
  RulesFound built_in_{};
  std::map<std::int64_t, RulesFound> newest_{};     // by the place of the version
  std::map<std::int64_t, std::int64_t> nearest_{};  // that place, by place
};
RulesFound rules_at(db::Scoped& q, std::int64_t place_id);
// 422 with the fields named.
base::Problems check_rules(const ControlRules& rules, const std::string& pointer);

std::span<const StageRule> stages_of(const ControlRules& rules, Category category);
engine::control::Clock clock_of(const CaseRow& row, const ControlRules& rules,
                                std::span<const engine::control::Test> tests, base::Day today);
std::vector<engine::control::Span> plan_of(const CaseRow& row, const ControlRules& rules);
ControlLevel level_of(const CaseRow& row, const ControlRules& rules, std::size_t stage);

// In scope; absent and out of scope are the same.
std::optional<CaseRow> find_case(db::Scoped& q, std::int64_t id);
// The same, kept from others until the transaction ends.
std::optional<CaseRow> lock_case(db::Scoped& q, std::int64_t id);
std::vector<CaseRow> lock_cases(db::Scoped& q, std::span<const std::int64_t> ids);
std::vector<engine::control::Test> tests_of(db::Scoped& q, std::int64_t case_id);

// Half-days whose hour has come, a day ago at most, since the case began.
struct Slot {
  base::Day day{};
  Half half = Half::morning;
};
std::vector<Slot> slots_due(const CaseRow& row, const ControlRules& rules, base::Instant now);
std::string slot_origin(std::int64_t case_id, const Slot& slot);
// What clock and follow-ups make of a case; nothing is written.
struct Outcome {
  CaseRow row{};
  engine::control::Clock clock{};
};
Outcome outcome_of(CaseRow row, const RulesFound& rules, std::span<const engine::control::Test> tests,
                   bool follow_up_missing, base::Instant now);

// A case as it is stored, or nothing for a new one, and as somebody wants it.
struct Wanted {
  std::optional<CaseRow> before{};
  CaseRow row{};
};
// What becomes of it by the rules of now, and all that is not yet so: work to open and to settle, the levels
// at the gate.
struct Judged {
  std::optional<CaseRow> before{};
  CaseRow row{};
  struct Work {
    std::string_view kind{};
    std::string origin{};
  };
  std::vector<Work> open{};
  std::vector<std::string> settle{};  // beginnings of origins
  gate::LevelPlan levels{};
  bool levels_kept = false;
  // Nothing but the hour of the next look is to be written.
  bool stays() const;
};
// Each of another person; a few questions for all of them.
std::vector<Judged> judge(db::Scoped& q, std::vector<Wanted> cases, base::Instant now);
// Writes what changed, tells the gate, opens and settles work; with the ids of each.
void write_judged(db::Scoped& q, std::span<Judged> cases, std::span<const Ids> ids,
                  const core::Source& source);
// Both for one.
void bring_up_to_date(db::Scoped& q, const std::optional<CaseRow>& before, CaseRow row, const Ids& ids,
                      const core::Source& source);
void end_case(db::Scoped& q, const CaseRow& row, EndReason reason,
              const std::optional<std::string>& reference, const Ids& ids, const core::Source& source);

// Where their person lives now, if that is elsewhere: the clock runs on, both gates know, the papers of the
// old door are to come down. False: they live where they did.
bool follow_person(db::Scoped& q, const CaseRow& before, const Ids& ids, const core::Source& source);

bool hangs_at_the_door(db::Scoped& q, std::int64_t case_id);

// Of the place and below it, or of all in scope, at this instant.
ControlSummary summary_of(db::Scoped& q, std::optional<std::int64_t> place_id, base::Instant now);

base::Result<ControlFile> file_of(db::Scoped& q, std::int64_t id, base::Instant now);
// As lists show them.
std::vector<ControlCase> shown(db::Scoped& q, const std::vector<std::pair<CaseRow, ControlCase>>& rows,
                               base::Instant now);

// In the transaction in which the case begins or ends: one open item for what is proposed around its home.
void tell_sealing(db::Scoped& q, const CaseRow& row, std::int64_t work_id, base::Instant now);

template <class Texts>
std::string joined(const Texts& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : " ") + std::string(text);
  return out;
}
std::string origin_of(std::int64_t case_id, std::string_view what);
// Of the work about papers at doors, which stays at its door and outlives the case.
std::string door_origin(std::int64_t person_id);

}  // namespace feature::control
