#include "api/paging.hpp"
#include "feature/gate/routes.hpp"
#include "feature/place/service.hpp"

namespace feature::gate {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

rule::Policy parse_params(std::string_view text, std::int64_t version, base::Instant effective_from) {
  auto params = meta::from_json<rule::Policy>(text);
  // Only checked policies are stored; one that does not read any more is a defect to be seen, not a default.
  if (!params) throw std::runtime_error("a stored policy cannot be read");
  params->version = version;
  params->effective_from_ms = effective_from.ms;
  return *params;
}

constexpr auto policy_list = db::ScopedSql(
    "SELECT y.id, y.place_id, p.name, y.version, y.effective_from_ms, a.display_name, y.note, y.params "
    "FROM policy y JOIN place p ON p.id = y.place_id LEFT JOIN account a ON a.id = y.created_by WHERE "
    "{scope:p}");

PolicyShown load_policy(const db::Row& r) {
  PolicyShown s;
  s.id = meta::Id<PolicyRow>(r.integer(0));
  s.place_id = r.integer(1);
  s.place_name = r.str(2);
  s.version = r.integer(3);
  s.effective_from = r.instant(4);
  s.created_by_name = r.str(5);
  s.note = r.maybe_text(6);
  s.params = parse_params(r.text(7), s.version, s.effective_from);
  return s;
}

Result<api::Page<PolicyShown>> list_policies(api::Context& c, const PolicyQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<PolicyShown>> {
    api::Page<PolicyShown> page;
    q.run(policy_list.with(" AND y.place_id = {arg}").with(" ORDER BY y.version DESC LIMIT 200"),
          {in.place_id}, [&](const db::Row& r) { page.items.push_back(load_policy(r)); });
    return page;
  });
}

Result<PolicyShown> effective_policy(api::Context& c, const place::CompoundQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<PolicyShown> {
    const auto compound = place::find_compound(q, in.compound_id);
    if (!compound) return base::fail(ErrorKind::not_found, "not_found");
    PolicyShown shown;
    shown.params = policy_at(q, in.compound_id, c.now);
    shown.version = shown.params.version;
    shown.effective_from = {shown.params.effective_from_ms};
    shown.place_id = in.compound_id;
    shown.place_name = compound->name;
    q.unscoped().run(
        "SELECT y.id, y.place_id, p.name, a.display_name, y.note FROM policy y JOIN place p ON p.id = "
        "y.place_id "
        "LEFT JOIN account a ON a.id = y.created_by WHERE y.version = $1",
        {shown.version}, [&](const db::Row& r) {
          shown.id = meta::Id<PolicyRow>(r.integer(0));
          shown.place_id = r.integer(1);
          shown.place_name = r.str(2);
          shown.created_by_name = r.str(3);
          shown.note = r.maybe_text(4);
        });
    return shown;
  });
}

Result<PolicyShown> create_policy(api::Context& c, const NewPolicy& in) {
  if (auto problems = check_policy(in.params); !problems.empty()) return base::fail(std::move(problems));
  const auto id = c.new_id<PolicyRow>();
  return c.write([&](db::Scoped& q) -> Result<PolicyShown> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail_field("/place_id", "not_found");
    auto& raw = q.unscoped();
    // The guard row: two policies at once get two numbers.
    raw.run("UPDATE setting SET value = value WHERE name = 'policy_guard'");
    PolicyRow row;
    row.id = id;
    row.place_id = in.place_id;
    row.version = raw.count("SELECT COALESCE(MAX(version), 0) + 1 FROM policy");
    row.effective_from = in.effective_from.value_or(c.now);
    row.params.text = meta::to_json(in.params);
    if (in.note) row.note = *in.note;
    row.created_by = c.who.account;
    row.created = c.now;
    core::insert(q, row, core::source_of(c));
    core::audit(q, c, {"policy.create", "policy", id.value, place->compound_id, std::to_string(row.version)});
    core::note_change(q, "policy", place->compound_id.value_or(in.place_id), id.value, c.now);
    PolicyShown shown;
    q.one(policy_list.with(" AND y.id = {arg}"), {id}, [&](const db::Row& r) { shown = load_policy(r); });
    return shown;
  });
}

}  // namespace

rule::Policy policy_at(db::Scoped& q, std::int64_t compound_id, base::Instant at) {
  std::optional<rule::Policy> found;
  // Rules of the places above apply below; they are no secret to anyone inside.
  q.unscoped().run(
      "SELECT y.params, y.version, y.effective_from_ms FROM policy y JOIN place p ON p.id = $1 "
      "WHERE y.effective_from_ms <= $2 AND y.place_id IN "
      "(p.compound_id, p.community_id, p.subdistrict_id, p.area_id, p.district_id) "
      "ORDER BY CASE y.place_id WHEN p.compound_id THEN 0 WHEN p.community_id THEN 1 WHEN p.subdistrict_id "
      "THEN 2 "
      "WHEN p.area_id THEN 3 ELSE 4 END, y.effective_from_ms DESC, y.version DESC LIMIT 1",
      {compound_id, at},
      [&](const db::Row& r) { found = parse_params(r.text(0), r.integer(1), r.instant(2)); });
  if (found) {
    found->utc_offset_minutes = base::utc_offset_minutes(at);
    return *found;
  }
  rule::Policy built_in;
  built_in.version = 0;
  built_in.utc_offset_minutes = base::utc_offset_minutes(at);
  built_in.modes = {rule::Mode::warn, rule::Mode::warn, rule::Mode::warn, rule::Mode::warn, rule::Mode::warn};
  return built_in;
}

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
  if (p.exemption_kinds.size() > 50)
    problems.push_back({"/params/exemption_kinds", "too_long", {{"max", "50"}}});
  return problems;
}

void policy_routes(api::Router& r) {
  r.get<PolicyQuery, api::Page<PolicyShown>>("/api/policies", Permission::policy_read,
                                             "Versions of a place's rules", list_policies);
  r.get<place::CompoundQuery, PolicyShown>("/api/policies/effective", Permission::policy_read,
                                           "The rules in force at a compound", effective_policy);
  r.post<NewPolicy, PolicyShown>("/api/policies", Permission::policy_write,
                                 "A new version of a place's rules", create_policy);
}

}  // namespace feature::gate
