// Versions of the rules: which holds where, what a change does to the clocks, and the change itself.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "core/keyring.hpp"
#include "feature/control/clockwork.hpp"
#include "feature/control/routes.hpp"
#include "feature/place/below_service.hpp"

namespace feature::control {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::size_t changes_shown = 200;
constexpr std::size_t changed_at_once = 200;  // the others by the next rounds, within seconds

std::string newest_versions() {
  return fmt::format(
      "SELECT {} FROM control_rule r WHERE r.version = (SELECT MAX(n.version) FROM control_rule n WHERE "
      "n.place_id = r.place_id)",
      meta::column_list(meta::record_of<ControlRuleRow>(), "r"));
}

RulesFound found_rules(db::Scoped& q, const ControlRuleRow& row) {
  RulesFound out;
  out.rule_id = row.id.value;
  auto& s = out.shown;
  s.place_id = row.place_id;
  q.unscoped().one("SELECT name FROM place WHERE id = $1", {row.place_id},
                   [&](const db::Row& r) { s.place_name = r.str(0); });
  s.version = row.version;
  s.reference = row.reference;
  s.note = row.note;
  s.created_ms = row.created;
  auto params = meta::from_json<ControlRules>(row.params.text);
  if (!params) throw std::runtime_error("stored rules of control cannot be read");
  s.params = std::move(*params);
  return out;
}

struct Change {
  CaseRow before{};
  ClockChange shown{};
  bool changed = false;
};

// Every open case below the place that goes by its rules, with what the new ones make of it.
std::vector<Change> changes_of(db::Scoped& q, std::int64_t place_id, const ControlRules& next,
                               base::Instant now) {
  std::vector<std::int64_t> ids;
  q.run(
      db::ScopedSql(
          "SELECT c.id FROM control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.ended_ms IS NULL AND "
          "{scope:p}")
          .with(place::below(q, place_id))
          .with(" ORDER BY c.compound_id, p.sort, c.id"),
      {place_id}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  const auto today = base::civil_day(now);
  std::vector<Change> out;
  for (const auto id : ids) {
    const auto row = find_case(q, id);
    const auto home = place::find_place(q, row->dwelling_id);
    const auto old = rules_at(q, row->dwelling_id);
    // A version nearer to the home stays the one it goes by.
    if (home && old.rule_id && old.shown.place_id != place_id) {
      const auto chain = place::chain_of(*home);
      const auto at = [&](std::int64_t of) { return std::ranges::find(chain, of) - chain.begin(); };
      if (at(old.shown.place_id) < at(place_id)) continue;
    }
    const auto tests = tests_of(q, id);
    const auto before = clock_of(*row, old.params(), tests, today),
               after = clock_of(*row, next, tests, today);
    Change change{*row, {}, false};
    change.shown.case_id = id;
    change.shown.category = row->category;
    change.shown.level_before = level_of(*row, old.params(), before.stage);
    change.shown.level_after = level_of(*row, next, after.stage);
    change.shown.last_before = before.last_day;
    change.shown.last_after = after.last_day;
    change.shown.release_due = after.full;
    change.changed = change.shown.level_before != change.shown.level_after ||
                     before.last_day != after.last_day || before.full != after.full;
    out.push_back(std::move(change));
  }
  return out;
}

RulesPreview preview_of(db::Scoped& q, const std::vector<Change>& changes) {
  RulesPreview out;
  std::vector<std::pair<CaseRow, ControlCase>> rows;
  for (const auto& change : changes) {
    ++out.persons;
    if (!change.changed) continue;
    ++out.changed;
    const auto& s = change.shown;
    if (s.last_before && s.last_after) {
      if (*s.last_after < *s.last_before) ++out.shorter;
      if (*s.last_after > *s.last_before) ++out.longer;
    }
    if (s.release_due) ++out.release_due;
    if (out.items.size() == changes_shown) continue;
    out.items.push_back(s);
    rows.emplace_back(change.before, ControlCase{});
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i].first;
    q.unscoped().one("SELECT d.label, pe.name FROM dwelling d, person pe WHERE d.id = $1 AND pe.id = $2",
                     {row.dwelling_id, row.person_id}, [&](const db::Row& r) {
                       out.items[i].label = r.str(0);
                       out.items[i].person_name = core::mask_name(r.text(1));
                     });
  }
  return out;
}

Result<ControlRulesShown> rules_in_force(api::Context& c, const RulesQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<ControlRulesShown> {
    if (!place::find_place(q, in.place_id)) return base::fail(ErrorKind::not_found, "not_found");
    return rules_at(q, in.place_id).shown;
  });
}

Result<RegimeTemplates> templates(api::Context&) {
  RegimeTemplates out;
  for (std::size_t i = 0; i < meta::EnumNames<Regime>::names.size(); ++i)
    out.items.push_back({static_cast<Regime>(i), rules_of(static_cast<Regime>(i))});
  return out;
}

// Names of persons under control: looking is audited.
Result<RulesPreview> preview(api::Context& c, const ProposedRules& in) {
  if (auto problems = check_rules(in.params, "/params"); !problems.empty())
    return base::fail(std::move(problems));
  return c.write([&](db::Scoped& q) -> Result<RulesPreview> {
    if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
    const auto changes = changes_of(q, in.place_id, in.params, c.now);
    core::audit(
        q, c, {"control.preview", "control_rule", in.place_id, std::nullopt, std::to_string(changes.size())});
    return preview_of(q, changes);
  });
}

Result<RulesPreview> add_rules(api::Context& c, const NewControlRules& in) {
  if (auto problems = check_rules(in.params, "/params"); !problems.empty())
    return base::fail(std::move(problems));
  std::vector<Ids> ids;
  const auto many = std::min<std::size_t>(changed_at_once, static_cast<std::size_t>(in.expected_changes));
  for (std::size_t i = 0; i < many; ++i) ids.push_back(take_ids(c.store));
  ControlRuleRow row;
  row.id = c.new_id<ControlRuleRow>();
  row.place_id = in.place_id;
  row.params.text = meta::to_json(in.params);
  row.reference = in.reference;
  if (in.note) row.note = *in.note;
  row.created_by = c.who.account;
  row.created = c.now;
  return c.write([&](db::Scoped& q) -> Result<RulesPreview> {
    place::take_guard(q);
    if (!place::find_place(q, in.place_id)) return base::fail_field("/place_id", "not_found");
    const auto changes = changes_of(q, in.place_id, in.params, c.now);
    const auto out = preview_of(q, changes);
    // What was agreed to is what was seen.
    if (out.changed != in.expected_changes)
      return base::fail(ErrorKind::conflict, "control.changes_differ", {{"n", std::to_string(out.changed)}});
    auto stored = row;
    stored.version =
        1 + static_cast<int>(q.unscoped().count(
                "SELECT COALESCE(MAX(version), 0) FROM control_rule WHERE place_id = $1", {in.place_id}));
    core::append(q, stored);
    core::audit(q, c,
                {"control.rules", "control_rule", stored.id.value, std::nullopt,
                 "persons=" + std::to_string(out.changed)});
    std::vector<std::int64_t> at_once, later;
    for (const auto& change : changes)
      (change.changed && at_once.size() < ids.size() ? at_once : later).push_back(change.before.id.value);
    std::vector<Wanted> wanted;
    for (auto& found : lock_cases(q, at_once)) wanted.push_back({found, found});
    auto judged = judge(q, std::move(wanted), c.now);
    write_judged(q, judged, ids, core::source_of(c));
    q.unscoped().run(
        "UPDATE control_case SET check_ms = $2, version = version + 1 WHERE id " + q.unscoped().in_list(1),
        {db::json_array(later), c.now});
    return out;
  });
}

}  // namespace

RulesOf::RulesOf(db::Scoped& q, const std::vector<std::int64_t>& places) {
  built_in_.shown.params = built_in_rules();
  const auto rows = place::find_places(q, places);
  std::vector<ControlRuleRow> versions;
  // Those above a place are no secret to anyone inside.
  q.unscoped().run(newest_versions() + " AND r.place_id " + q.unscoped().in_list(1),
                   {db::json_array(place::chains_of(rows))},
                   [&](const db::Row& r) { versions.push_back(meta::load<ControlRuleRow>(r)); });
  for (const auto& version : versions) newest_.emplace(version.place_id, found_rules(q, version));
  if (newest_.empty()) return;
  for (const auto& row : rows) {
    const auto chain = place::chain_of(row);
    const auto found = std::ranges::find_if(chain, [&](auto id) { return newest_.contains(id); });
    if (found != chain.end()) nearest_[row.id.value] = *found;
  }
}

const RulesFound& RulesOf::at(std::int64_t place_id) const {
  const auto found = nearest_.find(place_id);
  return found == nearest_.end() ? built_in_ : newest_.at(found->second);
}

RulesFound rules_at(db::Scoped& q, std::int64_t place_id) { return RulesOf(q, {place_id}).at(place_id); }

base::Problems check_rules(const ControlRules& rules, const std::string& pointer) {
  base::Problems problems;
  std::set<Category> seen;
  for (std::size_t i = 0; i < rules.categories.size(); ++i) {
    const auto& of = rules.categories[i];
    const auto at = fmt::format("{}/categories/{}", pointer, i);
    if (!seen.insert(of.category).second) problems.push_back({at + "/category", "twice"});
    if (of.stages.empty() || of.stages.size() > 4) problems.push_back({at + "/stages", "not_allowed"});
    for (std::size_t s = 0; s < of.stages.size(); ++s) {
      const auto& stage = of.stages[s];
      const auto here = fmt::format("{}/stages/{}", at, s);
      if (stage.days == 0 && s + 1 < of.stages.size()) problems.push_back({here + "/days", "must_be_last"});
      if (stage.days == 0 && stage.leave_negatives > 0)
        problems.push_back({here + "/leave_negatives", "not_allowed"});
      for (std::size_t t = 0; t < stage.test_days.size(); ++t)
        if (stage.days > 0 && stage.test_days[t] > stage.days)
          problems.push_back({fmt::format("{}/test_days/{}", here, t), "out_of_range"});
    }
  }
  if (rules.items.size() > 10) problems.push_back({pointer + "/items", "too_many"});
  if (rules.symptoms.size() > 20) problems.push_back({pointer + "/symptoms", "too_many"});
  if (rules.team_duties.size() > 10) problems.push_back({pointer + "/team_duties", "too_many"});
  for (const auto* list : {&rules.items, &rules.symptoms})
    for (const auto& code : *list)
      if (code.find(' ') != std::string::npos) problems.push_back({pointer + "/items", "not_allowed"});
  if (rules.morning_minute >= rules.evening_minute)
    problems.push_back({pointer + "/evening_minute", "before_start"});
  return problems;
}

void rule_routes(api::Router& r) {
  r.get<RulesQuery, ControlRulesShown>("/api/control-rules", Permission::control_read,
                                       "Lengths, tests and questions in force at a place", rules_in_force);
  r.get<RegimeTemplates>("/api/control-rules/templates", Permission::control_read, "Rules of earlier regimes",
                         templates);
  r.post<ProposedRules, RulesPreview>("/api/control-rules/preview", Permission::control_write,
                                      "Whose clock a change would move, before and after", preview);
  r.post<NewControlRules, RulesPreview>("/api/control-rules", Permission::control_write,
                                        "A new version; clocks go by it from now on", add_rules);
}

}  // namespace feature::control
