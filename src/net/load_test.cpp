// Too much, too slow, too strange, and the end: nothing hangs, nothing is lost that was accepted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "net/test_client.hpp"
#include "net/workers.hpp"

namespace net::test {
namespace {

// Handlers wait at a gate until the test opens it.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  bool await(int waiting) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return waiting_ >= waiting; });
  }
  int waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

api::Response hello(const api::Request&) { return text("hello"); }

TEST(Load, MoreThanTheQueueHoldsGets503WhileTheAcceptedFinish) {
  auto options = loopback();
  options.workers = 2;
  options.queue_limit = 3;
  Gate gate;
  const auto server = start(options, [&](const api::Request& request) {
    gate.pass();
    return text(request.target);
  });
  std::vector<std::unique_ptr<Client>> accepted;
  for (int i = 0; i < 5; ++i) {
    accepted.push_back(std::make_unique<Client>(server->port()));
    accepted.back()->write(get(fmt::format("/{}", i)));
    const bool busy = i != 1 || gate.await(2);
    ASSERT_TRUE(busy);
  }
  ASSERT_TRUE(eventually([&] { return server->counters().queued == 3; }));
  Client late(server->port());
  const auto refused = late.ask(get("/late"));
  EXPECT_EQ(503, refused.status);
  EXPECT_EQ("1", refused.headers.at("retry-after"));
  EXPECT_EQ("application/problem+json", refused.headers.at("content-type"));
  EXPECT_EQ(R"({"type":"about:blank","status":503,"code":"busy"})", refused.body);
  gate.open();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(fmt::format("/{}", i), accepted[i]->answer().body);
  EXPECT_EQ("/again", late.ask(get("/again")).body);  // the refused connection was kept
  EXPECT_EQ(1U, server->counters().rejected);
}

TEST(Load, BodiesTogetherStayWithinTheirMemory) {
  auto options = loopback();
  options.body_memory_bytes = 100'000;
  Gate gate;
  const auto server = start(options, [&](const api::Request& request) {
    if (request.target == "/hold") gate.pass();
    return text(std::to_string(request.body.size()));
  });
  Client first(server->port());
  first.write(post("/hold", std::string(80'000, 'b')));
  ASSERT_TRUE(gate.await(1));
  const auto refused = Client(server->port()).ask(post("/", std::string(80'000, 'b')));
  EXPECT_EQ(503, refused.status);
  EXPECT_EQ("close", refused.headers.at("connection"));
  EXPECT_EQ("10000", Client(server->port()).ask(post("/", std::string(10'000, 'b'))).body);
  gate.open();
  EXPECT_EQ("80000", first.answer().body);
  const auto again = post("/", std::string(80'000, 'b'));
  EXPECT_TRUE(eventually([&] { return Client(server->port()).ask(again).body == "80000"; }));
}

TEST(Load, MoreConnectionsThanTheLimitAreTurnedAway) {
  auto options = loopback();
  options.connection_limit = 2;
  const auto server = start(options, hello);
  auto first = std::make_unique<Client>(server->port());
  Client second(server->port());
  EXPECT_EQ("hello", first->ask(get("/")).body);
  EXPECT_EQ("hello", second.ask(get("/")).body);
  EXPECT_EQ(503, Client(server->port()).answer().status);
  first.reset();
  ASSERT_TRUE(eventually([&] { return server->counters().open == 1; }));
  EXPECT_EQ("hello", Client(server->port()).ask(get("/")).body);
}

TEST(Load, TwoHundredConnectionsAtOnce) {
  const auto server = start(loopback(), [](const api::Request& request) { return text(request.body); });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<Client>(server->port()));
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = t; i < 200 * 5; i += 8) {
          const auto body = fmt::format("request {}", i);
          if (clients[i % 200]->ask(post("/", body)).body == body) ++right;
        }
      });
    }
  }
  EXPECT_EQ(1000, right);
  EXPECT_EQ(200U, server->counters().open);
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server->counters().open == 0; }));
}

TEST(Slow, SendersAndIdlersAreCutOff) {
  auto options = loopback();
  options.request_timeout_ms = 1000;
  std::atomic<int> handled = 0;
  const auto server = start(options, [&](const api::Request& request) {
    ++handled;
    return hello(request);
  });
  Client idle(server->port());
  EXPECT_EQ("hello", idle.ask(get("/")).body);
  std::vector<std::unique_ptr<Client>> slow;
  for (const auto* part : {"", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\n",
                           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab"}) {
    slow.push_back(std::make_unique<Client>(server->port()));
    slow.back()->write(part);
  }
  for (auto& client : slow) EXPECT_EQ("", client->rest());
  EXPECT_EQ("", idle.rest());
  EXPECT_EQ(1, handled);
}

// One byte now and then does not extend the time for a header.
TEST(Slow, ADripDoesNotKeepTheConnection) {
  auto options = loopback();
  options.request_timeout_ms = 200;
  const auto server = start(options, hello);
  Client client(server->port());
  client.write("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(eventually([&] {
    client.write("X");
    return server->counters().open == 0 && server->counters().connections == 1;
  }));
  EXPECT_EQ(0U, server->counters().requests);
}

TEST(Slow, AReaderWhoStopsReadingIsCutOff) {
  auto options = loopback();
  options.request_timeout_ms = 1000;
  const auto huge = std::make_shared<const std::string>(40'000'000, 'h');
  const auto server = start(options, [&](const api::Request&) {
    api::Response response;
    response.shared_body = huge;
    return response;
  });
  Client client(server->port(), 16 * 1024);
  client.write(get("/"));
  EXPECT_TRUE(eventually([&] { return server->counters().requests == 1 && server->counters().open == 0; }));
}

TEST(Stop, RunningRequestsFinishAndIdleOnesEnd) {
  auto options = loopback();
  Gate gate;
  const auto server = start(options, [&](const api::Request& request) {
    if (request.target == "/slow") gate.pass();
    return text("done");
  });
  Client idle(server->port());
  EXPECT_EQ("done", idle.ask(get("/")).body);
  Client fresh(server->port());
  Client running(server->port());
  running.write(get("/slow"));
  ASSERT_TRUE(gate.await(1));
  std::jthread stopping([&] { server->stop(); });
  EXPECT_EQ("", idle.rest());
  EXPECT_EQ("", fresh.rest());
  gate.open();
  const auto answer = running.answer();
  EXPECT_EQ("done", answer.body);
  EXPECT_EQ("close", answer.headers.at("connection"));
  EXPECT_EQ("", running.rest());
  running.half_close();
  stopping.join();
  server->stop();
  EXPECT_EQ(0U, server->counters().open);
}

TEST(Stop, CutsOffWhatDoesNotFinishAndRunsNothingMore) {
  auto options = loopback();
  options.workers = 1;
  options.stop_patience_ms = 50;
  Gate gate;
  std::atomic<int> handled = 0;
  auto server = start(options, [&](const api::Request& request) {
    ++handled;
    gate.pass();
    return hello(request);
  });
  Client running(server->port());
  Client waiting(server->port());
  running.write(get("/"));
  ASSERT_TRUE(gate.await(1));
  waiting.write(get("/"));
  ASSERT_TRUE(eventually([&] { return server->counters().queued == 1; }));
  server->stop();
  EXPECT_EQ("", running.rest());
  EXPECT_EQ("", waiting.rest());
  gate.open();
  server.reset();
  EXPECT_EQ(1, handled);
}

TEST(Stop, UnderLoadEveryAcceptedRequestIsAnsweredWholly) {
  std::atomic<int> cut = 0;
  std::atomic<int> answered = 0;
  auto server = start(loopback(), hello);
  std::latch warm(4);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, port = server->port()] {
      Client client(port);
      for (int i = 0;; ++i) {
        if (i == 20) warm.count_down();
        const auto answer = client.ask(get("/"));
        if (answer.status == 0) return;
        ++(answer.body == "hello" ? answered : cut);
      }
    });
  }
  warm.wait();
  server.reset();
  threads.clear();
  EXPECT_EQ(0, cut);
  EXPECT_GE(answered, 80);
}

TEST(Fuzz, RandomBytesNeverHurt) {
  auto options = loopback();
  options.request_timeout_ms = 2000;
  const auto server = start(options, [](const api::Request& request) { return text(request.target); });
  std::mt19937 random(20200211);
  const std::string seed = post("/a", "body") + get("/b") +
                           "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (int round = 0; round < 400; ++round) {
    std::string bytes = seed;
    const int edits = static_cast<int>(random() % 12);
    for (int i = 0; i < edits; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 4 == 0)
      std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
    bytes.resize(random() % bytes.size());
    Client client(server->port());
    client.write(bytes);
    if (round % 3 == 0) {
      client.vanish();
    } else {
      client.half_close();
      client.rest();
    }
  }
  EXPECT_EQ("/alive", Client(server->port()).ask(get("/alive")).body);
  EXPECT_TRUE(eventually([&] { return server->counters().open == 0; }));
}

TEST(Workers, PollsTakeAQuarterAtMostAndStopRunsWhatIsQueued) {
  Gate gate;
  std::atomic<int> ran = 0;
  Workers workers(4, 2, std::chrono::seconds(10));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(workers.push(Lane::poll, [&] {
      gate.pass();
      ++ran;
    }));
  }
  ASSERT_TRUE(gate.await(1));
  std::latch free(3);  // the other three threads still serve requests, although two polls wait
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(workers.push(Lane::piece, [&] { free.arrive_and_wait(); }));
  }
  free.wait();
  EXPECT_EQ(1, gate.waiting());
  gate.open();
  workers.stop();
  EXPECT_EQ(3, ran);
  EXPECT_FALSE(workers.push(Lane::piece, [] {}));
}

TEST(Pace, APlaceCostsTheTimeBetweenTwoOfABusyTime) {
  using std::chrono::milliseconds;
  Pace pace;
  auto now = Pace::Clock::now();
  EXPECT_EQ(0, pace.wait(1000).count());
  pace.taken(now, 0);
  pace.taken(now += milliseconds(900), 0);  // nobody waited: the quiet says nothing about the pace
  EXPECT_EQ(0, pace.wait(1000).count());
  for (int i = 0; i < 500; ++i) pace.taken(now += milliseconds(2), 5);
  EXPECT_NEAR(0.2, pace.wait(100).count(), 0.001);
  for (int i = 0; i < 500; ++i) pace.taken(now += milliseconds(1), 5);  // faster now, and soon believed
  EXPECT_NEAR(0.1, pace.wait(100).count(), 0.001);
}

// What would wait too long is refused although the queue has room, but never the first for each thread.
TEST(Workers, AQueueThatIsTooSlowTakesNoMoreRequests) {
  Gate first, second;
  Workers workers(1, 100, std::chrono::milliseconds(0));
  const auto held_by = [](Gate& gate) { return [&gate] { gate.pass(); }; };
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(workers.push(Lane::request, held_by(first)));
  ASSERT_TRUE(first.await(1));
  ASSERT_TRUE(workers.push(Lane::request, held_by(second)));
  first.open();
  ASSERT_TRUE(second.await(1));  // all three were taken, two of them from a queue
  ASSERT_TRUE(workers.push(Lane::request, [] {}));
  ASSERT_TRUE(workers.push(Lane::request, [] {}));
  EXPECT_FALSE(workers.push(Lane::request, [] {}));
  EXPECT_TRUE(workers.push(Lane::piece, [] {}));
  second.open();
}

}  // namespace
}  // namespace net::test
