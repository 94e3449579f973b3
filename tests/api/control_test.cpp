// People under control beyond one request: figures that are kept.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;
using test_world::number_at;

class Control : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    compound_ = number_at(as("office", "GET", "/api/session"), "compounds.0.id");
    ASSERT_GT(compound_, 0);
    list_ = as("phone", "GET", "/api/gate/list");
  }
  test_world::World& world() { return *world_; }
  std::string as(const std::string& role, const std::string& method, const std::string& target,
                 const std::string& body = {}) {
    return world().send(role, method, target, body).body;
  }
  std::string text(const std::string& sql) {
    std::string out;
    auto read = world().program().store().read([&](db::Connection& c) -> base::Result<bool> {
      out.clear();
      c.run(sql, {}, [&](const db::Row& r) {
        for (int i = 0; i < r.size(); ++i) out += (i ? " " : "") + r.str(i);
        out += "\n";
      });
      return true;
    });
    EXPECT_TRUE(read.has_value());
    return out;
  }
  std::int64_t person(int household, int member = 0) const {
    return number_at(list_, fmt::format("households.{}.m.{}.id", household, member));
  }
  std::int64_t begin(std::int64_t person, const std::string& category, const std::string& began = {}) {
    const auto day = began.empty() ? "" : fmt::format(R"(,"began":"{}")", began);
    const auto file = as(
        "office", "POST", "/api/control-cases",
        fmt::format(R"({{"person_id":{},"category":"{}","decided_by":"张医生"{}}})", person, category, day));
    EXPECT_GT(number_at(file, "item.id"), 0) << file;
    return number_at(file, "item.id");
  }
  void ask(std::int64_t of, const std::string& half, const std::string& day = {}) {
    const auto on = day.empty() ? "" : fmt::format(R"(,"day":"{}")", day);
    const auto done = as(
        "grid", "POST", "/api/follow-ups",
        fmt::format(
            R"({{"items":[{{"case_id":{},"half":"{}","channel":"phone","tenths":365,"done":[],"not_done":[],"symptoms":[]{}}}]}})",
            of, half, on));
    EXPECT_EQ(at(done, "stored"), "1") << done;
  }

  std::int64_t compound_ = 0;
  std::string list_{};

 private:
  std::optional<test_world::World> world_;
};
class ControlFigures : public Control {
 protected:
  // Every case looked at and asked for its follow-ups.
  std::string counted(const std::string& where) {
    const auto from =
        " FROM control_case c JOIN place p ON p.id = c.dwelling_id WHERE c.ended_ms IS NULL AND " + where;
    const auto asked = [&](const std::string& half) {
      return fmt::format(
          "COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM control_follow_up f WHERE f.case_id = c.id AND f.day "
          "= {} AND f.half = '{}'))",
          base::civil_day(world().clock().now()).number, half);
    };
    auto out = text("SELECT CAST(COUNT(*) AS text), CAST(COUNT(DISTINCT c.household_id) AS text), CAST(" +
                    asked("morning") + " AS text), CAST(" + asked("evening") + " AS text)" + from);
    out += text("SELECT c.category, CAST(COUNT(*) AS text), CAST(COUNT(DISTINCT c.household_id) AS text)" +
                from + " GROUP BY c.category ORDER BY c.category");
    for (const std::string code : {"held", "test_due", "positive", "release_due", "follow_up_missing"})
      out += code + " " +
             text("SELECT CAST(COUNT(*) AS text)" + from + " AND c.attention LIKE '% " + code + " %'");
    return out;
  }
  std::string told(const std::string& role, std::int64_t place) {
    const auto said =
        as(role, "GET",
           "/api/control-cases/summary" + (place ? fmt::format("?place_id={}", place) : std::string()));
    auto out = fmt::format("{} {} {} {}\n", at(said, "persons"), at(said, "households"),
                           at(said, "followed_morning"), at(said, "followed_evening"));
    for (int i = 0; !at(said, fmt::format("categories.{}.category", i)).empty(); ++i)
      out += fmt::format("{} {} {}\n", at(said, fmt::format("categories.{}.category", i)),
                         at(said, fmt::format("categories.{}.persons", i)),
                         at(said, fmt::format("categories.{}.households", i)));
    for (int i = 0; !at(said, fmt::format("attention.{}.attention", i)).empty(); ++i)
      out += fmt::format("{} {}\n", at(said, fmt::format("attention.{}.attention", i)),
                         at(said, fmt::format("attention.{}.persons", i)));
    return out;
  }
  void same(const char* when) {
    SCOPED_TRACE(when);
    const auto home = fmt::format("(SELECT dwelling_id FROM control_case WHERE id = {})", first_);
    const auto building = std::stoll(text("SELECT CAST(building_id AS text) FROM place WHERE id = " + home));
    const auto community = std::stoll(
        text(fmt::format("SELECT CAST(community_id AS text) FROM place WHERE id = {}", compound_)));
    EXPECT_EQ(told("district", 0), counted("1 = 1"));
    EXPECT_EQ(told("office", 0), counted(fmt::format("p.community_id = {}", community)));
    EXPECT_EQ(told("district", compound_), counted(fmt::format("p.compound_id = {}", compound_)));
    EXPECT_EQ(told("office", building), counted(fmt::format("p.building_id = {}", building)));
    EXPECT_EQ(told("other_office", compound_), counted("1 = 0"));
  }
  // Before the program has counted, when it has, and by what it counted from the beginning.
  void same_throughout(const char* when) {
    same(when);
    world().count_compounds();
    same(when);
    EXPECT_EQ(text("SELECT DISTINCT CAST(counted_ms AS text) FROM control_figures WHERE compound_id = " +
                   std::to_string(compound_)),
              std::to_string(world().clock().now().ms) + "\n")
        << when << ": the change was not noticed";
  }

  std::int64_t first_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Stores, ControlFigures, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& each) {
                           return each.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

// XN-47, XN-49, practice 21: how many are under control and who was asked, however much of it is kept.
TEST_P(ControlFigures, KeptFiguresAreThoseOfEveryCaseLookedAt) {
  first_ = begin(person(0), "close_contact");
  const auto second = begin(person(0, 1), "fever");
  const auto third = begin(person(1), "close_contact", "2020-02-01");
  const auto fourth = begin(person(2), "suspected");
  same_throughout("begun");
  EXPECT_EQ(told("office", compound_).substr(0, 8), "4 3 0 0\n");
  ask(first_, "morning");
  ask(second, "morning");
  same_throughout("asked in the morning");
  EXPECT_EQ(told("office", compound_).substr(0, 8), "4 3 2 0\n");
  ask(first_, "morning");  // again: one line
  ask(third, "evening");
  world().advance(4 * base::hour_ms);
  world().tend_work();
  same_throughout("noon, and two were not asked");
  world().advance(6 * base::hour_ms);
  world().tend_work();
  ask(first_, "evening");
  same_throughout("the evening");
  EXPECT_EQ(told("office", compound_).substr(0, 8), "4 3 2 2\n");
  // After midnight nobody was asked yet, whether the figures were made before or after it.
  world().advance(7 * base::hour_ms);
  same("past midnight, nothing looked at");
  EXPECT_EQ(told("office", compound_).substr(0, 8), "4 3 0 0\n");
  world().tend_work();
  ask(second, "evening", "2020-02-11");
  same_throughout("written down a day later");
  EXPECT_EQ(told("office", compound_).substr(0, 8), "4 3 0 0\n");
  ask(second, "morning");
  same("the next morning");
  EXPECT_EQ(told("office", compound_).substr(0, 8), "4 3 1 0\n");
  as("office", "POST", fmt::format("/api/control-cases/{}/category", second),
     R"({"category":"confirmed","decided_by":"张医生"})");
  world().advance(1);
  as("office", "POST", fmt::format("/api/control-cases/{}/release", fourth),
     R"({"reason":"mistaken_record","reference":"更正1号"})");
  same_throughout("one of another category, one ended");
  world().advance(6 * base::day_ms);
  world().tend_work();
  same_throughout("the days are over for one");
  EXPECT_NE(told("office", compound_).find("release_due 1\n"), std::string::npos);
}

}  // namespace
