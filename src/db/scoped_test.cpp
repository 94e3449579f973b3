// Jurisdiction in the data path, on both engines, against a slow obvious oracle.
#include "db/scoped.hpp"

#include <rapidcheck.h>

#include "support/both_stores.hpp"

namespace {

using base::Result;
using db::Connection;
using db::Level;
using db::Row;
using db::Scope;
using db::Scoped;
using db::ScopedSql;
using db::ScopeNode;

struct Place {
  std::int64_t id = 0;
  std::array<std::int64_t, db::level_count> chain{};  // district ... stair, itself
};

class ScopedTest : public test_support::OnBothStores {
 protected:
  // Every dwelling of a small tree: 2 children at each level, so 2^7 dwellings.
  void SetUp() override {
    OnBothStores::SetUp();
    if (IsSkipped()) return;
    script(
        "CREATE TABLE place(id bigint PRIMARY KEY, district_id bigint, subdistrict_id bigint, community_id "
        "bigint, compound_id bigint, building_id bigint, stair_id bigint, kind bigint);CREATE TABLE "
        "visit(id bigint PRIMARY KEY, dwelling_id bigint, district_id bigint, subdistrict_id bigint, "
        "community_id bigint, compound_id bigint, building_id bigint, stair_id bigint);");
    for (std::int64_t leaf = 0; leaf < 128; ++leaf) {
      Place place;
      for (std::size_t level = 0; level < db::level_count; ++level)
        place.chain[level] = static_cast<std::int64_t>((level + 1) * 1000) + (leaf >> (6 - level));
      place.id = place.chain.back();
      places_.push_back(place);
    }
    auto filled = store().write([&](Connection& c) -> Result<void> {
      for (const Place& p : places_) {
        const auto& l = p.chain;
        c.run("INSERT INTO place VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
              {p.id, l[0], l[1], l[2], l[3], l[4], l[5], p.id % 3});
        c.run("INSERT INTO visit VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
              {p.id + 50000, p.id, l[0], l[1], l[2], l[3], l[4], l[5]});
      }
      return {};
    });
    ASSERT_TRUE(filled.has_value()) << filled.error().cause;
  }

  std::vector<std::int64_t> seen(const Scope& scope, const ScopedSql& sql,
                                 std::initializer_list<db::Arg> args = {}) {
    std::vector<std::int64_t> ids;
    auto done = store().read([&](Connection& c) -> Result<void> {
      Scoped(c, scope).run(sql, args, [&](const Row& row) { ids.push_back(row.integer(0)); });
      return {};
    });
    EXPECT_TRUE(done.has_value()) << done.error().cause;
    return ids;
  }
  std::vector<std::int64_t> expected(const Scope& scope) {
    std::vector<std::int64_t> ids;
    for (const Place& place : places_) {
      bool inside = scope.is_all();
      for (const ScopeNode& node : scope.nodes())
        inside = inside || place.chain[static_cast<std::size_t>(node.level)] == node.place;
      if (inside) ids.push_back(place.id);
    }
    return ids;
  }

  std::vector<Place> places_;
};
SHOUWANG_ON_BOTH_STORES(ScopedTest);

constexpr ScopedSql all_places = "SELECT p.id FROM place p WHERE {scope:p} ORDER BY p.id";

TEST_P(ScopedTest, AllNoneAndOneOfEachLevel) {
  EXPECT_EQ(seen(Scope::all(), all_places).size(), 128u);
  EXPECT_TRUE(seen(Scope::none(), all_places).empty());
  EXPECT_TRUE(seen(Scope::of({}), all_places).empty());
  EXPECT_EQ(seen(Scope::of({{Level::district, 1001}}), all_places).size(), 64u);
  EXPECT_EQ(seen(Scope::of({{Level::compound, 4003}}), all_places).size(), 8u);
  EXPECT_EQ(seen(Scope::of({{Level::dwelling, 7005}}), all_places), (std::vector<std::int64_t>{7005}));
  EXPECT_TRUE(seen(Scope::of({{Level::compound, 7005}}), all_places).empty());
}

// XN-01, XN-02: a view is any list of places, at any mix of levels.
TEST_P(ScopedTest, AnyScopeShowsWhatTheOracleShows) {
  ASSERT_TRUE(rc::check([&] {
    const auto picks = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 7), rc::gen::inRange(0, 128)));
    std::vector<ScopeNode> nodes;
    for (const auto& [level, leaf] : picks)
      nodes.push_back({static_cast<Level>(level),
                       places_[static_cast<std::size_t>(leaf)].chain[static_cast<std::size_t>(level)]});
    const Scope scope = Scope::of(nodes);
    RC_ASSERT(seen(scope, all_places) == expected(scope));
    const auto visits =
        seen(scope, "SELECT v.dwelling_id FROM visit v WHERE {scope:v.dwelling_id} ORDER BY 1");
    RC_ASSERT(visits == expected(scope));
  }));
}

TEST_P(ScopedTest, ArgumentsOfCallerFiltersAndScopeDoNotMix) {
  const Scope scope = Scope::of({{Level::building, 5000}, {Level::compound, 4005}, {Level::dwelling, 7127}});
  ScopedSql sql = "SELECT p.id FROM place p WHERE p.id >= $1 AND {scope:p} AND p.id <= $2";
  EXPECT_EQ(seen(scope, sql, {7001, 7040}), (std::vector<std::int64_t>{7001, 7002, 7003, 7040}));
  sql = sql.with(" AND p.kind = {arg}").with(" AND p.id {in}");
  EXPECT_EQ(seen(scope, sql, {7001, 7040, 7002 % 3, db::json_array(std::vector<std::int64_t>{7002, 7005})}),
            (std::vector<std::int64_t>{7002}));
  EXPECT_EQ(seen(scope, "SELECT p.id FROM place p WHERE p.id {in:1} AND {scope:p}", {"[7000,7060,7127]"}),
            (std::vector<std::int64_t>{7000, 7127}));
}

TEST_P(ScopedTest, TwoSlotsShareTheirParameters) {
  const Scope scope = Scope::of({{Level::stair, 6001}});
  EXPECT_EQ(seen(scope,
                 "SELECT p.id FROM place p JOIN visit v ON v.dwelling_id = p.id "
                 "WHERE {scope:p} AND {scope:v.dwelling_id} AND p.id > $1 ORDER BY 1",
                 {7002}),
            (std::vector<std::int64_t>{7003}));
}

TEST_P(ScopedTest, WritesStayInsideTheScope) {
  const Scope scope = Scope::of({{Level::district, 1000}});
  auto done = store().write([&](Connection& c) -> Result<void> {
    Scoped q(c, scope);
    EXPECT_EQ(q.run("UPDATE place AS p SET kind = $1 WHERE {scope:p}", {9}), 64);
    EXPECT_EQ(q.run("INSERT INTO place(id, district_id, kind) VALUES ($1, $2, 9)", {9999, 1000}), 1);
    EXPECT_EQ(q.count("SELECT count(*) FROM place p WHERE p.kind = 9 AND {scope:p}"), 65);
    EXPECT_FALSE(q.one("SELECT p.id FROM place p WHERE p.id = $1 AND {scope:p}", {7127}, {}));
    std::vector<db::Arg> args;
    q.run_many("UPDATE place AS p SET kind = $2 WHERE p.id = $1 AND {scope:p}", 128, [&](std::size_t i) {
      args = {places_[i].id, 11};
      return std::span<const db::Arg>(args);
    });
    EXPECT_EQ(c.count("SELECT count(*) FROM place WHERE kind = 11"), 64);
    return {};
  });
  ASSERT_TRUE(done.has_value()) << done.error().cause;
}

TEST(Scope, NodesAreSortedWithoutDoubles) {
  const Scope scope =
      Scope::of({{Level::compound, 9}, {Level::district, 2}, {Level::compound, 4}, {Level::compound, 9}});
  EXPECT_EQ(scope.nodes(),
            (std::vector<ScopeNode>{{Level::district, 2}, {Level::compound, 4}, {Level::compound, 9}}));
  EXPECT_EQ(scope.ids_of(Level::compound), "[4,9]");
  EXPECT_EQ(scope.ids_of(Level::stair), "");
  EXPECT_TRUE(Scope::of({}).is_none());
  EXPECT_FALSE(Scope::all().is_none());
}

}  // namespace
