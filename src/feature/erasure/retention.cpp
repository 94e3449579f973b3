// How long each kind is kept after its purpose has ended: dated rules, a count of what is due, and the run.
#include <algorithm>

#include "api/router.hpp"
#include "core/file.hpp"
#include "core/trail.hpp"
#include "db/traces.hpp"
#include "feature/access/service.hpp"
#include "feature/arrival/service.hpp"
#include "feature/attendance/service.hpp"
#include "feature/care/service.hpp"
#include "feature/control/service.hpp"
#include "feature/erasure/api.hpp"
#include "feature/erasure/erase.hpp"
#include "feature/erasure/service.hpp"
#include "feature/exchange/service.hpp"
#include "feature/service_request/service.hpp"

namespace feature::erasure {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int run_persons = 50;  // of one request; the page goes on until nothing is left
constexpr std::int64_t count_max = 100'000;
constexpr int night_hour = 3;  // when few are at work
constexpr int runs_shown = 30;
constexpr int run_lines = 2000;  // of a ledger
// Outings of two windows are derived from the passages, so these are needed for a while.
constexpr std::int64_t passage_days_min = 70;
constexpr Kind kinds[] = {Kind::person,          Kind::guest,           Kind::import_file,
                          Kind::rejected_record, Kind::document_file,   Kind::control_case,
                          Kind::care_recipient,  Kind::service_request, Kind::arrival,
                          Kind::passage,         Kind::vehicle_passage, Kind::outside_plate,
                          Kind::work_log,        Kind::duty_shift,      Kind::test_session};

// Who removes: somebody within their places, or the program everywhere.
struct Hand {
  db::Store& store;
  core::Services& services;
  db::Scope scope;
  std::string actor, request_id;
  base::Instant now;

  template <class F>
  auto read(F&& body) const {
    return store.read([&](db::Connection& c) {
      db::Scoped q(c, scope);
      return body(q);
    });
  }
};

// The days of the rule in force; nothing when there is none or it has no days.
std::optional<std::int64_t> days_of(db::Connection& c, Kind kind, base::Instant now) {
  std::optional<std::int64_t> days;
  c.one(
      "SELECT days FROM retention_rule WHERE kind = $1 AND effective_from_ms <= $2 ORDER BY "
      "effective_from_ms DESC, id DESC LIMIT 1",
      {meta::name_of(kind), now}, [&](const db::Row& r) { days = r.maybe_integer(0); });
  return days;
}

// A person's purpose ends with the last residence; what was said at a gate, sent or uploaded is due by its
// age.
constexpr auto due_persons = db::ScopedSql(
    "SELECT DISTINCT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.visible = 1 "
    "AND r.valid_until_ms < $1 AND {scope:p} AND NOT EXISTS (SELECT 1 FROM residence o WHERE o.person_id = "
    "r.person_id AND (o.valid_until_ms IS NULL OR o.valid_until_ms >= $1)) ORDER BY r.person_id LIMIT $2");
constexpr auto due_guests = db::ScopedSql(
    "SELECT g.id FROM guest g JOIN place p ON p.id = g.compound_id WHERE g.created_ms < $1 AND {scope:p} "
    "ORDER BY g.created_ms, g.id LIMIT $2");
constexpr auto due_imports = db::ScopedSql(
    "SELECT i.id FROM import i JOIN place p ON p.id = i.compound_id WHERE i.created_ms < $1 AND i.state IN "
    "('committed', 'discarded', 'failed', 'undone') AND {scope:p} ORDER BY i.id LIMIT $2");
constexpr auto due_records = db::ScopedSql(
    "SELECT b.id FROM rejected_record b JOIN place p ON p.id = b.compound_id WHERE b.recorded_ms < $1 AND "
    "{scope:p} ORDER BY b.id LIMIT $2");

constexpr auto due_scans = db::ScopedSql(
    "SELECT f.id FROM stored_file f JOIN organisation_document d ON d.id = f.owner_id JOIN organisation o ON "
    "o.id = d.organisation_id JOIN place p ON p.id = o.place_id WHERE f.owner = 'organisation_document' AND "
    "(d.withdrawn_ms < $1 OR d.valid_until_day < $3) AND {scope:p} ORDER BY f.id LIMIT $2");

// Compound by compound, as the ledgers are ordered.
constexpr auto due_passages = db::ScopedSql(
    "SELECT g.id FROM place p JOIN passage g ON g.compound_id = p.id WHERE p.kind = 'compound' AND "
    "g.happened_ms < $1 AND {scope:p} LIMIT $2");
constexpr auto due_vehicle_passages = db::ScopedSql(
    "SELECT g.id FROM place p JOIN vehicle_passage g ON g.compound_id = p.id WHERE p.kind = 'compound' AND "
    "g.happened_ms < $1 AND {scope:p} LIMIT $2");
constexpr auto due_plates = db::ScopedSql(
    "SELECT g.id FROM place p JOIN vehicle_passage g ON g.compound_id = p.id WHERE p.kind = 'compound' AND "
    "g.happened_ms < $1 AND g.vehicle_id IS NULL AND g.plate <> '' AND {scope:p} LIMIT $2");
constexpr auto due_work = db::ScopedSql(
    "SELECT i.id FROM work_item i JOIN place p ON p.id = i.compound_id WHERE i.closed_ms < $1 AND {scope:p} "
    "LIMIT $2");

const db::ScopedSql& due_sql(Kind kind) {
  switch (kind) {
    case Kind::person:
      return due_persons;
    case Kind::guest:
      return due_guests;
    case Kind::import_file:
      return due_imports;
    case Kind::document_file:
      return due_scans;
    case Kind::passage:
      return due_passages;
    case Kind::vehicle_passage:
      return due_vehicle_passages;
    case Kind::outside_plate:
      return due_plates;
    case Kind::work_log:
      return due_work;
    case Kind::control_case:  // asked of those who keep them
    case Kind::care_recipient:
    case Kind::service_request:
    case Kind::arrival:
    case Kind::rejected_record:
    case Kind::duty_shift:
    case Kind::test_session:
      break;
  }
  return due_records;
}

bool is_ledger(Kind kind) { return kind >= Kind::passage; }
std::int64_t run_of(Kind kind) {
  if (kind == Kind::test_session) return 1;  // with some thousands of swabs
  return is_ledger(kind) ? run_lines : run_persons;
}

std::vector<std::int64_t> due_ids(db::Scoped& q, const core::Services& services, Kind kind, base::Instant now,
                                  std::int64_t limit) {
  std::vector<std::int64_t> ids;
  const auto days = days_of(q.unscoped(), kind, now);
  if (!days) return ids;
  const auto before = now + -*days * base::day_ms;
  if (kind == Kind::document_file) {
    q.run(due_scans, {before, limit, base::civil_day(before)},
          [&](const db::Row& r) { ids.push_back(r.integer(0)); });
    return ids;
  }
  if (kind == Kind::control_case) return control::cases_due(q, before, limit);
  if (kind == Kind::care_recipient) return care::recipients_due(q, before, limit);
  if (kind == Kind::service_request) return service_request::requests_due(q, before, limit);
  if (kind == Kind::arrival) return arrival::arrivals_due(q, before, limit);
  if (kind == Kind::duty_shift) return attendance::shifts_due(q, before, limit);
  if (kind == Kind::test_session) return attendance::sessions_due(q, before, limit);
  // Of imports only the file goes, so those that have none left come again and are passed over.
  const bool files = kind == Kind::import_file;
  q.run(due_sql(kind), {before, files ? count_max : limit}, [&](const db::Row& r) {
    if (static_cast<std::int64_t>(ids.size()) < limit &&
        (!files || exchange::has_file(services, r.integer(0))))
      ids.push_back(r.integer(0));
  });
  return ids;
}

// Of every kind: the days of its rule, and how many are due by it.
std::vector<Due> due_of(db::Scoped& q, const core::Services& services, base::Instant now) {
  std::vector<Due> all;
  for (const auto kind : kinds)
    all.push_back({kind, days_of(q.unscoped(), kind, now),
                   static_cast<std::int64_t>(due_ids(q, services, kind, now, count_max).size())});
  return all;
}

Result<RetentionState> state(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<RetentionState> {
    RetentionState out;
    out.due = due_of(q, c.services, c.now);
    std::vector<bool> seen(std::size(kinds));
    q.unscoped().run(
        "SELECT id, kind, days, effective_from_ms, note FROM retention_rule ORDER BY effective_from_ms "
        "DESC, id DESC LIMIT 200",
        {}, [&](const db::Row& r) {
          RetentionRule rule;
          rule.id = base::Id<RetentionRuleRow>(r.integer(0));
          meta::parse_enum(r.text(1), rule.kind);
          rule.days = r.maybe_integer(2);
          rule.effective_from_ms = r.instant(3);
          rule.note = r.maybe_text(4);
          const auto kind = static_cast<std::size_t>(rule.kind);
          rule.in_force = !seen[kind] && rule.effective_from_ms.ms <= c.now.ms;
          if (rule.in_force) seen[kind] = true;
          out.rules.push_back(std::move(rule));
        });
    q.unscoped().run(
        "SELECT day, started_ms, ended_ms, removed FROM retention_run ORDER BY day DESC LIMIT $1",
        {runs_shown}, [&](const db::Row& r) {
          RetentionRun run{r.day(0), r.instant(1), r.maybe_instant(2), {}};
          if (auto removed = meta::from_json<std::vector<KindCount>>(r.text(3)))
            run.removed = std::move(*removed);
          out.runs.push_back(std::move(run));
        });
    return out;
  });
}

// A rule holds everywhere, so it is made by who manages the whole installation.
Result<RetentionState> add_rule(api::Context& c, const NewRetentionRule& in) {
  if (!c.who.scope.is_all())
    return base::fail(ErrorKind::forbidden, "forbidden",
                      {{"permission", std::string(meta::name_of(Permission::erasure_write))}});
  RetentionRuleRow row;
  row.id = c.new_id<RetentionRuleRow>();
  row.kind = in.kind;
  if (in.days) row.days = in.days->value;
  if (in.kind == Kind::passage && row.days && *row.days < passage_days_min)
    return base::fail_field("/days", "out_of_range",
                            {{"min", std::to_string(passage_days_min)}, {"max", "36500"}});
  row.effective_from = in.effective_from_ms.value_or(c.now);
  if (row.effective_from.ms < c.now.ms) return base::fail_field("/effective_from_ms", "in_the_past");
  row.note = in.note;
  row.created_by = c.who.account;
  row.created = c.now;
  auto written = c.write([&](db::Scoped& q) -> Result<void> {
    core::append(q, row);
    core::audit(
        q, c,
        {"retention.change", "retention_rule", row.id.value, std::nullopt,
         std::string(meta::name_of(in.kind)) + " " + (row.days ? std::to_string(*row.days) : "kept")});
    return {};
  });
  if (!written) return tl::unexpected(std::move(written).error());
  return state(c);
}

Result<std::int64_t> erase_due_persons(const Hand& hand, const std::vector<std::int64_t>& ids) {
  const Order order{Cause::retention, Reason::purpose_ended, std::nullopt, hand.actor,
                    hand.now,         hand.request_id};
  Unproven unproven;
  for (const auto id : ids)
    if (auto done = erase_person(hand.store, hand.services, id, order, db::Priority::low, unproven); !done)
      return tl::unexpected(std::move(done).error());
  if (auto proven = prove(hand.store, hand.services, unproven, hand.now); !proven)
    return tl::unexpected(std::move(proven).error());
  return static_cast<std::int64_t>(unproven.erasures.size());
}

std::vector<std::string> tables_of(Kind kind) {
  switch (kind) {
    case Kind::guest:
      return {"guest"};
    case Kind::document_file:
      return {"stored_file"};
    case Kind::control_case:
      return control::tables_of_cases();
    case Kind::care_recipient:
      return care::tables_of_recipients();
    case Kind::service_request:
      return {"service_request", "history"};
    case Kind::arrival:
      return arrival::tables_of_arrivals();
    case Kind::passage:
      return {"passage"};
    case Kind::vehicle_passage:
    case Kind::outside_plate:
      return {"vehicle_passage"};
    case Kind::work_log:
      return {"outbox", "work_event", "work_item"};
    case Kind::duty_shift:
      return {"duty_shift", "history"};
    case Kind::test_session:
      return {"test_swab", "test_session", "history"};
    default:
      return {"rejected_record"};
  }
}

// Rows first that point at others.
void remove_rows(db::Connection& raw, Kind kind, const std::vector<std::int64_t>& ids) {
  const auto all = db::json_array(ids);
  if (kind == Kind::outside_plate) {
    raw.run("UPDATE vehicle_passage SET plate = '' WHERE id " + raw.in_list(1), {all});
  } else if (kind == Kind::work_log) {
    for (const auto* rows : {"DELETE FROM outbox WHERE item_id ", "DELETE FROM work_event WHERE item_id ",
                             "DELETE FROM work_item WHERE id "})
      raw.run(rows + raw.in_list(1), {all});
  } else {
    raw.run("DELETE FROM " + tables_of(kind).front() + " WHERE id " + raw.in_list(1), {all});
  }
}

Result<std::int64_t> erase_due_rows(const Hand& hand, Kind kind, const std::vector<std::int64_t>& ids) {
  std::vector<std::string> scans;
  auto done = hand.store.write(
      [&](db::Connection& raw) -> Result<void> {
        db::Scoped q(raw, hand.scope);  // ids found through it
        if (kind == Kind::document_file)
          scans = core::let_go(q, ids);
        else if (kind == Kind::control_case)
          control::let_go(q, ids);
        else if (kind == Kind::care_recipient)
          care::let_go(q, ids);
        else if (kind == Kind::service_request)
          service_request::let_go(q, ids);
        else if (kind == Kind::arrival)
          arrival::let_go(q, ids);
        else if (kind == Kind::duty_shift)
          attendance::let_go_shifts(q, ids);
        else if (kind == Kind::test_session)
          attendance::let_go_sessions(q, ids);
        else if (kind != Kind::import_file)
          remove_rows(raw, kind, ids);
        core::audit_as(q, hand.services.keys, hand.actor, hand.now, hand.request_id,
                       {"retention.run", "retention_rule", 0, std::nullopt,
                        std::string(meta::name_of(kind)) + " " + std::to_string(ids.size())});
        return {};
      },
      db::Priority::low);
  if (!done) return tl::unexpected(std::move(done).error());
  if (kind == Kind::import_file) {
    exchange::drop_files(hand.services, ids);
    return std::ranges::count_if(ids, [&](auto id) { return !exchange::has_file(hand.services, id); });
  }
  if (auto scrubbed = hand.store.scrub(tables_of(kind)); !scrubbed)
    return tl::unexpected(std::move(scrubbed).error());
  for (const auto& address : scans) core::drop_file(hand.services, address);
  return static_cast<std::int64_t>(ids.size());
}

Result<std::vector<std::int64_t>> due(const Hand& hand, Kind kind, std::int64_t limit) {
  return hand.read([&](db::Scoped& q) -> Result<std::vector<std::int64_t>> {
    return due_ids(q, hand.services, kind, hand.now, limit);
  });
}

Result<std::int64_t> erase_due(const Hand& hand, Kind kind, const std::vector<std::int64_t>& ids) {
  if (ids.empty()) return 0;
  return kind == Kind::person ? erase_due_persons(hand, ids) : erase_due_rows(hand, kind, ids);
}

Result<RunDone> run(api::Context& c, const RunWanted& in) {
  const Hand hand{c.store, c.services, c.who.scope, core::source_of(c).actor, c.request_id, c.now};
  const auto ids = due(hand, in.kind, run_of(in.kind));
  if (!ids) return tl::unexpected(ids.error());
  const auto erased = erase_due(hand, in.kind, *ids);
  if (!erased) return tl::unexpected(erased.error());
  if (*erased > 0 && c.on_write) c.on_write();
  const auto left = due(hand, in.kind, count_max);
  if (!left) return tl::unexpected(left.error());
  return RunDone{in.kind, *erased, static_cast<std::int64_t>(left->size())};
}

void add(std::vector<KindCount>& counts, Kind kind, std::int64_t rows) {
  const auto found = std::ranges::find(counts, kind, &KindCount::kind);
  if (found == counts.end())
    counts.push_back({kind, rows});
  else
    found->rows += rows;
}

// One part of the first kind that has anything due; nothing once there is none, or only what will not go:
// that holds up no other kind.
Result<std::optional<KindCount>> remove_part(const Hand& hand) {
  for (const auto kind : kinds) {
    const auto ids = due(hand, kind, run_of(kind));
    if (!ids) return tl::unexpected(ids.error());
    const auto erased = erase_due(hand, kind, *ids);
    if (!erased) return tl::unexpected(erased.error());
    if (*erased > 0) return KindCount{kind, *erased};
  }
  return std::nullopt;
}

Result<void> note_run(db::Store& store, const RetentionRunRow& row) {
  return store.write(
      [&](db::Connection& c) -> Result<void> {
        c.run(
            "INSERT INTO retention_run (day, started_ms, ended_ms, removed) VALUES ($1, $2, $3, $4) ON "
            "CONFLICT (day) DO UPDATE SET ended_ms = excluded.ended_ms, removed = excluded.removed",
            {row.day, row.started, row.ended, row.removed.text});
        return {};
      },
      db::Priority::low);
}

}  // namespace

Result<bool> run_tonight(db::Store& store, core::Services& services, base::Instant now) {
  const auto today = base::civil_day(now);
  if (now.ms - base::start_of(today).ms < night_hour * base::hour_ms) return false;
  RetentionRunRow row{today, now, std::nullopt, {"[]"}};
  const auto known = store.read([&](db::Connection& c) -> Result<bool> {
    c.one("SELECT started_ms, ended_ms, removed FROM retention_run WHERE day = $1", {today},
          [&](const db::Row& r) {
            row = {today, r.instant(0), r.maybe_instant(1), {r.str(2)}};
          });
    return row.ended.has_value();
  });
  if (!known) return tl::unexpected(known.error());
  if (*known) return false;
  const Hand hand{store, services, db::Scope::all(), "program", {}, now};
  auto removed = meta::from_json<std::vector<KindCount>>(row.removed.text).value_or(std::vector<KindCount>{});
  const auto part = remove_part(hand);
  if (!part) return tl::unexpected(part.error());
  if (*part) {
    add(removed, (*part)->kind, (*part)->rows);
    row.removed.text = meta::to_json(removed);
    if (auto noted = note_run(store, row); !noted) return tl::unexpected(std::move(noted).error());
    return true;
  }
  if (auto swept = core::sweep_files(store, services); !swept)
    return tl::unexpected(std::move(swept).error());
  row.ended = now;
  if (auto noted = note_run(store, row); !noted) return tl::unexpected(std::move(noted).error());
  return false;
}

Result<std::vector<Due>> due_now(db::Store& store, const core::Services& services, base::Instant now) {
  return store.read([&](db::Connection& c) -> Result<std::vector<Due>> {
    db::Scoped q(c, db::Scope::all());
    return due_of(q, services, now);
  });
}

Result<std::vector<KindCount>> remove_due(db::Store& store, core::Services& services, base::Instant now) {
  const Hand hand{store, services, db::Scope::all(), "program", {}, now};
  std::vector<KindCount> removed;
  for (;;) {
    const auto part = remove_part(hand);
    if (!part) return tl::unexpected(part.error());
    if (!*part) break;
    add(removed, (*part)->kind, (*part)->rows);
  }
  if (auto swept = core::sweep_files(store, services); !swept)
    return tl::unexpected(std::move(swept).error());
  return removed;
}

void retention_routes(api::Router& r) {
  r.get<RetentionState>("/api/retention", Permission::erasure_write, "How long data is kept and what is due",
                        state);
  r.post<NewRetentionRule, RetentionState>("/api/retention/rules", Permission::erasure_write,
                                           "Keep a kind of data so long after its purpose has ended",
                                           add_rule);
  r.post<RunWanted, RunDone>("/api/retention/run", Permission::erasure_write,
                             "Erase what is due, a part at a time", run);
}

}  // namespace feature::erasure
