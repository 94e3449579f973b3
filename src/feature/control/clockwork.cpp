#include "feature/control/clockwork.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "feature/gate/service.hpp"
#include "feature/people/home_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

namespace clock = engine::control;

constexpr std::int64_t missed_back_ms = base::day_ms;

std::vector<clock::Stage> stages_for_clock(std::span<const StageRule> rules) {
  std::vector<clock::Stage> stages;
  for (const auto& rule : rules)
    stages.push_back({static_cast<int>(rule.days),
                      {rule.test_days.begin(), rule.test_days.end()},
                      static_cast<int>(rule.leave_negatives)});
  return stages;
}

base::Instant hour_of(base::Day day, Half half, const ControlRules& rules) {
  const std::int64_t minute = half == Half::morning ? rules.morning_minute : rules.evening_minute;
  return base::start_of(day) + minute * base::minute_ms;
}

// The hour of the next half-day. At midnight only what waits is looked at, and what the new day changes.
base::Instant next_check(const ControlRules& rules, bool at_midnight, base::Instant now) {
  const auto today = base::civil_day(now);
  for (const auto half : {Half::morning, Half::evening})
    if (const auto hour = hour_of(today, half, rules); hour > now) return hour;
  return at_midnight ? base::start_of(today + 1) : hour_of(today + 1, Half::morning, rules);
}

work_item::Cause cause_of(const CaseRow& row, std::string_view kind, std::string origin) {
  work_item::Cause cause;
  cause.kind = kind;
  cause.place_id = row.dwelling_id;
  cause.origin = std::move(origin);
  cause.household_id = row.household_id;
  cause.person_id = row.person_id;
  cause.team_id = row.team_id;
  return cause;
}

// Papers that are to come down at the door where they were put up. They are work of their own: it does not
// move with the person, and does not end with the case.
void open_at_door(db::Scoped& q, const CaseRow& row, std::int64_t id, base::Instant now) {
  const auto origins = door_origin(row.person_id);
  if (hangs_at_the_door(q, row.id.value) && !work_item::any_open(q, origins))
    work_item::open(q, cause_of(row, "door_notice_down", fmt::format("{}{}", origins, id)), id, now);
}

// Whoever is no longer under control here has no level at the gate.
void release_at_gate(db::Scoped& q, const CaseRow& row, const core::Source& source) {
  const gate::LevelPlan none{row.compound_id, row.household_id, row.person_id, row.created_by, {}, {}};
  gate::plan_levels(q, {&none, 1}, source);
}

// What is counted of an open case (figures.cpp).
void note_counted(const CaseRow& before, const CaseRow& after, std::vector<core::Changed>& changed) {
  const auto counted = [](const CaseRow& row) {
    return std::tie(row.compound_id, row.household_id, row.category, row.attention, row.morning, row.evening,
                    row.ended);
  };
  if (counted(before) == counted(after)) return;
  changed.push_back({after.compound_id, after.id.value});
  if (before.compound_id != after.compound_id) changed.push_back({before.compound_id, after.id.value});
}

// That the clock was looked at, or somebody asked, is no change of the case: the follow-up stands for itself.
bool is_no_change(const CaseRow& before, const CaseRow& after) {
  auto same = before;
  same.check = after.check;
  same.morning = after.morning;
  same.evening = after.evening;
  const auto& record = meta::record_of<CaseRow>();
  return core::version_json(record, &same) == core::version_json(record, &after);
}

void write_rows(db::Scoped& q, std::span<const Judged> cases, const core::Source& source) {
  std::vector<const CaseRow*> looked_at;
  std::vector<core::Versions> versions;
  std::vector<core::Changed> changed;
  for (const auto& one : cases) {
    if (!one.before) {
      core::insert(q, one.row, source);
      changed.push_back({one.row.compound_id, one.row.id.value});
      continue;
    }
    if (is_no_change(*one.before, one.row))
      looked_at.push_back(&one.row);
    else
      versions.push_back({&*one.before, &one.row});
    note_counted(*one.before, one.row, changed);
  }
  std::vector<db::Arg> args;
  q.unscoped().run_many("UPDATE control_case SET check_ms = $2, morning = $3, evening = $4 WHERE id = $1",
                        looked_at.size(), [&](std::size_t i) -> std::span<const db::Arg> {
                          const auto& row = *looked_at[i];
                          args.assign({row.id, row.check, row.morning, row.evening});
                          return args;
                        });
  core::update_all<CaseRow>(q, versions, source);
  core::note_changes(q, "control", changed, source.now);
}

constexpr auto case_columns = db::ScopedSql(
    "SELECT c.id, c.person_id, c.household_id, c.dwelling_id, c.compound_id, c.category, c.began, c.exposed, "
    "c.decided_by, c.reference, c.site, c.team_id, c.origin, c.rule_id, c.stage, c.level, c.day_one, "
    "c.last_day, c.attention, c.check_ms, c.created_by, c.created_ms, c.ended_ms, c.end_reason, "
    "c.end_reference, c.version, c.morning, c.evening FROM control_case c JOIN place p ON p.id = "
    "c.dwelling_id WHERE {scope:p}");

}  // namespace

std::string origin_of(std::int64_t case_id, std::string_view what) {
  return fmt::format("control:{}:{}", case_id, what);
}

std::string door_origin(std::int64_t person_id) { return fmt::format("control_door:{}:", person_id); }

std::span<const StageRule> stages_of(const ControlRules& rules, Category category) {
  const auto found = std::ranges::find(rules.categories, category, &CategoryRule::category);
  if (found == rules.categories.end()) return {};
  return found->stages;
}

clock::Clock clock_of(const CaseRow& row, const ControlRules& rules, std::span<const clock::Test> tests,
                      base::Day today) {
  return clock::clock_of(stages_for_clock(stages_of(rules, row.category)), rules.day_zero, row.began,
                         row.exposed, tests, today);
}
std::vector<clock::Span> plan_of(const CaseRow& row, const ControlRules& rules) {
  return clock::plan_of(stages_for_clock(stages_of(rules, row.category)), rules.day_zero, row.began,
                        row.exposed);
}
// A category without a rule of its own: whoever is elsewhere is under observation there, others at home.
ControlLevel level_of(const CaseRow& row, const ControlRules& rules, std::size_t stage) {
  const auto stages = stages_of(rules, row.category);
  if (stage < stages.size()) return stages[stage].level;
  return row.site ? ControlLevel::central_observation : ControlLevel::home_observation;
}

std::optional<CaseRow> find_case(db::Scoped& q, std::int64_t id) {
  std::optional<CaseRow> found;
  q.one(case_columns.with(" AND c.id = {arg}"), {id},
        [&](const db::Row& r) { found = meta::load<CaseRow>(r); });
  return found;
}
std::vector<CaseRow> lock_cases(db::Scoped& q, std::span<const std::int64_t> ids) {
  const auto list = db::json_array(ids);
  q.unscoped().run("UPDATE control_case SET version = version + 1 WHERE id " + q.unscoped().in_list(1),
                   {list});
  std::vector<CaseRow> rows;
  q.run(case_columns.with(" AND c.id {in} ORDER BY c.id"), {list},
        [&](const db::Row& r) { rows.push_back(meta::load<CaseRow>(r)); });
  return rows;
}
std::optional<CaseRow> lock_case(db::Scoped& q, std::int64_t id) {
  auto rows = lock_cases(q, std::array{id});
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<clock::Test> tests_of(db::Scoped& q, std::int64_t case_id) {
  std::vector<clock::Test> tests;
  // The case was found through the scope.
  q.unscoped().run("SELECT day, result FROM control_test WHERE case_id = $1 ORDER BY day, id", {case_id},
                   [&](const db::Row& r) {
                     clock::Test test{r.day(0), {}};
                     meta::parse_enum(r.text(1), test.result);
                     tests.push_back(test);
                   });
  return tests;
}

std::vector<Slot> slots_due(const CaseRow& row, const ControlRules& rules, base::Instant now) {
  std::vector<Slot> out;
  const auto today = base::civil_day(now);
  for (const auto day : {today + -1, today})
    for (const auto half : {Half::morning, Half::evening}) {
      const auto hour = hour_of(day, half, rules);
      if (hour <= now && hour >= row.created && now - hour <= missed_back_ms) out.push_back({day, half});
    }
  return out;
}

std::string slot_origin(std::int64_t case_id, const Slot& slot) {
  return origin_of(case_id, fmt::format("ask:{}:{}", slot.day.number, meta::name_of(slot.half)));
}

Outcome outcome_of(CaseRow row, const RulesFound& rules, std::span<const clock::Test> tests,
                   bool follow_up_missing, base::Instant now) {
  const auto today = base::civil_day(now);
  const auto state = clock_of(row, rules.params(), tests, today);
  row.rule_id = rules.rule_id;
  row.stage = static_cast<int>(state.stage);
  row.level = level_of(row, rules.params(), state.stage);
  row.day_one = state.day_one;
  row.last_day = state.last_day;
  row.attention.clear();
  const auto waits = [&](bool is, Attention code) {
    if (is) row.attention += fmt::format(" {} ", meta::name_of(code));
  };
  waits(state.held, Attention::held);
  waits(state.test_due, Attention::test_due);
  waits(state.positive, Attention::positive);
  waits(state.full, Attention::release_due);
  waits(follow_up_missing, Attention::follow_up_missing);
  const auto next = clock_of(row, rules.params(), tests, today + 1);
  const bool changes = next.stage != state.stage || next.held != state.held || next.full != state.full ||
                       next.positive != state.positive || next.test_due != state.test_due;
  row.check = next_check(rules.params(), changes || !row.attention.empty(), now);
  return {std::move(row), state};
}

void write_judged(db::Scoped& q, std::span<Judged> cases, std::span<const Ids> ids,
                  const core::Source& source) {
  write_rows(q, cases, source);
  std::vector<work_item::Cause> causes;
  std::vector<std::int64_t> numbers;
  std::vector<gate::LevelPlan> plans;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    auto& one = cases[i];
    for (std::size_t w = 0; w < one.open.size() && w < ids[i].work.size(); ++w) {
      causes.push_back(cause_of(one.row, one.open[w].kind, one.open[w].origin));
      numbers.push_back(ids[i].work[w]);
    }
    for (const auto& origins : one.settle) work_item::settle_all(q, origins, source.now);
    if (one.levels_kept) continue;
    one.levels.ids = ids[i].levels;
    plans.push_back(one.levels);
  }
  if (!causes.empty()) work_item::open_all(q, causes, numbers, source.now);
  if (!plans.empty()) gate::plan_levels(q, plans, source);
}

void bring_up_to_date(db::Scoped& q, const std::optional<CaseRow>& before, CaseRow after, const Ids& ids,
                      const core::Source& source) {
  std::vector<Wanted> one;
  one.push_back({before, std::move(after)});
  auto judged = judge(q, std::move(one), source.now);
  write_judged(q, judged, {&ids, 1}, source);
}

bool follow_person(db::Scoped& q, const CaseRow& before, const Ids& ids, const core::Source& source) {
  const auto home = people::home_of(q, before.person_id);
  if (!home || (home->household == before.household_id && home->dwelling == before.dwelling_id)) return false;
  auto row = before;
  row.household_id = home->household;
  row.dwelling_id = home->dwelling;
  row.compound_id = home->compound;
  auto gone = before;
  gone.ended = source.now;
  release_at_gate(q, before, source);
  work_item::bring_all(q, origin_of(row.id.value, ""), row.dwelling_id, row.household_id, source.now);
  bring_up_to_date(q, before, row, ids, source);
  work_item::open(q,
                  cause_of(row, "person_moved", origin_of(row.id.value, fmt::format("moved:{}", ids.moved))),
                  ids.moved, source.now);
  open_at_door(q, before, ids.down, source.now);
  tell_sealing(q, gone, ids.sealing_left, source.now);
  tell_sealing(q, row, ids.sealing, source.now);
  return true;
}

bool hangs_at_the_door(db::Scoped& q, std::int64_t case_id) {
  return q.unscoped().count("SELECT COUNT(*) FROM control_mark WHERE case_id = $1 AND down_ms IS NULL",
                            {case_id}) > 0;
}

void end_case(db::Scoped& q, const CaseRow& row, EndReason reason,
              const std::optional<std::string>& reference, const Ids& ids, const core::Source& source) {
  auto ended = row;
  ended.ended = source.now;
  ended.end_reason = reason;
  ended.end_reference = reference;
  ended.check.reset();
  ended.attention.clear();
  core::update(q, row, ended, source);
  std::vector<core::Changed> changed;
  note_counted(row, ended, changed);
  core::note_changes(q, "control", changed, source.now);
  work_item::settle_all(q, origin_of(row.id.value, ""), source.now);
  // Of another category it stays up, and goes over to that case.
  if (reason != EndReason::category_changed) open_at_door(q, ended, ids.down, source.now);
  release_at_gate(q, ended, source);
  tell_sealing(q, ended, ids.sealing, source.now);
}

}  // namespace feature::control
