// Work that gets done, on the whole program and both stores: meters at the doors of a round.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;
using test_world::number_at;

class WorkDone : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    compound_ = number_at(send("GET", "/api/session"), "compounds.0.id");
    ASSERT_GT(compound_, 0);
  }
  test_world::World& world() { return *world_; }
  std::string send(const std::string& method, const std::string& target, const std::string& body = {}) {
    return as("office", method, target, body);
  }
  std::string as(const std::string& role, const std::string& method, const std::string& target,
                 const std::string& body = {}) {
    return world().send(role, method, target, body).body;
  }
  std::int64_t now() { return world().clock().now().ms; }

  std::int64_t compound_ = 0;

 private:
  std::optional<test_world::World> world_;
};
INSTANTIATE_TEST_SUITE_P(Stores, WorkDone, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& each) {
                           return each.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

// XN-55, XN-58: what meters say is shown at the door and is on the list of discrepancies; a visit stays as it
// was.
TEST_P(WorkDone, MetersOrderDoorsAndContradictVisits) {
  const auto round = number_at(
      send("POST", "/api/survey-rounds", fmt::format(R"({{"place_id":{},"title":"第一轮"}})", compound_)),
      "id");
  const auto doors_target =
      fmt::format("/api/survey-doors?round_id={}&compound_id={}&all=true", round, compound_);
  const auto doors = send("GET", doors_target);
  EXPECT_EQ(at(doors, "items.0.lived_in_percent"), "null") << "unknown is not zero";
  std::string file = "楼栋,单元,房号,表类型,表号,上次抄表日期,上次读数,抄表日期,本次读数\n";
  for (int i = 0; i < 20; ++i) {
    const auto door = fmt::format("items.{}.", i);
    for (const auto& [meter, used] :
         {std::pair{"电表", i == 1 ? 3 : 150 + 4 * i}, {"水表", i == 1 ? 0 : 8 + i % 3}})
      file += fmt::format("{},{},{},{},{}-{},2020-01-05,100,2020-02-04,{}\n", at(doors, door + "building"),
                          at(doors, door + "stair"), at(doors, door + "room"), meter, meter, i, 100 + used);
  }
  const auto import =
      send("POST", fmt::format("/api/imports?compound_id={}&filename=meters.csv", compound_), file);
  EXPECT_EQ(at(import, "kind"), "meters") << import;
  const auto committed = send("POST", fmt::format("/api/imports/{}/commit", number_at(import, "id")));
  EXPECT_EQ(number_at(committed, "new"), 40) << committed;

  const auto metered = send("GET", doors_target);
  EXPECT_GT(number_at(metered, "items.0.lived_in_percent"), 80);
  EXPECT_EQ(at(metered, "items.0.meter_reasons.0").empty(), false);
  EXPECT_LT(number_at(metered, "items.1.lived_in_percent"), 30);
  EXPECT_EQ(at(metered, "items.1.occupied"), "unknown") << "evidence only";

  const auto list = fmt::format("/api/survey-discrepancies?round_id={}&kind=metered_but_vacant", round);
  EXPECT_EQ(at(send("GET", list), "items.0.dwelling_id"), "");
  for (int i = 0; i < 2; ++i)
    send("POST", "/api/survey-attempts",
         fmt::format(
             R"({{"items":[{{"client_id":"meters-{0}","round_id":{1},"dwelling_id":{2},"contact":"knock",)"
             R"("answered":true,"fitted_out":"yes","occupied":"no","happened_ms":{3}}}]}})",
             i, round, number_at(doors, fmt::format("items.{}.dwelling_id", i)), now()));
  const auto found = send("GET", list);
  EXPECT_EQ(at(found, "items.0.dwelling_id"), at(doors, "items.0.dwelling_id")) << found;
  EXPECT_EQ(at(found, "items.1.dwelling_id"), "") << "a dwelling empty by both is no contradiction";
  EXPECT_EQ(at(send("GET", doors_target), "items.0.occupied"), "no") << "the visit stays";
  EXPECT_EQ(
      at(as("other_office", "GET", fmt::format("/api/meter-estimates?compound_id={}", compound_)), "code"),
      "invalid");
}

}  // namespace
