// Certificates of persons who go out on duty or for a need, and what they are at the gate.
#include <functional>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/gate/entering.hpp"
#include "feature/gate/exemption_moves.hpp"
#include "feature/gate/exemption_record.hpp"
#include "feature/gate/routes.hpp"
#include "feature/people/home_service.hpp"
#include "feature/work_item/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto exemption_columns = db::ScopedSql(
    "SELECT x.id, x.compound_id, x.person_id, x.exemption_kind, x.certificate, x.issuer, x.valid_from, "
    "x.valid_until, x.weekdays, x.from_minute, x.until_minute, x.created_ms, x.created_by, x.ended_ms, "
    "x.granted_ms, x.follows_id, pe.name, (SELECT MIN(r.household_id) FROM residence r JOIN household h ON "
    "h.id = r.household_id WHERE r.person_id = x.person_id AND r.valid_until_ms IS NULL AND r.is_primary = 1 "
    "AND h.compound_id = x.compound_id), (SELECT MIN(h.label) FROM residence r JOIN household h ON h.id = "
    "r.household_id WHERE r.person_id = x.person_id AND r.valid_until_ms IS NULL AND r.is_primary = 1 AND "
    "h.compound_id = x.compound_id) "
    "FROM exemption x JOIN place p ON p.id = x.compound_id JOIN person pe ON pe.id = x.person_id WHERE "
    "{scope:p}");

Exemption load_exemption(const db::Row& r, base::Day today) {
  const auto row = meta::load<ExemptionRow>(r);
  Exemption x;
  x.id = row.id;
  x.person_id = row.person_id;
  x.exemption_kind = row.exemption_kind;
  x.certificate = row.certificate;
  x.issuer = row.issuer;
  x.valid_from = row.valid_from;
  x.valid_until = row.valid_until;
  x.weekdays = row.weekdays;
  x.from_minute = row.from_minute;
  x.until_minute = row.until_minute;
  x.created = row.created;
  x.exemption_state = row.ended                 ? ExemptionState::ended
                      : today > row.valid_until ? ExemptionState::over
                      : !row.granted            ? ExemptionState::to_confirm
                      : today < row.valid_from  ? ExemptionState::waiting
                                                : ExemptionState::valid;
  x.person_name = core::mask_name(r.text(16));
  x.household_id = r.maybe_integer(17);
  x.label = r.str(18);
  return x;
}

Result<api::Page<Exemption>> list_exemptions(api::Context& c, const ExemptionQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = exemption_columns.with(" AND x.compound_id = {arg}");
    std::vector<db::Arg> args{in.compound_id};
    if (in.household_id) {
      sql = sql.with(
          " AND x.person_id IN (SELECT r.person_id FROM residence r WHERE r.household_id = {arg} AND "
          "r.valid_until_ms IS NULL)");
      args.push_back(*in.household_id);
    }
    const auto today = base::civil_day(c.now);
    return api::fetch_page<Exemption>(
        q, sql, args, in.limit, in.cursor,
        {" AND (x.created_ms, x.id) < ({arg}, {arg})", " ORDER BY x.created_ms DESC, x.id DESC LIMIT {arg}"},
        [&](const db::Row& r) { return load_exemption(r, today); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(11), r.integer(0)};
        });
  });
}

std::optional<Exemption> find_exemption(db::Scoped& q, std::int64_t id, base::Instant now) {
  std::optional<Exemption> found;
  q.one(exemption_columns.with(" AND x.id = {arg}"), {id},
        [&](const db::Row& r) { found = load_exemption(r, base::civil_day(now)); });
  return found;
}

Result<Exemption> add_exemption(api::Context& c, const NewExemption& in) {
  ExemptionRow row;
  row.id = c.new_id<ExemptionRow>();
  row.person_id = in.person_id;
  row.exemption_kind = in.exemption_kind;
  row.certificate = in.certificate;
  if (in.issuer) row.issuer = *in.issuer;
  row.valid_from = in.valid_from.value_or(base::civil_day(c.now));
  row.valid_until = in.valid_until;
  if (row.valid_until < base::civil_day(c.now)) return base::fail_field("/valid_until", "in_the_past");
  if (row.valid_until < row.valid_from) return base::fail_field("/valid_until", "before_start");
  if (in.weekdays) row.weekdays = static_cast<int>(in.weekdays->value);
  if (in.from_minute) row.from_minute = static_cast<int>(in.from_minute->value);
  if (in.until_minute) row.until_minute = static_cast<int>(in.until_minute->value);
  row.created = c.now;
  row.granted = c.now;
  row.created_by = c.who.account;
  return c.write([&](db::Scoped& q) -> Result<Exemption> {
    const auto home = people::home_of(q, in.person_id);
    if (!home) return base::fail_field("/person_id", "not_found");
    const auto compound = home->compound;
    auto stored = row;
    stored.compound_id = compound;
    core::insert(q, stored, core::source_of(c));
    core::audit(q, c, {"exemption.add", "exemption", stored.id.value, compound});
    core::note_change(q, "pass", compound, stored.id.value, c.now);
    return *find_exemption(q, stored.id.value, c.now);
  });
}

// Whoever changes it has looked at it: what waited for that is done.
Result<Exemption> change_exemption(api::Context& c, std::string_view action,
                                   const std::function<Result<void>(ExemptionRow&)>& change) {
  return c.write([&](db::Scoped& q) -> Result<Exemption> {
    q.unscoped().run("UPDATE exemption SET created_by = created_by WHERE id = $1", {c.id()});
    std::optional<ExemptionRow> before;
    q.one(exemption_columns.with(" AND x.id = {arg}"), {c.id()},
          [&](const db::Row& r) { before = meta::load<ExemptionRow>(r); });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    if (before->ended) return base::fail(ErrorKind::conflict, "already_ended");
    auto after = *before;
    if (auto done = change(after); !done) return tl::unexpected(std::move(done).error());
    core::update(q, *before, after, core::source_of(c));
    work_item::settle_all(q, exemption_work(after.id.value), c.now);
    core::audit(q, c, {std::string(action), "exemption", after.id.value, after.compound_id});
    core::note_change(q, "pass", after.compound_id, after.id.value, c.now);
    return *find_exemption(q, after.id.value, c.now);
  });
}

Result<Exemption> end_exemption(api::Context& c) {
  return change_exemption(c, "exemption.end", [&](ExemptionRow& row) -> Result<void> {
    row.ended = c.now;
    return {};
  });
}

Result<Exemption> confirm_exemption(api::Context& c) {
  return change_exemption(c, "exemption.confirm", [&](ExemptionRow& row) -> Result<void> {
    if (row.granted) return base::fail(ErrorKind::conflict, "already_settled");
    row.granted = c.now;
    return {};
  });
}

}  // namespace

std::vector<rule::Exemption> exemptions_of(db::Scoped& q, std::int64_t compound_id, std::int64_t person_id,
                                           base::Instant at) {
  std::vector<rule::Exemption> found;
  q.run(
      "SELECT x.exemption_kind, x.valid_from, x.valid_until, x.weekdays, x.from_minute, x.until_minute FROM "
      "exemption x JOIN place p ON p.id = x.compound_id WHERE x.person_id = $1 AND x.granted_ms <= $2 AND "
      "(x.ended_ms IS NULL OR x.ended_ms > $2) AND x.compound_id = $3 AND {scope:p} ORDER BY x.id DESC",
      {person_id, at, compound_id}, [&](const db::Row& r) {
        found.push_back({r.str(0), base::start_of(r.day(1)).ms, base::start_of(r.day(2) + 1).ms,
                         static_cast<int>(r.integer(3)), static_cast<int>(r.integer(4)),
                         static_cast<int>(r.integer(5)), true});
      });
  return found;
}

void exemption_routes(api::Router& r) {
  core::list<list_exemptions>(r, "/api/exemptions", Permission::pass_read,
                              "Certificates that take persons out of their household's quota");
  r.post<NewExemption, Exemption>("/api/exemptions", Permission::pass_write, "Put a certificate on record",
                                  add_exemption);
  r.post<Exemption>("/api/exemptions/{id}/end", Permission::pass_write, "A certificate holds no longer",
                    end_exemption);
  r.post<Exemption>("/api/exemptions/{id}/confirm", Permission::pass_write,
                    "A certificate of somebody who has moved here holds at the new home", confirm_exemption);
}

}  // namespace feature::gate
