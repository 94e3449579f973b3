// Who stands behind a compound, and the two branches of the chain above it (SY-03, XN-09).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/paging.hpp"
#include "core/list.hpp"
#include "feature/organisation/bonds.hpp"
#include "feature/organisation/routes.hpp"
#include "feature/organisation/sql.hpp"
#include "feature/place/below_service.hpp"

namespace feature::organisation {
namespace {

using api::Permission;
using base::ErrorKind;
using base::Result;

// Of these bonds the first one in the order of the places, nearest first.
const OrganisationBond* nearest(const std::vector<OrganisationBond>& bonds,
                                const std::vector<std::int64_t>& chain, Bond bond,
                                std::optional<Branch> branch = {}) {
  for (const auto place : chain)
    for (const auto& b : bonds)
      if (b.place_id == place && b.bond == bond && b.branch == branch) return &b;
  return nullptr;
}

struct Compound {
  CompoundBodies shown{};
  std::vector<std::int64_t> chain{};  // itself and the places above it, nearest first
};

void fill(Compound& c, const std::vector<OrganisationBond>& bonds) {
  auto& out = c.shown;
  const std::vector<std::int64_t> own{out.compound_id};
  const auto body = [](const OrganisationBond* b, auto& id, auto& name) {
    if (!b) return;
    id = b->organisation_id;
    name = b->organisation;
  };
  body(nearest(bonds, own, Bond::manages), out.manager_id, out.manager);
  body(nearest(bonds, own, Bond::represents), out.committee_id, out.committee);
  const auto* responsible = nearest(bonds, c.chain, Bond::responsible, Branch::territorial);
  body(responsible, out.responsible_id, out.responsible);
  if (responsible) {
    out.responsible_since_ms = responsible->valid_from_ms;
    out.responsible_ref = responsible->document_ref;
  }
  body(nearest(bonds, c.chain, Bond::responsible, Branch::industry), out.industry_id, out.industry);
  body(nearest(bonds, c.chain, Bond::contract), out.contract_id, out.contract);
  if (const auto* first = nearest(bonds, c.chain, Bond::hook_up))
    for (const auto& b : bonds)
      if (b.bond == Bond::hook_up && b.place_id == first->place_id && b.staff_name)
        out.hook_up = out.hook_up ? *out.hook_up + ", " + *b.staff_name : *b.staff_name;
}

// What would satisfy a wish, as bond and branch.
struct Wanted {
  std::string_view bond{}, branch{};
};
Wanted wanted(Missing body) {
  switch (body) {
    case Missing::manager:
      return {"manages", ""};
    case Missing::committee:
      return {"represents", ""};
    case Missing::responsible:
      return {"responsible", "territorial"};
    case Missing::industry:
      return {"responsible", "industry"};
    case Missing::contract:
      return {"contract", ""};
    case Missing::hook_up:
      return {"hook_up", ""};
  }
  return {};
}

#define NONE_IN_THE_CHAIN(bond, branch, at)                                                                \
  "NOT EXISTS (SELECT 1 FROM organisation_bond b WHERE b.place_id IN (p.id, p.community_id, "              \
  "p.subdistrict_id, p.area_id, p.district_id) AND b.bond = " bond " AND COALESCE(b.branch, '') = " branch \
  " AND " IN_FORCE("b", at) ")"

// Compounds that should have such a body: a manager where property is managed, a committee where there is one
// in charge, everything else everywhere.
#define SHOULD_HAVE(body)                               \
  "(" body " NOT IN ('manager', 'committee') OR (" body \
  " = 'manager' AND p.compound_kind = "                 \
  "'property_managed') OR (" body " = 'committee' AND p.compound_kind = 'owners_committee'))"

Result<api::Page<CompoundBodies>> list_bodies(api::Context& c, const BodiesQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<api::Page<CompoundBodies>> {
    auto sql = db::ScopedSql(
                   "SELECT p.id, p.name, p.compound_kind, k.name, p.sort, p.community_id, "
                   "p.subdistrict_id, p.area_id, p.district_id FROM place p LEFT JOIN place k ON k.id = "
                   "p.community_id WHERE p.kind = 'compound' AND p.valid_until_ms IS NULL AND {scope:p}")
                   .with(place::below(q, in.place_id));
    std::vector<db::Arg> args{in.place_id};
    if (in.missing) {
      const auto [bond, branch] = wanted(*in.missing);
      const auto body = meta::name_of(*in.missing);
      sql = sql.with(" AND " NONE_IN_THE_CHAIN("{arg}", "{arg}", "{arg}") " AND " SHOULD_HAVE("{arg}"));
      args.insert(args.end(), {bond, branch, at, at, body, body, body});
    }
    std::vector<std::vector<std::int64_t>> chains;
    auto page = api::fetch_page<CompoundBodies>(
        q, sql, std::move(args), in.limit, in.cursor,
        {" AND (p.sort, p.id) > ({arg}, {arg})", " ORDER BY p.sort, p.id LIMIT {arg}"},
        [&](const db::Row& r) {
          auto& chain = chains.emplace_back();
          chain.push_back(r.integer(0));
          for (int i = 5; i < 9; ++i)
            if (const auto id = r.maybe_integer(i)) chain.push_back(*id);
          CompoundBodies row;
          row.compound_id = r.integer(0);
          row.name = r.str(1);
          row.compound_kind = r.str(2);
          row.community = r.str(3);
          return row;
        },
        [](const db::Row& r) {
          return api::SortKey{r.str(4), r.integer(0)};
        });
    if (!page) return page;
    std::set<std::int64_t> places;
    for (const auto& chain : chains) places.insert(chain.begin(), chain.end());
    const auto bonds = bonds_at(q, {places.begin(), places.end()}, at);
    for (std::size_t i = 0; i < page->items.size(); ++i) {
      Compound compound{page->items[i], chains[i]};
      fill(compound, bonds);
      page->items[i] = std::move(compound.shown);
    }
    return page;
  });
}

Result<BodiesSummary> summary(api::Context& c, const place::AtQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<BodiesSummary> {
    if (!place::find_place(q, in.place_id)) return base::fail(ErrorKind::not_found, "not_found");
    BodiesSummary out;
    out.as_of_ms = at;
    for (std::size_t i = 0; i < meta::EnumNames<Missing>::names.size(); ++i) {
      const auto body = static_cast<Missing>(i);
      const auto [bond, branch] = wanted(body);
      BodyCount count{body, 0, 0};
      q.one(
          "SELECT COUNT(*), COALESCE(SUM(CASE WHEN " NONE_IN_THE_CHAIN(
              "$2", "$3", "$4") " THEN 1 ELSE 0 END), 0) FROM place p WHERE p.kind = 'compound' AND "
                                "p.valid_until_ms IS NULL AND $1 IN (p.id, p.community_id, p.subdistrict_id, "
                                "p.area_id, p.district_id) AND " SHOULD_HAVE("$5") " AND {scope:p}",
          {in.place_id, bond, branch, at, meta::name_of(body)}, [&](const db::Row& r) {
            count.of = r.integer(0);
            count.missing = r.integer(1);
          });
      out.items.push_back(count);
    }
    return out;
  });
}
#undef NONE_IN_THE_CHAIN
#undef SHOULD_HAVE

// A body as a step, with the name of its head; names up the chain are no secret to anyone below.
std::optional<ChainStep> step_of(db::Scoped& q, std::int64_t id) {
  std::optional<ChainStep> step;
  q.unscoped().run(
      "SELECT o.name, o.kind, h.name FROM organisation o LEFT JOIN staff h ON h.id = o.head_id WHERE o.id = "
      "$1",
      {id}, [&](const db::Row& r) {
        step.emplace();
        step->organisation_id = id;
        step->name = r.str(0);
        step->kind = r.str(1);
        step->head_name = r.maybe_text(2);
      });
  return step;
}

class Climb {
 public:
  Climb(db::Scoped& q, Branch branch, base::Instant at) : q_(q), at_(at) { out_.branch = branch; }

  // The body of the bond and its superiors in the branch, those left out that stand there already.
  void add(const OrganisationBond* bond) {
    if (!bond || !bond->organisation_id) return;
    auto step = step_of(q_, *bond->organisation_id);
    if (!step || !seen_.insert(step->organisation_id).second) return;
    step->bond = bond->bond;
    step->place_name = bond->place_name;
    step->since_ms = bond->valid_from_ms;
    auto id = step->organisation_id;
    out_.steps.push_back(std::move(*step));
    while (auto above = superior(id)) {
      if (!seen_.insert(above->organisation_id).second) return;
      id = above->organisation_id;
      out_.steps.push_back(std::move(*above));
    }
  }
  ChainBranch take() { return std::move(out_); }

 private:
  std::optional<ChainStep> superior(std::int64_t id) {
    std::int64_t above = 0;
    base::Instant since{};
    q_.unscoped().run(
        "SELECT u.superior_id, u.valid_from_ms FROM organisation_superior u WHERE "
        "u.organisation_id = $1 AND u.branch = $3 AND " IN_FORCE("u", "$2"),
        {id, at_, meta::name_of(out_.branch)}, [&](const db::Row& r) {
          above = r.integer(0);
          since = r.instant(1);
        });
    auto step = above == 0 ? std::nullopt : step_of(q_, above);
    if (step) step->since_ms = since;
    return step;
  }

  db::Scoped& q_;
  base::Instant at_;
  ChainBranch out_{};
  std::set<std::int64_t> seen_{};
};

Result<Chain> chain(api::Context& c, const place::AtQuery& in) {
  const auto at = in.at_ms ? base::Instant{*in.at_ms} : c.now;
  return c.read([&](db::Scoped& q) -> Result<Chain> {
    const auto place = place::find_place(q, in.place_id);
    if (!place) return base::fail(ErrorKind::not_found, "not_found");
    const auto places = place::chain_of(*place);
    auto bonds = bonds_at(q, places, at);
    name_places(q, bonds);
    Chain out;
    out.place_id = in.place_id;
    out.place_name = place::labels_of(q, {in.place_id})[in.place_id];
    out.as_of_ms = at;
    Climb territorial(q, Branch::territorial, at);
    territorial.add(nearest(bonds, places, Bond::responsible, Branch::territorial));
    out.branches.push_back(territorial.take());
    Climb industry(q, Branch::industry, at);
    industry.add(nearest(bonds, places, Bond::manages));
    industry.add(nearest(bonds, places, Bond::responsible, Branch::industry));
    out.branches.push_back(industry.take());
    for (const auto id : places)
      for (const auto& b : bonds)
        if (b.place_id == id && (b.bond == Bond::contract || b.bond == Bond::hook_up))
          out.leaders.push_back(b);
    return out;
  });
}

}  // namespace

void body_routes(api::Router& r) {
  core::list<list_bodies>(r, "/api/compound-bodies", Permission::organisation_read,
                          "Who manages, represents and answers for each compound, at any time");
  r.get<place::AtQuery, BodiesSummary>("/api/compound-bodies/summary", Permission::organisation_read,
                                       "How many compounds lack a body they should have", summary);
  r.get<place::AtQuery, Chain>("/api/organisation-chain", Permission::organisation_read,
                               "The bodies above a place, in the territorial and the industry branch", chain);
}

}  // namespace feature::organisation
