// The days that have gone by in the demonstration: its pages show what the features would have come to by
// themselves (XN-64, XN-65, XN-66, XN-67, practice 22), in proportion to the households.
#include "app/demo_life.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>

#include "app/demo.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

namespace json = boost::json;
using test_world::number_at;

std::int64_t number_of(test_world::World& world, const std::string& sql) {
  auto counted = world.program().store().read(
      [&](db::Connection& c) -> base::Result<std::int64_t> { return c.count(sql); });
  EXPECT_TRUE(counted) << sql;
  return counted.value_or(-1);
}
const std::string near_sql =
    "SELECT subdistrict_id FROM place WHERE kind = 'community' AND name = '春江社区'";

class DemoDays : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    compound_ = number_at(as("office", "/api/session"), "compounds.0.id");
    subdistrict_ = sum(near_sql);
    households_ = sum("SELECT COUNT(*) FROM household WHERE compound_id = " + std::to_string(compound_));
  }
  base::Result<void> fill() {
    return app::DemoLife(world_->program(), world_->clock().now(), app::demo_seed).fill(subdistrict_);
  }
  std::string as(const std::string& role, const std::string& target) {
    const auto answer = world_->send(role, "GET", target);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    return answer.body;
  }
  // Every item of a list, page by page.
  std::vector<json::object> items(const std::string& target) {
    std::vector<json::object> out;
    std::string cursor;
    do {
      auto page =
          json::parse(as("office", target + "&limit=100" + (cursor.empty() ? "" : "&cursor=" + cursor)));
      for (auto& item : page.at("items").as_array()) out.push_back(std::move(item.as_object()));
      const auto* next = page.as_object().if_contains("next");
      cursor = next && next->is_string() ? std::string(next->as_string()) : "";
    } while (!cursor.empty() && out.size() < 5000);
    return out;
  }
  std::int64_t sum(const std::string& sql) { return number_of(*world_, sql); }

  std::optional<test_world::World> world_;
  std::int64_t compound_ = 0, subdistrict_ = 0, households_ = 0;
};

TEST_P(DemoDays, LooksAfterOneHouseholdInTwenty) {
  const auto made = fill();
  ASSERT_TRUE(made) << made.error().code;
  const auto all = items(fmt::format("/api/care-recipients?place_id={}", compound_));
  EXPECT_GE(static_cast<std::int64_t>(all.size()), households_ / 20);
  EXPECT_LE(static_cast<std::int64_t>(all.size()), households_ / 20 + 1);
  std::set<std::string> kinds, homes;
  std::map<std::string, int> today;
  for (const auto& each : all) {
    for (const auto& kind : each.at("care_kinds").as_array()) kinds.emplace(kind.as_string());
    homes.insert(json::serialize(each.at("household_id")));
    ++today[std::string(each.at("care_today").as_string())];
    EXPECT_TRUE(each.at("helper").is_string()) << "exactly one helper (XN-65)";
  }
  EXPECT_EQ(kinds.size(), 7U) << "every kind of the list";
  EXPECT_EQ(homes.size(), all.size());
  EXPECT_GT(today["contacted"], 0);
  EXPECT_GT(today["waiting"], 0);
  EXPECT_GT(today["overdue"], 0);
  EXPECT_GT(number_at(as("office", "/api/care-recipients/summary"), "needs_due"), 0);
  EXPECT_EQ(sum("SELECT COUNT(*) FROM care_helper WHERE valid_until_ms IS NULL"),
            sum("SELECT COUNT(*) FROM care_recipient"));
  EXPECT_EQ(sum("SELECT COUNT(*) FROM history WHERE entity = 'care_recipient' AND source <> 'demo'"), 0);
}

// Whoever starts the program in the evening or at night sees a day of care too.
TEST_P(DemoDays, HasADayAtAnyHour) {
  const auto morning = test_world::first_morning;
  for (const int minutes : {12 * 60, 18 * 60 + 30, 23 * 60}) {  // 20:00, 02:30, 07:00
    test_world::World world(GetParam());
    const auto now = morning + minutes * base::minute_ms;
    world.advance(now - world.clock().now());
    ASSERT_TRUE(app::DemoLife(world.program(), now, app::demo_seed).fill(number_of(world, near_sql)));
    const auto summary = world.send("office", "GET", "/api/care-recipients/summary").body;
    EXPECT_GT(number_at(summary, "contacted"), 0) << minutes << summary;
    EXPECT_GT(number_at(summary, "overdue"), 0) << minutes << summary;
    EXPECT_EQ(
        number_of(world, "SELECT COUNT(*) FROM care_contact WHERE recorded_ms > " + std::to_string(now.ms)),
        0)
        << "nothing that has not happened";
    EXPECT_EQ(number_of(world, "SELECT COUNT(*) FROM service_request WHERE created_ms > " +
                                   std::to_string(now.ms) + " OR ended_ms > " + std::to_string(now.ms)),
              0);
  }
}

// Who was not reached yesterday is work by the same round that a running program makes (practice 22).
TEST_P(DemoDays, WhoWasNotReachedIsWork) {
  ASSERT_TRUE(fill());
  world_->tend_work();
  const auto missed = items("/api/work-items?kind=care_missed");
  EXPECT_EQ(static_cast<std::int64_t>(missed.size()),
            sum("SELECT COUNT(*) FROM care_recipient c WHERE NOT EXISTS (SELECT 1 FROM care_contact t WHERE "
                "t.recipient_id = c.id AND t.reached = 1 AND t.day >= 18302)"))
      << "18302 is the day before the first morning";
  EXPECT_GT(missed.size(), 0U);
  EXPECT_GT(items("/api/work-items?kind=care_need_due").size(), 0U);
}

TEST_P(DemoDays, ShowsAWeekOfRequestsAndTheirRuns) {
  const auto made = fill();
  ASSERT_TRUE(made) << made.error().code;
  const auto all = items(fmt::format("/api/service-requests?place_id={}", compound_));
  EXPECT_GE(static_cast<std::int64_t>(all.size()), households_ / 6);
  std::map<std::string, int> states;
  int rated = 0, unknown = 0;
  for (const auto& each : all) {
    ++states[std::string(each.at("service_state").as_string())];
    rated += each.at("rating").is_null() ? 0 : 1;
    unknown += each.at("amount_milli").is_null() ? 1 : 0;
  }
  for (const auto* state : {"received", "batched", "collected", "delivered", "confirmed"})
    EXPECT_GT(states[state], 0) << state;
  EXPECT_GT(rated, 0);
  EXPECT_GT(unknown, 0) << "XN-67";
  const auto open = items(fmt::format("/api/delivery-runs?place_id={}&run_open=true", compound_));
  ASSERT_GE(open.size(), 2U);
  for (const auto& run : open) {
    EXPECT_TRUE(run.at("carrier").is_string());
    EXPECT_GT(run.at("left").as_int64(), 0);
  }
  EXPECT_GT(items(fmt::format("/api/delivery-runs?place_id={}&run_open=false", compound_)).size(), 3U);
  std::set<std::string> days;
  std::int64_t times = 0;
  for (const auto& day : items(fmt::format("/api/service-days?place_id={}", compound_))) {
    days.emplace(day.at("day").as_string());
    times += day.at("person_times").as_int64();
  }
  EXPECT_EQ(times, states["delivered"] + states["confirmed"]) << "one delivery is one person-time (XN-66)";
  EXPECT_GE(days.size(), 6U);
  const auto directory = as("office", fmt::format("/api/service-directory?place_id={}", compound_));
  EXPECT_NE(directory.find(R"("missing":[])"), std::string::npos) << "the seven of LZ-29: " << directory;
}

// The same days from the same seed; and a work of its own for what is not carried, closed with it.
TEST_P(DemoDays, IsTheSameFromTheSameSeed) {
  ASSERT_TRUE(fill());
  test_world::World again(GetParam());
  ASSERT_TRUE(
      app::DemoLife(again.program(), again.clock().now(), app::demo_seed).fill(number_of(again, near_sql)));
  for (const auto* sql : {"SELECT COUNT(*) FROM care_contact", "SELECT COUNT(*) FROM service_request",
                          "SELECT CAST(SUM(amount_milli) AS bigint) FROM service_request",
                          "SELECT CAST(SUM(price_fen) AS bigint) FROM service_request",
                          "SELECT SUM(delivered_day) FROM service_request", "SELECT SUM(due) FROM care_need"})
    EXPECT_EQ(number_of(again, sql), sum(sql)) << sql;
  EXPECT_EQ(sum("SELECT COUNT(*) FROM work_item w JOIN service_request r ON w.origin = 'request:' || r.id "
                "WHERE (w.closed_ms IS NULL) <> (r.ended_ms IS NULL)"),
            0);
}

SHOUWANG_ON_BOTH_STORES(DemoDays);

}  // namespace
