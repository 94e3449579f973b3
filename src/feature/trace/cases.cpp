// Cases: opened for a person with a number and a reason, approved by a second person where the policy wants
// it, lifted together with everything decided from them.
#include "feature/trace/cases.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <stdexcept>

#include "api/paging.hpp"
#include "base/text.hpp"
#include "core/list.hpp"
#include "feature/trace/follow.hpp"
#include "feature/trace/routes.hpp"

namespace feature::trace {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto case_columns = db::ScopedSql(
    "SELECT t.id, t.number, t.reason, t.person_id, pe.name, (SELECT d.label FROM residence r JOIN dwelling "
    "d ON d.id = r.dwelling_id WHERE r.person_id = t.person_id AND r.visible = 1 ORDER BY r.is_primary "
    "DESC, r.id LIMIT 1), t.compound_id, p.name, t.basis, t.basis_ms, t.from_ms, t.until_ms, t.state, "
    "t.policy_id, t.opened_ms, t.opened_by, (SELECT COUNT(*) FROM trace_mark m WHERE m.case_id = t.id AND "
    "m.lifted_ms IS NULL), t.lift_reason FROM trace_case t JOIN place p ON p.id = t.compound_id LEFT JOIN "
    "person pe ON pe.id = t.person_id WHERE {scope:p}");

TraceCase load_case(const db::Row& r, const api::Context& c) {
  TraceCase t;
  t.id = r.integer(0);
  t.number = r.str(1);
  t.reason = r.str(2);
  t.person_id = r.integer(3);
  t.person_name = r.is_null(4) ? "" : core::mask_name(r.text(4));
  t.label = r.maybe_text(5);
  t.compound_id = r.integer(6);
  t.compound_name = r.str(7);
  meta::parse_enum(r.text(8), t.basis);
  t.basis_ms = r.instant(9);
  t.from_ms = r.instant(10);
  if (!r.is_null(11)) t.until_ms = r.instant(11);
  meta::parse_enum(r.text(12), t.state);
  t.policy_id = r.integer(13);
  t.opened_ms = r.instant(14);
  t.own = r.integer(15) == c.who.account;
  t.marks = static_cast<int>(r.integer(16));
  t.lift_reason = r.maybe_text(17);
  return t;
}

Result<api::Page<TraceCase>> list_cases(api::Context& c, const CaseQuery& in) {
  return c.read([&](db::Scoped& q) {
    auto sql = case_columns;
    std::vector<db::Arg> args;
    if (in.state) sql = sql.with(" AND t.state = {arg}"), args.push_back(meta::name_of(*in.state));
    return api::fetch_page<TraceCase>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (t.opened_ms, t.id) < ({arg}, {arg})", " ORDER BY t.opened_ms DESC, t.id DESC LIMIT {arg}"},
        [&](const db::Row& r) { return load_case(r, c); },
        [](const db::Row& r) {
          return api::SortKey{r.integer(14), r.integer(0)};
        });
  });
}

Result<TraceCase> one_case(api::Context& c) {
  return c.read([&](db::Scoped& q) { return shown_case(q, c, c.id()); });
}

base::Problems check(const NewCase& in, base::Instant now) {
  base::Problems problems;
  if (in.basis_ms > now) problems.push_back({"/basis_ms", "in_the_future"});
  if (in.until_ms && *in.until_ms < in.basis_ms + -28 * base::day_ms)
    problems.push_back({"/until_ms", "ends_before_it_begins"});
  if (in.until_ms && *in.until_ms > now) problems.push_back({"/until_ms", "in_the_future"});
  return problems;
}

std::string kinds_text(const std::vector<MarkKind>& kinds) {
  std::string out;
  for (const auto kind : kinds) out += fmt::format("{}{}", out.empty() ? "" : " ", meta::name_of(kind));
  return out;
}
std::vector<MarkKind> mark_kinds_in(std::string_view text) {
  std::vector<MarkKind> out;
  for (const auto& word : base::words_of(text))
    if (MarkKind kind{}; meta::parse_enum(word, kind)) out.push_back(kind);
  return out;
}

base::Problems check(const std::vector<KindRule>& rules) {
  base::Problems problems;
  std::set<contact::Kind> named;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (!named.insert(rules[i].kind).second)
      problems.push_back({fmt::format("/kinds/{}/kind", i), "already_named"});
  return problems;
}

Result<TraceCase> open(api::Context& c, const NewCase& in) {
  if (auto problems = check(in, c.now); !problems.empty()) return base::fail(std::move(problems));
  const auto id = c.new_id<CaseRow>();
  return c.write([&](db::Scoped& q) -> Result<TraceCase> {
    CaseRow row;
    if (!q.one("SELECT p.compound_id FROM residence r JOIN place p ON p.id = r.dwelling_id WHERE r.person_id "
               "= $1 AND r.visible = 1 AND {scope:p} ORDER BY r.is_primary DESC, r.id",
               {in.person_id}, [&](const db::Row& r) { row.compound_id = r.integer(0); }))
      return base::fail_field("/person_id", "not_found");
    const auto policy = policy_at(q.unscoped(), c.now);
    row.id = id;
    row.number = in.number;
    row.reason = in.reason;
    row.person_id = in.person_id;
    row.basis = in.basis;
    row.basis_at = in.basis_ms;
    row.from = base::start_of(base::civil_day(in.basis_ms) + -policy.look_back_days);
    row.until = in.until_ms;
    row.policy_id = policy.id;
    row.state = policy.second_person ? CaseState::waiting : CaseState::open;
    row.opened_by = c.who.account;
    row.opened = c.now;
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"case.open", "trace_case", id.value, row.compound_id, "", std::string(in.reason)});
    return shown_case(q, c, id.value);
  });
}

// Takes the case for writing: what is decided about one is serial.
std::optional<CaseRow> take_case(db::Scoped& q, std::int64_t id) {
  q.unscoped().run("UPDATE trace_case SET policy_id = policy_id WHERE id = $1", {id});
  return find_case(q, id);
}

Result<TraceCase> approve(api::Context& c) {
  return c.write([&](db::Scoped& q) -> Result<TraceCase> {
    const auto before = take_case(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    if (before->state != CaseState::waiting) return base::fail(ErrorKind::conflict, "case_not_waiting");
    if (before->opened_by == c.who.account) return base::fail(ErrorKind::forbidden, "second_person_needed");
    auto after = *before;
    after.state = CaseState::open;
    after.approved_by = c.who.account;
    after.approved = c.now;
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c, {"case.approve", "trace_case", c.id(), before->compound_id});
    return shown_case(q, c, c.id());
  });
}

std::vector<MarkRow> standing_marks(db::Scoped& q, std::int64_t case_id) {
  std::vector<MarkRow> marks;
  q.unscoped().run(fmt::format("SELECT {} FROM trace_mark m WHERE m.case_id = $1 AND m.lifted_ms IS NULL "
                               "ORDER BY m.id",
                               meta::column_list(meta::record_of<MarkRow>(), "m")),
                   {case_id}, [&](const db::Row& r) { marks.push_back(meta::load<MarkRow>(r)); });
  return marks;
}

// A false positive: the case and every decision that followed from it, found and lifted together.
Result<Lifted> lift(api::Context& c, const CaseLift& in) {
  auto known = c.read([&](db::Scoped& q) -> Result<std::size_t> { return standing_marks(q, c.id()).size(); });
  if (!known) return tl::unexpected(std::move(known).error());
  std::vector<TakeBackIds> ids;
  for (std::size_t i = 0; i < *known; ++i) ids.push_back(take_back_ids(c.store));
  return c.write([&](db::Scoped& q) -> Result<Lifted> {
    const auto before = take_case(q, c.id());
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    if (before->state == CaseState::lifted) return base::fail(ErrorKind::conflict, "case_lifted");
    auto after = *before;
    after.state = CaseState::lifted;
    after.lifted_by = c.who.account;
    after.lifted = c.now;
    after.lift_reason = in.reason;
    core::update(q, *before, after, core::source_of(c));
    const auto marks = standing_marks(q, c.id());
    // Somebody decided on one more meanwhile.
    if (marks.size() > ids.size()) return base::fail(ErrorKind::conflict, "changed_meanwhile");
    for (std::size_t i = 0; i < marks.size(); ++i) {
      const auto& mark = marks[i];
      auto fallen = mark;
      fallen.lifted_by = c.who.account;
      fallen.lifted = c.now;
      fallen.lift_reason = in.reason;
      core::update(q, mark, fallen, core::source_of(c));
      take_back(q, c, decision_of(mark), ids[i]);
      core::audit(q, c, {"contact.lift", "trace_mark", mark.id.value, mark.compound_id});
    }
    core::audit(q, c,
                {"case.lift", "trace_case", c.id(), before->compound_id, std::to_string(marks.size()),
                 std::string(in.reason)});
    auto shown = shown_case(q, c, c.id());
    if (!shown) return tl::unexpected(std::move(shown).error());
    return Lifted{std::move(*shown), static_cast<int>(marks.size())};
  });
}

Result<TracePolicy> policy_now(api::Context& c) {
  return c.store.read([&](db::Connection& raw) -> Result<TracePolicy> { return policy_at(raw, c.now); });
}

Result<TracePolicy> set_policy(api::Context& c, const NewTracePolicy& in) {
  if (!c.who.scope.is_all()) return base::fail(ErrorKind::forbidden, "whole_installation_only");
  PolicyRow row;
  row.id = c.new_id<PolicyRow>();
  row.look_back_days = static_cast<int>(in.look_back_days.value);
  row.latent_hours = static_cast<int>(in.latent_hours.value);
  row.second_person = in.second_person;
  row.control_kinds = kinds_text(in.control_kinds.value_or(TracePolicy{}.control_kinds));
  if (auto problems = check(in.kinds); !problems.empty()) return base::fail(std::move(problems));
  row.kinds.text = meta::to_json(KindRules{in.kinds});
  row.effective_from = c.now;
  if (in.note) row.note = *in.note;
  row.created_by = c.who.account;
  row.created = c.now;
  return c.write([&](db::Scoped& q) -> Result<TracePolicy> {
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"trace_policy.set", "trace_policy", row.id.value});
    return policy_at(q.unscoped(), c.now);
  });
}

Result<TraceState> state(api::Context& c) { return c.services.trace->state(); }

}  // namespace

std::optional<CaseRow> find_case(db::Scoped& q, std::int64_t id) {
  if (q.count("SELECT COUNT(*) FROM trace_case t JOIN place p ON p.id = t.compound_id WHERE t.id = $1 AND "
              "{scope:p}",
              {id}) == 0)
    return std::nullopt;
  std::optional<CaseRow> found;
  q.unscoped().run(fmt::format("SELECT {} FROM trace_case t WHERE t.id = $1",
                               meta::column_list(meta::record_of<CaseRow>(), "t")),
                   {id}, [&](const db::Row& r) { found = meta::load<CaseRow>(r); });
  return found;
}

Result<TraceCase> shown_case(db::Scoped& q, const api::Context& c, std::int64_t id) {
  std::optional<TraceCase> found;
  q.one(case_columns.with(" AND t.id = {arg}"), {id}, [&](const db::Row& r) { found = load_case(r, c); });
  if (!found) return base::fail(ErrorKind::not_found, "not_found");
  return std::move(*found);
}

Result<CaseRow> open_case(api::Context& c, std::int64_t id, const std::string& action,
                          const std::string& detail) {
  return c.write([&](db::Scoped& q) -> Result<CaseRow> {
    auto found = find_case(q, id);
    if (!found) return base::fail(ErrorKind::not_found, "not_found");
    if (found->state != CaseState::open) return base::fail(ErrorKind::conflict, "case_not_open");
    core::audit(q, c, {action, "trace_case", id, found->compound_id, detail});
    return std::move(*found);
  });
}

TracePolicy policy_at(db::Connection& c, base::Instant at) {
  TracePolicy policy;
  std::string changed;
  c.one(
      "SELECT id, look_back_days, latent_hours, second_person, kinds, effective_from_ms, note, "
      "control_kinds FROM trace_policy WHERE effective_from_ms <= $1 ORDER BY effective_from_ms DESC, id "
      "DESC LIMIT 1",
      {at}, [&](const db::Row& r) {
        policy.id = r.integer(0);
        policy.look_back_days = static_cast<int>(r.integer(1));
        policy.latent_hours = static_cast<int>(r.integer(2));
        policy.second_person = r.integer(3) != 0;
        changed = r.str(4);
        policy.effective_from_ms = r.instant(5);
        policy.note = r.maybe_text(6);
        policy.control_kinds = mark_kinds_in(r.text(7));
      });
  const contact::Policy built_in;
  for (std::size_t k = 0; k < contact::kind_count; ++k) {
    const auto& rule = built_in.kinds[k];
    policy.kinds.push_back({static_cast<contact::Kind>(k), rule.follow, rule.slack_s / 60,
                            std::lround(rule.weight * 100), rule.full_s / 60});
  }
  if (changed.empty()) return policy;
  auto rules = meta::from_json<KindRules>(changed);
  if (!rules) throw std::runtime_error("stored trace policy cannot be read");
  for (const auto& rule : rules->kinds) policy.kinds[static_cast<std::size_t>(rule.kind)] = rule;
  return policy;
}

contact::Policy engine_policy(const TracePolicy& policy) {
  contact::Policy out;
  out.latent_s = static_cast<contact::Second>(policy.latent_hours) * 3600;
  for (const auto& rule : policy.kinds)
    out.kinds[static_cast<std::size_t>(rule.kind)] = {
        rule.follow, static_cast<contact::Second>(rule.slack_minutes.value) * 60,
        static_cast<double>(rule.weight_percent.value) / 100,
        static_cast<contact::Second>(rule.full_minutes.value) * 60};
  return out;
}

void case_routes(api::Router& r) {
  core::list<list_cases>(r, "/api/cases", Permission::trace_read, "Cases that are traced");
  r.get<TraceCase>("/api/cases/{id}", Permission::trace_read, "One case", one_case);
  r.post<NewCase, TraceCase>("/api/cases", Permission::trace_write,
                             "Open a case: nobody is traced without a number and a reason", open);
  r.post<TraceCase>("/api/cases/{id}/approve", Permission::trace_write,
                    "Let a case be traced, as a second person", approve);
  r.post<CaseLift, Lifted>("/api/cases/{id}/lift", Permission::trace_write,
                           "Lift a case, a false positive, with everything that followed from it", lift);
  r.get<TracePolicy>("/api/trace/policy", Permission::trace_read, "The numbers traces are made by",
                     policy_now);
  r.post<NewTracePolicy, TracePolicy>("/api/trace/policy", Permission::trace_write,
                                      "New numbers, from now on; of the whole installation only", set_policy);
  r.get<TraceState>("/api/trace/state", Permission::trace_read,
                    "Whether all presences are loaded, and how many", state);
}

void routes(api::Router& r) {
  case_routes(r);
  ring_routes(r);
  place_routes(r);
  mark_routes(r);
  hand_over_routes(r);
  received_routes(r);
}

}  // namespace feature::trace
