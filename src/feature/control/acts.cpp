// Tests, what hangs at the door, outings to a hospital, transfers.
#include <fmt/format.h>

#include <algorithm>

#include "feature/control/clockwork.hpp"
#include "feature/control/routes.hpp"
#include "feature/control/sample_service.hpp"
#include "feature/gate/service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::control {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr std::int64_t outing_max_ms = 3 * base::day_ms;
constexpr std::size_t dependants = meta::EnumNames<Dependant>::names.size();

// The open case `case_id`, what is done with it, its clock and the gate, the audit and the file.
template <class Act>
Result<ControlFile> act(api::Context& c, std::int64_t case_id, std::string action, const Ids& ids, Act body) {
  return c.write([&](db::Scoped& q) -> Result<ControlFile> {
    const auto row = lock_case(q, case_id);
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    if (row->ended) return base::fail(ErrorKind::conflict, "control.ended");
    auto after = *row;
    if (Result<void> done = body(q, after); !done) return tl::unexpected(std::move(done).error());
    bring_up_to_date(q, row, after, ids, core::source_of(c));
    core::audit(q, c, {action, "control_case", case_id, row->compound_id});
    return file_of(q, case_id, c.now);
  });
}

// The case that a mark or an outing belongs to; 0: none that the caller sees.
std::int64_t case_of_mark(api::Context& c) {
  return c
      .read([&](db::Scoped& q) -> Result<std::int64_t> {
        return q.count(
            "SELECT m.case_id FROM control_mark m JOIN control_case c ON c.id = m.case_id JOIN place p ON "
            "p.id = c.dwelling_id WHERE m.id = $1 AND {scope:p}",
            {c.id()});
      })
      .value_or(0);
}
std::int64_t case_of_outing(api::Context& c) {
  return c
      .read([&](db::Scoped& q) -> Result<std::int64_t> {
        return q.count(
            "SELECT o.case_id FROM control_outing o JOIN control_case c ON c.id = o.case_id JOIN place p ON "
            "p.id = c.dwelling_id WHERE o.id = $1 AND {scope:p}",
            {c.id()});
      })
      .value_or(0);
}

// An answer that was lost: two samples of one day are demanded at some releases, so the second is not a
// guess.
bool sent_before(db::Scoped& q, const TestRow& test) {
  return test.client_id &&
         q.unscoped().count("SELECT COUNT(*) FROM control_test WHERE case_id = $1 AND client_id = $2",
                            {test.case_id, *test.client_id}) > 0;
}

Result<ControlFile> add_test(api::Context& c, const NewTest& in) {
  const auto ids = take_ids(c.store);
  const auto today = base::civil_day(c.now);
  const auto day = in.day.value_or(today);
  return act(c, c.id(), "control.test", ids, [&](db::Scoped& q, CaseRow& row) -> Result<void> {
    if (day > today) return base::fail_field("/day", "in_the_future");
    if (day < std::min(row.began, row.day_one)) return base::fail_field("/day", "before_start");
    TestRow test{meta::Id<TestRow>(ids.first), row.id.value, day, in.result, c.who.account, c.now, {}};
    if (in.client_id) test.client_id = *in.client_id;
    if (sent_before(q, test)) return {};
    core::insert(q, test, core::source_of(c));
    return {};
  });
}

// What became of a sample that was sent.
Result<ControlFile> tell_result(api::Context& c, const NewTest& in) {
  std::int64_t of = 0;
  auto found = c.read([&](db::Scoped& q) -> Result<std::int64_t> {
    return q.count(
        "SELECT t.case_id FROM control_test t JOIN control_case c ON c.id = t.case_id JOIN place p ON p.id = "
        "c.dwelling_id WHERE t.id = $1 AND {scope:p}",
        {c.id()});
  });
  if (found) of = *found;
  return act(c, of, "control.test", take_ids(c.store), [&](db::Scoped& q, CaseRow& row) -> Result<void> {
    std::optional<TestRow> before;
    q.unscoped().one(
        "SELECT id, case_id, day, result, recorded_by, recorded_ms, client_id FROM control_test WHERE id = "
        "$1 AND case_id = $2",
        {c.id(), row.id}, [&](const db::Row& r) { before = meta::load<TestRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    after.result = in.result;
    after.recorded_by = c.who.account;
    after.recorded = c.now;
    core::update(q, *before, after, core::source_of(c));
    return {};
  });
}

Result<ControlFile> put_up(api::Context& c, const NewMark& in) {
  const auto ids = take_ids(c.store);
  return act(c, c.id(), "control.mark", ids, [&](db::Scoped& q, CaseRow& row) -> Result<void> {
    if (q.unscoped().count(
            "SELECT COUNT(*) FROM control_mark WHERE case_id = $1 AND kind = $2 AND down_ms IS NULL",
            {row.id, meta::name_of(in.kind)}) > 0)
      return base::fail(ErrorKind::conflict, "control.mark_up");
    MarkRow mark;
    mark.id = meta::Id<MarkRow>(ids.first);
    mark.case_id = row.id.value;
    mark.kind = in.kind;
    mark.up = c.now;
    mark.up_by = c.who.account;
    if (in.note) mark.up_note = *in.note;
    core::insert(q, mark, core::source_of(c));
    return {};
  });
}

// Taking down may come after the end: a notice must not hang for ever.
Result<ControlFile> take_down(api::Context& c, const TakeDown& in) {
  const auto of = case_of_mark(c);
  return c.write([&](db::Scoped& q) -> Result<ControlFile> {
    const auto row = lock_case(q, of);
    if (!row) return base::fail(ErrorKind::not_found, "not_found");
    std::optional<MarkRow> before;
    q.unscoped().one(
        "SELECT id, case_id, kind, up_ms, up_by, up_note, down_ms, down_by, down_note FROM control_mark "
        "WHERE id = $1",
        {c.id()}, [&](const db::Row& r) { before = meta::load<MarkRow>(r); });
    if (!before || before->down) return base::fail(ErrorKind::conflict, "control.mark_down");
    auto after = *before;
    after.down = c.now;
    after.down_by = c.who.account;
    if (in.note) after.down_note = *in.note;
    core::update(q, *before, after, core::source_of(c));
    if (!hangs_at_the_door(q, of)) work_item::settle_all(q, door_origin(row->person_id), c.now);
    core::audit(q, c, {"control.mark", "control_case", of, row->compound_id});
    return file_of(q, of, c.now);
  });
}

Result<ControlFile> ask_outing(api::Context& c, const NewOuting& in) {
  base::Problems problems;
  if (in.until_ms <= in.from_ms) problems.push_back({"/until_ms", "not_later"});
  if (in.until_ms <= c.now) problems.push_back({"/until_ms", "in_the_past"});
  if (in.until_ms - in.from_ms > outing_max_ms) problems.push_back({"/until_ms", "too_long"});
  if (!problems.empty()) return base::fail(std::move(problems));
  const auto ids = take_ids(c.store);
  return act(c, c.id(), "control.outing", ids, [&](db::Scoped& q, CaseRow& row) -> Result<void> {
    if (q.unscoped().count("SELECT COUNT(*) FROM control_outing WHERE case_id = $1 AND state IN ('asked', "
                           "'approved') AND returned_ms IS NULL AND until_ms > $2",
                           {row.id, c.now}) > 0)
      return base::fail(ErrorKind::conflict, "control.outing_open");
    OutingRow outing;
    outing.id = meta::Id<OutingRow>(ids.first);
    outing.case_id = row.id.value;
    outing.reason = in.reason;
    outing.destination = in.destination;
    if (in.vehicle) outing.vehicle = *in.vehicle;
    outing.from = in.from_ms;
    outing.until = in.until_ms;
    outing.asked_by = c.who.account;
    outing.asked = c.now;
    core::insert(q, outing, core::source_of(c));
    work_item::Cause cause;
    cause.kind = "control_outing_asked";
    cause.place_id = row.dwelling_id;
    cause.origin = origin_of(row.id.value, fmt::format("outing:{}", ids.first));
    cause.household_id = row.household_id;
    cause.person_id = row.person_id;
    work_item::open(q, cause, ids.work.back(), c.now);
    return {};
  });
}

template <class Change>
Result<ControlFile> change_outing(api::Context& c, Change change) {
  const auto of = case_of_outing(c);
  return act(c, of, "control.outing", take_ids(c.store), [&](db::Scoped& q, CaseRow& row) -> Result<void> {
    std::optional<OutingRow> before;
    q.unscoped().one(
        "SELECT id, case_id, reason, destination, vehicle, from_ms, until_ms, state, asked_by, asked_ms, "
        "decided_by, decided_ms, returned_ms FROM control_outing WHERE id = $1",
        {c.id()}, [&](const db::Row& r) { before = meta::load<OutingRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    if (Result<void> done = change(after); !done) return done;
    core::update(q, *before, after, core::source_of(c));
    work_item::settle(q, origin_of(row.id.value, fmt::format("outing:{}", c.id())), c.now);
    return {};
  });
}

// With a vehicle of its own (rules.md section 6); the gate lets them out for these hours.
Result<ControlFile> decide_outing(api::Context& c, const OutingDecision& in) {
  return change_outing(c, [&](OutingRow& outing) -> Result<void> {
    if (outing.state != OutingState::asked) return base::fail(ErrorKind::conflict, "control.decided");
    if (in.vehicle) outing.vehicle = *in.vehicle;
    if (in.approve && !outing.vehicle) return base::fail_field("/vehicle", "required");
    outing.state = in.approve ? OutingState::approved : OutingState::refused;
    outing.decided_by = c.who.account;
    outing.decided = c.now;
    return {};
  });
}

// The program sees them back, so the level holds from this instant.
Result<ControlFile> return_outing(api::Context& c) {
  return change_outing(c, [&](OutingRow& outing) -> Result<void> {
    if (outing.state != OutingState::approved || outing.returned)
      return base::fail(ErrorKind::conflict, "control.decided");
    outing.returned = c.now;
    return {};
  });
}

base::Problems check_cares(const NewTransfer& in) {
  base::Problems problems;
  std::array<int, dependants> answers{};
  for (std::size_t i = 0; i < in.cares.size(); ++i) {
    const auto& care = in.cares[i];
    if (++answers.at(static_cast<std::size_t>(care.dependant)) > 1)
      problems.push_back({fmt::format("/cares/{}/dependant", i), "twice"});
    if (care.needed && !care.carer) problems.push_back({fmt::format("/cares/{}/carer", i), "required"});
    // A child is not separated without a recorded decision of a guardian.
    if (care.needed && care.dependant == Dependant::children && !in.guardian)
      problems.push_back({"/guardian", "required"});
  }
  if (std::ranges::count(answers, 0) > 0) problems.push_back({"/cares", "required"});
  return problems;
}

bool is_child(db::Scoped& q, const CaseRow& row, base::Instant now) {
  return q.unscoped().count("SELECT COUNT(*) FROM person WHERE id = $1 AND birth_day > $2",
                            {row.person_id, gate::born_before(now)}) > 0;
}

// Not complete without an answer to each of the seven, each with a name and a work item (practice 23).
Result<ControlFile> transfer(api::Context& c, const NewTransfer& in) {
  if (auto problems = check_cares(in); !problems.empty()) return base::fail(std::move(problems));
  const auto ids = take_ids(c.store);
  std::array<std::int64_t, dependants> work{};
  for (auto& id : work) id = c.store.next_id();
  return act(c, c.id(), "control.transfer", ids, [&](db::Scoped& q, CaseRow& row) -> Result<void> {
    if (is_child(q, row, c.now) && !in.guardian) return base::fail_field("/guardian", "required");
    TransferRow stored;
    stored.id = meta::Id<TransferRow>(ids.first);
    stored.case_id = row.id.value;
    stored.site = in.site;
    if (in.vehicle) stored.vehicle = *in.vehicle;
    stored.cares.text = meta::to_json(in.cares);
    if (in.guardian) stored.guardian = *in.guardian;
    stored.done_by = c.who.account;
    stored.done = c.now;
    core::insert(q, stored, core::source_of(c));
    std::size_t next = 0;
    for (const auto& care : in.cares) {
      if (!care.needed) continue;
      work_item::Cause cause;
      cause.kind = "dependant_care";
      cause.place_id = row.dwelling_id;
      cause.origin =
          fmt::format("care:{}:{}", ids.first, meta::name_of(care.dependant));  // outlives the case
      cause.detail = meta::name_of(care.dependant);
      cause.household_id = row.household_id;
      cause.person_id = row.person_id;
      cause.note = *care.carer;
      work_item::open(q, cause, work.at(next++), c.now);
    }
    row.site = in.site;
    return {};
  });
}

}  // namespace

std::optional<std::int64_t> note_sample(db::Scoped& q, const Sample& sample, const Ids& ids,
                                        const core::Source& source) {
  std::int64_t of = 0;
  q.one(
      "SELECT c.id FROM control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.person_id = $1 AND "
      "c.ended_ms IS NULL AND {scope:p}",
      {sample.person_id}, [&](const db::Row& r) { of = r.integer(0); });
  const auto row = of == 0 ? std::nullopt : lock_case(q, of);
  if (!row || row->ended || sample.day < std::min(row->began, row->day_one)) return std::nullopt;
  TestRow test{
      meta::Id<TestRow>(ids.first), of, sample.day, TestResult::pending, sample.account_id, source.now, {}};
  test.client_id = sample.client_id;
  core::insert(q, test, source);
  bring_up_to_date(q, row, *row, ids, source);
  return ids.first;
}

void act_routes(api::Router& r) {
  r.post<NewTest, ControlFile>("/api/control-cases/{id}/tests", Permission::follow_up_write,
                               "A sample, with its result when there is one", add_test);
  r.post<NewTest, ControlFile>("/api/control-tests/{id}/result", Permission::control_write,
                               "What became of a sample", tell_result);
  r.post<NewMark, ControlFile>("/api/control-cases/{id}/marks", Permission::follow_up_write,
                               "A notice or a seal is at the door", put_up);
  r.post<TakeDown, ControlFile>("/api/control-marks/{id}/take-down", Permission::follow_up_write,
                                "A notice or a seal is gone from the door", take_down);
  r.post<NewOuting, ControlFile>("/api/control-cases/{id}/outings", Permission::follow_up_write,
                                 "Ask for an outing to a hospital", ask_outing);
  r.post<OutingDecision, ControlFile>("/api/control-outings/{id}/decide", Permission::control_write,
                                      "Approve or refuse an outing", decide_outing);
  r.post<ControlFile>("/api/control-outings/{id}/return", Permission::follow_up_write,
                      "They are back from an outing", return_outing);
  r.post<NewTransfer, ControlFile>("/api/control-cases/{id}/transfer", Permission::control_write,
                                   "Take a person elsewhere, with who cares for what stays behind", transfer);
}

}  // namespace feature::control
