// Rules as dated data: versions, who agrees to them, which of them holds where.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "api/paging.hpp"
#include "feature/gate/policy_change.hpp"
#include "feature/gate/routes.hpp"
#include "feature/gate/rule_book.hpp"
#include "feature/place/below_service.hpp"
#include "feature/place/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

constexpr auto policy_list = db::ScopedSql(
    "SELECT y.id, y.place_id, p.name, y.zone_level, y.compound_kind, y.unit_id, s.name, y.version, "
    "y.effective_from_ms, y.state, y.tightening, a.display_name, y.created_by, y.created_ms, "
    "d.display_name, y.decided_ms, v.display_name, y.reviewed_ms, y.voids_cards, y.replacements_from, "
    "y.note, y.params FROM policy y JOIN place p ON p.id = y.place_id LEFT JOIN place_set s ON s.id = "
    "y.unit_id LEFT JOIN account a ON a.id = y.created_by LEFT JOIN account d ON d.id = y.decided_by LEFT "
    "JOIN account v ON v.id = y.reviewed_by WHERE {scope:p}");

PolicyShown load_policy(const db::Row& r, std::int64_t account) {
  PolicyShown s;
  s.id = meta::Id<PolicyRow>(r.integer(0));
  s.place_id = r.integer(1);
  s.place_name = r.str(2);
  if (!r.is_null(3)) meta::parse_enum(r.text(3), s.zone_level.emplace());
  if (!r.is_null(4)) meta::parse_enum(r.text(4), s.compound_kind.emplace());
  s.unit_id = r.maybe_integer(5);
  s.unit_name = r.str(6);
  s.version = r.integer(7);
  s.effective_from = r.instant(8);
  meta::parse_enum(r.text(9), s.state);
  s.tightening = r.boolean(10);
  s.created_by_name = r.str(11);
  s.own = r.integer(12) == account;
  s.created = r.instant(13);
  s.decided_by_name = r.str(14);
  if (!r.is_null(15)) s.decided = r.instant(15);
  s.reviewed_by_name = r.str(16);
  if (!r.is_null(17)) s.reviewed = r.instant(17);
  s.voids_cards = r.boolean(18);
  if (!r.is_null(19)) s.replacements_from = r.day(19);
  s.note = r.maybe_text(20);
  s.params = stored_policy(r.text(21), s.version, s.effective_from);
  return s;
}

// A rule of a place above holds below: whoever is inside may read it, within the scope or not.
PolicyShown policy_of_version(db::Scoped& q, std::int64_t version, std::int64_t account) {
  PolicyShown shown;
  db::Scoped everywhere(q.unscoped(), db::Scope::all());
  everywhere.one(policy_list.with(" AND y.version = {arg}"), {version},
                 [&](const db::Row& r) { shown = load_policy(r, account); });
  return shown;
}

Result<api::Page<PolicyShown>> list_policies(api::Context& c, const PolicyQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<PolicyShown>> {
    api::Page<PolicyShown> page;
    // With those of the places below: whoever answers for a district sees what waits in its compounds.
    q.run(policy_list.with(place::below(q, in.place_id)).with(" ORDER BY y.version DESC LIMIT 200"),
          {in.place_id}, [&](const db::Row& r) { page.items.push_back(load_policy(r, c.who.account)); });
    return page;
  });
}

PolicyShown in_force(db::Scoped& q, const rule::Policy& policy, const place::PlaceRow& compound,
                     std::int64_t account) {
  PolicyShown shown;
  if (policy.version != 0) shown = policy_of_version(q, policy.version, account);
  if (policy.version == 0) {
    shown.place_id = compound.id.value;
    shown.place_name = compound.name;
  }
  shown.params = policy;
  return shown;
}

Result<PolicyShown> effective_policy(api::Context& c, const place::CompoundQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<PolicyShown> {
    const auto compound = place::find_compound(q, in.compound_id);
    if (!compound) return base::fail(ErrorKind::not_found, "not_found");
    return in_force(q, policy_at(q, in.compound_id, std::nullopt, c.now), *compound, c.who.account);
  });
}

PolicyWhy why_of(db::Scoped& q, const rule::Candidate& candidate, const rule::Weighed& weighed) {
  const auto policy = policy_of_version(q, candidate.version, 0);
  PolicyWhy w;
  w.version = policy.version;
  w.place_id = policy.place_id;
  w.place_name = policy.place_name;
  w.zone_level = policy.zone_level;
  w.compound_kind = policy.compound_kind;
  w.unit_name = policy.unit_name;
  w.effective_from = policy.effective_from;
  w.why = weighed.why;
  q.unscoped().run("SELECT name FROM place WHERE id = $1", {weighed.through},
                   [&](const db::Row& r) { w.through_name = r.str(0); });
  return w;
}

// What holds, and the nearest forty of what does not, each with its reason.
constexpr std::size_t explained_max = 40;

Result<PolicyExplained> explain(api::Context& c, const PolicyAtQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<PolicyExplained> {
    const auto compound = place::find_compound(q, in.compound_id);
    if (!compound) return base::fail(ErrorKind::not_found, "not_found");
    const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
    PlacesBelow below;
    if (in.place_id && *in.place_id != in.compound_id) {
      below = places_below(q, in.compound_id, *in.place_id);
      if (below.empty()) return base::fail(ErrorKind::not_found, "not_found");
    }
    const RuleBook book(q, in.compound_id, at);
    PolicyExplained out;
    out.policy = in_force(q, book.policy(q, below), *compound, c.who.account);
    for (const auto& weighed : book.weigh(below))
      if (out.why.size() < explained_max && weighed.why != rule::Why::other_place)
        out.why.push_back(why_of(q, book.candidates()[weighed.candidate], weighed));
    return out;
  });
}

// The words of a version that a passage was decided by. The built-in one is nobody's secret either.
Result<PolicyShown> policy_version(api::Context& c, const PolicyVersionQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<PolicyShown> {
    if (in.version == 0) return PolicyShown{};
    std::int64_t of = 0;
    q.unscoped().run("SELECT place_id FROM policy WHERE version = $1", {in.version},
                     [&](const db::Row& r) { of = r.integer(0); });
    // Of a place within the scope, or one above a place within it.
    const bool seen =
        q.count(db::ScopedSql("SELECT COUNT(*) FROM place p WHERE {scope:p}").with(place::below(q, of)),
                {of}) > 0;
    if (of == 0 || !seen) return base::fail(ErrorKind::not_found, "not_found");
    return policy_of_version(q, in.version, c.who.account);
  });
}

Result<PolicyShown> create_policy(api::Context& c, const NewPolicy& in) {
  if (auto problems = check_policy(in.params); !problems.empty()) return base::fail(std::move(problems));
  const auto id = c.new_id<PolicyRow>();
  return c.write([&](db::Scoped& q) -> Result<PolicyShown> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    if (auto problems = check_subject(q, in); !problems.empty()) return base::fail(std::move(problems));
    auto& raw = q.unscoped();
    // The guard row: two policies at once get two numbers.
    raw.run("UPDATE setting SET value = value WHERE name = 'policy_guard'");
    PolicyRow row;
    row.id = id;
    row.place_id = in.place_id;
    row.zone_level = in.zone_level;
    row.compound_kind = in.compound_kind;
    row.unit_id = in.unit_id;
    row.version = raw.count("SELECT COALESCE(MAX(version), 0) + 1 FROM policy");
    row.effective_from = std::max(in.effective_from.value_or(c.now), c.now);
    row.params.text = meta::to_json(in.params);
    if (in.note) row.note = *in.note;
    row.voids_cards = in.voids_cards.value_or(false);
    row.replacements_from = in.replacements_from;
    row.tightening = change_of(q, subject_of(in), in.params, row.voids_cards, *place, c.now).tightening;
    row.state = row.tightening ? PolicyState::waiting : PolicyState::in_force;
    row.created_by = c.who.account;
    row.created = c.now;
    core::insert(q, row, core::source_of(c));
    core::audit(q, c,
                {row.tightening ? "policy.propose" : "policy.create", "policy", id.value, place->compound_id,
                 std::to_string(row.version)});
    core::note_change(q, "policy", place->compound_id.value_or(in.place_id), id.value, c.now);
    return policy_of_version(q, row.version, c.who.account);
  });
}

// The row of a policy in scope, read under the guard, changed and written.
using Change = std::function<Result<void>(db::Scoped& q, PolicyRow& row)>;
Result<PolicyShown> change_policy(api::Context& c, std::string_view action, const Change& change) {
  return c.write([&](db::Scoped& q) -> Result<PolicyShown> {
    q.unscoped().run("UPDATE setting SET value = value WHERE name = 'policy_guard'");
    std::optional<PolicyRow> before;
    std::optional<std::int64_t> compound;
    q.one(
        "SELECT y.id, y.place_id, y.zone_level, y.compound_kind, y.unit_id, y.version, y.effective_from_ms, "
        "y.params, y.note, y.state, y.tightening, y.created_by, y.created_ms, y.decided_by, y.decided_ms, "
        "y.reviewed_by, y.reviewed_ms, y.voids_cards, y.replacements_from, y.cards_voided_ms, p.compound_id "
        "FROM policy y JOIN place p ON p.id = y.place_id WHERE y.id = $1 AND {scope:p}",
        {c.id()}, [&](const db::Row& r) {
          before = meta::load<PolicyRow>(r);
          compound = r.maybe_integer(20);
        });
    if (!before) return base::fail(ErrorKind::not_found, "not_found");
    auto after = *before;
    if (auto done = change(q, after); !done) return tl::unexpected(std::move(done).error());
    core::update(q, *before, after, core::source_of(c));
    core::audit(q, c,
                {std::string(action), "policy", after.id.value, compound, std::to_string(after.version)});
    core::note_change(q, "policy", compound.value_or(after.place_id), after.id.value, c.now);
    return policy_of_version(q, after.version, c.who.account);
  });
}

// A tightening needs a second person and a notice time (practice.md 4).
Result<PolicyShown> approve(api::Context& c) {
  return change_policy(c, "policy.approve", [&](db::Scoped& q, PolicyRow& row) -> Result<void> {
    if (row.state != PolicyState::waiting) return base::fail(ErrorKind::conflict, "policy_not_waiting");
    if (row.created_by == c.who.account) return base::fail(ErrorKind::conflict, "policy_needs_another");
    const auto place = place::find_place(q, row.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    const auto params = stored_policy(row.params.text, row.version, row.effective_from);
    const auto change = change_of(q, subject_of(row), params, row.voids_cards, *place, c.now);
    row.state = PolicyState::in_force;
    row.decided_by = c.who.account;
    row.decided = c.now;
    row.effective_from = std::max(row.effective_from, change.earliest);
    return {};
  });
}

Result<PolicyShown> withdraw(api::Context& c) {
  return change_policy(c, "policy.withdraw", [&](db::Scoped&, PolicyRow& row) -> Result<void> {
    if (row.state != PolicyState::waiting) return base::fail(ErrorKind::conflict, "policy_not_waiting");
    row.state = PolicyState::withdrawn;
    row.decided_by = c.who.account;
    row.decided = c.now;
    return {};
  });
}

// A loosening took effect at once; somebody else looks at it afterwards.
Result<PolicyShown> review(api::Context& c) {
  return change_policy(c, "policy.review", [&](db::Scoped&, PolicyRow& row) -> Result<void> {
    if (row.state != PolicyState::in_force || row.tightening || row.reviewed)
      return base::fail(ErrorKind::conflict, "policy_not_to_review");
    if (row.created_by == c.who.account) return base::fail(ErrorKind::conflict, "policy_needs_another");
    row.reviewed_by = c.who.account;
    row.reviewed = c.now;
    return {};
  });
}

}  // namespace

base::Problems check_policy(const rule::Policy& p) {
  base::Problems problems;
  const auto range = [&](const char* field, std::int64_t value, std::int64_t min, std::int64_t max) {
    if (value < min || value > max)
      problems.push_back({std::string("/params/") + field,
                          "out_of_range",
                          {{"min", std::to_string(min)}, {"max", std::to_string(max)}}});
  };
  range("window_days", p.window_days, 0, 60);
  range("outings_per_window", p.outings_per_window, 0, 100);
  range("persons_per_outing", p.persons_per_outing, 1, rule::persons_max);
  range("refund_minutes", p.refund_minutes, 0, 24 * 60);
  range("max_minutes_outside", p.max_minutes_outside.value_or(1), 1, 7 * 24 * 60);
  range("fever_threshold_tenths", p.fever_threshold_tenths, 360, 400);
  range("low_threshold_tenths", p.low_threshold_tenths, 300, p.fever_threshold_tenths - 1);
  range("highest_plausible_tenths", p.highest_plausible_tenths, p.fever_threshold_tenths + 1, 450);
  range("second_reading_wait_minutes", p.second_reading_wait_minutes, 0, 120);
  range("utc_offset_minutes", p.utc_offset_minutes, -14 * 60, 14 * 60);
  range("check_hours", p.check_hours, 1, 14 * 24);
  range("notice_minutes", p.notice_minutes, 0, 7 * 24 * 60);
  const auto size = [&](const char* field, std::size_t count, std::size_t max) {
    if (count > max)
      problems.push_back({std::string("/params/") + field, "too_long", {{"max", std::to_string(max)}}});
  };
  size("exemption_kinds", p.exemption_kinds.size(), 50);
  size("exemption_terms", p.exemption_terms.size(), 50);
  size("out_hours", p.out_hours.size(), 50);
  const auto hours = [&](const std::string& field, const auto& h) {
    range((field + "/weekdays").c_str(), h.weekdays, 1, 127);
    range((field + "/from_minute").c_str(), h.from_minute, 0, 1439);
    range((field + "/until_minute").c_str(), h.until_minute, 0, 1440);
    if (h.from_minute == h.until_minute)
      problems.push_back({"/params/" + field + "/until_minute", "not_later"});
  };
  for (std::size_t i = 0; i < p.out_hours.size(); ++i) hours(fmt::format("out_hours/{}", i), p.out_hours[i]);
  if (p.curfew) hours("curfew", *p.curfew);
  for (std::size_t i = 0; i < p.exemption_terms.size(); ++i) {
    const auto& terms = p.exemption_terms[i];
    const auto field = fmt::format("exemption_terms/{}", i);
    hours(field, terms);
    if (std::ranges::find(p.exemption_kinds, terms.kind) == p.exemption_kinds.end())
      problems.push_back({"/params/" + field + "/kind", "not_allowed"});
    if (terms.from_day && terms.until_day && *terms.until_day < *terms.from_day)
      problems.push_back({"/params/" + field + "/until_day", "not_later"});
  }
  return problems;
}

void policy_routes(api::Router& r) {
  r.get<PolicyQuery, api::Page<PolicyShown>>("/api/policies", Permission::policy_read,
                                             "Versions of a place's rules, and of the places below it",
                                             list_policies);
  r.get<place::CompoundQuery, PolicyShown>("/api/policies/effective", Permission::policy_read,
                                           "The rules in force at a compound", effective_policy);
  r.get<PolicyAtQuery, PolicyExplained>("/api/policies/explain", Permission::policy_read,
                                        "Which rules hold at a place and an instant, and why no others do",
                                        explain);
  r.get<PolicyVersionQuery, PolicyShown>("/api/policies/version", Permission::policy_read,
                                         "One version, as a passage was decided by it", policy_version);
  r.post<NewPolicy, PolicyShown>("/api/policies", Permission::policy_write,
                                 "A new version of a place's rules: a tightening waits for a second person",
                                 create_policy);
  r.post<PolicyShown>("/api/policies/{id}/approve", Permission::policy_write,
                      "Agree to somebody else's tightening", approve);
  r.post<PolicyShown>("/api/policies/{id}/withdraw", Permission::policy_write,
                      "Take back a tightening that waits", withdraw);
  r.post<PolicyShown>("/api/policies/{id}/review", Permission::policy_write,
                      "Say that a loosening has been looked at", review);
  policy_change_routes(r);
}

}  // namespace feature::gate
