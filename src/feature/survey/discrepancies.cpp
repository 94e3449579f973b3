// What does not fit together, so that it is settled and not averaged away (XN-58).
#include <array>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/survey/rounds.hpp"
#include "feature/survey/routes.hpp"

namespace feature::survey {
namespace {

using api::Permission;
using base::Result;

#define ON_FILE "(SELECT COUNT(*) FROM residence n WHERE n.dwelling_id = p.id AND n.valid_until_ms IS NULL)"
#define VISIT "LEFT JOIN survey_visit v ON v.round_id = $1 AND v.dwelling_id = p.id "
// Columns: dwelling, compound, label, household, person, on file, persons by the visit, order, last part of
// it.

// The same person lives in two households today, both of them primary, or an open pair says two are one.
constexpr auto two_households = db::ScopedSql(
    "SELECT p.id, co.name, d.label, r.household_id, r.person_id, " ON_FILE
    ", v.persons, p.sort, r.id, p.compound_id FROM residence r JOIN place p ON p.id = r.dwelling_id JOIN "
    "dwelling d ON d.id "
    "= "
    "p.id JOIN place co ON co.id = p.compound_id " VISIT
    "WHERE r.valid_until_ms IS NULL AND (EXISTS (SELECT 1 FROM residence o WHERE o.person_id = r.person_id "
    "AND o.id <> r.id AND o.valid_until_ms IS NULL AND o.is_primary = 1 AND r.is_primary = 1) OR EXISTS "
    "(SELECT 1 FROM duplicate_pair y WHERE (y.a_id = r.person_id OR y.b_id = r.person_id) AND y.state = "
    "'open')) "
    "AND " DWELLING_OF_ROUND);
constexpr auto no_head = db::ScopedSql(
    "SELECT p.id, co.name, d.label, h.id, CAST(NULL AS bigint), (SELECT COUNT(*) FROM residence n WHERE "
    "n.household_id = h.id AND n.valid_until_ms IS NULL), v.persons, p.sort, h.id, p.compound_id FROM "
    "household h JOIN "
    "place p ON "
    "p.id = h.dwelling_id JOIN dwelling d ON d.id = p.id JOIN place co ON co.id = p.compound_id " VISIT
    "WHERE h.valid_until_ms IS NULL AND NOT EXISTS (SELECT 1 FROM residence n WHERE n.household_id = h.id "
    "AND "
    "n.relation = 'head' AND n.valid_until_ms IS NULL) AND " DWELLING_OF_ROUND);
#define VISITED                                                                                             \
  "SELECT p.id, co.name, d.label, CAST(NULL AS bigint), CAST(NULL AS bigint), " ON_FILE                     \
  ", v.persons, p.sort, p.id, p.compound_id FROM survey_visit v JOIN place p ON p.id = v.dwelling_id JOIN " \
  "dwelling d ON "                                                                                          \
  "d.id = p.id JOIN place co ON co.id = p.compound_id WHERE v.round_id = $1 AND v.state = 'resolved' AND "
// Counted at the door and on file are two numbers.
constexpr auto count_differs =
    db::ScopedSql(VISITED "v.outcome = 'occupied' AND v.persons <> " ON_FILE " AND {scope:p}");
// People on file live where nobody lives.
constexpr auto file_but_vacant =
    db::ScopedSql(VISITED "v.outcome IN ('vacant', 'not_fitted_out') AND " ON_FILE " > 0 AND {scope:p}");
// Somebody lives there and nobody is on file.
constexpr auto vacant_on_file =
    db::ScopedSql(VISITED "v.outcome = 'occupied' AND " ON_FILE " = 0 AND {scope:p}");
// Nobody lives there by the visit, and its meters say otherwise: a door to knock at again, the visit stays.
constexpr auto metered_but_vacant = db::ScopedSql(VISITED
                                                  "v.outcome IN ('vacant', 'not_fitted_out') AND EXISTS "
                                                  "(SELECT 1 FROM meter_estimate m WHERE m.dwelling_id "
                                                  "= p.id AND m.lived_in_percent >= 80) AND {scope:p}");
#undef ON_FILE
#undef VISIT
#undef VISITED

struct Check {
  const db::ScopedSql& sql;
  api::PageOrder order;
};
constexpr api::PageOrder by_dwelling(std::string_view name) {
  return {" AND (p.compound_id, p.sort, p.id) > ({arg}, {arg}, {arg})",
          " ORDER BY p.compound_id, p.sort, p.id LIMIT {arg}", name};
}
const std::array checks{Check{two_households,
                              {" AND (p.compound_id, p.sort, r.id) > ({arg}, {arg}, {arg})",
                               " ORDER BY p.compound_id, p.sort, r.id LIMIT {arg}", "two_households"}},
                        Check{no_head,
                              {" AND (p.compound_id, p.sort, h.id) > ({arg}, {arg}, {arg})",
                               " ORDER BY p.compound_id, p.sort, h.id LIMIT {arg}", "no_head"}},
                        Check{count_differs, by_dwelling("count")},
                        Check{file_but_vacant, by_dwelling("file_but_vacant")},
                        Check{vacant_on_file, by_dwelling("vacant_on_file")},
                        Check{metered_but_vacant, by_dwelling("metered_but_vacant")}};

Result<api::Page<Discrepancy>> list_discrepancies(api::Context& c, const DiscrepancyQuery& in) {
  return c.read([&](db::Scoped& q) -> Result<api::Page<Discrepancy>> {
    if (!find_round(q, in.round_id)) return base::fail_field("/round_id", "not_found");
    const auto& check = checks.at(static_cast<std::size_t>(in.kind));
    auto sql = check.sql;
    std::vector<db::Arg> args{in.round_id};
    if (in.compound_id) {
      sql = sql.with(" AND p.compound_id = {arg}");
      args.emplace_back(*in.compound_id);
    }
    return api::fetch_page<Discrepancy>(
        q, sql, args, in.limit, in.cursor, check.order,
        [&](const db::Row& r) {
          Discrepancy d;
          d.discrepancy = in.kind;
          d.dwelling_id = r.integer(0);
          d.compound = r.str(1);
          d.label = r.str(2);
          d.household_id = r.maybe_integer(3);
          d.person_id = r.maybe_integer(4);
          d.on_file = r.integer(5);
          d.persons = r.maybe_integer(6);
          return d;
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(7), r.integer(8), r.integer(9)};
        });
  });
}

}  // namespace

void discrepancy_routes(api::Router& r) {
  core::list<list_discrepancies>(r, "/api/survey-discrepancies", Permission::work_read,
                                 "What of a round does not fit together, by kind");
}

}  // namespace feature::survey
