// What was tried at doors: recorded once, merged into the household file, and the door stands anew.
#include <fmt/format.h>

#include <algorithm>

#include "core/services.hpp"
#include "feature/people/service.hpp"
#include "feature/place/door_service.hpp"
#include "feature/survey/rounds.hpp"
#include "feature/survey/routes.hpp"

namespace feature::survey {
namespace {

using api::Permission;
using base::Result;

constexpr std::size_t upload_max = 200;
constexpr std::size_t members_max = 30;
constexpr std::int64_t clock_slack_ms = 5 * base::minute_ms;

// One record made ready before the transaction: ids, drafts and what is wrong with it by itself.
struct Ready {
  const NewAttempt* in = nullptr;
  std::int64_t id = 0;
  std::vector<std::int64_t> ids{};  // for the household file
  people::HouseholdDraft draft{};
  rule::Finding finding{};
  std::string digest{};
  base::Problems problems{};
};

rule::Seen seen(const std::optional<Tri>& told) {
  return static_cast<rule::Seen>(told.value_or(Tri::unknown));
}

Ready ready(api::Context& c, const NewAttempt& in) {
  const auto members = in.members.value_or(std::vector<people::NewMember>{});
  Ready r{&in, c.store.next_id(), {}, {}, {}, {}, {}};
  r.finding = {seen(in.fitted_out), seen(in.occupied), {}};
  if (in.persons) r.finding.persons = static_cast<int>(in.persons->value);
  if (!members.empty() && r.finding.occupied == rule::Seen::unknown) r.finding.occupied = rule::Seen::yes;
  if (!rule::possible(r.finding) || (!members.empty() && r.finding.occupied != rule::Seen::yes))
    r.problems.push_back({"/occupied", "survey.contradiction"});
  if (in.happened_ms > c.now + clock_slack_ms) r.problems.push_back({"/happened_ms", "in_the_future"});
  if (members.size() > members_max)
    r.problems.push_back({"/members", "too_long", {{"max", std::to_string(members_max)}}});
  else
    for (std::size_t i = 0; i < members.size(); ++i)
      r.draft.members.push_back(
          people::draft_of(members[i], fmt::format("/members/{}", i), base::civil_day(c.now), r.problems));
  r.draft.dwelling_id = in.dwelling_id;
  r.digest = c.services.keys.blind("survey_attempt", meta::to_json(in));
  if (!members.empty()) {
    r.ids.resize(people::plan_ids(r.draft));
    for (auto& id : r.ids) id = c.store.next_id();
  }
  return r;
}

AttemptResult refused(const Ready& r, std::string code, std::string path = {}) {
  AttemptResult out{r.in->client_id, AttemptStatus::refused, std::move(code), {}};
  if (!path.empty()) out.path = std::move(path);
  return out;
}

// The dwelling, when it lies in the scope and in the round; with what the household file needs.
bool find_door(db::Scoped& q, Ready& r) {
  const auto door = door_of_round(q, r.in->round_id, r.in->dwelling_id);
  if (!door) return false;
  r.draft.compound_id = door->compound_id;
  r.draft.sort = door->sort;
  r.draft.label = door->label;
  return true;
}

std::optional<bool> known_before(db::Scoped& q, std::int64_t account, const Ready& r) {
  std::optional<bool> same;
  q.unscoped().run("SELECT digest FROM survey_attempt WHERE account_id = $1 AND client_id = $2",
                   {account, r.in->client_id}, [&](const db::Row& row) { same = row.blob(0) == r.digest; });
  return same;
}

// --- the household file (XN-57) ------------------------------------------------------------------------
struct OnFile {
  std::int64_t residence = 0, person = 0, household = 0;
  std::string name{};
};
std::vector<OnFile> people_at(db::Scoped& q, std::int64_t dwelling) {
  std::vector<OnFile> all;
  q.run(
      "SELECT r.id, r.person_id, r.household_id, pe.name FROM residence r JOIN person pe ON pe.id = "
      "r.person_id JOIN place p ON p.id = r.dwelling_id WHERE r.dwelling_id = $1 AND r.valid_until_ms IS "
      "NULL AND {scope:p} ORDER BY r.household_id, r.position, r.id",
      {dwelling}, [&](const db::Row& r) {
        all.push_back({r.integer(0), r.integer(1), r.integer(2), r.str(3)});
      });
  return all;
}
std::vector<std::int64_t> households_at(db::Scoped& q, std::int64_t dwelling) {
  std::vector<std::int64_t> ids;
  q.run(
      "SELECT h.id FROM household h JOIN place p ON p.id = h.dwelling_id WHERE h.dwelling_id = $1 AND "
      "h.valid_until_ms IS NULL AND {scope:p} ORDER BY h.id",
      {dwelling}, [&](const db::Row& r) { ids.push_back(r.integer(0)); });
  return ids;
}

// Who is on file by this name is not added again; what contradicts the file waits for the office. In a
// dwelling with several households nobody knows whose the new ones are: they are a provisional one of their
// own.
std::int64_t put_on_file(db::Scoped& q, const core::Services& services, Ready& r,
                         const core::Source& source) {
  const auto on_file = people_at(q, r.in->dwelling_id);
  const auto households = households_at(q, r.in->dwelling_id);
  auto draft = r.draft;
  draft.members.clear();
  for (const auto& m : r.draft.members) {
    const auto same = std::ranges::find(on_file, m.name, &OnFile::name);
    if (same != on_file.end())
      people::note_conflicts(q, same->person, same->residence, m, services.keys, source);
    else
      draft.members.push_back(m);
  }
  if (draft.members.empty()) return 0;
  draft.provisional = households.size() > 1;
  if (households.size() == 1) {
    draft.joins = households.front();
    draft.first_position = static_cast<int>(on_file.size());
    const bool new_head = std::ranges::any_of(
        draft.members, [](const people::PersonDraft& m) { return m.relation == people::Relation::head; });
    if (new_head) {
      people::ResidenceRow next;
      next.household_id = meta::Id<people::HouseholdRow>(households.front());
      next.relation = people::Relation::head;
      people::step_down(q, next, source);
    }
  }
  const auto added = people::add_households(q, {draft}, r.ids, services.keys, source);
  core::note_change(q, "household", draft.compound_id, draft.joins ? *draft.joins : added.households.front(),
                    source.now);
  return added.persons;
}

// --- the visit -----------------------------------------------------------------------------------------
std::vector<rule::Attempt> attempts_of(db::Scoped& q, const NewAttempt& in) {
  std::vector<rule::Attempt> all;
  q.unscoped().run(
      "SELECT id, round_id, dwelling_id, compound_id, account_id, client_id, digest, contact, answered, "
      "fitted_out, occupied, persons, added, note, happened_ms, recorded_ms, retracted_by FROM "
      "survey_attempt WHERE round_id = $1 AND dwelling_id = $2 AND retracted_by IS NULL",
      {in.round_id, in.dwelling_id}, [&](const db::Row& r) {
        const auto row = meta::load<AttemptRow>(r);
        rule::Finding f{seen(row.fitted_out), seen(row.occupied), {}};
        if (row.persons) f.persons = static_cast<int>(*row.persons);
        all.push_back({row.contact, row.answered, row.happened, f});
      });
  return all;
}

void stand_anew(db::Scoped& q, const NewAttempt& in, const RoundRow& round) {
  auto all = attempts_of(q, in);
  base::Instant last{};
  for (const auto& a : all) last = std::max(last, a.at);
  const auto now =
      rule::standing_of(std::move(all), rule::parse_ladder(round.ladder).value_or(rule::usual_ladder()));
  const bool open = now.stage == rule::Stage::open;
  // After the end of a round nothing is tried any more.
  const bool registered = now.stage == rule::Stage::exhausted || (open && round.closed);
  const auto state = now.stage == rule::Stage::resolved ? DoorState::resolved
                     : registered                       ? DoorState::registered
                                                        : DoorState::open;
  const auto contact = open && !registered ? std::optional(meta::name_of(now.next)) : std::nullopt;
  const auto by = now.settled_by ? std::optional(meta::name_of(*now.settled_by)) : std::nullopt;
  const auto settled = registered && !now.settled ? round.closed : now.settled;
  // A line that was handed over stays so until somebody answers.
  q.unscoped().run(
      "UPDATE survey_visit SET state = CASE WHEN $3 = 'registered' AND handover_id IS NOT NULL THEN "
      "'handed_over' ELSE $3 END, outcome = $4, next_contact = $5, not_before_ms = $6, unanswered_knocks = "
      "$7, fitted_out = $8, occupied = $9, persons = $10, last_ms = $11, settled_ms = $12, settled_by = "
      "$13 WHERE round_id = $1 AND dwelling_id = $2",
      {in.round_id, in.dwelling_id, meta::name_of(state), meta::name_of(now.outcome), contact,
       registered ? std::optional<base::Instant>{} : now.not_before, now.unanswered_knocks,
       meta::name_of(static_cast<Tri>(now.finding.fitted_out)),
       meta::name_of(static_cast<Tri>(now.finding.occupied)),
       now.finding.persons ? std::optional<std::int64_t>(*now.finding.persons) : std::nullopt, last, settled,
       by});
}

// The row is the door's lock: of two records at once the second waits here.
void lock_door(db::Scoped& q, const Ready& r) {
  q.unscoped().run(
      "INSERT INTO survey_visit (round_id, dwelling_id, compound_id, state, outcome, unanswered_knocks, "
      "fitted_out, occupied, version) VALUES ($1, $2, $3, 'open', 'open', 0, 'unknown', 'unknown', 1) ON "
      "CONFLICT (round_id, dwelling_id) DO UPDATE SET version = survey_visit.version + 1",
      {r.in->round_id, r.in->dwelling_id, r.draft.compound_id});
}

// Nothing newer was said of this dwelling, in any round.
bool is_newest(db::Scoped& q, const Ready& r) {
  return q.unscoped().count(
             "SELECT COUNT(*) FROM survey_attempt WHERE dwelling_id = $1 AND happened_ms > $2 AND "
             "retracted_by IS NULL",
             {r.in->dwelling_id, r.in->happened_ms}) == 0;
}

bool retract(db::Scoped& q, std::int64_t account, const Ready& r) {
  return q.unscoped().run(
             "UPDATE survey_attempt SET retracted_by = $1 WHERE account_id = $2 AND client_id = $3 AND "
             "round_id = $4 AND dwelling_id = $5 AND retracted_by IS NULL",
             {r.id, account, *r.in->retracts, r.in->round_id, r.in->dwelling_id}) > 0;
}

AttemptResult record(db::Scoped& q, api::Context& c, Ready& r) {
  if (!r.problems.empty()) return refused(r, r.problems.front().code, r.problems.front().path);
  const auto round = find_round(q, r.in->round_id);
  if (!round) return refused(r, "not_found", "/round_id");
  if (!find_door(q, r)) return refused(r, "not_found", "/dwelling_id");
  if (const auto same = known_before(q, c.who.account, r))
    return *same ? AttemptResult{r.in->client_id, AttemptStatus::stored_before, {}, {}}
                 : refused(r, "survey.other_record", "/client_id");
  lock_door(q, r);
  if (r.in->retracts && !retract(q, c.who.account, r)) return refused(r, "not_found", "/retracts");
  const auto source = core::source_of(c, "survey");
  AttemptRow row;
  row.added = r.draft.members.empty() ? 0 : put_on_file(q, c.services, r, source);
  row.id = meta::Id<AttemptRow>(r.id);
  row.round_id = r.in->round_id;
  row.dwelling_id = r.in->dwelling_id;
  row.compound_id = r.draft.compound_id;
  row.account_id = c.who.account;
  row.client_id = r.in->client_id;
  row.digest.value = r.digest;
  row.contact = r.in->contact;
  row.answered = r.in->answered;
  row.fitted_out = static_cast<Tri>(r.finding.fitted_out);
  row.occupied = static_cast<Tri>(r.finding.occupied);
  if (r.finding.persons) row.persons = *r.finding.persons;
  if (r.in->note) row.note = *r.in->note;
  row.happened = r.in->happened_ms;
  row.recorded = c.now;
  core::append(q, row);
  if (is_newest(q, r)) place::seen_at_door(q, r.in->dwelling_id, row.fitted_out, row.occupied, source);
  stand_anew(q, *r.in, *round);
  core::note_change(q, "survey", r.draft.compound_id, r.in->dwelling_id, c.now);
  return {r.in->client_id, AttemptStatus::stored, {}, {}};
}

// One bad record never keeps the others back.
Result<AttemptResults> upload(api::Context& c, const AttemptUpload& in) {
  if (in.items.size() > upload_max)
    return base::fail_field("/items", "too_long", {{"max", std::to_string(upload_max)}});
  std::vector<Ready> all;
  for (const auto& item : in.items) all.push_back(ready(c, item));
  return c.write([&](db::Scoped& q) -> Result<AttemptResults> {
    AttemptResults out;
    std::int64_t stored = 0;
    for (auto& r : all) {
      out.items.push_back(record(q, c, r));
      stored += out.items.back().status == AttemptStatus::stored;
    }
    if (stored > 0)
      core::audit(q, c,
                  {"survey.record", "survey_round", in.items.front().round_id, std::nullopt,
                   fmt::format("records={}", stored)});
    return out;
  });
}

}  // namespace

void attempt_routes(api::Router& r) {
  r.post<AttemptUpload, AttemptResults>("/api/survey-attempts", Permission::work_write,
                                        "What was tried at doors; each record is stored once", upload);
}

}  // namespace feature::survey
