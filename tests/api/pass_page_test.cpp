// Cards on phones and the keys that sign cards, beside the scenarios: what needs the signed text itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "feature/gate/service.hpp"
#include "support/both_stores.hpp"
#include "token/pass.hpp"
#include "world/world.hpp"

namespace {

using test_world::at;

class Cards : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_.emplace(GetParam());
    compound_ = at(send("office", "GET", "/api/session"), "compounds.0.id");
    send("office", "POST", "/api/passes/issue", fmt::format(R"({{"compound_id":{}}})", compound_));
    const auto cards = send("office", "GET", "/api/passes?limit=1&state=inactive&compound_id=" + compound_);
    card_ = at(cards, "items.0.id");
    ASSERT_FALSE(card_.empty());
  }
  std::string send(const std::string& role, const std::string& method, const std::string& target,
                   const std::string& body = {}) {
    return world_->send(role, method, target, body).body;
  }
  std::string act(const std::string& what, const std::string& body = {}) {
    return send("office", "POST", "/api/passes/" + card_ + "/" + what, body);
  }
  std::string token_of(const std::string& card) {
    std::string text;
    auto read = world_->program().store().read([&](db::Connection& c) -> base::Result<bool> {
      return c.one("SELECT token FROM pass WHERE id = $1", {std::int64_t{std::stoll(card)}},
                   [&](const db::Row& r) { text = r.str(0); });
    });
    EXPECT_TRUE(read && *read);
    return text;
  }
  // The path of the page, as the resident's phone asks for it.
  std::string page_of(const std::string& answer) {
    const auto url = at(answer, "url");
    const auto from = url.find("/r/");
    return from == std::string::npos ? std::string{} : url.substr(from);
  }
  api::Response open(const std::string& page) { return world_->send("nobody", "GET", page + "?lang=en"); }
  std::string decide(const std::string& token) {
    return send(
        "phone", "POST", "/api/gate/decide",
        fmt::format(R"({{"direction":"out","holder_kind":"household","pass_text":"{}","person_ids":[],)"
                    R"("persons":1,"companions":0,"readings":[],"child_alone":false,"now_ms":{}}})",
                    token, world_->clock().now().ms));
  }

  std::optional<test_world::World> world_;
  std::string compound_, card_;
};

// Practice 13 and 24: the page has room, masked name, validity and the day's word, and nothing more than the
// card; a lost card shows that it is void and nothing of whom it was.
TEST_P(Cards, APhonePageShowsTheCardAndNoMore) {
  const auto page = page_of(act("page"));
  ASSERT_EQ(page.size(), std::string_view("/r/pass/").size() + 32) << page;
  auto answer = open(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("not in use yet"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("<svg"), std::string::npos);
  act("activate");
  answer = open(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  for (const auto* shown : {"<svg", "class=\"room\"", "*", "Valid until", "Word of the day", "class=\"day\""})
    EXPECT_NE(answer.body.find(shown), std::string::npos) << shown;
  for (const auto* hidden : {"<script", "http", "src=", card_.c_str()})
    EXPECT_EQ(answer.body.find(hidden, answer.body.find("</svg>")), std::string::npos) << hidden;
  const auto household =
      at(send("office", "GET", "/api/passes?limit=1&compound_id=" + compound_), "items.0.household_id");
  const auto file = send("office", "GET", "/api/households/" + household);
  EXPECT_EQ(answer.body.find(at(file, "members.0.name")), std::string::npos) << "masked";
  act("void", R"({"reason":"lost"})");
  answer = open(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("is void"), std::string::npos);
  for (const auto* hidden : {"<svg", "class=\"room\"", "Valid until", "class=\"day\""})
    EXPECT_EQ(answer.body.find(hidden), std::string::npos) << hidden;
  // Its replacement has a page of its own.
  const auto fresh = at(act("reissue", R"({"reason":"lost"})"), "id");
  EXPECT_NE(page_of(send("office", "POST", "/api/passes/" + fresh + "/page")), page);
}

TEST_P(Cards, APhonePageKeepsTheDaysWordWhereThePolicySaysSo) {
  act("activate");
  const auto page = page_of(act("page"));
  auto params = at(send("office", "GET", "/api/policies/effective?compound_id=" + compound_), "params");
  const std::string unsaid = R"("day_mark_on_pages":null)";
  const auto where = params.find(unsaid);
  ASSERT_NE(where, std::string::npos) << params;
  params.replace(where, unsaid.size(), R"("day_mark_on_pages":false)");
  const auto made = send("office", "POST", "/api/policies",
                         fmt::format(R"({{"place_id":{},"params":{}}})", compound_, params));
  EXPECT_EQ(at(made, "state"), "in_force") << made;
  const auto answer = open(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("<svg"), std::string::npos);
  EXPECT_EQ(answer.body.find("class=\"day\""), std::string::npos);
}

// A link that was not made here opens nothing; who tries many is told to wait.
TEST_P(Cards, WrongLinksAreRefusedAndLimited) {
  act("activate");
  const auto page = page_of(act("page"));
  auto wrong = page;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  int refused = 0, limited = 0;
  for (int i = 0; i < 20; ++i) {
    const auto answer = open(wrong);
    refused += answer.status == 404;
    limited += answer.status == 429;
    if (answer.status == 429) {
      EXPECT_EQ(answer.header("retry-after"), "60");
    }
  }
  EXPECT_EQ(refused, 10);
  EXPECT_EQ(limited, 10);
  EXPECT_EQ(open(page).status, 200) << "a right one costs less";
  world_->set_peer("198.51.100.7");
  EXPECT_EQ(open(wrong).status, 404) << "another address is not concerned";
  world_->advance(base::minute_ms);
  EXPECT_EQ(open(page).status, 200);
  EXPECT_EQ(world_->send("other_office", "POST", "/api/passes/" + card_ + "/page").status, 404);
  EXPECT_EQ(world_->send("guard", "POST", "/api/passes/" + card_ + "/page").status, 403);
}

// A new key signs; cards of the old one are good until they are voided, after a restart too, and a phone
// learns the new key with its next list.
TEST_P(Cards, ANewKeyLeavesEarlierCardsGood) {
  act("activate");
  const auto old_token = token_of(card_);
  const auto old_list = send("phone", "GET", "/api/gate/list");
  EXPECT_EQ(at(old_list, "keys.1.kid"), "");
  EXPECT_EQ(world_->send("office", "POST", "/api/pass-keys/rotate").status, 403);
  EXPECT_EQ(at(send("admin", "POST", "/api/pass-keys/rotate"), "signing"), "2");
  EXPECT_EQ(at(send("admin", "GET", "/api/pass-keys"), "earlier"), "1");
  const auto pong = send("phone", "POST", "/api/gate/ping",
                         fmt::format(R"({{"client_ms":{},"queue":0}})", world_->clock().now().ms));
  EXPECT_NE(at(pong, "list_version"), at(old_list, "version")) << "the phone asks for a list";
  const auto list = send("phone", "GET", "/api/gate/list");
  EXPECT_EQ(at(list, "keys.0.public_key"), at(old_list, "keys.0.public_key"));
  EXPECT_EQ(at(list, "keys.1.kid"), "02");

  const auto second = at(send("office", "GET", "/api/passes?limit=2&compound_id=" + compound_), "items.1.id");
  const auto fresh =
      at(send("office", "POST", "/api/passes/" + second + "/reissue", R"({"reason":"other"})"), "id");
  send("office", "POST", "/api/passes/" + fresh + "/activate");
  const auto new_token = token_of(fresh);
  EXPECT_EQ(at(decide(old_token), "pass_state"), "valid");
  EXPECT_EQ(at(decide(new_token), "pass_state"), "valid");
  // The phone with the list of before: a card it cannot judge, which is none it calls forged.
  const auto& keys = world_->program().services().keys.verify_keys();
  const std::vector old_keys{keys.front()};
  EXPECT_TRUE(token::open(old_token, old_keys));
  EXPECT_EQ(token::open(new_token, old_keys).error().code, "unknown_key");

  world_->restart();
  EXPECT_EQ(at(decide(old_token), "pass_state"), "valid");
  EXPECT_EQ(at(decide(new_token), "pass_state"), "valid");
  act("void", R"({"reason":"lost"})");
  EXPECT_EQ(at(decide(old_token), "pass_state"), "void");
}

SHOUWANG_ON_BOTH_STORES(Cards);

}  // namespace
