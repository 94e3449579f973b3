// People under control beyond one request: figures that are kept, and the round over many clocks.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "feature/control/clockwork.hpp"
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
    const auto done =
        as("grid", "POST", "/api/follow-ups",
           fmt::format(R"({{"items":[{{"case_id":{},"half":"{}","channel":"phone","tenths":365,)"
                       R"("done":[],"not_done":[],"symptoms":[]{}}}]}})",
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
    // Another database of the same server may hold PostgreSQL's feed back; then the answer has counted for
    // itself.
    if (GetParam() == db::Dialect::sqlite) {
      EXPECT_EQ(text("SELECT CAST(counted_ms AS text) FROM control_figures WHERE compound_id = " +
                     std::to_string(compound_)),
                std::to_string(world().clock().now().ms) + "\n")
          << when << ": the change was not noticed";
    }
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

class ControlRound : public Control {
 protected:
  // Cases with their levels at the gate and their work.
  std::string state() {
    const auto num = [](const std::string& column) { return "COALESCE(CAST(" + column + " AS text), '-')"; };
    return text("SELECT " + num("id") + ", " + num("rule_id") + ", " + num("stage") + ", level, " +
                num("day_one") + ", " + num("last_day") + ", attention, " + num("check_ms") + ", " +
                num("ended_ms") + " FROM control_case ORDER BY id") +
           text("SELECT " + num("person_id") + ", " + num("household_id") + ", level, " +
                num("valid_from_ms") + ", " + num("valid_until_ms") + " FROM observation ORDER BY id") +
           text("SELECT origin, state, " + num("closed_ms") +
                " FROM work_item WHERE origin LIKE 'control:%' ORDER BY origin");
  }
  // The round has left nothing that a look at every single case would change.
  void all_is_done(const char* when) {
    auto& store = world().program().store();
    world().tend_work();
    const auto after = state();
    for (const auto id : cases_) {
      const auto ids = feature::control::take_ids(store);
      auto looked = store.write([&](db::Connection& c) -> base::Result<void> {
        db::Scoped q(c, db::Scope::all());
        if (const auto row = feature::control::lock_case(q, id); row && !row->ended)
          feature::control::bring_up_to_date(q, row, *row, ids,
                                             {"office", "program", world().clock().now(), {}});
        return {};
      });
      EXPECT_TRUE(looked.has_value());
    }
    EXPECT_EQ(after, state()) << when;
  }
  std::string versions() {
    return text("SELECT CAST(id AS text), CAST(version AS text) FROM control_case ORDER BY id") +
           text("SELECT CAST(COUNT(*) AS text), CAST(COALESCE(MAX(id), 0) AS text) FROM history");
  }
  void until(std::int64_t hour, std::int64_t minute = 1) {
    const auto now = world().clock().now();
    auto at = base::start_of(base::civil_day(now)) + hour * base::hour_ms + minute * base::minute_ms;
    if (at <= now) at = at + base::day_ms;
    world().advance(at.ms - now.ms);
  }

  std::vector<std::int64_t> cases_{};
};
INSTANTIATE_TEST_SUITE_P(Stores, ControlRound, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& each) {
                           return each.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

// XN-04, XN-48, XN-49: clocks, missed half-days, tests, outings and hand-set levels of many at once come to
// what each alone would.
TEST_P(ControlRound, ManyAtOnceAreLeftAsEachAloneWouldBe) {
  const char* began[] = {"2020-02-11", "2020-02-05", "2020-01-31", "2020-01-29", "2020-01-28"};
  for (int i = 0; i < 5; ++i) cases_.push_back(begin(person(i), "close_contact", began[i]));
  all_is_done("begun");
  ask(cases_[0], "morning");
  ask(cases_[0], "evening");
  until(12);
  const auto now = world().clock().now();
  const auto asked =
      as("grid", "POST", fmt::format("/api/control-cases/{}/outings", cases_[1]),
         fmt::format(R"({{"reason":"透析","destination":"中心医院","from_ms":{},"until_ms":{}}})", now.ms,
                     (now + 20 * base::hour_ms).ms));
  const auto outing =
      as("office", "POST", fmt::format("/api/control-outings/{}/decide", at(asked, "outings.0.id")),
         R"({"approve":true,"vehicle":"120"})");
  EXPECT_EQ(at(outing, "outings.0.outing_state"), "approved") << outing;
  all_is_done("noon");
  until(17);
  all_is_done("the evening's hour");
  until(0);
  all_is_done("midnight");
  EXPECT_NE(as("office", "GET", "/api/control-cases?attention=release_due").find(std::to_string(cases_[3])),
            std::string::npos);
  ask(cases_[0], "morning");
  as("office", "POST", fmt::format("/api/households/{}/levels", at(list_, "households.0.id")),
     fmt::format(R"({{"person_id":{},"level":"self_monitoring"}})", person(0)));
  until(10);
  all_is_done("a level set by hand gives way");
  constexpr std::string_view rules =
      R"({{"place_id":{},"reference":"第九版","expected_changes":{},"params":{{)"
      R"("day_zero":"first_day_is_one","categories":[{{"category":"close_contact","stages":[)"
      R"({{"level":"central_observation","days":12,"test_days":[1,7,12],"leave_negatives":1}},)"
      R"({{"level":"home_monitoring","days":3,"test_days":[3],"leave_negatives":1}}]}}],)"
      R"("items":["mask"],"symptoms":["fever"],"morning_minute":540,"evening_minute":1080,)"
      R"("fever_tenths":373,"team_duties":[]}}}})";
  const auto changed = as("office", "POST", "/api/control-rules", fmt::format(rules, compound_, 5));
  EXPECT_EQ(at(changed, "changed"), "5") << changed;
  all_is_done("other rules");
  for (const auto id : cases_)
    as("office", "POST", fmt::format("/api/control-cases/{}/tests", id), R"({"result":"negative"})");
  for (int day = 0; day < 5; ++day)
    for (const int hour : {0, 9, 18}) {
      until(hour);
      if (hour == 9) ask(cases_[static_cast<std::size_t>(day)], "morning");
      all_is_done("later");
    }
  EXPECT_NE(text("SELECT origin FROM work_item WHERE origin LIKE 'control:%:test:%'"), "");
}

// Midnight touches those whose clock the new day moves, and a look that finds nothing new writes nothing but
// when it looks again.
TEST_P(ControlRound, NothingIsWrittenOfWhomNothingChanges) {
  const auto quiet = begin(person(0), "close_contact"),
             over = begin(person(1), "close_contact", "2020-01-29");
  for (const auto id : {quiet, over})
    for (const auto* half : {"morning", "evening"}) ask(id, half);
  until(18);
  world().tend_work();
  const auto row = [&](std::int64_t id) {
    return text(
        "SELECT CAST(check_ms AS text), CAST(version AS text), attention FROM control_case WHERE id = " +
        std::to_string(id));
  };
  const auto before = row(quiet), over_before = row(over);
  until(0);
  world().tend_work();
  EXPECT_EQ(row(quiet), before);
  EXPECT_NE(row(over), over_before);
  EXPECT_NE(row(over).find("release_due"), std::string::npos);
  for (const auto id : {quiet, over}) ask(id, "morning");
  until(9, 59);
  world().tend_work();
  const auto versions_before = versions();
  until(10);
  world().tend_work();
  EXPECT_EQ(versions(), versions_before) << "at ten both were looked at, and nothing was new";
  EXPECT_NE(row(quiet), before) << "and they are looked at again in the evening";
}

}  // namespace
