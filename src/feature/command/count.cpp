#include <map>

#include "core/recount.hpp"
#include "feature/command/area_record.hpp"
#include "feature/command/service.hpp"

namespace feature::command {
namespace {

using base::Result;
using Figures = std::map<std::int64_t, CompoundFigures>;

constexpr int at_once = 24;  // compounds of one write

// Each counts one thing in the compounds of {in:1}: the compound, and one figure for each member named.
struct Counter {
  std::string_view select, rest;
  std::vector<std::int64_t CompoundFigures::*> members;
};

const std::vector<Counter>& counters() {
  using F = CompoundFigures;
  static const std::vector<Counter> all{
      {"SELECT p.compound_id, COUNT(*) FROM place p WHERE p.compound_id ",
       " AND p.kind = 'building' AND p.valid_until_ms IS NULL GROUP BY p.compound_id",
       {&F::buildings}},
      {"SELECT p.compound_id, COUNT(*), SUM(CASE WHEN d.occupancy IN ('lived_in', 'rented') THEN 1 ELSE 0 "
       "END), SUM(CASE WHEN d.occupancy IN ('lived_in', 'rented') AND NOT EXISTS (SELECT 1 FROM household "
       "h WHERE h.dwelling_id = d.id AND h.valid_until_ms IS NULL AND h.provisional = 0) THEN 1 ELSE 0 "
       "END) FROM place p JOIN dwelling d ON d.id = p.id WHERE p.compound_id ",
       " AND p.kind = 'dwelling' AND p.valid_until_ms IS NULL GROUP BY p.compound_id",
       {&F::dwellings, &F::lived_in, &F::unregistered}},
      {"SELECT h.compound_id, COUNT(*), SUM(CASE WHEN EXISTS (SELECT 1 FROM residence r WHERE r.household_id "
       "= h.id AND r.relation = 'head' AND r.valid_until_ms IS NULL) THEN 0 ELSE 1 END), SUM(CASE WHEN "
       "EXISTS (SELECT 1 FROM pass a WHERE a.household_id = h.id AND a.pass_class = 'household' AND "
       "a.state = 'active') THEN 1 ELSE 0 END) FROM household h WHERE h.compound_id ",
       " AND h.valid_until_ms IS NULL AND h.provisional = 0 GROUP BY h.compound_id",
       {&F::households, &F::headless, &F::carded}},
      {"SELECT h.compound_id, COUNT(DISTINCT r.person_id), COUNT(DISTINCT CASE WHEN pe.presence <> "
       "'unknown' THEN r.person_id END), COUNT(DISTINCT CASE WHEN pe.presence = 'away' THEN r.person_id END) "
       "FROM household h JOIN residence r ON r.household_id = h.id JOIN person pe ON pe.id = r.person_id "
       "WHERE h.compound_id ",
       " AND r.valid_until_ms IS NULL GROUP BY h.compound_id",
       {&F::persons, &F::presence_known, &F::away}},
      {"SELECT h.compound_id, COUNT(DISTINCT co.id) FROM conflict co JOIN residence r ON r.person_id = "
       "co.person_id AND r.visible = 1 JOIN household h ON h.id = r.household_id WHERE co.state = 'open' "
       "AND h.compound_id ",
       " GROUP BY h.compound_id",
       {&F::conflicts}},
      {"SELECT o.compound_id, SUM(CASE WHEN o.state = 'guarded' THEN 1 ELSE 0 END), SUM(CASE WHEN o.state = "
       "'sealed' THEN 1 ELSE 0 END), SUM(CASE WHEN o.state = 'unguarded' THEN 1 ELSE 0 END) FROM opening o "
       "WHERE o.compound_id ",
       " AND o.valid_until_ms IS NULL GROUP BY o.compound_id",
       {&F::guarded, &F::sealed, &F::unguarded}},
  };
  return all;
}

constexpr core::Figures figures_of_compounds{
    "compound_figures", "figures_until",
    [](std::string_view kind) { return kind != "passage" && kind != "figures" && kind != "control"; }};

}  // namespace

Result<std::int64_t> count_compounds(db::Store& store, base::Instant now) {
  auto found = store.read([](db::Connection& c) -> Result<core::Behind> {
    return core::behind(c, figures_of_compounds, at_once);
  });
  if (!found) return tl::unexpected(std::move(found).error());
  const auto& compounds = found->compounds;
  if (compounds.empty()) return 0;
  // Counted in the write itself, so that what is written was never older than what was noted as counted.
  auto counted = store.write(
      [&](db::Connection& c) -> Result<void> {
        const auto ids = db::json_array(compounds);
        const auto in = c.in_list(1);
        Figures figures;
        c.run("SELECT id FROM place WHERE kind = 'compound' AND id " + in, {ids}, [&](const db::Row& r) {
          auto& f = figures[r.integer(0)];
          f.compound_id = meta::Id<place::PlaceRow>(r.integer(0));
          f.counted = now;
        });
        for (const auto& counter : counters())
          c.run(std::string(counter.select) + in + std::string(counter.rest), {ids}, [&](const db::Row& r) {
            const auto at = figures.find(r.integer(0));
            if (at == figures.end()) return;
            for (std::size_t i = 0; i < counter.members.size(); ++i)
              at->second.*counter.members[i] = r.integer(static_cast<int>(i) + 1);
          });
        c.run("DELETE FROM compound_figures WHERE compound_id " + in, {ids});
        std::vector<const CompoundFigures*> rows;
        for (const auto& [id, f] : figures) rows.push_back(&f);
        std::vector<db::Arg> args;
        const auto& record = meta::record_of<CompoundFigures>();
        c.run_many(meta::insert_sql(record), rows.size(), [&](std::size_t i) -> std::span<const db::Arg> {
          args.clear();
          meta::append_args(record, rows[i], args);
          return args;
        });
        db::Scoped q(c, db::Scope::all());
        for (const auto* row : rows)
          core::note_change(q, "figures", row->compound_id.value, row->compound_id.value, now);
        core::keep_counted(c, figures_of_compounds, *found);
        return {};
      },
      db::Priority::low);
  if (!counted) return tl::unexpected(std::move(counted).error());
  return static_cast<std::int64_t>(compounds.size());
}

}  // namespace feature::command
