// Rules that were really in force somewhere, as starting points. `fields` are what the source says;
// everything else stays as the office has it. Sources: LZ-28, XN-40 to 43 and rules.md sections 5, 6, 7
// and 8.
#include "feature/gate/policy_change.hpp"

namespace feature::gate {
namespace {

PolicyTemplate made(std::string code, std::vector<std::string> fields, void (*set)(rule::Policy&)) {
  PolicyTemplate t;
  t.code = std::move(code);
  t.fields = std::move(fields);
  set(t.params);
  return t;
}

// Per household, in so many days, once, one person.
void quota(rule::Policy& p, int days) {
  p.window_kind = rule::WindowKind::calendar;
  p.window_days = days;
  p.outings_per_window = 1;
  p.persons_per_outing = 1;
}

void no_outing(rule::Policy& p) {
  p.window_days = 3;
  p.outings_per_window = 0;
}

const std::vector<std::string> quota_fields{"window_days", "outings_per_window", "persons_per_outing"};
std::vector<std::string> with_quota(std::vector<std::string> more) {
  more.insert(more.begin(), quota_fields.begin(), quota_fields.end());
  return more;
}

}  // namespace

PolicyTemplates policy_templates() {
  PolicyTemplates all;
  auto& t = all.items;
  // LZ-28: 每户每三天1人可凭卡外出一次; LZ-26: everybody is measured.
  t.push_back(
      made("three_days_2020",
           with_quota({"lookup_satisfies_pass", "temperature_required_out", "temperature_required_in"}),
           [](rule::Policy& p) {
             quota(p, 3);
             p.lookup_satisfies_pass = false;
           }));
  // Section 8, 2020-02-06: one person every two days, at most two hours.
  t.push_back(made("two_days_2020", with_quota({"max_minutes_outside"}), [](rule::Policy& p) {
    quota(p, 2);
    p.max_minutes_outside = 120;
  }));
  // Section 8, 2020-05-20: over two hours loses the next outing.
  t.push_back(made("two_days_strict_2020", with_quota({"max_minutes_outside", "overrun_costs_outing"}),
                   [](rule::Policy& p) {
                     quota(p, 2);
                     p.max_minutes_outside = 120;
                     p.overrun_costs_outing = true;
                   }));
  // Section 8, 2020-01-30: closed 22:30 to 06:00 with destination registration.
  t.push_back(made("night_2020", {"curfew", "registration_required_out"}, [](rule::Policy& p) {
    p.curfew = rule::DayHours{127, 22 * 60 + 30, 6 * 60, {}};
    p.registration_required_out = true;
  }));
  // XN-40, XN-41, XN-43: register, measure, disinfect; three classes leave with a certificate.
  t.push_back(
      made("three_steps_2020",
           {"temperature_required_out", "temperature_required_in", "disinfection_required",
            "registration_required_out", "registration_required_in", "exemption_kinds", "exemption_terms"},
           [](rule::Policy& p) {
             p.disinfection_required = true;
             p.registration_required_out = p.registration_required_in = true;
             p.exemption_kinds = {"medical", "official", "livelihood"};
             for (const auto& kind : p.exemption_kinds) p.exemption_terms.emplace_back().kind = kind;
           }));
  // Section 7, 2020-02-01: everybody is measured; above 37.3, not at it.
  t.push_back(made(
      "measured_2020",
      {"temperature_required_out", "temperature_required_in", "fever_threshold_tenths", "fever_at_or_above"},
      [](rule::Policy& p) { p.fever_at_or_above = false; }));
  // Section 5, 2020-02-12 and 15: cards cancelled, supplies delivered.
  t.push_back(made("sealed_2020", {"window_days", "outings_per_window"}, no_outing));
  t.back().voids_cards = true;
  // Section 5, 9th edition: 足不出户; 人不出区; 个人防护. When supplies are fetched in the middle one is not
  // found: the hours are the office's to say.
  t.push_back(made("zone_high_2022", {"window_days", "outings_per_window"}, no_outing));
  t.back().zone_level = place::ZoneLevel::red;
  t.push_back(made("zone_medium_2022", {"window_days", "outings_per_window"}, no_outing));
  t.back().zone_level = place::ZoneLevel::yellow;
  t.push_back(made("zone_low_2022", {"window_days"}, [](rule::Policy& p) { p.window_days = 0; }));
  return all;
}

}  // namespace feature::gate
