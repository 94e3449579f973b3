// Contacts of another office: a file signed by an installation that is known is taken in once, everything
// follows for who lives here, the others are a list, and a receipt goes back (practice 25, XN-46).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "feature/trace/received.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"
#include "world/world.hpp"

namespace {

using feature::trace::HandOver;
using feature::trace::MatchState;
using feature::trace::SignedHandOver;
using test_world::at;
using test_world::number_at;

class HandOverTest : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    elsewhere_.emplace(core::Keyring::open(directory_.path() / "elsewhere").value());
    list_ = send("phone", "GET", "/api/gate/list").body;
  }
  api::Response send(const std::string& role, const std::string& method, const std::string& target,
                     const std::string& body = "") {
    return world_->send(role, method, target, body);
  }
  std::int64_t person(int household, int member) {
    return number_at(list_, fmt::format("households.{}.m.{}.id", household, member));
  }
  std::string open_case() {
    const auto opened =
        send("district", "POST", "/api/cases",
             fmt::format(
                 R"({{"person_id":{},"number":"7","reason":"流行病学调查","basis":"onset","basis_ms":{}}})",
                 person(0, 0), world_->clock().now().ms));
    EXPECT_EQ(opened.status, 200) << opened.body;
    return at(opened.body, "id");
  }
  void mark(const std::string& of, std::int64_t person) {
    const auto marked = send(
        "district", "POST", "/api/cases/" + of + "/contacts",
        fmt::format(R"({{"person_id":{},"kind":"close_contact","decided_by":"组长","document_ref":"1号",)"
                    R"("hand_over_to":"B"}})",
                    person));
    ASSERT_EQ(marked.status, 200) << marked.body;
  }
  // What the other office sends: the file of this one, as if it had been signed there.
  HandOver file_of(const std::string& of) {
    const auto answer = send("district", "GET", "/api/cases/" + of + "/hand-over?to=B");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return meta::from_json<HandOver>(meta::from_json<SignedHandOver>(answer.body)->content).value();
  }
  std::string signed_there(const HandOver& file) {
    return meta::to_json(feature::trace::sign_text(meta::to_json(file), *elsewhere_));
  }
  api::Response receive(const HandOver& file, const std::string& role = "district") {
    return send(role, "POST", "/api/hand-overs/receive", signed_there(file));
  }
  void believe() {
    const auto added = send("admin", "POST", "/api/hand-over-keys",
                            fmt::format(R"({{"name":"邻区疾控","public_key":"{}"}})",
                                        feature::trace::own_public_key(*elsewhere_)));
    ASSERT_EQ(added.status, 200) << added.body;
    EXPECT_EQ(at(added.body, "items.1.name"), "邻区疾控");
  }

  test_support::TemporaryDirectory directory_;
  std::optional<test_world::World> world_;
  std::optional<core::Keyring> elsewhere_;
  std::string list_;
};

TEST_P(HandOverTest, AFileOfAKnownInstallationIsTakenInOnce) {
  const auto of = open_case();
  for (int household = 1; household < 4; ++household) mark(of, person(household, 0));
  auto file = file_of(of);
  ASSERT_EQ(file.contacts.size(), 3U);
  ASSERT_TRUE(file.contacts[0].phone) << "the roster has no number";
  file.contacts[1].phone = "19900001111";  // nobody's here
  file.contacts[2].name = "无此人";        // the number is known, the name is not
  const auto unknown = receive(file);
  EXPECT_EQ(unknown.status, 422);
  EXPECT_EQ(at(unknown.body, "problems.0.code"), "hand_over_key_unknown");
  EXPECT_EQ(send("district", "POST", "/api/hand-over-keys", R"({"name":"x","public_key":"x"})").status, 403);
  EXPECT_EQ(send("admin", "POST", "/api/hand-over-keys", R"({"name":"x","public_key":"x"})").status, 422);
  believe();
  EXPECT_EQ(receive(file, "office").status, 403);

  const auto taken = receive(file);
  ASSERT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(at(taken.body, "repeated"), "false");
  EXPECT_EQ(at(taken.body, "matched"), "1");
  EXPECT_EQ(at(taken.body, "unmatched"), "2");
  const auto again = receive(file);
  EXPECT_EQ(at(again.body, "repeated"), "true") << again.body;
  EXPECT_EQ(at(again.body, "id"), at(taken.body, "id"));

  // Who lives here is under control with the clock of the other office's decision; the case is named to who
  // may trace alone.
  const auto known = send("district", "GET", "/api/received-contacts?match_state=matched").body;
  EXPECT_EQ(number_at(known, "items.0.person_id"), person(1, 0));
  const auto control = at(known, "items.0.control_id");
  const auto origin = send("district", "GET", "/api/control-cases/" + control + "/origin").body;
  EXPECT_EQ(at(origin, "case_number"), "7");
  EXPECT_EQ(at(origin, "case_id"), "null");
  EXPECT_EQ(send("office", "GET", "/api/received-contacts").status, 403);
  const auto listed = send("office", "GET", "/api/control-cases");
  EXPECT_EQ(at(listed.body, "items.0.control_category"), "close_contact") << listed.body;
  EXPECT_EQ(at(listed.body, "items.1.id"), "") << listed.body;

  // An officer says who one of the others is.
  const auto open = send("district", "GET", "/api/received-contacts?match_state=unmatched").body;
  const auto matched = send("district", "POST", "/api/received-contacts/" + at(open, "items.0.id") + "/match",
                            fmt::format(R"({{"person_id":{}}})", person(3, 0)));
  EXPECT_EQ(matched.status, 200) << matched.body;
  EXPECT_EQ(at(matched.body, "match_state"), "matched");
  EXPECT_NE(at(matched.body, "control_id"), "null");
  EXPECT_EQ(send("district", "POST", "/api/received-contacts/" + at(open, "items.0.id") + "/match",
                 fmt::format(R"({{"person_id":{}}})", person(3, 0)))
                .status,
            409);
}

TEST_P(HandOverTest, WhatIsWithdrawnThereEndsHereAndNothingOlderComesAfter) {
  believe();
  const auto of = open_case();
  mark(of, person(1, 0));
  const auto first = file_of(of);
  ASSERT_EQ(receive(first).status, 200);
  world_->clock().advance(base::minute_ms);
  ASSERT_EQ(send("district", "POST", "/api/cases/" + of + "/lift", R"({"reason":"复核为假阳性"})").status,
            200);
  const auto second = file_of(of);
  const auto taken = receive(second);
  EXPECT_EQ(at(taken.body, "withdrawn"), "1") << taken.body;
  const auto open = send("office", "GET", "/api/control-cases").body;
  EXPECT_EQ(at(open, "items.0.id"), "") << open;
  const auto late = receive(first);
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(at(late.body, "code"), "hand_over_older");
}

TEST_P(HandOverTest, AReceiptConfirmsTheDecisionsAndARevokedKeyIsBelievedNoMore) {
  believe();
  const auto of = open_case();
  mark(of, person(1, 0));
  const auto file = file_of(of);
  const auto taken = receive(file);
  ASSERT_EQ(taken.status, 200) << taken.body;
  const auto receipt = send("district", "GET", "/api/received-cases/" + at(taken.body, "id") + "/receipt");
  ASSERT_EQ(receipt.status, 200) << receipt.body;
  const auto read = send("district", "POST", "/api/hand-overs/receipt", receipt.body);
  EXPECT_EQ(at(read.body, "contacts"), "1") << read.body;
  EXPECT_EQ(at(read.body, "unmatched"), "0");
  const auto marks = send("district", "GET", "/api/case-contacts?case_id=" + of).body;
  EXPECT_NE(at(marks, "items.0.received_ms"), "null");
  const auto other = send("district", "POST", "/api/hand-overs/receipt", signed_there(file));
  EXPECT_EQ(at(other.body, "problems.0.code"), "other_version") << other.body;

  const auto keys = send("admin", "GET", "/api/hand-over-keys").body;
  const auto path = "/api/hand-over-keys/" + at(keys, "items.1.id") + "/revoke";
  EXPECT_EQ(send("district", "POST", path).status, 403);
  EXPECT_EQ(send("admin", "POST", path).status, 200);
  EXPECT_EQ(send("admin", "POST", path).status, 404);
  EXPECT_EQ(receive(file).status, 422);
}

INSTANTIATE_TEST_SUITE_P(Stores, HandOverTest, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& i) {
                           return i.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

}  // namespace
