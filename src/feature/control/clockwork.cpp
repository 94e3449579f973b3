#include "feature/control/clockwork.hpp"

#include <fmt/format.h>

#include <algorithm>
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

// Follow-ups that nobody has made although their hour has come.
std::vector<Slot> missed(db::Scoped& q, const CaseRow& row, const ControlRules& rules, base::Instant now) {
  auto slots = slots_due(row, rules, now);
  std::erase_if(slots, [&](const Slot& slot) {
    return q.unscoped().count(
               "SELECT COUNT(*) FROM control_follow_up WHERE case_id = $1 AND day = $2 AND half = $3",
               {row.id, slot.day, meta::name_of(slot.half)}) > 0;
  });
  return slots;
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

bool open_work(db::Scoped& q, const CaseRow& row, std::string_view kind, std::string origin, std::int64_t id,
               base::Instant now) {
  work_item::Cause cause;
  cause.kind = kind;
  cause.place_id = row.dwelling_id;
  cause.origin = std::move(origin);
  cause.household_id = row.household_id;
  cause.person_id = row.person_id;
  cause.team_id = row.team_id;
  return work_item::open(q, cause, id, now);
}

// Papers that are to come down at the door where they were put up. They are work of their own: it does not
// move with the person, and does not end with the case.
void open_at_door(db::Scoped& q, const CaseRow& row, std::int64_t id, base::Instant now) {
  const auto origins = door_origin(row.person_id);
  if (hangs_at_the_door(q, row.id.value) && !work_item::any_open(q, origins))
    open_work(q, row, "door_notice_down", fmt::format("{}{}", origins, id), id, now);
}

// What has to be done now, in the order of its numbers.
class Work {
 public:
  Work(db::Scoped& q, const CaseRow& row, const Ids& ids, base::Instant now)
      : q_(q), row_(row), ids_(ids), now_(now) {}

  void open(std::string_view kind, std::string origin) {
    if (next_ == ids_.work.size()) return;
    if (open_work(q_, row_, kind, std::move(origin), ids_.work[next_], now_)) ++next_;
  }
  // One item for as long as it is so, however many days; when it is so again later, another.
  void keep(bool is_so, std::string_view kind, std::string_view what) {
    const auto origins = origin_of(row_.id.value, what);
    if (!is_so)
      work_item::settle_all(q_, origins, now_);
    else if (!work_item::any_open(q_, origins))
      open(kind, fmt::format("{}:{}", origins, base::civil_day(now_).number));
  }

 private:
  db::Scoped& q_;
  const CaseRow& row_;
  const Ids& ids_;
  base::Instant now_;
  std::size_t next_ = 0;
};

void tell_workers(db::Scoped& q, const CaseRow& row, const clock::Clock& state,
                  const std::vector<Slot>& missing, const Ids& ids, base::Instant now) {
  Work work(q, row, ids, now);
  for (const auto& slot : missing) work.open("follow_up_missing", slot_origin(row.id.value, slot));
  if (state.positive) work.open("control_positive", origin_of(row.id.value, "positive"));
  work.keep(state.test_due, "control_test_due", "test");
  work.keep(state.full, "control_release_due", "release");
}

// An approved outing takes the level away for its hours (rules.md section 6).
std::vector<gate::LevelSpan> level_spans(db::Scoped& q, const CaseRow& row, base::Instant now) {
  if (row.ended) return {};
  std::optional<std::pair<base::Instant, base::Instant>> away;
  q.unscoped().one(
      "SELECT from_ms, until_ms FROM control_outing WHERE case_id = $1 AND state = 'approved' AND "
      "returned_ms IS NULL AND until_ms > $2 ORDER BY from_ms, id LIMIT 1",
      {row.id, now}, [&](const db::Row& r) {
        away = {r.instant(0), r.instant(1)};
      });
  std::vector<gate::LevelSpan> spans;
  if (!away) return {{row.level, now, std::nullopt}};
  if (away->first > now) spans.push_back({row.level, now, away->first});
  spans.push_back({row.level, away->second, std::nullopt});
  return spans;
}

void tell_gate(db::Scoped& q, const CaseRow& row, const Ids& ids, const core::Source& source) {
  gate::plan_levels(
      q, {row.compound_id, row.household_id, row.person_id, row.created_by, level_spans(q, row, source.now)},
      ids.levels, source);
}

// What is counted of an open case (figures.cpp).
void note_counted(db::Scoped& q, const CaseRow& before, const CaseRow& after, base::Instant now) {
  const auto counted = [](const CaseRow& row) {
    return std::tie(row.compound_id, row.household_id, row.category, row.attention, row.morning, row.evening,
                    row.ended);
  };
  if (counted(before) == counted(after)) return;
  core::note_change(q, "control", after.compound_id, after.id.value, now);
  if (before.compound_id != after.compound_id)
    core::note_change(q, "control", before.compound_id, after.id.value, now);
}

// That the clock was looked at, or somebody asked, is no change of the case: the follow-up stands for itself.
void write_changed(db::Scoped& q, const CaseRow& before, const CaseRow& after, const core::Source& source) {
  auto same = before;
  same.check = after.check;
  same.morning = after.morning;
  same.evening = after.evening;
  const auto& record = meta::record_of<CaseRow>();
  if (core::version_json(record, &same) == core::version_json(record, &after))
    q.unscoped().run("UPDATE control_case SET check_ms = $2, morning = $3, evening = $4 WHERE id = $1",
                     {after.id, after.check, after.morning, after.evening});
  else
    core::update(q, before, after, source);
  note_counted(q, before, after, source.now);
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
std::optional<CaseRow> lock_case(db::Scoped& q, std::int64_t id) {
  q.unscoped().run("UPDATE control_case SET version = version + 1 WHERE id = $1", {id});
  return find_case(q, id);
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

void bring_up_to_date(db::Scoped& q, const std::optional<CaseRow>& before, CaseRow after, const Ids& ids,
                      const core::Source& source) {
  const auto now = source.now;
  const auto found = rules_at(q, after.dwelling_id);
  const auto missing = before ? missed(q, after, found.params(), now) : std::vector<Slot>{};
  const auto tests = tests_of(q, after.id.value);
  const auto [row, state] = outcome_of(std::move(after), found, tests, !missing.empty(), now);
  if (before) {
    write_changed(q, *before, row, source);
  } else {
    core::insert(q, row, source);
    core::note_change(q, "control", row.compound_id, row.id.value, now);
  }
  tell_workers(q, row, state, missing, ids, now);
  tell_gate(q, row, ids, source);
}

bool follow_person(db::Scoped& q, const CaseRow& before, const Ids& ids, const core::Source& source) {
  const auto home = people::home_of(q, before.person_id);
  if (!home || (home->household == before.household_id && home->dwelling == before.dwelling_id)) return false;
  auto row = before;
  row.household_id = home->household;
  row.dwelling_id = home->dwelling;
  row.compound_id = home->compound;
  auto left = ids;
  left.levels = ids.levels_left;
  auto gone = before;
  gone.ended = source.now;
  tell_gate(q, gone, left, source);
  work_item::bring_all(q, origin_of(row.id.value, ""), row.dwelling_id, row.household_id, source.now);
  bring_up_to_date(q, before, row, ids, source);
  open_work(q, row, "person_moved", origin_of(row.id.value, fmt::format("moved:{}", ids.moved)), ids.moved,
            source.now);
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
  note_counted(q, row, ended, source.now);
  work_item::settle_all(q, origin_of(row.id.value, ""), source.now);
  // Of another category it stays up, and goes over to that case.
  if (reason != EndReason::category_changed) open_at_door(q, ended, ids.down, source.now);
  tell_gate(q, ended, ids, source);
  tell_sealing(q, ended, ids.sealing, source.now);
}

}  // namespace feature::control
