// Arrivals at the gate, and a household's own page: what needs forms, links and the gate's list beside the
// scenarios (XN-50; practice 1, 17, 24).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "core/services.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;

class Arrivals : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    compound_ = at(send("office", "GET", "/api/session"), "compounds.0.id");
    const auto list = send("phone", "GET", "/api/gate/list");
    household_ = at(list, "households.0.id");
    person_ = at(list, "households.0.m.0.id");
    other_ = at(list, "households.1.id");
    other_person_ = at(list, "households.1.m.0.id");
  }
  std::string send(const std::string& role, const std::string& method, const std::string& target,
                   const std::string& body = {}) {
    return world_->send(role, method, target, body).body;
  }

  // --- the gate --------------------------------------------------------------------------------------
  void ask_for_filings() {
    auto params = at(send("office", "GET", "/api/policies/effective?compound_id=" + compound_), "params");
    const std::string unasked = R"("filing_required":false)";
    const auto where = params.find(unasked);
    ASSERT_NE(where, std::string::npos) << params;
    params.replace(where, unasked.size(), R"("filing_required":true)");
    const auto made = send("office", "POST", "/api/policies",
                           fmt::format(R"({{"place_id":{},"params":{}}})", compound_, params));
    send("admin", "POST", "/api/policies/" + at(made, "id") + "/approve");
    world_->advance(3 * base::hour_ms);
  }
  // Whoever stands there has no fever: what is left to ask is the filing, or nothing.
  std::string need_of(const std::string& household, const std::string& person) {
    const auto now = world_->clock().now().ms;
    const auto answer =
        send("phone", "POST", "/api/gate/decide",
             fmt::format(
                 R"({{"direction":"in","holder_kind":"resident_member","household_id":{},"person_ids":[{}],)"
                 R"("persons":1,"companions":0,"readings":[{{"person":0,"tenths":365,"at_ms":{}}}],)"
                 R"("child_alone":false,"now_ms":{}}})",
                 household, person, now, now));
    return at(answer, "verdict.outcome") + " " + at(answer, "verdict.need");
  }
  std::string enter(const std::string& origin = "湖南长沙") {
    return at(send("office", "POST", "/api/arrivals",
                   fmt::format(R"({{"household_id":{},"person_ids":[{}],"newcomers":[],"origin":"{}",)"
                               R"("transport":"car"}})",
                               household_, person_, origin)),
              "item.id");
  }
  void file(const std::string& arrival) {
    send("office", "POST", "/api/arrivals/" + arrival + "/confirm", R"({"proof":"on_record"})");
    EXPECT_EQ(at(send("office", "POST", "/api/arrivals/" + arrival + "/file", "{}"), "item.arrival_state"),
              "filed");
  }

  // --- a household's own page ------------------------------------------------------------------------
  // A card of the household, its link, and the last four digits of a number on file.
  void give_card() {
    send("office", "POST", "/api/passes/issue", fmt::format(R"({{"compound_id":{}}})", compound_));
    auto read = world_->program().store().read([&](db::Connection& c) -> base::Result<void> {
      const std::int64_t household = std::stoll(household_);
      c.run("SELECT id FROM pass WHERE household_id = $1", {household},
            [&](const db::Row& r) { card_ = std::to_string(r.integer(0)); });
      c.run(
          "SELECT f.id, f.number_sealed FROM phone f JOIN residence r ON r.person_id = f.person_id WHERE "
          "r.household_id = $1 ORDER BY f.id DESC",
          {household}, [&](const db::Row& r) {
            phone_ = world_->program()
                         .services()
                         .keys.unseal("phone", "number", r.integer(0), r.blob(1))
                         .value_or("");
          });
      return {};
    });
    ASSERT_TRUE(read);
    ASSERT_FALSE(card_.empty());
    ASSERT_GE(phone_.size(), 4u);
    send("office", "POST", "/api/passes/" + card_ + "/activate");
    link_ = core::resident_link(world_->program().services().keys, "pass", std::stoll(card_));
  }
  std::string fact() const { return phone_.substr(phone_.size() - 4); }
  std::string wrong_fact() const { return fact() == "1234" ? "4321" : "1234"; }
  api::Response form(const std::string& target, const std::string& body,
                     const std::string& type = "application/x-www-form-urlencoded",
                     const std::string& site = "same-origin") {
    api::Request request;
    request.method = "POST";
    request.target = target;
    request.body = body;
    request.peer = "192.0.2.1";
    request.headers = {{"host", "localhost"}, {"content-type", type}, {"sec-fetch-site", site}};
    return world_->program().service().handle(request);
  }
  api::Response open(const std::string& link, const std::string& said) {
    return form("/r/home/" + link + "?lang=en", "fact=" + said);
  }
  // The address of a visit, without its question.
  std::string visit() {
    const auto answer = open(link_, fact());
    EXPECT_EQ(answer.status, 303) << answer.body;
    const std::string location(answer.header("location"));
    return location.substr(0, location.find('?'));
  }
  api::Response page(const std::string& visit) { return world_->send("nobody", "GET", visit + "?lang=en"); }
  static std::string token_in(const std::string& body) {
    const std::string before = R"(name="form" value=")";
    const auto from = body.find(before);
    if (from == std::string::npos) return {};
    return body.substr(from + before.size(), body.find('"', from + before.size()) - from - before.size());
  }
  std::string put_under_control(const std::string& person) {
    return at(
        send("office", "POST", "/api/control-cases",
             fmt::format(R"({{"person_id":{},"category":"close_contact","decided_by":"张医生"}})", person)),
        "item.id");
  }

  std::optional<test_world::World> world_;
  std::string compound_, household_, person_, other_, other_person_, card_, phone_, link_;
};

// XN-50: the gate asks for the filing until it is there, by itself; practice 1: it never denies for it.
TEST_P(Arrivals, TheGateKnowsWhetherTheFilingIsThere) {
  ask_for_filings();
  EXPECT_EQ(need_of(household_, person_), "allow none");
  const auto arrival = enter();
  EXPECT_EQ(need_of(household_, person_), "refer filing");
  EXPECT_EQ(need_of(other_, other_person_), "allow none") << "nobody else is asked";
  auto list = send("phone", "GET", "/api/gate/list");
  EXPECT_EQ(at(list, "filings.0.h"), household_);
  EXPECT_EQ(at(list, "filings.0.m"), person_);
  EXPECT_EQ(at(list, "filings.0.f"), "false");
  EXPECT_EQ(list.find("长沙"), std::string::npos) << "ids and a flag";
  file(arrival);
  EXPECT_EQ(need_of(household_, person_), "allow none");
  const auto version = at(list, "version");
  list = send("phone", "GET", "/api/gate/list");
  EXPECT_NE(at(list, "version"), version) << "phones ask for the new list";
  EXPECT_EQ(at(list, "filings.0.f"), "true");
}

TEST_P(Arrivals, OneTakenBackAsksForNothing) {
  ask_for_filings();
  const auto arrival = enter();
  send("office", "POST", "/api/arrivals/" + arrival + "/withdraw");
  EXPECT_EQ(need_of(household_, person_), "allow none");
  EXPECT_EQ(at(send("phone", "GET", "/api/gate/list"), "filings.0.h"), "");
}

// Practice 24: an arrival's journey goes with the person.
TEST_P(Arrivals, ErasureTakesThePersonOutOfTheArrival) {
  const auto arrival = enter("湖南长沙甲地");
  file(arrival);
  const auto erased =
      world_->send("admin", "POST", "/api/persons/" + person_ + "/erasure", R"({"reason":"request"})");
  ASSERT_LT(erased.status, 300) << erased.body;
  const auto file_after = send("office", "GET", "/api/arrivals/" + arrival);
  EXPECT_EQ(at(file_after, "item.origin"), "");
  EXPECT_EQ(at(file_after, "item.persons"), "0");
}

// The page opens with the card's link and one fact; it shows that household's own and no number of anybody.
TEST_P(Arrivals, AHouseholdOpensItsOwnPage) {
  give_card();
  const auto ask = world_->send("nobody", "GET", "/r/home/" + link_ + "?lang=en");
  EXPECT_EQ(ask.status, 200);
  EXPECT_NE(ask.body.find("Last four digits"), std::string::npos);
  const auto own = visit();
  const auto shown = page(own);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.header("cache-control"), "no-store");
  EXPECT_EQ(shown.header("referrer-policy"), "no-referrer");
  EXPECT_TRUE(shown.header("set-cookie").empty()) << "nobody is logged in";
  for (const auto* hidden : {"<script", "http:", "https:", "src="})
    EXPECT_EQ(shown.body.find(hidden), std::string::npos) << hidden;
  EXPECT_EQ(shown.body.find(phone_), std::string::npos);
  const auto household = send("office", "GET", "/api/households/" + household_);
  EXPECT_EQ(shown.body.find(at(household, "members.0.name")), std::string::npos) << "masked";
  EXPECT_LT(shown.body.size(), 20'000u) << "a page of at most 20 KB";
  // Its address is no log-in, and ends.
  EXPECT_EQ(world_->send("nobody", "GET", "/api/households/" + household_).status, 401);
  world_->advance(16 * base::minute_ms);
  EXPECT_EQ(page(own).status, 404);
}

TEST_P(Arrivals, AVoidCardEndsTheVisit) {
  give_card();
  const auto own = visit();
  send("office", "POST", "/api/passes/" + card_ + "/void", R"({"reason":"lost"})");
  EXPECT_EQ(page(own).status, 404);
  EXPECT_EQ(open(link_, fact()).status, 403);
}

// No oracle: a wrong fact, a card that is none, a void one and a household that waits are told apart by
// nothing, neither the answer nor its time.
TEST_P(Arrivals, WhateverIsWrongLooksTheSame) {
  give_card();
  const auto& keys = world_->program().services().keys;
  const auto unknown = core::resident_link(keys, "pass", 9'007'199'254'740'000);
  std::string forged = link_;
  forged[20] = forged[20] == 'A' ? 'B' : 'A';
  const auto without_link = [](std::string body, const std::string& link) {
    for (auto found = body.find(link); found != std::string::npos; found = body.find(link))
      body.replace(found, link.size(), "LINK");
    return body;
  };
  const auto refused = [&](const std::string& link, const std::string& said) {
    world_->advance(base::minute_ms);  // of an address only so many a minute
    const auto started = std::chrono::steady_clock::now();
    const auto answer = open(link, said);
    const auto took = std::chrono::steady_clock::now() - started;
    EXPECT_EQ(answer.status, 403);
    EXPECT_GE(took, std::chrono::milliseconds(25));
    return without_link(answer.body, link);
  };
  const auto wrong = refused(link_, wrong_fact());
  EXPECT_EQ(refused(unknown, fact()), wrong);
  EXPECT_EQ(refused(forged, fact()), wrong);
  EXPECT_EQ(refused(link_, ""), wrong);
  EXPECT_EQ(refused(link_, phone_), wrong) << "four digits, not the number";
  // After eight tries the right one is refused alike, until the hour is over.
  for (int i = 0; i < 6; ++i) refused(link_, wrong_fact());
  EXPECT_EQ(refused(link_, fact()), wrong);
  EXPECT_EQ(world_->send("nobody", "GET", "/r/home/" + unknown + "?lang=en").status, 200);
  world_->advance(base::hour_ms);
  EXPECT_EQ(open(link_, fact()).status, 303);
}

// From the page: reported, to be confirmed and filed by the office; the same form twice is one arrival, and a
// form that this page did not make is none.
TEST_P(Arrivals, AHouseholdReportsAnArrival) {
  give_card();
  const auto own = visit();
  const auto token = token_in(page(own).body);
  ASSERT_FALSE(token.empty());
  const auto body = fmt::format(
      "form={}&person={}&name_1=%E6%AC%A7%E9%98%B3%E6%96%B0&phone_1=13911112222&arrived=2020-02-11&"
      "origin=%E6%B9%96%E5%8D%97%E9%95%BF%E6%B2%99&transport=train&transport_number=g+99&seat=",
      token, person_);
  for (int i = 0; i < 2; ++i) {
    const auto answer = form(own + "/arrival?lang=en", body);
    EXPECT_EQ(answer.status, 303) << answer.body;
    EXPECT_NE(answer.header("location").find("done=arrival"), std::string::npos);
  }
  const auto arrivals = send("office", "GET", "/api/arrivals");
  EXPECT_EQ(at(arrivals, "items.0.arrival_state"), "reported");
  EXPECT_EQ(at(arrivals, "items.0.told_by"), "resident");
  EXPECT_EQ(at(arrivals, "items.0.persons"), "2");
  EXPECT_EQ(at(arrivals, "items.0.transport_number"), "G99");
  EXPECT_EQ(at(arrivals, "items.1.id"), "");
  EXPECT_NE(page(own).body.find("Received"), std::string::npos);
  EXPECT_EQ(page(own).body.find("13911112222"), std::string::npos);
  // What is missing is said in words, and what was typed is still there.
  const auto missing =
      form(own + "/arrival?lang=en", "form=" + token_in(page(own).body) + "&origin=Changsha");
  EXPECT_EQ(missing.status, 422);
  EXPECT_NE(missing.body.find("role=\"alert\""), std::string::npos);
  EXPECT_NE(missing.body.find("value=\"Changsha\""), std::string::npos);
  // Not ours: no form of this visit, another site, another kind of body.
  EXPECT_EQ(form(own + "/arrival", "form=AAAA&person=" + person_ + "&origin=x").status, 404);
  EXPECT_EQ(form(own + "/arrival", body, "application/x-www-form-urlencoded", "cross-site").status, 403);
  EXPECT_EQ(form(own + "/arrival", body, "text/plain").status, 403);
  // Nobody of another home can be named.
  const auto foreign = form(own + "/arrival?lang=en",
                            "form=" + token_in(page(own).body) + "&origin=x&person=" + other_person_);
  EXPECT_EQ(foreign.status, 422);
  EXPECT_EQ(send("office", "GET", "/api/arrivals?arrival_state=reported").find(other_), std::string::npos);
}

// Asked for on the page, set down at the door by staff, said to have come by the household alone (XN-66);
// whom to call stands beside it (LZ-29).
TEST_P(Arrivals, AHouseholdAsksForSomethingAndSaysThatItCame) {
  give_card();
  const auto entry = world_->send(
      "office", "POST", "/api/service-directory",
      fmt::format(R"({{"place_id":{},"kind":"shop","name":"永辉超市","phone":"0816-2220000"}})", compound_));
  ASSERT_EQ(entry.status, 200) << entry.body;
  const auto own = visit();
  EXPECT_NE(page(own).body.find("href=\"tel:0816-2220000\""), std::string::npos);
  const auto token = token_in(page(own).body);
  const auto body = "form=" + token + "&kind=grain_and_oil&detail=5+kg+rice";
  for (int i = 0; i < 2; ++i) {
    const auto answer = form(own + "/request?lang=en", body);
    EXPECT_EQ(answer.status, 303) << answer.body;
    EXPECT_NE(answer.header("location").find("done=request"), std::string::npos);
  }
  const auto asked = send("grid", "GET", "/api/service-requests");
  EXPECT_EQ(at(asked, "items.0.service_channel"), "resident");
  EXPECT_EQ(at(asked, "items.0.detail"), "5 kg rice");
  EXPECT_EQ(at(asked, "items.1.id"), "") << "the same form twice is one request";
  const auto id = at(asked, "items.0.id");
  const auto came = [&] {
    return form(own + "/received?lang=en",
                fmt::format("form={}&request={}&rating=5", token_in(page(own).body), id));
  };
  EXPECT_EQ(came().status, 422) << "nothing was brought yet";
  for (const std::string verb : {"collect", "deliver"}) {
    const auto done =
        world_->send("grid", "POST", "/api/service-requests/" + id + "/act", R"({"verb":")" + verb + R"("})");
    ASSERT_EQ(done.status, 200) << done.body;
  }
  EXPECT_NE(page(own).body.find("It has come"), std::string::npos);
  EXPECT_EQ(came().status, 303);
  const auto file = send("grid", "GET", "/api/service-requests/" + id);
  EXPECT_EQ(at(file, "service_state"), "confirmed");
  EXPECT_EQ(at(file, "rating"), "5");
  // What is missing or unknown is said in words, and what was typed is still there.
  const auto unknown =
      form(own + "/request?lang=en", "form=" + token_in(page(own).body) + "&kind=caviar&detail=two+tins");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_NE(unknown.body.find("value=\"two tins\""), std::string::npos);
  // Of another household: as if there were none.
  const auto others =
      world_->send("grid", "POST", "/api/service-requests",
                   fmt::format(R"({{"household_id":{},"kind":"produce","detail":"greens"}})", other_));
  ASSERT_EQ(others.status, 200) << others.body;
  EXPECT_EQ(page(own).body.find("greens"), std::string::npos);
  EXPECT_EQ(form(own + "/received?lang=en",
                 fmt::format("form={}&request={}", token_in(page(own).body), at(others.body, "id")))
                .status,
            422);
}

// Practice 17: a fever told from the page raises the same alert as one told by staff, and no category.
TEST_P(Arrivals, AHouseholdTellsTemperatureAndSymptoms) {
  give_card();
  const auto own_case = put_under_control(person_), other_case = put_under_control(other_person_);
  const auto own = visit();
  auto shown = page(own).body;
  EXPECT_NE(shown.find("Temperature and symptoms today"), std::string::npos);
  EXPECT_EQ(shown.find("Close contact"), std::string::npos) << "no category";
  const auto tell = [&](const std::string& of, const std::string& rest) {
    return form(own + "/follow-up?lang=en",
                fmt::format("form={}&case={}&half=morning&{}", token_in(page(own).body), of, rest));
  };
  EXPECT_EQ(tell(own_case, "temperature_" + own_case + "=36.6&symptom=none").status, 303);
  auto file = send("office", "GET", "/api/control-cases/" + own_case);
  EXPECT_EQ(at(file, "follow_ups.0.tenths"), "366");
  EXPECT_EQ(at(file, "follow_ups.0.channel"), "self");
  EXPECT_EQ(at(send("office", "GET", "/api/work-items?kind=control_symptoms"), "items.0.id"), "");
  EXPECT_EQ(tell(own_case, "temperature_" + own_case + "=38.2&symptom=dry_cough").status, 303);
  EXPECT_EQ(at(send("office", "GET", "/api/work-items?kind=control_symptoms"), "items.0.household_id"),
            household_);
  EXPECT_NE(page(own).body.find("38.2"), std::string::npos);
  // Unknown is not normal; what is no temperature is none; another household's case is as if there were none.
  EXPECT_EQ(tell(own_case, "symptom=none").status, 422);
  EXPECT_EQ(tell(own_case, "temperature_" + own_case + "=warm").status, 422);
  EXPECT_EQ(tell(other_case, "temperature_" + other_case + "=36.5").status, 422);
  file = send("office", "GET", "/api/control-cases/" + other_case);
  EXPECT_EQ(at(file, "follow_ups.0.id"), "");
}

SHOUWANG_ON_BOTH_STORES(Arrivals);

}  // namespace
