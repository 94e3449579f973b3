// Answers made bit by bit: exports (`stream`) and Server-Sent Events (`live`).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "net/test_client.hpp"

namespace net::test {
namespace {

api::Response streaming(std::function<std::string()> next) {
  api::Response response;
  response.stream = std::make_shared<api::Stream>();
  response.stream->next = std::move(next);
  return response;
}

api::Response live(std::function<std::string()> poll) {
  api::Response response;
  response.headers.emplace_back("Content-Type", "text/event-stream");
  response.live = std::make_shared<api::Live>();
  response.live->poll = std::move(poll);
  return response;
}

// Reports the changes since its last poll.
std::function<std::string()> changes_since(const std::atomic<int>& changes) {
  return [&changes, seen = changes.load()]() mutable {
    const int now = changes;
    return std::exchange(seen, now) == now ? std::string() : fmt::format("data: {}\n\n", now);
  };
}

TEST(Stream, PiecesArriveInOrderAndTheConnectionGoesOn) {
  const auto server = start(loopback(), [](const api::Request&) {
    return streaming([i = 0]() mutable { return i < 100 ? fmt::format("{},", i++) : std::string(); });
  });
  Client client(server->port());
  for (int round = 0; round < 2; ++round) {
    const auto answer = client.ask(get("/export"));
    EXPECT_EQ("chunked", answer.headers.at("transfer-encoding"));
    EXPECT_TRUE(answer.body.starts_with("0,1,2,")) << answer.body;
    EXPECT_TRUE(answer.body.ends_with(",98,99,")) << answer.body;
  }
  EXPECT_FALSE(client.ask("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", true).headers.contains("content-length"));
  EXPECT_TRUE(client.ask(get("/export")).body.ends_with(",99,"));
}

TEST(Stream, Http10GetsItUntilTheConnectionEnds) {
  const auto server = start(loopback(), [](const api::Request&) {
    return streaming([i = 0]() mutable { return i < 3 ? fmt::format("{},", i++) : std::string(); });
  });
  Client client(server->port());
  const auto answer = client.ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(answer.headers.contains("transfer-encoding"));
  EXPECT_EQ("0,1,2,", client.rest());
}

TEST(Stream, ASlowReaderHoldsTheSourceBack) {
  constexpr int pieces = 400;
  std::atomic<int> made = 0;
  const auto server = start(loopback(), [&](const api::Request&) {
    return streaming([&] { return made < pieces ? (++made, std::string(64 * 1024, 'x')) : std::string(); });
  });
  Client client(server->port(), 16 * 1024);
  client.write(get("/export"));
  client.until("\r\n\r\n");
  // Until the client reads on, only what the kernel buffers is asked for.
  int before = -1;
  ASSERT_TRUE(eventually([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return std::exchange(before, made.load()) == made;
  }));
  EXPECT_LT(made, pieces);
  const auto body = client.chunks();
  EXPECT_EQ(64U * 1024U * pieces, body.size());
}

TEST(Stream, AFailedPieceCutsTheAnswerVisibly) {
  const auto server = start(loopback(), [](const api::Request&) {
    return streaming([i = 0]() mutable -> std::string {
      if (i++ == 2) throw std::runtime_error("disk");
      return "piece";
    });
  });
  Client client(server->port());
  EXPECT_EQ("piecepiece<cut>", client.ask(get("/")).body);
}

TEST(Stream, AVanishedClientFreesEverything) {
  const auto resource = std::make_shared<int>(1);
  const auto server = start(loopback(), [&](const api::Request&) {
    return streaming([resource] { return std::string(64 * 1024, static_cast<char>('a' + *resource)); });
  });
  for (int i = 0; i < 5; ++i) {
    Client client(server->port());
    client.write(get("/endless"));
    client.until("\r\n\r\n");
    client.vanish();
  }
  // One use is ours, one the handler's.
  EXPECT_TRUE(eventually([&] { return server->counters().open == 0 && resource.use_count() <= 2; }));
}

TEST(Live, WakeUpsAreDelivered) {
  std::atomic<int> changes = 0;
  const auto server = start(loopback(), [&](const api::Request&) { return live(changes_since(changes)); });
  Client client(server->port());
  const auto answer = client.ask(get("/live"), true);
  EXPECT_EQ("text/event-stream", answer.headers.at("content-type"));
  for (int i = 1; i <= 5; ++i) {
    changes = i;
    server->wake_live();
    EXPECT_EQ(fmt::format("data: {}\n\n", i), client.until("\n\n"));
  }
  EXPECT_EQ(1U, server->counters().live);
}

TEST(Live, ChangesAreFoundWithoutAWakeUp) {
  std::atomic<int> changes = 0;
  const auto server = start(loopback(), [&](const api::Request&) { return live(changes_since(changes)); });
  Client client(server->port());
  client.ask(get("/live"), true);
  changes = 3;
  EXPECT_EQ("data: 3\n\n", client.until("\n\n"));
}

TEST(Live, AStormOfWakeUpsIsFewPolls) {
  std::atomic<int> polls = 0;
  const auto server = start(loopback(), [&](const api::Request&) {
    return live([&] {
      ++polls;
      return std::string();
    });
  });
  Client client(server->port());
  client.ask(get("/live"), true);
  const int before = polls;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20'000; ++i) server->wake_live();
  const int during = polls - before;
  EXPECT_LE(during, 3 + (std::chrono::steady_clock::now() - begin) / std::chrono::milliseconds(50));
}

TEST(Live, ManyListenersHoldNoWorker) {
  constexpr int listeners = 60;
  std::atomic<int> changes = 0;
  auto options = loopback();
  options.workers = 1;
  const auto server = start(options, [&](const api::Request& request) {
    return request.target == "/live" ? live(changes_since(changes)) : text("free");
  });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < listeners; ++i) {
    clients.push_back(std::make_unique<Client>(server->port()));
    ASSERT_EQ(200, clients.back()->ask(get("/live"), true).status);
  }
  EXPECT_EQ("free", Client(server->port()).ask(get("/")).body);
  changes = 1;
  server->wake_live();
  for (auto& client : clients) EXPECT_EQ("data: 1\n\n", client->until("\n\n"));
}

TEST(Live, SilenceIsFilledWithComments) {
  auto options = loopback();
  options.live_keep_alive_ms = 20;
  const auto server = start(options, [](const api::Request&) { return live([] { return std::string(); }); });
  Client client(server->port());
  client.ask(get("/live"), true);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(": keep-alive\n\n", client.until("\n\n"));
}

TEST(Live, MoreThanTheLimitAreRefusedAndAPlaceFreedIsUsed) {
  auto options = loopback();
  options.live_limit = 2;
  const auto server = start(options, [](const api::Request&) { return live([] { return std::string(); }); });
  Client first(server->port());
  Client second(server->port());
  Client third(server->port());
  EXPECT_EQ(200, first.ask(get("/live"), true).status);
  EXPECT_EQ(200, second.ask(get("/live"), true).status);
  const auto refused = third.ask(get("/live"));
  EXPECT_EQ(503, refused.status);
  EXPECT_EQ("1", refused.headers.at("retry-after"));
  first.vanish();
  second.half_close();
  ASSERT_TRUE(eventually([&] { return server->counters().live == 0; }));
  EXPECT_EQ(200, third.ask(get("/live"), true).status);
}

TEST(Live, APollThatThrowsEndsItsConnectionOnly) {
  std::atomic<bool> broken = false;
  const auto server = start(loopback(), [&](const api::Request& request) {
    if (request.target != "/live") return text("fine");
    return live([&]() -> std::string {
      if (broken) throw std::runtime_error("database");
      return {};
    });
  });
  Client client(server->port());
  client.ask(get("/live"), true);
  broken = true;
  server->wake_live();
  EXPECT_EQ("", client.rest());
  EXPECT_EQ("fine", Client(server->port()).ask(get("/")).body);
}

TEST(Live, StopEndsThem) {
  const auto server =
      start(loopback(), [](const api::Request&) { return live([] { return std::string(); }); });
  Client client(server->port());
  client.ask(get("/live"), true);
  std::jthread stopping([&] { server->stop(); });
  EXPECT_EQ("", client.rest());
  client.half_close();
  stopping.join();
  EXPECT_EQ(0U, server->counters().live);
}

}  // namespace
}  // namespace net::test
