// Work that gets done, on the whole program and both stores: meters at the doors of a round, plans, evidence,
// records that arrive once, the daily log.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

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
  std::int64_t count(const std::string& sql) {
    return *world().program().store().read(
        [&](db::Connection& c) -> base::Result<std::int64_t> { return c.count(sql); });
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

// XN-28, practice 21: work comes back by itself, once for each place and time, whoever looks and however
// often.
TEST_P(WorkDone, PlansMakeEachItemOnce) {
  const auto open_of = [&](const std::string& note) {
    return count(fmt::format("SELECT COUNT(*) FROM work_item WHERE note = '{}'", note));
  };
  const auto buildings = count(fmt::format(
      "SELECT COUNT(*) FROM place WHERE kind = 'building' AND compound_id = {} AND valid_until_ms IS NULL",
      compound_));
  ASSERT_GT(buildings, 1);
  const auto make = [&](const std::string& more) {
    return send("POST", "/api/work-plans",
                fmt::format(R"({{"kind":"task_disinfection","place_id":{},{}}})", compound_, more));
  };
  EXPECT_EQ(at(make(R"("rhythm":"weekly","on_day":8,"note":"x")"), "problems.0.path"), "/on_day");
  EXPECT_EQ(at(make(R"("rhythm":"daily","target":"member","note":"x")"), "problems.0.path"), "/set_id");
  EXPECT_EQ(at(as("other_office", "POST", "/api/work-plans",
                  fmt::format(R"({{"kind":"task_publicity","place_id":{},"rhythm":"daily","note":"x"}})",
                              compound_)),
               "problems.0.code"),
            "not_found");
  const auto dwelling =
      count(fmt::format("SELECT MIN(id) FROM place WHERE kind = 'dwelling' AND compound_id = {}", compound_));
  EXPECT_EQ(
      at(send("POST", "/api/work-plans",
              fmt::format(R"({{"kind":"task_unrest","place_id":{},"rhythm":"once","note":"x"}})", dwelling)),
         "problems.0.code"),
      "work.about_places_only");
  EXPECT_EQ(at(send("POST", "/api/work-plans",
                    fmt::format(R"({{"kind":"task_unrest","place_id":{},"rhythm":"once","target":"dwelling",)"
                                R"("note":"x"}})",
                                compound_)),
               "problems.0.path"),
            "/target");
  const auto plan = make(R"("target":"building","rhythm":"twice_daily","note":"each building")");
  ASSERT_GT(number_at(plan, "id"), 0) << plan;
  make(R"("target":"building","rhythm":"once","note":"all at once")");
  world().tend_work();
  EXPECT_EQ(open_of("all at once"), buildings) << "bulk creation over a place";
  const auto before = open_of("each building");
  world().advance(24 * base::hour_ms);
  world().tend_work();
  const auto after = open_of("each building");
  EXPECT_EQ(after - before, buildings) << "what was slept through is made once, for the newest time";
  world().tend_work();
  world().restart();
  world().tend_work();
  EXPECT_EQ(open_of("each building"), after) << "exactly once, across a restart";
  EXPECT_EQ(open_of("all at once"), buildings);
  send("POST", fmt::format("/api/work-plans/{}/end", number_at(plan, "id")));
  world().advance(24 * base::hour_ms);
  world().tend_work();
  EXPECT_EQ(open_of("each building"), after);
}

std::string chunk(const std::string& kind, const std::string& data) {
  std::string out{'\0', '\0', '\0', static_cast<char>(data.size())};
  return out + kind + data + "\x01\x02\x03\x04";
}
const std::string png = std::string("\x89PNG\r\n\x1A\n", 8) + chunk("IHDR", "head") +
                        chunk("IDAT", "picture") + chunk("IEND", "");

TEST_P(WorkDone, IsNotClosedWithoutTheEvidenceItsKindDemands) {
  const auto kinds = send("GET", "/api/work-kinds");
  std::int64_t kind = 0;
  for (int i = 0; kind == 0 && !at(kinds, fmt::format("items.{}.code", i)).empty(); ++i)
    if (at(kinds, fmt::format("items.{}.code", i)) == "task_disinfection")
      kind = number_at(kinds, fmt::format("items.{}.id", i));
  const auto changed =
      as("admin", "PATCH", fmt::format("/api/work-kinds/{}", kind), R"({"evidence":["note","photo"]})");
  EXPECT_EQ(at(changed, "evidence.1"), "photo") << changed;
  send("POST", "/api/work-items",
       fmt::format(R"({{"kind":"task_disinfection","place_ids":[{}],"note":"楼道消杀"}})", compound_));
  const auto id = number_at(send("GET", "/api/work-items?kind=task_disinfection"), "items.0.id");
  ASSERT_GT(id, 0);
  const auto act = fmt::format("/api/work-items/{}/act", id);
  EXPECT_EQ(at(send("POST", act, R"({"verb":"close"})"), "code"), "work.needs_note");
  EXPECT_EQ(at(send("POST", act, R"({"verb":"close","note":"做完了"})"), "code"), "work.needs_photo");
  const auto files = fmt::format("/api/work-items/{}/files", id);
  const auto keep = files + "?evidence=photo&filename=a.png&client_id=photo-0001";
  EXPECT_EQ(at(send("POST", keep, "%PDF-1.4 none"), "code"), "file.kind");
  EXPECT_EQ(at(send("POST", keep, png), "items.0.evidence"), "photo");
  send("POST", keep, png);
  const auto list = send("GET", files);
  EXPECT_EQ(at(list, "items.1.id"), "") << "sent twice it is kept once";
  const auto picture = fmt::format("/api/work-files/{}", number_at(list, "items.0.id"));
  EXPECT_EQ(world().send("office", "GET", picture).status, 200);
  EXPECT_EQ(world().send("other_office", "GET", picture).status, 404);
  EXPECT_EQ(world().send("other_office", "GET", files).status, 404);
  EXPECT_EQ(count("SELECT COUNT(*) FROM audit WHERE action = 'work.evidence_seen'"), 1);
  // An answer that was lost: the same record again is done already, another one comes too late.
  const auto close = R"({"verb":"close","note":"做完了","client_id":"close-0001"})";
  EXPECT_EQ(world().send("office", "POST", act, close).status / 100, 2);
  EXPECT_EQ(world().send("office", "POST", act, close).status / 100, 2);
  EXPECT_EQ(count(fmt::format("SELECT COUNT(*) FROM work_event WHERE item_id = {} AND verb = 'close'", id)),
            1);
  EXPECT_EQ(at(send("POST", act, R"({"verb":"close","note":"又","client_id":"close-0002"})"), "code"),
            "work.not_now");
  EXPECT_EQ(at(send("POST", keep + "9", png), "code"), "work.closed");
  EXPECT_EQ(at(send("GET", "/api/work-items?standing=closed&state=closed"), "items.0.id"),
            std::to_string(id));
}

// A place is asked for only where the kind demands it, is no finer than it has to be, and a phone that does
// not know it is no reason for work to stay open.
TEST_P(WorkDone, KeepsWhereItWasDoneOnlyForKindsThatDemandIt) {
  const auto kinds = send("GET", "/api/work-kinds");
  const auto kind_of = [&](const std::string& code) {
    std::int64_t id = 0;
    for (int i = 0; id == 0 && !at(kinds, fmt::format("items.{}.code", i)).empty(); ++i)
      if (at(kinds, fmt::format("items.{}.code", i)) == code)
        id = number_at(kinds, fmt::format("items.{}.id", i));
    return id;
  };
  as("admin", "PATCH", fmt::format("/api/work-kinds/{}", kind_of("task_disinfection")),
     R"({"evidence":["location"]})");
  const auto item_of = [&](const std::string& kind) {
    send("POST", "/api/work-items",
         fmt::format(R"({{"kind":"{}","place_ids":[{}],"note":"x"}})", kind, compound_));
    return number_at(send("GET", "/api/work-items?kind=" + kind), "items.0.id");
  };
  const auto close = [&](std::int64_t id, const std::string& more) {
    return send("POST", fmt::format("/api/work-items/{}/act", id), R"({"verb":"close")" + more + "}");
  };
  const std::string here = R"(,"location":{"latitude_e4":314567,"longitude_e4":1047512,"accuracy_m":18})";
  const auto asked = item_of("task_disinfection");
  EXPECT_EQ(at(close(asked, ""), "code"), "work.needs_location");
  EXPECT_EQ(at(close(asked, R"(,"note":"x","location":{"latitude_e4":900001,"longitude_e4":0})"),
               "problems.0.path"),
            "/location/latitude_e4");
  close(asked, R"(,"note":"都消杀了")" + here);
  const auto file = send("GET", fmt::format("/api/work-items/{}", asked));
  EXPECT_EQ(at(file, "item.work_state"), "closed") << file;
  EXPECT_EQ(number_at(file, "events.1.latitude_e4"), 314567);
  EXPECT_EQ(number_at(file, "events.1.accuracy_m"), 18);
  const auto without = item_of("task_disinfection");
  close(without, R"(,"note":"地下室没有定位")");
  EXPECT_EQ(at(send("GET", fmt::format("/api/work-items/{}", without)), "item.work_state"), "closed");
  const auto other = item_of("task_publicity");
  close(other, R"(,"note":"贴好了")" + here);
  EXPECT_EQ(count(fmt::format(
                "SELECT COUNT(*) FROM work_event WHERE item_id = {} AND latitude_e4 IS NOT NULL", other)),
            0)
      << "not demanded, not kept";
}

// LZ-37: the log writes itself, is added to, and is the office's ledger too; a dispute is never a mark on a
// door.
TEST_P(WorkDone, TheDailyLogWritesItself) {
  send("POST", "/api/work-items",
       fmt::format(R"({{"kind":"task_publicity","place_ids":[{}],"note":"张贴通告"}})", compound_));
  const auto id = number_at(send("GET", "/api/work-items?kind=task_publicity"), "items.0.id");
  send("POST", fmt::format("/api/work-items/{}/act", id), R"({"verb":"close","note":"贴好了"})");
  const auto added = fmt::format(
      R"({{"place_id":{},"category":"unrest","note":"井盖松动","client_id":"log-00001"}})", compound_);
  send("POST", "/api/work-log", added);
  send("POST", "/api/work-log", added);
  const auto log = send("GET", "/api/work-log");
  EXPECT_EQ(at(log, "items.0.done"), "opened") << log;
  EXPECT_EQ(at(log, "items.1.note"), "贴好了");
  EXPECT_EQ(at(log, "items.2.done"), "added");
  EXPECT_EQ(at(log, "items.2.note"), "井盖松动");
  EXPECT_EQ(at(log, "items.3.done"), "") << "sent twice it is one line";
  EXPECT_EQ(at(as("grid", "GET", "/api/work-log"), "items.0.done"), "")
      << "another person's day is another's";
  const auto ledger = send("GET", fmt::format("/api/ledgers?book=work_log&place_id={}", compound_));
  EXPECT_NE(ledger.find("井盖松动"), ledger.npos) << ledger;
  EXPECT_EQ(world().send("office", "GET", "/api/work-log/export?format=csv").status, 200);
  const auto today = std::string(
      base::to_string(base::civil_day(base::Instant{count("SELECT MAX(opened_ms) FROM work_item")})));
  const auto range = fmt::format("/api/work-log?day={}&until_day=", today);
  EXPECT_EQ(at(send("GET", range + today), "items.2.note"), "井盖松动") << "both days are included";
  EXPECT_EQ(at(send("GET", range + "2020-01-01"), "problems.0.code"), "not_later");
  const auto dwelling =
      count(fmt::format("SELECT MIN(id) FROM place WHERE kind = 'dwelling' AND compound_id = {}", compound_));
  EXPECT_EQ(at(send("POST", "/api/work-log",
                    fmt::format(R"({{"place_id":{},"category":"unrest","note":"闹事"}})", dwelling)),
               "problems.0.code"),
            "work.about_places_only");
  EXPECT_EQ(at(send("POST", "/api/work-items",
                    fmt::format(R"({{"kind":"task_unrest","place_ids":[{}],"note":"闹事"}})", dwelling)),
               "problems.0.code"),
            "work.about_places_only");
}

std::size_t packed(const std::string& text) {
  auto size = compressBound(text.size());
  std::vector<Bytef> out(size);
  EXPECT_EQ(compress2(out.data(), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), 4), Z_OK);
  return size;
}

// What a phone takes along the first time: 500 dwellings and the own items in less than 200 KB on the way.
TEST_P(WorkDone, FiveHundredDwellingsAreASmallFirstSync) {
  std::string file = "楼栋,单元,房号,建筑面积,装修情况,入住情况\n";
  for (int i = 0; i < 500; ++i)
    file += fmt::format("{},{},{}{:02},{},精装,已入住\n", 81 + i / 100, 1 + i / 50 % 2, 1 + i % 50 / 4,
                        1 + i % 4, 60 + i % 90);
  const auto import =
      send("POST", fmt::format("/api/imports?compound_id={}&filename=rooms.csv", compound_), file);
  send("POST", fmt::format("/api/imports/{}/commit", number_at(import, "id")));
  const auto round = number_at(
      send("POST", "/api/survey-rounds", fmt::format(R"({{"place_id":{},"title":"第一轮"}})", compound_)),
      "id");
  const auto doors =
      send("GET", fmt::format("/api/survey-doors?round_id={}&compound_id={}&all=true", round, compound_));
  EXPECT_NE(at(doors, "items.499.dwelling_id"), "");
  const auto bytes = packed(doors) + packed(send("GET", "/api/work-items?mine=true&limit=100")) +
                     packed(send("GET", "/api/session"));
  RecordProperty("bytes", static_cast<int>(bytes));
  EXPECT_LT(bytes, 200u * 1024);
}

}  // namespace
