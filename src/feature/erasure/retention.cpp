// How long each kind is kept after its purpose has ended: dated rules, a count of what is due, and the run.
#include "api/router.hpp"
#include "core/trail.hpp"
#include "db/traces.hpp"
#include "feature/access/service.hpp"
#include "feature/erasure/api.hpp"
#include "feature/erasure/erase.hpp"
#include "feature/exchange/service.hpp"

namespace feature::erasure {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr int run_persons = 50;  // of one request; the page goes on until nothing is left
constexpr std::int64_t count_max = 100'000;
constexpr Kind kinds[] = {Kind::person, Kind::guest, Kind::import_file, Kind::rejected_record};

// The days of the rule in force; nothing when there is none or it has no days.
std::optional<std::int64_t> days_of(db::Connection& c, Kind kind, base::Instant now) {
  std::optional<std::int64_t> days;
  c.one(
      "SELECT days FROM retention_rule WHERE kind = $1 AND effective_from_ms <= $2 ORDER BY "
      "effective_from_ms "
      "DESC, id DESC LIMIT 1",
      {meta::name_of(kind), now}, [&](const db::Row& r) { days = r.maybe_integer(0); });
  return days;
}

// A person's purpose ends with the last residence; what was said at a gate, sent or uploaded is due by its
// age.
constexpr auto due_persons = db::ScopedSql(
    "SELECT DISTINCT r.person_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.visible = 1 "
    "AND "
    "r.valid_until_ms < $1 AND {scope:p} AND NOT EXISTS (SELECT 1 FROM residence o WHERE o.person_id = "
    "r.person_id AND (o.valid_until_ms IS NULL OR o.valid_until_ms >= $1)) ORDER BY r.person_id LIMIT $2");
constexpr auto due_guests = db::ScopedSql(
    "SELECT g.id FROM guest g JOIN place p ON p.id = g.compound_id WHERE g.created_ms < $1 AND {scope:p} "
    "ORDER "
    "BY g.created_ms, g.id LIMIT $2");
constexpr auto due_imports = db::ScopedSql(
    "SELECT i.id FROM import i JOIN place p ON p.id = i.compound_id WHERE i.created_ms < $1 AND i.state IN "
    "('committed', 'discarded', 'failed', 'undone') AND {scope:p} ORDER BY i.id LIMIT $2");
constexpr auto due_records = db::ScopedSql(
    "SELECT b.id FROM rejected_record b JOIN place p ON p.id = b.compound_id WHERE b.recorded_ms < $1 AND "
    "{scope:p} ORDER BY b.id LIMIT $2");

std::vector<std::int64_t> due_ids(db::Scoped& q, const core::Services& services, Kind kind, base::Instant now,
                                  std::int64_t limit) {
  std::vector<std::int64_t> ids;
  const auto days = days_of(q.unscoped(), kind, now);
  if (!days) return ids;
  const auto& sql = kind == Kind::person        ? due_persons
                    : kind == Kind::guest       ? due_guests
                    : kind == Kind::import_file ? due_imports
                                                : due_records;
  // Of imports only the file goes, so those that have none left come again and are passed over.
  const bool files = kind == Kind::import_file;
  q.run(sql, {now + -*days * base::day_ms, files ? count_max : limit}, [&](const db::Row& r) {
    if (static_cast<std::int64_t>(ids.size()) < limit &&
        (!files || exchange::has_file(services, r.integer(0))))
      ids.push_back(r.integer(0));
  });
  return ids;
}

Result<RetentionState> state(api::Context& c) {
  return c.read([&](db::Scoped& q) -> Result<RetentionState> {
    RetentionState out;
    for (const auto kind : kinds)
      out.due.push_back({kind, days_of(q.unscoped(), kind, c.now),
                         static_cast<std::int64_t>(due_ids(q, c.services, kind, c.now, count_max).size())});
    std::vector<bool> seen(std::size(kinds));
    q.unscoped().run(
        "SELECT id, kind, days, effective_from_ms, note FROM retention_rule ORDER BY effective_from_ms DESC, "
        "id "
        "DESC LIMIT 200",
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

Result<std::int64_t> erase_due_persons(api::Context& c, const std::vector<std::int64_t>& ids) {
  const Order order{Cause::retention, Reason::purpose_ended, std::nullopt, core::source_of(c).actor, c.now,
                    c.request_id};
  Unproven unproven;
  for (const auto id : ids)
    if (auto done = erase_person(c.store, c.services, id, order, db::Priority::low, unproven); !done)
      return tl::unexpected(std::move(done).error());
  if (auto proven = prove(c.store, c.services, unproven, c.now); !proven)
    return tl::unexpected(std::move(proven).error());
  return static_cast<std::int64_t>(unproven.erasures.size());
}

Result<std::int64_t> erase_due_rows(api::Context& c, Kind kind, const std::vector<std::int64_t>& ids) {
  const auto count = static_cast<std::int64_t>(ids.size());
  auto done = c.write(
      [&](db::Scoped& q) -> Result<void> {
        if (kind != Kind::import_file) {
          auto& raw = q.unscoped();  // ids found through the scope above
          raw.run((kind == Kind::guest ? "DELETE FROM guest WHERE id "
                                       : "DELETE FROM rejected_record WHERE id ") +
                      raw.in_list(1),
                  {db::json_array(ids)});
        }
        core::audit(q, c,
                    {"retention.run", "retention_rule", 0, std::nullopt,
                     std::string(meta::name_of(kind)) + " " + std::to_string(count)});
        return {};
      },
      db::Priority::low);
  if (!done) return tl::unexpected(std::move(done).error());
  if (kind == Kind::import_file) {
    exchange::drop_files(c.services, ids);
  } else if (auto scrubbed = c.store.scrub({kind == Kind::guest ? "guest" : "rejected_record"}); !scrubbed) {
    return tl::unexpected(std::move(scrubbed).error());
  }
  return count;
}

Result<RunDone> run(api::Context& c, const RunWanted& in) {
  auto ids = c.read([&](db::Scoped& q) -> Result<std::vector<std::int64_t>> {
    return due_ids(q, c.services, in.kind, c.now, run_persons);
  });
  if (!ids) return tl::unexpected(std::move(ids).error());
  RunDone out{in.kind, 0, 0};
  if (ids->empty()) return out;
  const auto erased = in.kind == Kind::person ? erase_due_persons(c, *ids) : erase_due_rows(c, in.kind, *ids);
  if (!erased) return tl::unexpected(erased.error());
  out.erased = *erased;
  auto left = c.read([&](db::Scoped& q) -> Result<std::int64_t> {
    return static_cast<std::int64_t>(due_ids(q, c.services, in.kind, c.now, count_max).size());
  });
  if (!left) return tl::unexpected(std::move(left).error());
  out.left = *left;
  return out;
}

}  // namespace

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
