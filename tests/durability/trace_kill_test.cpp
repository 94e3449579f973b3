// kill -9 while gates write: memory of who was where never disagrees with the store. One memory follows the
// change feed through all of it, another is loaded after the kill, as a start would; the checker compares
// both with the store, and what was acknowledged is in both (XN-46).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <stdexcept>

#include "durability/child.hpp"
#include "durability/crossing.hpp"
#include "durability/pairs.hpp"
#include "feature/trace/service.hpp"
#include "token/enrolment.hpp"
#include "world/world.hpp"

namespace {

using durability::Crossing;
using feature::trace::Memory;

// Passages that were acknowledged and are no presence at an opening.
std::size_t missing(const Memory& memory, const std::vector<Crossing>& acknowledged) {
  std::map<std::int64_t, std::size_t> said;
  for (const auto& c : acknowledged) ++said[c.person];
  return memory.ask([&](const feature::trace::World& w) {
    std::size_t out = 0;
    for (const auto& [person, count] : said) {
      std::size_t there = 0;
      if (const auto number = w.person(person))
        for (const auto& p : w.contacts->trajectory(*number, {}))
          there += w.places[p.place].kind == engine::contact::Kind::opening;
      out += count - std::min(count, there);
    }
    return out;
  });
}

// What a phone that was enrolled at an opening says who it is with.
std::string bearer_of_a_phone(test_world::World& world, std::int64_t opening) {
  const auto code = world.send("office", "POST", "/api/enrolments",
                               fmt::format(R"({{"opening_id":{},"label":"phone"}})", opening));
  const auto enrolment = token::decode_enrolment(test_world::at(code.body, "text"));
  if (!enrolment) throw std::runtime_error("enrolment: " + code.body);
  std::string secret;
  for (const auto byte : enrolment->secret) secret += fmt::format("{:02x}", byte);
  const auto answer =
      world.send("nobody", "POST", "/api/gate/enrol",
                 fmt::format(R"({{"secret":"{}","client_ms":{}}})", secret, world.clock().now().ms));
  return "Bearer " + test_world::at(answer.body, "device_token");
}

class TraceKill : public testing::TestWithParam<db::Dialect> {};

TEST_P(TraceKill, MemoryAndStoreAgreeAfterAKillAtAnyMoment) {
  if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
    GTEST_SKIP() << "PostgreSQL is not installed";
  test_world::World world(GetParam());
  std::vector<std::string> command{DURABILITY_GATE_WRITER, world.options().data.string(),
                                   world.options().keys.string(),
                                   world.options().database.empty() ? "-" : world.options().database, ""};
  const auto list = world.send("phone", "GET", "/api/gate/list").body;
  for (int i = 0; i < 4; ++i)
    command.push_back(bearer_of_a_phone(world, test_world::number_at(list, "opening.id")));
  world.stop();
  // One program at a time holds a store: it is opened between the lives of the writer.
  const auto open = [&] { return db::Store::open({.database = app::database_of(world.options())}); };
  const auto noon = test_world::first_morning + 4 * base::hour_ms;
  Memory following;
  {
    auto store = open();
    ASSERT_TRUE(store.has_value()) << store.error().cause;
    ASSERT_TRUE(following.sync(**store, noon).has_value());
  }
  const auto at_first = following.state().presences;

  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<Crossing> acknowledged;
  const int rounds = durability::rounds(3);
  for (int round = 0; round < rounds; ++round) {
    const auto after = std::uniform_int_distribution<std::size_t>(1, 120)(random);
    command[4] = std::to_string(test_world::first_morning.ms / 1000 + round * 3'000);
    std::size_t said = 0;
    Crossing crossing;
    {
      durability::Child writer(command);
      for (; said < after && writer.next(crossing); ++said) acknowledged.push_back(crossing);
      writer.kill();
      for (; writer.next(crossing); ++said) acknowledged.push_back(crossing);
    }
    ASSERT_GE(said, after) << "the program ended by itself";
    auto store = open();
    ASSERT_TRUE(store.has_value()) << store.error().cause;
    for (base::Result<std::int64_t> done = 1; *done > 0;) {
      done = following.sync(**store, noon);
      ASSERT_TRUE(done.has_value()) << done.error().cause;
    }
    Memory loaded;
    ASSERT_TRUE(loaded.sync(**store, noon).has_value());
    EXPECT_EQ(following.differences(**store).value_or(-1), 0) << "round " << round;
    EXPECT_EQ(loaded.differences(**store).value_or(-1), 0) << "round " << round;
    EXPECT_EQ(missing(following, acknowledged), 0U) << "of " << acknowledged.size() << ", round " << round;
    EXPECT_EQ(missing(loaded, acknowledged), 0U) << "of " << acknowledged.size() << ", round " << round;
  }
  EXPECT_GT(following.state().presences, at_first);
}

// The checker finds what is wrong: a row that changed and never came through the feed.
TEST_P(TraceKill, TheCheckerFindsWhatTheFeedKeptBack) {
  if (GetParam() == db::Dialect::postgres && !test_support::PostgresCluster::installed())
    GTEST_SKIP() << "PostgreSQL is not installed";
  test_world::World world(GetParam());
  auto& store = world.program().store();
  Memory memory;
  ASSERT_TRUE(memory.sync(store, world.clock().now()).has_value());
  ASSERT_EQ(memory.differences(store).value_or(-1), 0);
  ASSERT_TRUE(store
                  .write([&](db::Connection& c) -> base::Result<void> {
                    c.run(
                        "UPDATE residence SET valid_from_ms = $1 WHERE person_id = (SELECT MIN(person_id) "
                        "FROM residence WHERE living NOT IN ('elsewhere', 'never'))",
                        {world.clock().now() + base::hour_ms});
                    return {};
                  })
                  .has_value());
  ASSERT_EQ(memory.sync(store, world.clock().now()).value_or(-1), 0);
  EXPECT_EQ(memory.differences(store).value_or(-1), 1);
}

INSTANTIATE_TEST_SUITE_P(BothStores, TraceKill, testing::Values(db::Dialect::sqlite, db::Dialect::postgres),
                         [](const auto& i) {
                           return i.param == db::Dialect::sqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
