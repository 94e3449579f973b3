// Log-in, second factor and accounts, where a test must compute something that a scenario cannot.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "feature/access/totp.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;

class Access : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_ = std::make_unique<test_world::World>(GetParam());
  }
  test_world::World& world() { return *world_; }
  api::Response post(const std::string& role, const std::string& target, const std::string& body) {
    return world().send(role, "POST", target, body);
  }
  api::Response log_in(const std::string& username, const std::string& password,
                       const std::string& code = {}) {
    return post("nobody", "/api/session",
                fmt::format(R"({{"username":"{}","password":"{}"{}}})", username, password,
                            code.empty() ? "" : fmt::format(R"(,"code":"{}")", code)));
  }

 private:
  std::unique_ptr<test_world::World> world_;
};

std::string from_base32(std::string_view text) {
  std::string out;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    buffer = (buffer << 5) | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
    if ((bits += 5) >= 8) out += static_cast<char>((buffer >> (bits -= 8)) & 0xFF);
  }
  return out;
}

// Access 1: the second factor; each code works once, a recovery code too.
TEST_P(Access, ASecondFactorIsAskedForAndEachCodeWorksOnce) {
  const std::string password = "correct horse battery";
  ASSERT_EQ(post("office", "/api/session/password", R"({"password":")" + password + "\"}").status, 204);
  EXPECT_EQ(post("office", "/api/session/totp", R"({"password":"wrong password"})").status, 422);
  const auto begun = post("office", "/api/session/totp", R"({"password":")" + password + "\"}");
  ASSERT_EQ(begun.status, 200) << begun.body;
  const auto secret = from_base32(at(begun.body, "secret"));
  EXPECT_NE(begun.body.find("otpauth://totp/Shouwang:office?secret="), std::string::npos);
  const auto code_now = [&] {
    return feature::access::totp_code(secret, feature::access::totp_step(world().clock().now()));
  };
  EXPECT_EQ(log_in("office", password).status, 200) << "not asked for before it is confirmed";
  EXPECT_EQ(post("office", "/api/session/totp/confirm", R"({"code":"000000"})").status, 422);
  const auto first = code_now();
  const auto confirmed = post("office", "/api/session/totp/confirm", R"({"code":")" + first + "\"}");
  ASSERT_EQ(confirmed.status, 200) << confirmed.body;
  const auto recovery = at(confirmed.body, "codes.9");
  EXPECT_EQ(recovery.size(), 11u);

  const auto asked = log_in("office", password);
  EXPECT_EQ(asked.status, 401);
  EXPECT_EQ(at(asked.body, "code"), "totp_required");
  EXPECT_EQ(at(log_in("office", "wrong password").body, "code"), "wrong_login");
  EXPECT_EQ(log_in("office", password, first).status, 422) << "it was used to confirm";
  world().clock().advance(feature::access::totp_step_ms);
  const auto second = code_now();
  EXPECT_EQ(log_in("office", password, second).status, 200);
  EXPECT_EQ(log_in("office", password, second).status, 422) << "a code is taken once";
  EXPECT_EQ(log_in("office", password, recovery).status, 200);
  const auto again = log_in("office", password, recovery);
  EXPECT_EQ(again.status, 422);
  EXPECT_EQ(at(again.body, "problems.0.code"), "wrong_code");
}

// A one-time link stands for the password only; asked for the code, it is not used up.
TEST_P(Access, ALinkDoesNotReplaceTheSecondFactor) {
  const std::string password = "correct horse battery";
  ASSERT_EQ(post("office", "/api/session/password", R"({"password":")" + password + "\"}").status, 204);
  const auto secret = from_base32(
      at(post("office", "/api/session/totp", R"({"password":")" + password + "\"}").body, "secret"));
  const auto code = [&] {
    return feature::access::totp_code(secret, feature::access::totp_step(world().clock().now()));
  };
  ASSERT_EQ(post("office", "/api/session/totp/confirm", R"({"code":")" + code() + "\"}").status, 200);
  world().clock().advance(feature::access::totp_step_ms);
  const auto link = world().program().login_link("office", world().clock().now()).value();
  const auto token = link.substr(link.find('=') + 1);
  const auto asked = post("nobody", "/api/session/link", R"({"token":")" + token + "\"}");
  EXPECT_EQ(at(asked.body, "code"), "totp_required");
  const auto body = fmt::format(R"({{"token":"{}","code":"{}"}})", token, code());
  EXPECT_EQ(post("nobody", "/api/session/link", body).status, 200);
  EXPECT_EQ(post("nobody", "/api/session/link", body).status, 422);
  // A lost phone: whoever manages the account takes the second factor off it.
  const auto id = at(world().send("office", "GET", "/api/session").body, "account_id");
  EXPECT_EQ(world().send("admin", "POST", "/api/accounts/" + id + "/totp/off").status, 204);
  EXPECT_EQ(log_in("office", password).status, 200);
}

// Many names from one address: the address waits, whatever name it tries, and others do not.
TEST_P(Access, AnAddressThatTriesManyNamesWaits) {
  world().set_peer("198.51.100.7");
  for (int i = 0; i < 30; ++i) EXPECT_EQ(log_in(fmt::format("name{}", i), "some password").status, 401) << i;
  EXPECT_EQ(log_in("name31", "some password").status, 429);
  EXPECT_EQ(log_in("office", "some password").status, 429);
  world().set_peer("198.51.100.8");
  EXPECT_EQ(log_in("office", "some password").status, 401);
}

// What lies outside the scope of a place-limited administrator is byte for byte what does not exist.
TEST_P(Access, AHiddenAccountIsAnAbsentOne) {
  const auto community = at(world().send("office", "GET", "/api/session").body, "grants.0.place_id");
  ASSERT_EQ(
      post("admin", "/api/accounts",
           fmt::format(R"({{"username":"deputy","display_name":"d","role":"administrator","place_id":{}}})",
                       community))
          .status,
      200);
  world().log_in("deputy");
  const auto hidden_id = at(world().send("auditor", "GET", "/api/session").body, "account_id");
  const auto seen_id = at(world().send("grid", "GET", "/api/session").body, "account_id");
  const auto without_id = [](const std::string& body) { return body.substr(0, body.find("\"request_id\"")); };
  const std::string grant = fmt::format(R"({{"role":"surveyor","place_id":{}}})", community);
  for (const auto& [method, tail, body] :
       std::vector<std::tuple<std::string, std::string, std::string>>{{"GET", "", ""},
                                                                      {"POST", "/link", ""},
                                                                      {"POST", "/sessions/end", ""},
                                                                      {"POST", "/totp/off", ""},
                                                                      {"POST", "/grants", grant},
                                                                      {"POST", "/enable", ""},
                                                                      {"POST", "/disable", ""}}) {
    const auto hidden = world().send("deputy", method, "/api/accounts/" + hidden_id + tail, body);
    const auto absent = world().send("deputy", method, "/api/accounts/9007199254740990" + tail, body);
    EXPECT_EQ(hidden.status, 404) << tail << hidden.body;
    EXPECT_EQ(hidden.status, absent.status) << tail;
    EXPECT_EQ(without_id(hidden.body), without_id(absent.body)) << tail;
    EXPECT_LT(world().send("deputy", method, "/api/accounts/" + seen_id + tail, body).status, 300) << tail;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, Access, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& of) {
                           return of.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

}  // namespace
