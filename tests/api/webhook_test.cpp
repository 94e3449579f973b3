// Alerts that leave the program: through a real socket to a stand-in for a group robot.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mutex>

#include "feature/work_item/deliver.hpp"
#include "net/http_client.hpp"
#include "net/server.hpp"
#include "support/both_stores.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;

// Answers as it is told and keeps what it was asked.
class StandIn {
 public:
  StandIn() {
    net::Options options;
    options.address = "127.0.0.1";
    options.port = 0;
    auto started = net::Server::start(options, [this](const api::Request& request) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(request);
      api::Response answer;
      answer.status = status_;
      answer.body = "{}";
      return answer;
    });
    if (started) server_ = std::move(*started);
  }
  std::string url() const { return fmt::format("http://127.0.0.1:{}/hook?key=geheim", server_->port()); }
  void answer(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
  }
  std::vector<api::Request> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  int status_ = 200;
  std::vector<api::Request> asked_;
  std::unique_ptr<net::Server> server_;
};

class Webhooks : public testing::TestWithParam<db::Dialect> {
 protected:
  std::int64_t deliver(test_world::World& world) {
    auto done = feature::work_item::deliver(world.program().store(), world.program().services(),
                                            world.clock().now(), [](const feature::work_item::Outgoing& out) {
                                              return net::post({out.url, out.headers, out.body});
                                            });
    EXPECT_TRUE(done) << (done ? "" : done.error().code);
    return done.value_or(-1);
  }
};

// What was opened is told once it is delivered, again until it arrives, and says where and what, not of whom
// (practice 24).
TEST_P(Webhooks, TellAnAlertAgainUntilItArrives) {
  if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
    GTEST_SKIP() << "PostgreSQL is not installed";
  test_world::World world(GetParam());
  StandIn group;
  const auto compound = at(world.send("office", "GET", "/api/session").body, "compounds.0.id");
  const auto body = fmt::format(
      R"({{"place_id":{},"name":"群","format":"generic","url":"{}","secret":"s3cret-s3cret","kinds":[]}})",
      compound, group.url());
  EXPECT_EQ(world.send("grid", "POST", "/api/webhooks", body).status, 403);
  EXPECT_EQ(world.send("other_office", "POST", "/api/webhooks", body).status, 422)
      << "a place of somebody else";
  const auto made = world.send("office", "POST", "/api/webhooks", body);
  ASSERT_EQ(made.status, 200) << made.body;
  for (const auto* hidden : {"geheim", "s3cret"})
    EXPECT_EQ(made.body.find(hidden), std::string::npos) << hidden;
  EXPECT_EQ(deliver(world), 0);

  const auto list = world.send("phone", "GET", "/api/gate/list").body;
  const auto now = world.clock().now().ms;
  const auto stored = world.send(
      "phone", "POST", "/api/gate/confirm",
      fmt::format(
          R"({{"seq":1,"happened_ms":{},"direction":"out","result":"passed","holder_kind":"resident_member",)"
          R"("household_id":{},"person_ids":[{}],"persons":1,"companions":0,"readings":[],)"
          R"("emergency_reason":"medical","steps":[],"outcome":"allow","reasons":[],"policy_version":1,)"
          R"("offline":false,"list_age_s":0}})",
          now, at(list, "households.1.id"), at(list, "households.1.m.0.id")));
  ASSERT_EQ(stored.status, 200) << stored.body;

  group.answer(503);
  EXPECT_EQ(deliver(world), 1);
  EXPECT_EQ(deliver(world), 0) << "not at once again";
  auto shown = world.send("office", "GET", "/api/webhooks").body;
  EXPECT_EQ(at(shown, "items.0.failure"), "webhook.refused");
  EXPECT_EQ(at(shown, "items.0.waiting"), "1");
  group.answer(200);
  world.clock().advance(31 * base::second_ms);
  EXPECT_EQ(deliver(world), 1);
  EXPECT_EQ(deliver(world), 0);
  shown = world.send("office", "GET", "/api/webhooks").body;
  EXPECT_EQ(at(shown, "items.0.failure"), "null");
  EXPECT_EQ(at(shown, "items.0.waiting"), "0");

  const auto asked = group.asked();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].target, "/hook?key=geheim");
  EXPECT_EQ(at(asked[1].body, "kind"), "emergency_release");
  EXPECT_EQ(at(asked[1].body, "event"), "opened");
  EXPECT_FALSE(at(asked[1].body, "place").empty());
  EXPECT_TRUE(asked[1].header("x-shouwang-signature").starts_with("sha256="));
  const auto name = at(world.send("office", "GET", "/api/households/" + at(list, "households.1.id")).body,
                       "members.0.name");
  ASSERT_FALSE(name.empty());
  EXPECT_EQ(asked[1].body.find(name), std::string::npos) << "of whom";
}

TEST_P(Webhooks, AreTriedAndTakenAway) {
  if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
    GTEST_SKIP() << "PostgreSQL is not installed";
  test_world::World world(GetParam());
  StandIn group;
  const auto compound = at(world.send("office", "GET", "/api/session").body, "compounds.0.id");
  const auto made = world.send(
      "office", "POST", "/api/webhooks",
      fmt::format(R"({{"place_id":{},"name":"群","format":"generic","url":"{}","kinds":["fever_alert"]}})",
                  compound, group.url()));
  const auto id = at(made.body, "id");
  EXPECT_EQ(world.send("office", "POST", "/api/webhooks/" + id + "/trial").status, 200);
  EXPECT_EQ(world.send("other_office", "POST", "/api/webhooks/" + id + "/trial").status, 404);
  EXPECT_EQ(deliver(world), 1);
  ASSERT_EQ(group.asked().size(), 1u);
  EXPECT_EQ(at(group.asked()[0].body, "event"), "trial");
  EXPECT_EQ(world.send("office", "POST", "/api/webhooks/" + id + "/trial").status, 200);
  EXPECT_EQ(world.send("other_office", "DELETE", "/api/webhooks/" + id).status, 404);
  EXPECT_EQ(world.send("office", "DELETE", "/api/webhooks/" + id).status, 204);
  EXPECT_EQ(deliver(world), 0) << "nothing goes to a target that was taken away";
}
INSTANTIATE_TEST_SUITE_P(Stores, Webhooks, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& of) {
                           return of.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

TEST(HttpClient, SaysWhenNobodyAnswers) {
  std::string url;
  {
    const StandIn gone;
    url = gone.url();
  }
  const auto answer = net::post({url, {}, "{}", std::chrono::milliseconds(2000)});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "webhook.unreachable");
}

}  // namespace
