// Memory of who was where against the store it is derived from: after every kind of change, and after a start
// in the middle of them (XN-46).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "feature/trace/service.hpp"
#include "support/postgres.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;
using test_world::number_at;

class TraceMemory : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    list_ = world().send("phone", "GET", "/api/gate/list").body;
    memory().sync(store(), now()).value();
  }
  test_world::World& world() { return *world_; }
  db::Store& store() { return world().program().store(); }
  feature::trace::Memory& memory() { return *world().program().services().trace; }
  base::Instant now() { return world().clock().now(); }

  std::string id(const std::string& path) { return std::to_string(number_at(list_, path)); }
  void cross(const std::string& direction, int household) {
    const auto h = fmt::format("households.{}", household);
    const auto body = fmt::format(
        R"({{"seq":{},"happened_ms":{},"direction":"{}","result":"passed","holder_kind":"resident_member",)"
        R"("household_id":{},"person_ids":[{}],"persons":1,"companions":0,"readings":[{{"person":0,)"
        R"("tenths":365,"at_ms":{}}}],"emergency_reason":"medical","steps":[],"outcome":"allow",)"
        R"("reasons":[],"policy_version":1,"offline":false,"list_age_s":0}})",
        ++seq_, now().ms, direction, id(h + ".id"), id(h + ".m.0.id"), now().ms);
    const auto answer = world().send("phone", "POST", "/api/gate/confirm", body);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  // How much came in; memory then holds what the store says.
  std::int64_t follow() {
    const auto done = memory().sync(store(), now());
    EXPECT_TRUE(done);
    EXPECT_EQ(memory().differences(store()).value_or(-1), 0);
    return done.value_or(-1);
  }

  std::optional<test_world::World> world_;
  std::string list_;
  int seq_ = 0;
};

TEST_P(TraceMemory, FollowsPassagesMovesAndErasures) {
  EXPECT_TRUE(memory().state().loaded);
  const auto before = memory().state().presences;
  EXPECT_GT(before, 0);
  EXPECT_EQ(follow(), 0);
  cross("out", 0);
  EXPECT_GT(follow(), 0);
  world().clock().advance(base::hour_ms);
  cross("in", 0);
  cross("in", 1);
  EXPECT_GT(follow(), 0);
  EXPECT_GT(memory().state().presences, before);
  const auto person = id("households.1.m.0.id");
  const auto gone = world().send("district", "POST", "/api/persons/" + person + "/erasure",
                                 R"({"reason":"purpose_ended"})");
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_GT(follow(), 0);
  const auto ended = memory().ask([&](const feature::trace::World& w) {
    const auto n = w.person(number_at(list_, "households.1.m.0.id"));
    return n ? w.contacts->trajectory(*n, {}).size() : 0;
  });
  EXPECT_EQ(ended, 0U);
}

// Staff who are persons of the registry, at doors: each change of who they are and of what they did comes
// through the feed, and the store gives the same rings (XN-46).
TEST_P(TraceMemory, FollowsStaffAtDoors) {
  const auto send = [&](const std::string& role, const std::string& method, const std::string& target,
                        const std::string& body = {}) {
    const auto answer = world().send(role, method, target, body);
    EXPECT_EQ(answer.status, 200) << target << " " << answer.body;
    return answer.body;
  };
  const auto session = send("office", "GET", "/api/session");
  const auto dwellings =
      send("office", "GET", "/api/dwellings?limit=1&compound_id=" + at(session, "compounds.1.id"));
  const auto home = send("office", "POST", "/api/households",
                         fmt::format(R"({{"dwelling_id":{},"members":[{{"name":"周上门","relation":"head",)"
                                     R"("phone":"13900001234"}}]}})",
                                     at(dwellings, "items.0.id")));
  const auto worker = at(home, "members.0.id");
  const auto company = at(send("district", "GET", "/api/organisations?kind=property_company"), "items.0.id");
  const auto staff =
      at(send("office", "POST", "/api/staff-files",
              fmt::format(R"({{"name":"周上门","organisation_id":{},"phone":"13900001234"}})", company)),
         "staff.id");
  const auto person = "/api/staff-files/" + staff + "/person";
  const auto account = at(send("grid", "GET", "/api/session"), "account_id");
  const auto round =
      at(send("office", "POST", "/api/survey-rounds",
              fmt::format(R"({{"place_id":{},"title":"第一轮"}})", at(session, "compounds.0.id"))),
         "id");
  const auto knock = [&](int number, int household) {
    send("grid", "POST", "/api/survey-attempts",
         fmt::format(
             R"({{"items":[{{"client_id":"aaaa-{:04}","round_id":{},"dwelling_id":{},"contact":"knock",)"
             R"("answered":true,"occupied":"yes","happened_ms":{}}}]}})",
             number, round, id(fmt::format("households.{}.d", household)), now().ms));
    world().clock().advance(base::minute_ms);
  };
  follow();
  knock(1, 0);
  send("admin", "POST", "/api/accounts/" + account + "/staff", R"({"staff_id":)" + staff + "}");
  follow();
  const auto before = memory().state().presences;
  send("office", "POST", person, R"({"person_id":)" + worker + "}");
  follow();
  EXPECT_GT(memory().state().presences, before);
  knock(2, 1);
  follow();
  const auto ask = at(
      send("grid", "POST", "/api/service-requests",
           fmt::format(R"({{"household_id":{},"kind":"produce","detail":"青菜"}})", id("households.2.id"))),
      "id");
  for (const std::string verb : {"collect", "deliver"})
    send("grid", "POST", "/api/service-requests/" + ask + "/act", R"({"verb":")" + verb + "\"}");
  follow();
  const auto opened = send(
      "district", "POST", "/api/cases",
      fmt::format(R"({{"person_id":{},"number":"46","reason":"流行病学调查","basis":"onset","basis_ms":{}}})",
                  id("households.0.m.0.id"), now().ms));
  const auto rings = "/api/cases/" + at(opened, "id") + "/rings?depth=2&coincidences=true";
  world().restart();
  const auto from_store = send("district", "GET", rings);
  EXPECT_EQ(at(from_store, "loaded"), "false");
  memory().sync(store(), now()).value();
  const auto from_memory = send("district", "GET", rings);
  const auto rest = [](const std::string& body) {
    return body.substr(body.find(',', body.find("\"loaded\"")));
  };
  EXPECT_EQ(rest(from_store), rest(from_memory));
  EXPECT_NE(from_memory.find(worker), std::string::npos) << from_memory;
  // Another of the staff under the same account, and nobody at last.
  send("admin", "POST", "/api/accounts/" + account + "/staff", R"({"staff_id":null})");
  follow();
  send("admin", "POST", "/api/accounts/" + account + "/staff", R"({"staff_id":)" + staff + "}");
  follow();
  send("office", "DELETE", person);
  follow();
  EXPECT_EQ(send("district", "GET", rings).find(worker), std::string::npos);
}

// Guards at a gate: each handover, correction and change of who they are comes through the feed, and the
// store gives the same rings (XN-46).
TEST_P(TraceMemory, FollowsShifts) {
  const auto send = [&](const std::string& role, const std::string& method, const std::string& target,
                        const std::string& body = {}) {
    const auto answer = world().send(role, method, target, body);
    EXPECT_EQ(answer.status, 200) << target << " " << answer.body;
    return answer.body;
  };
  const auto session = send("office", "GET", "/api/session");
  const auto dwellings =
      send("office", "GET", "/api/dwellings?limit=1&compound_id=" + at(session, "compounds.1.id"));
  const auto home = send("office", "POST", "/api/households",
                         fmt::format(R"({{"dwelling_id":{},"members":[{{"name":"周守门","relation":"head",)"
                                     R"("phone":"13900001234"}}]}})",
                                     at(dwellings, "items.0.id")));
  const auto guard = at(home, "members.0.id");
  const auto company = at(send("district", "GET", "/api/organisations?kind=property_company"), "items.0.id");
  const auto staff =
      at(send("office", "POST", "/api/staff-files",
              fmt::format(R"({{"name":"周守门","organisation_id":{},"phone":"13900001234"}})", company)),
         "staff.id");
  const auto hand_over = [&](const std::string& name, std::int64_t at_ms) {
    send("phone", "POST", "/api/gate/handovers",
         fmt::format(R"({{"client_ms":{},"items":[{{"guard":"{}","at_ms":{}}}]}})", now().ms, name, at_ms));
  };
  const auto began = now().ms;
  hand_over("周守门", began);
  follow();
  const auto before = memory().state().presences;
  send("office", "POST", "/api/staff-files/" + staff + "/person", R"({"person_id":)" + guard + "}");
  follow();
  EXPECT_EQ(memory().state().presences, before + 2);  // on duty, and at the opening
  world().clock().advance(base::hour_ms);
  cross("in", 0);
  world().clock().advance(base::hour_ms);
  hand_over("别人", now().ms);
  follow();
  // Told late, it stands between them: the shift before ended then, and this one at the next.
  hand_over("还有人", began + base::hour_ms / 2);
  follow();
  const auto shifts = send("office", "GET", "/api/duty-shifts");
  EXPECT_EQ(at(shifts, "items.1.guard"), "还有人");
  EXPECT_EQ(at(shifts, "items.1.ended_ms"), at(shifts, "items.0.started_ms"));
  EXPECT_EQ(at(shifts, "items.2.ended_ms"), at(shifts, "items.1.started_ms"));
  EXPECT_EQ(at(shifts, "items.1.staff_id"), "null");
  // The office says it was the same guard: who passed then was met.
  send("office", "POST", "/api/duty-shifts/" + at(shifts, "items.1.id") + "/guard",
       R"({"staff_id":)" + staff + "}");
  follow();
  const auto opened = send(
      "district", "POST", "/api/cases",
      fmt::format(R"({{"person_id":{},"number":"47","reason":"流行病学调查","basis":"onset","basis_ms":{}}})",
                  id("households.0.m.0.id"), now().ms));
  const auto rings = "/api/cases/" + at(opened, "id") + "/rings?depth=2&coincidences=true";
  world().restart();
  const auto from_store = send("district", "GET", rings);
  EXPECT_EQ(at(from_store, "loaded"), "false");
  memory().sync(store(), now()).value();
  const auto from_memory = send("district", "GET", rings);
  const auto rest = [](const std::string& body) {
    return body.substr(body.find(',', body.find("\"loaded\"")));
  };
  EXPECT_EQ(rest(from_store), rest(from_memory));
  EXPECT_NE(from_memory.find(guard), std::string::npos) << from_memory;
  send("office", "DELETE", "/api/duty-shifts/" + at(shifts, "items.1.id"));
  follow();
  EXPECT_EQ(send("district", "GET", rings).find(guard), std::string::npos);
}

// Swabs at a test session: each comes through the feed, those near in the queue met, the store gives the same
// rings, and an erased person was at none (XN-46, XN-28).
TEST_P(TraceMemory, FollowsTestSessions) {
  const auto send = [&](const std::string& role, const std::string& method, const std::string& target,
                        const std::string& body = {}) {
    const auto answer = world().send(role, method, target, body);
    EXPECT_EQ(answer.status, 200) << target << " " << answer.body;
    return answer.body;
  };
  const auto here = at(send("office", "GET", "/api/session"), "compounds.0.id");
  const auto session = at(send("grid", "POST", "/api/test-sessions",
                               fmt::format(R"({{"compound_id":{},"site":"南门广场"}})", here)),
                          "id");
  const auto person = [&](int household) { return id(fmt::format("households.{}.m.0.id", household)); };
  const auto swab = [&](int household, const std::string& tube) {
    send("grid", "POST", "/api/test-sessions/" + session + "/swabs",
         fmt::format(R"({{"items":[{{"person_id":{},"tube":"{}"}}]}})", person(household), tube));
  };
  const auto tests_of = [&](int household) {
    return memory().ask([&](const feature::trace::World& w) {
      const auto n = w.person(number_at(list_, fmt::format("households.{}.m.0.id", household)));
      std::size_t out = 0;
      if (n)
        for (const auto& p : w.contacts->trajectory(*n, {}))
          out += w.places[p.place].kind == feature::trace::contact::Kind::test;
      return out;
    });
  };
  swab(0, "T1");
  world().clock().advance(3 * base::minute_ms);
  swab(1, "T1");
  follow();
  EXPECT_EQ(tests_of(0) + tests_of(1), 2U);
  // Another time of the same session, though the same tube.
  world().clock().advance(2 * base::hour_ms);
  swab(2, "T1");
  follow();
  EXPECT_EQ(tests_of(2), 1U);
  const auto opened = send(
      "district", "POST", "/api/cases",
      fmt::format(R"({{"person_id":{},"number":"48","reason":"流行病学调查","basis":"onset","basis_ms":{}}})",
                  person(0), now().ms));
  const auto rings = "/api/cases/" + at(opened, "id") + "/rings?depth=2&coincidences=true";
  world().restart();
  const auto from_store = send("district", "GET", rings);
  EXPECT_EQ(at(from_store, "loaded"), "false");
  memory().sync(store(), now()).value();
  const auto from_memory = send("district", "GET", rings);
  const auto rest = [](const std::string& body) {
    return body.substr(body.find(',', body.find("\"loaded\"")));
  };
  EXPECT_EQ(rest(from_store), rest(from_memory));
  EXPECT_NE(from_memory.find(person(1)), std::string::npos) << from_memory;
  EXPECT_EQ(from_memory.find(person(2)), std::string::npos) << from_memory;
  const auto swabs = send("grid", "GET", "/api/test-swabs?person_id=" + person(2));
  send("grid", "DELETE", "/api/test-swabs/" + at(swabs, "items.0.id"));
  follow();
  EXPECT_EQ(tests_of(2), 0U);
  send("district", "POST", "/api/persons/" + person(1) + "/erasure", R"({"reason":"purpose_ended"})");
  follow();
  EXPECT_EQ(send("grid", "GET", "/api/test-swabs").find(person(1)), std::string::npos);
  EXPECT_EQ(send("district", "GET", rings).find(person(1)), std::string::npos);
}

// While everything is being loaded the store answers, ring by ring, and says the same (XN-46).
TEST_P(TraceMemory, StoreAndMemoryGiveTheSameRings) {
  world().restart();
  for (const int household : {0, 1, 2, 3}) {
    cross("out", household);
    world().clock().advance(base::minute_ms);
  }
  world().clock().advance(base::hour_ms);
  const auto opened = world().send(
      "district", "POST", "/api/cases",
      fmt::format(R"({{"person_id":{},"number":"1","reason":"流行病学调查","basis":"onset","basis_ms":{}}})",
                  id("households.0.m.0.id"), now().ms));
  ASSERT_EQ(opened.status, 200) << opened.body;
  const auto target = "/api/cases/" + at(opened.body, "id");
  const auto ask = [&](const std::string& question, const std::string& loaded) {
    const auto answer = world().send("district", "GET", target + question);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(at(answer.body, "loaded"), loaded);
    return answer.body.substr(answer.body.find(',', answer.body.find("\"loaded\"")));
  };
  for (const std::string question : {"/rings?depth=1&coincidences=true", "/rings?depth=3&coincidences=true",
                                     "/rings?sources=true&depth=2"}) {
    if (memory().state().loaded) world().restart();
    const auto from_store = ask(question, "false");
    memory().sync(store(), now()).value();
    EXPECT_EQ(from_store, ask(question, "true"));
  }
  const auto rings = world().send("district", "GET", target + "/rings?depth=1&coincidences=true").body;
  EXPECT_NE(at(rings, "rings.0.coincidences"), "0") << rings;
}

// Contacts for another office: what it signs opens there, and not when a letter was changed (practice 25).
TEST_P(TraceMemory, AHandOverOpensOnlyAsItWasSigned) {
  const auto opened = world().send(
      "district", "POST", "/api/cases",
      fmt::format(R"({{"person_id":{},"number":"7","reason":"流行病学调查","basis":"onset","basis_ms":{}}})",
                  id("households.0.m.0.id"), now().ms));
  ASSERT_EQ(opened.status, 200) << opened.body;
  const auto target = "/api/cases/" + at(opened.body, "id");
  const auto marked = world().send(
      "district", "POST", target + "/contacts",
      fmt::format(R"({{"person_id":{},"kind":"close_contact","decided_by":"组长","document_ref":"1号",)"
                  R"("hand_over_to":"B"}})",
                  id("households.0.m.1.id")));
  ASSERT_EQ(marked.status, 200) << marked.body;
  const auto signed_file = world().send("district", "GET", target + "/hand-over?to=B");
  ASSERT_EQ(signed_file.status, 200) << signed_file.body;
  const auto read = world().send("subdistrict", "POST", "/api/hand-overs/open", signed_file.body);
  ASSERT_EQ(read.status, 200) << read.body;
  EXPECT_EQ(at(read.body, "own"), "true");
  EXPECT_EQ(at(read.body, "fingerprint").size(), 24U);
  EXPECT_EQ(at(read.body, "hand_over.contacts.0.name"), at(marked.body, "person_name"));
  EXPECT_EQ(at(read.body, "hand_over.contacts.0.withdrawn_ms"), "null");
  auto changed = signed_file.body;
  changed.replace(changed.find("close_contact"), 5, "clost");
  EXPECT_EQ(world().send("subdistrict", "POST", "/api/hand-overs/open", changed).status, 422);
  EXPECT_EQ(world().send("office", "POST", "/api/hand-overs/open", signed_file.body).status, 403);
  const auto lifted = world().send("district", "POST", target + "/lift", R"({"reason":"复核为假阳性"})");
  ASSERT_EQ(lifted.status, 200) << lifted.body;
  const auto again = world().send("district", "GET", target + "/hand-over?to=B");
  const auto withdrawn = world().send("subdistrict", "POST", "/api/hand-overs/open", again.body);
  EXPECT_NE(at(withdrawn.body, "hand_over.contacts.0.withdrawn_ms"), "null") << withdrawn.body;
}

// Nothing is lost by ending at any moment, because nothing is kept: a start derives it all anew.
TEST_P(TraceMemory, IsMadeAnewAfterAStart) {
  cross("out", 0);
  world().clock().advance(base::hour_ms);
  cross("in", 0);
  EXPECT_GT(follow(), 0);
  const auto before = memory().state();
  world().restart();
  EXPECT_FALSE(memory().state().loaded);
  EXPECT_EQ(follow(), 1);
  EXPECT_EQ(memory().state().persons, before.persons);
  cross("out", 1);
  EXPECT_GT(follow(), 0);
  // The next day it is loaded anew, and what is older than it reaches is gone.
  world().advance(base::day_ms);
  EXPECT_EQ(follow(), 1);
}

INSTANTIATE_TEST_SUITE_P(Stores, TraceMemory, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& i) {
                           return i.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

}  // namespace
