// Lists in each of their orders: pages joined are the whole, on both stores, and what is hidden is no order.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "world/world.hpp"

namespace {

namespace json = boost::json;
using test_world::at;

class Orders : public testing::TestWithParam<db::Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
      GTEST_SKIP() << "PostgreSQL is not installed";
    world_ = std::make_unique<test_world::World>(GetParam());
    compound_ = at(world_->send("phone", "GET", "/api/gate/list").body, "compound.id");
    park_vehicles();
  }
  api::Response get(const std::string& target) { return world_->send("office", "GET", target); }
  test_world::World& world() { return *world_; }
  std::string list(const std::string& path, const std::string& order) const {
    return fmt::format("{}?compound_id={}&order={}", path, compound_, order);
  }
  // Every row as text, read by pages of `limit`.
  std::vector<std::string> rows(const std::string& target, int limit) {
    std::vector<std::string> out;
    std::string cursor;
    do {
      const auto page = get(fmt::format("{}&limit={}{}", target, limit, cursor));
      EXPECT_EQ(page.status, 200) << target << " " << page.body;
      if (page.status != 200) return {};
      const auto body = json::parse(page.body);
      for (const auto& item : body.at("items").as_array()) out.push_back(json::serialize(item));
      const auto& next = body.at("next");
      cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
    } while (!cursor.empty());
    return out;
  }
  std::string exported(const std::string& target) {
    const auto answer = get(target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::string out;
    if (!answer.stream) return out;
    for (auto piece = answer.stream->next(); !piece.empty(); piece = answer.stream->next()) out += piece;
    return out;
  }
  void pass_out();

 private:
  void park_vehicles();
  std::unique_ptr<test_world::World> world_;
  std::string compound_;
};

// Some with a home, one known by its plate only.
void Orders::park_vehicles() {
  const auto homes = rows(list("/api/dwellings", "walking"), 200);
  auto written = world_->program().store().write([&](db::Connection& c) -> base::Result<bool> {
    for (int i = 0; i < 7; ++i) {
      const auto home =
          i == 3 ? std::optional<std::int64_t>() : test_world::number_at(homes.at(40 - i), "id");
      c.run(
          "INSERT INTO vehicle (id, compound_id, dwelling_id, plate, plate_doubtful, vehicle_kind, "
          "new_energy, valid_from_ms, source) VALUES ($1, $2, $3, $4, 0, 'car', 0, $5, 'test')",
          {std::int64_t{700 + i}, std::int64_t{std::stoll(compound_)}, home,
           fmt::format("鄂L{}00{}", 9 - i, i), world_->clock().now()});
    }
    return true;
  });
  ASSERT_TRUE(written);
}

// Some lines in the ledger.
void Orders::pass_out() {
  const auto listed = world().send("phone", "GET", "/api/gate/list").body;
  for (int i = 0; i < 9; ++i) {
    const auto household = at(listed, fmt::format("households.{}.id", i));
    const auto person = at(listed, fmt::format("households.{}.m.0.id", i));
    const auto body = fmt::format(
        R"({{"seq":{0},"happened_ms":{1},"direction":"out","result":"passed",)"
        R"("holder_kind":"resident_member","household_id":{2},"person_ids":[{3}],"persons":1,"companions":0,)"
        R"("readings":[{{"person":0,"tenths":365,"at_ms":{1}}}],"steps":[],)"
        R"("outcome":"allow","reasons":[],"policy_version":1,"offline":false,"list_age_s":0}})",
        i + 1, world().clock().now().ms, household, person);
    const auto done = world().send("phone", "POST", "/api/gate/confirm", body);
    ASSERT_EQ(at(done.body, "status"), "stored") << done.body;
    if (i % 3 != 0) world().clock().advance(60'000);  // some at one instant
  }
}

struct List {
  const char* path;
  std::vector<std::pair<std::string, std::string>> orders;  // one way and back
};
const std::vector<List> lists{{"/api/households", {{"walking", "walking_back"}, {"oldest", "newest"}}},
                              {"/api/persons", {{"walking", "walking_back"}, {"name", "name_back"}}},
                              {"/api/vehicles", {{"plate", "plate_back"}, {"walking", "walking_back"}}},
                              {"/api/dwellings", {{"walking", "walking_back"}}},
                              {"/api/passes", {{"walking", "walking_back"}, {"oldest", "newest"}}},
                              {"/api/passages", {{"oldest", "newest"}}},
                              {"/api/staff", {{"tier", "tier_back"}, {"name", "name_back"}}}};

TEST_P(Orders, PagesJoinedAreTheWholeAndBackIsBackwards) {
  pass_out();
  for (const auto& [path, orders] : lists) {
    std::vector<std::string> known;
    for (const auto& [forward, back] : orders) {
      const auto whole = rows(list(path, forward), 200);
      EXPECT_GT(whole.size(), 1u) << path;
      EXPECT_EQ(rows(list(path, forward), whole.size() > 100 ? 61 : 2), whole) << path << " " << forward;
      auto reversed = rows(list(path, back), whole.size() > 100 ? 61 : 2);
      std::ranges::reverse(reversed);
      EXPECT_EQ(reversed, whole) << path << " " << back;
      auto sorted = whole;
      std::ranges::sort(sorted);
      EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end()) << path << ": a row twice";
      if (known.empty()) known = sorted;
      EXPECT_EQ(sorted, known) << path << " " << forward << ": other rows than in another order";
    }
  }
}

TEST_P(Orders, TheRowsStandAsTheOrderSays) {
  pass_out();
  const auto ascends = [&](const std::string& target, const std::string& member) {
    std::vector<std::string> values;
    for (const auto& row : rows(target, 200)) values.push_back(at(row, member));
    EXPECT_GT(values.size(), 1u) << target;
    EXPECT_TRUE(std::ranges::is_sorted(values)) << target;
  };
  ascends(list("/api/households", "oldest"), "since_ms");
  ascends(list("/api/vehicles", "plate"), "plate");
  ascends(list("/api/passes", "oldest"), "issued_ms");
  ascends(list("/api/passages", "oldest"), "happened_ms");
  ascends(list("/api/staff", "name"), "name");
  ascends(list("/api/staff", "tier"), "tier");
}

TEST_P(Orders, ACursorOfAnotherOrderIsRefusedByName) {
  const auto page = get(list("/api/households", "walking") + "&limit=2");
  const auto cursor = "&cursor=" + at(page.body, "next");
  EXPECT_EQ(get(list("/api/households", "walking") + cursor).status, 200);
  const auto refused = get(list("/api/households", "newest") + cursor);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(at(refused.body, "problems.0.path"), "/cursor");
  EXPECT_EQ(at(refused.body, "problems.0.code"), "cursor_of_another_order");
  EXPECT_EQ(at(refused.body, "problems.0.params.order"), "walking");
  EXPECT_EQ(get(list("/api/households", "newest") + "&cursor=x").status, 422);
}

// Where a row stands would tell what is hidden in it.
TEST_P(Orders, NothingSensitiveIsAnOrder) {
  for (const auto& [path, orders] : lists)
    for (const char* hidden : {"document", "document_masked", "phone", "phone_masked", "birth_day"})
      EXPECT_EQ(get(list(path, hidden)).status, 422) << path << " " << hidden;
}

TEST_P(Orders, AnExportHasTheColumnsAndTheOrderOfThePage) {
  pass_out();
  const auto households = rows(list("/api/households", "walking_back"), 200);
  const auto csv =
      exported(list("/api/households/export", "walking_back") + "&format=csv&columns=members,label");
  ASSERT_FALSE(households.empty());
  EXPECT_NE(csv.find(fmt::format("\r\n{},{}\r\n", at(households[0], "members"), at(households[0], "label"))),
            std::string::npos)
      << csv.substr(0, 300);
  EXPECT_EQ(std::ranges::count(csv.substr(0, csv.find("\r\n")), ','), 1);

  const auto target = list("/api/passages/export", "newest") + "&format=csv&columns=label,happened";
  const auto ledger = exported(target);
  const auto passages = rows(list("/api/passages", "newest"), 200);
  EXPECT_EQ(passages.size(), 9u);
  auto from = std::size_t{0};
  for (const auto& row : passages) {
    from = ledger.find(at(row, "label") + ",", from);
    ASSERT_NE(from, std::string::npos) << "in the order of the page: " << ledger;
    ++from;
  }
  const auto unknown = get(list("/api/passages/export", "newest") + "&columns=label,document");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_EQ(at(unknown.body, "problems.0.path"), "/columns");
}

INSTANTIATE_TEST_SUITE_P(Stores, Orders, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& of) {
                           return of.param == db::Dialect::sqlite ? "sqlite" : "postgres";
                         });

}  // namespace
