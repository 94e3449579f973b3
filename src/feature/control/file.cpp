// Cases as lists and files show them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "core/keyring.hpp"
#include "feature/control/clockwork.hpp"
#include "feature/gate/service.hpp"

namespace feature::control {
namespace {

using base::ErrorKind;
using base::Result;

using Names = std::map<std::int64_t, std::string>;
std::string name_in(const Names& names, std::int64_t id) {
  const auto found = names.find(id);
  return found == names.end() ? std::string{} : found->second;
}
Names accounts(db::Scoped& q, std::vector<std::int64_t> ids) {
  Names names;
  q.unscoped().run(fmt::format("SELECT id, display_name FROM account WHERE id {}", q.unscoped().in_list(1)),
                   {db::json_array(ids)}, [&](const db::Row& r) { names[r.integer(0)] = r.str(1); });
  return names;
}

// What a page of rows needs besides, one question for all of them.
struct Beside {
  Names persons{}, labels{};
  std::set<std::int64_t> morning{}, evening{}, notice{}, sealed{};
};
Beside beside(db::Scoped& q, const std::vector<std::pair<CaseRow, ControlCase>>& rows, base::Day today) {
  Beside out;
  std::vector<std::int64_t> cases, persons, dwellings;
  for (const auto& [row, unused] : rows) {
    cases.push_back(row.id.value);
    persons.push_back(row.person_id);
    dwellings.push_back(row.dwelling_id);
  }
  auto& raw = q.unscoped();  // ids found through the scope
  const auto in = raw.in_list(1);
  raw.run("SELECT id, name FROM person WHERE id " + in, {db::json_array(persons)},
          [&](const db::Row& r) { out.persons[r.integer(0)] = core::mask_name(r.text(1)); });
  raw.run("SELECT id, label FROM dwelling WHERE id " + in, {db::json_array(dwellings)},
          [&](const db::Row& r) { out.labels[r.integer(0)] = r.str(1); });
  raw.run("SELECT case_id, half FROM control_follow_up WHERE case_id " + in + " AND day = $2",
          {db::json_array(cases), today}, [&](const db::Row& r) {
            (r.text(1) == "morning" ? out.morning : out.evening).insert(r.integer(0));
          });
  raw.run("SELECT case_id, kind FROM control_mark WHERE down_ms IS NULL AND case_id " + in,
          {db::json_array(cases)},
          [&](const db::Row& r) { (r.text(1) == "seal" ? out.sealed : out.notice).insert(r.integer(0)); });
  return out;
}

void load_tests(db::Scoped& q, std::int64_t id, const Names& names, ControlFile& file) {
  q.unscoped().run(
      "SELECT id, day, result, recorded_by, recorded_ms FROM control_test WHERE case_id = $1 ORDER BY day "
      "DESC, id DESC LIMIT 200",
      {id}, [&](const db::Row& r) {
        const auto row = TestShown{
            meta::Id<TestRow>(r.integer(0)), r.day(1), {}, name_in(names, r.integer(3)), r.instant(4)};
        file.tests.push_back(row);
        meta::parse_enum(r.text(2), file.tests.back().test_result);
      });
}

void load_follow_ups(db::Scoped& q, std::int64_t id, const Names& names, ControlFile& file) {
  q.unscoped().run(
      "SELECT id, case_id, day, half, channel, tenths, done, not_done, symptoms, note, recorded_by, "
      "recorded_ms FROM control_follow_up WHERE case_id = $1 ORDER BY day DESC, half, id DESC LIMIT 200",
      {id}, [&](const db::Row& r) {
        const auto row = meta::load<FollowUpRow>(r);
        file.follow_ups.push_back({row.id, row.day, row.half, row.channel, row.tenths,
                                   base::words_of(row.done), base::words_of(row.not_done),
                                   base::words_of(row.symptoms), row.note, name_in(names, row.recorded_by),
                                   row.recorded});
      });
}

void load_acts(db::Scoped& q, std::int64_t id, const Names& names, ControlFile& file) {
  auto& raw = q.unscoped();
  raw.run(
      "SELECT id, case_id, kind, up_ms, up_by, up_note, down_ms, down_by, down_note FROM control_mark WHERE "
      "case_id = $1 ORDER BY up_ms DESC, id DESC LIMIT 100",
      {id}, [&](const db::Row& r) {
        const auto row = meta::load<MarkRow>(r);
        Mark mark{row.id,      row.kind, row.up, name_in(names, row.up_by),
                  row.up_note, row.down, {},     row.down_note};
        if (row.down_by) mark.down_by = name_in(names, *row.down_by);
        file.marks.push_back(std::move(mark));
      });
  raw.run(
      "SELECT id, case_id, reason, destination, vehicle, from_ms, until_ms, state, asked_by, asked_ms, "
      "decided_by, decided_ms, returned_ms FROM control_outing WHERE case_id = $1 ORDER BY from_ms DESC, id "
      "DESC LIMIT 100",
      {id}, [&](const db::Row& r) {
        const auto row = meta::load<OutingRow>(r);
        Outing outing{row.id,       row.reason,  row.destination, row.vehicle,
                      row.from,     row.until,   row.state,       name_in(names, row.asked_by),
                      std::nullopt, row.returned};
        if (row.decided_by) outing.decided_by = name_in(names, *row.decided_by);
        file.outings.push_back(std::move(outing));
      });
  raw.run(
      "SELECT id, case_id, site, vehicle, cares, guardian, done_by, done_ms FROM control_transfer WHERE "
      "case_id = $1 ORDER BY done_ms DESC, id DESC LIMIT 50",
      {id}, [&](const db::Row& r) {
        const auto row = meta::load<TransferRow>(r);
        Transfer transfer{row.id,  row.site, row.vehicle, row.guardian, {}, name_in(names, row.done_by),
                          row.done};
        if (auto cares = meta::from_json<std::vector<Care>>(row.cares.text))
          transfer.cares = std::move(*cares);
        file.transfers.push_back(std::move(transfer));
      });
}

// Everybody who wrote something in this file.
Names writers(db::Scoped& q, std::int64_t id) {
  std::vector<std::int64_t> ids;
  q.unscoped().run(
      "SELECT recorded_by FROM control_test WHERE case_id = $1 UNION SELECT recorded_by FROM "
      "control_follow_up WHERE case_id = $1 UNION SELECT up_by FROM control_mark WHERE case_id = $1 UNION "
      "SELECT COALESCE(down_by, up_by) FROM control_mark WHERE case_id = $1 UNION SELECT asked_by FROM "
      "control_outing WHERE case_id = $1 UNION SELECT COALESCE(decided_by, asked_by) FROM control_outing "
      "WHERE case_id = $1 UNION SELECT done_by FROM control_transfer WHERE case_id = $1",
      {id}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return accounts(q, std::move(ids));
}

void load_team(db::Scoped& q, const CaseRow& row, base::Instant now, ControlFile& file) {
  if (!row.team_id) return;
  file.team_id = row.team_id;
  q.unscoped().one("SELECT name FROM team WHERE id = $1", {*row.team_id},
                   [&](const db::Row& r) { file.team_name = r.str(0); });
  q.unscoped().run(
      "SELECT s.name, m.duty, s.post FROM team_member m JOIN team_version v ON v.id = m.version_id JOIN "
      "staff s ON s.id = m.staff_id WHERE v.team_id = $1 AND v.valid_from_ms <= $2 AND (v.valid_until_ms "
      "IS NULL OR v.valid_until_ms > $2) ORDER BY m.id",
      {*row.team_id, now}, [&](const db::Row& r) {
        file.team.push_back({r.str(0), r.maybe_text(1), r.maybe_text(2)});
      });
}

}  // namespace

std::vector<ControlCase> shown(db::Scoped& q, const std::vector<std::pair<CaseRow, ControlCase>>& rows,
                               base::Instant now) {
  const auto today = base::civil_day(now);
  const auto more = beside(q, rows, today);
  std::vector<ControlCase> out;
  for (const auto& [row, unused] : rows) {
    ControlCase c;
    c.id = row.id;
    c.person_id = row.person_id;
    c.household_id = row.household_id;
    c.compound_id = row.compound_id;
    c.label = name_in(more.labels, row.dwelling_id);
    c.person_name = name_in(more.persons, row.person_id);
    c.control_category = row.category;
    c.control_level = row.level;
    if (!row.ended)
      c.standing =
          gate::right_of(gate::policy_at(q, row.compound_id, row.dwelling_id, now).level_rights, row.level);
    c.began = row.began;
    c.day_one = row.day_one;
    c.last_day = row.last_day;
    c.clock_day = (row.ended ? base::civil_day(*row.ended) : today) - row.day_one + 1;
    c.site = row.site;
    for (const auto& word : base::words_of(row.attention))
      if (Attention code{}; meta::parse_enum(word, code)) c.attention.push_back(code);
    c.morning = more.morning.contains(row.id.value);
    c.evening = more.evening.contains(row.id.value);
    c.notice_up = more.notice.contains(row.id.value);
    c.sealed = more.sealed.contains(row.id.value);
    c.created = row.created;
    c.ended = row.ended;
    c.control_ending = row.end_reason;
    out.push_back(std::move(c));
  }
  return out;
}

Result<ControlFile> file_of(db::Scoped& q, std::int64_t id, base::Instant now) {
  const auto row = find_case(q, id);
  if (!row) return base::fail(ErrorKind::not_found, "not_found");
  ControlFile file;
  file.item = shown(q, {{*row, {}}}, now).front();
  file.exposed = row->exposed;
  file.decided_by = row->decided_by;
  file.reference = row->reference;
  file.end_reference = row->end_reference;
  const auto rules = rules_at(q, row->dwelling_id);
  file.rule_name = rules.shown.place_name;
  file.rule_version = rules.shown.version;
  const auto stages = stages_of(rules.params(), row->category);
  const auto plan = plan_of(*row, rules.params());
  for (std::size_t i = 0; i < plan.size(); ++i)
    file.stages.push_back({level_of(*row, rules.params(), i), plan[i].first, plan[i].last, plan[i].tests,
                           i < stages.size() ? static_cast<int>(stages[i].leave_negatives) : 0});
  file.stage = row->stage;
  file.negatives_missing =
      clock_of(*row, rules.params(), tests_of(q, id), base::civil_day(now)).negatives_missing;
  file.items.assign(rules.params().items.begin(), rules.params().items.end());
  file.symptoms.assign(rules.params().symptoms.begin(), rules.params().symptoms.end());
  file.team_duties.assign(rules.params().team_duties.begin(), rules.params().team_duties.end());
  file.fever_tenths = static_cast<int>(rules.params().fever_tenths);
  load_team(q, *row, now, file);
  const auto names = writers(q, id);
  load_tests(q, id, names, file);
  load_follow_ups(q, id, names, file);
  load_acts(q, id, names, file);
  return file;
}

}  // namespace feature::control
