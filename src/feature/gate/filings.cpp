// The community's filings of who comes from elsewhere (XN-50), as the gate asks for them: of those of the
// last days, whether it is there yet.
#include "feature/gate/filings.hpp"

#include <algorithm>

namespace feature::gate {
namespace {

constexpr int filing_days = 14;  // somebody who came longer ago than this comes home from a walk

constexpr auto filings = db::ScopedSql(
    "SELECT a.household_id, ap.person_id, a.filed_ms FROM arrival a JOIN arrival_person ap ON ap.arrival_id "
    "= a.id JOIN place p ON p.id = a.dwelling_id WHERE a.arrived >= $1 AND a.arrived <= $2 AND a.created_ms "
    "<= $3 AND (a.withdrawn_ms IS NULL OR a.withdrawn_ms > $3) AND a.household_id IS NOT NULL AND {scope:p}");

std::vector<ListFiling> read(db::Scoped& q, db::Fragment of, std::int64_t id, base::Instant at) {
  const auto today = base::civil_day(at);
  std::vector<ListFiling> found;
  q.run(filings.with(of).with(" ORDER BY a.id, ap.position"), {today + -filing_days, today, at, id},
        [&](const db::Row& r) {
          found.push_back({r.integer(0), r.maybe_integer(1), !r.is_null(2) && r.instant(2) <= at});
        });
  return found;
}

}  // namespace

std::vector<ListFiling> filings_of_compound(db::Scoped& q, std::int64_t compound_id, base::Instant at) {
  return read(q, " AND a.compound_id = {arg}", compound_id, at);
}

rule::Filing filing_of(db::Scoped& q, std::int64_t household_id, const std::vector<std::int64_t>& persons,
                       base::Instant at) {
  const auto all = read(q, " AND a.household_id = {arg}", household_id, at);
  const auto concerns = [&](const ListFiling& one) {
    return persons.empty() || (one.m && std::ranges::find(persons, *one.m) != persons.end());
  };
  bool any = false, missing = false;
  for (const auto& one : all) {
    any = any || concerns(one);
    missing = missing || (concerns(one) && !one.f);
  }
  // Nobody is chosen: who says that they come from elsewhere is asked, the others of the home are not.
  if (missing) return persons.empty() ? rule::Filing::not_needed : rule::Filing::missing;
  return any ? rule::Filing::filed : rule::Filing::not_needed;
}

}  // namespace feature::gate
