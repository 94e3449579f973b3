// The dated tree (practice.md 9): moves keep ancestor columns right in steps, and yesterday's tree stays.
#include <gtest/gtest.h>

#include "db/migrate.hpp"
#include "feature/place/tree_change.hpp"
#include "support/both_stores.hpp"

namespace feature::place {
namespace {

TEST(Codes, DivisionCodesByLevelWithoutPseudoUnits) {
  EXPECT_TRUE(good_code(Kind::district, "510502"));
  EXPECT_TRUE(good_code(Kind::district, "510502000000"));
  EXPECT_FALSE(good_code(Kind::district, "5105"));
  EXPECT_FALSE(good_code(Kind::district, "510502001000"));
  EXPECT_TRUE(good_code(Kind::subdistrict, "421202001"));
  EXPECT_TRUE(good_code(Kind::subdistrict, "421202001000"));
  EXPECT_FALSE(good_code(Kind::subdistrict, "421202400")) << "a development zone's pseudo-unit";
  EXPECT_FALSE(good_code(Kind::subdistrict, "421202501000"));
  EXPECT_TRUE(good_code(Kind::community, "421202001003"));
  EXPECT_FALSE(good_code(Kind::community, "42120200100x"));
  EXPECT_TRUE(good_code(Kind::compound, "A-17"));
}

constexpr base::Instant start{1'581'379'200'000};

class Tree : public test_support::OnBothStores {
 protected:
  void SetUp() override {
    OnBothStores::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(db::migrate(store(), db::embedded_migrations(store().dialect()),
                            {directory() / "backups", false, start}));
    district_ = add({}, Kind::district, "区");
    area_ = add(district_, Kind::area, "东片");
    west_ = add(district_, Kind::subdistrict, "西街道");
    east_ = add(area_, Kind::subdistrict, "东街道");
    from_ = add(west_, Kind::community, "甲社区");
    to_ = add(east_, Kind::community, "乙社区");
    compound_ = add(from_, Kind::compound, "小区");
  }
  PlaceRow add(const PlaceRow& parent, Kind kind, std::string name) {
    auto row = child_of(parent, kind, std::move(name), store().next_id(), start);
    if (parent.id.value == 0) row.parent_id.reset();
    run([&](db::Scoped& q) { core::insert(q, row, source_); });
    return row;
  }
  template <class F>
  void run(F body) {
    auto done = store().write([&](db::Connection& c) -> base::Result<void> {
      db::Scoped q(c, db::Scope::all());
      body(q);
      return {};
    });
    ASSERT_TRUE(done) << done.error().code << done.error().cause;
  }
  PlaceRow row(std::int64_t id) {
    PlaceRow found;
    run([&](db::Scoped& q) { found = find_place(q, id).value_or(PlaceRow{}); });
    return found;
  }
  void begin(const PlaceRow& what, const PlaceRow& parent) {
    const auto past = store().next_id(), move = store().next_id();
    run([&](db::Scoped& q) { begin_move(q, row_in(q, what), row_in(q, parent), past, move, source_); });
  }
  static PlaceRow row_in(db::Scoped& q, const PlaceRow& p) { return *find_place(q, p.id.value); }
  std::int64_t count(std::string_view sql, std::initializer_list<db::Arg> args = {}) {
    std::int64_t n = -1;
    run([&](db::Scoped& q) { n = q.unscoped().count(sql, args); });
    return n;
  }

  core::Source source_{"office", "test", start + base::hour_ms, std::nullopt};
  PlaceRow district_{}, area_{}, west_{}, east_{}, from_{}, to_{}, compound_{};
};

TEST_P(Tree, AMoveOfMoreThanAStepPutsEveryAncestorRight) {
  std::vector<PlaceRow> many;
  const auto building = add(compound_, Kind::building, "1");
  for (int i = 0; i < 1200; ++i)
    many.push_back(child_of(building, Kind::dwelling, std::to_string(i), store().next_id(), start));
  run([&](db::Scoped& q) { core::insert_all(q, many, source_); });
  begin(compound_, to_);
  // The node itself is right at once; what is below it waits for its turn and is not lost.
  EXPECT_EQ(row(compound_.id.value).community_id, to_.id.value);
  EXPECT_EQ(row(compound_.id.value).area_id, area_.id.value);
  EXPECT_EQ(count("SELECT COUNT(*) FROM place_move WHERE done_ms IS NULL"), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM place WHERE community_id = $1 AND kind = 'dwelling'", {from_.id}),
            1200);
  ASSERT_TRUE(finish_moves(store(), start + 2 * base::hour_ms));
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM place WHERE community_id = $1 AND area_id = $2 AND subdistrict_id = $3 "
            "AND compound_id = $4",
            {to_.id, area_.id, east_.id, compound_.id}),
      1202);
  EXPECT_EQ(count("SELECT COUNT(*) FROM place WHERE community_id = $1", {from_.id}), 1);
  EXPECT_EQ(count("SELECT COUNT(*) FROM place_move WHERE done_ms IS NULL"), 0);
  ASSERT_TRUE(finish_moves(store(), start)) << "nothing left to do is no error";
}

TEST_P(Tree, MovingASubdistrictOutOfAnAreaLeavesLevelsBelowIt) {
  const auto inside = add(to_, Kind::compound, "内");
  begin(east_, district_);
  ASSERT_TRUE(finish_moves(store(), start));
  const auto after = row(inside.id.value);
  EXPECT_FALSE(after.area_id);
  EXPECT_EQ(after.community_id, to_.id.value);
  EXPECT_EQ(after.subdistrict_id, east_.id.value);
  EXPECT_EQ(after.district_id, district_.id.value);
}

TEST_P(Tree, ANameBeforeStaysKnownAsAClosedPeriod) {
  const auto past = store().next_id(), again = store().next_id();
  run([&](db::Scoped& q) {
    auto after = row_in(q, compound_);
    after.name = "新名";
    write_version(q, row_in(q, compound_), after, past, source_);
    auto later = source_;
    later.now = start + 3 * base::hour_ms;
    after = row_in(q, compound_);
    after.name = "更新名";
    write_version(q, row_in(q, compound_), after, again, later);
  });
  EXPECT_EQ(row(compound_.id.value).name, "更新名");
  EXPECT_EQ(row(compound_.id.value).version, 3);
  EXPECT_EQ(
      count(
          "SELECT COUNT(*) FROM place_past WHERE place_id = $1 AND name = '小区' AND valid_from_ms = $2 AND "
          "valid_until_ms = $3",
          {compound_.id, start, start + base::hour_ms}),
      1);
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM place_past WHERE name = '新名' AND valid_from_ms = $1 AND valid_until_ms = "
            "$2",
            {start + base::hour_ms, start + 3 * base::hour_ms}),
      1);
}

// A grid of the old community ends at its border.
TEST_P(Tree, WhatMovesAwayLeavesTheSetsOfItsOldPlaces) {
  const auto ids = std::vector{store().next_id(), store().next_id(), store().next_id(), store().next_id()};
  run([&](db::Scoped& q) {
    PlaceSetRow grid{
        meta::Id<PlaceSetRow>(ids[0]), SetKind::grid, from_.id.value, "一网格", {}, {}, start, {}};
    add_set(q, grid, {compound_.id.value}, {ids[0], ids[1]}, source_);
    PlaceSetRow list{
        meta::Id<PlaceSetRow>(ids[2]), SetKind::scope_list, district_.id.value, "203", {}, {}, start, {}};
    add_set(q, list, {compound_.id.value}, {ids[2], ids[3]}, source_);
    EXPECT_EQ(grids_of(q, row_in(q, compound_), start + base::day_ms).size(), 1U);
  });
  begin(compound_, to_);
  ASSERT_TRUE(finish_moves(store(), start));
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM place_set_member WHERE set_id = $1 AND valid_until_ms IS NULL", {ids[0]}),
      0);
  EXPECT_EQ(
      count("SELECT COUNT(*) FROM place_set_member WHERE set_id = $1 AND valid_until_ms IS NULL", {ids[2]}),
      1);
}
SHOUWANG_ON_BOTH_STORES(Tree);

}  // namespace
}  // namespace feature::place
