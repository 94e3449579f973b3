// TLS on a real socket, with the local authority as the only trusted root.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "net/tls_authority.hpp"
#include "net/tls_client.hpp"

namespace net::test {
namespace {

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "shouwang_tls_XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    authority_ = *ensure_authority(directory_, {"gate.lan"}, base::SystemClock().now());
  }
  ~TlsTest() override { std::filesystem::remove_all(directory_); }

  Options options() const {
    auto options = loopback();
    options.tls = true;
    options.tls_files = authority_.leaf;
    return options;
  }

  std::filesystem::path directory_;
  Authority authority_;
};

api::Response echo(const api::Request& request) {
  return text((request.secure ? "secure " : "plain ") + request.target + " " + request.body);
}

TEST_F(TlsTest, ServesTheNamesOfTheAuthority) {
  const auto server = start(options(), echo);
  for (const auto* host : {"gate.lan", "localhost", "127.0.0.1"}) {
    TlsClient client(server->port(), authority_.ca_certificate, host);
    ASSERT_TRUE(client.connected()) << host;
    EXPECT_EQ("http/1.1", client.protocol());
    EXPECT_EQ("secure /a ", client.ask(get("/a")).body);
    const std::string large(900'000, 'x');
    EXPECT_EQ("secure /b " + large, client.ask(post("/b", large)).body);
    EXPECT_EQ("secure /c ", client.ask(get("/c", "Connection: close\r\n")).body);
    EXPECT_EQ("", client.rest());
  }
}

TEST_F(TlsTest, AnotherNameIsNotProved) {
  const auto server = start(options(), echo);
  TlsClient client(server->port(), authority_.ca_certificate, "bank.example");
  EXPECT_FALSE(client.connected());
  EXPECT_EQ(X509_V_ERR_HOSTNAME_MISMATCH, client.verify_code());
}

TEST_F(TlsTest, NothingBelow12) {
  const auto server = start(options(), echo);
  EXPECT_FALSE(TlsClient(server->port(), authority_.ca_certificate, "localhost", TLS1_1_VERSION).connected());
  TlsClient client(server->port(), authority_.ca_certificate, "localhost", TLS1_2_VERSION);
  ASSERT_TRUE(client.connected());
  EXPECT_EQ("secure / ", client.ask(get("/")).body);
}

TEST_F(TlsTest, RefusedBodyIsStillAnswered) {
  auto small = options();
  small.body_limit = [](std::string_view, std::string_view) -> std::uint64_t { return 10; };
  const auto server = start(small, echo);
  TlsClient client(server->port(), authority_.ca_certificate, "localhost");
  client.write(post("/", std::string(300'000, 'b')));
  EXPECT_EQ(413, client.answer().status);
}

TEST_F(TlsTest, ReloadServesNewConnectionsTheNewCertificate) {
  const auto server = start(options(), echo);
  TlsClient before(server->port(), authority_.ca_certificate, "localhost");
  std::filesystem::remove(authority_.leaf.certificate);
  authority_ = *ensure_authority(directory_, {"gate.lan"}, base::SystemClock().now());
  ASSERT_TRUE(server->reload_tls().has_value());
  TlsClient after(server->port(), authority_.ca_certificate, "localhost");
  EXPECT_NE(before.leaf_sha256(), after.leaf_sha256());
  EXPECT_EQ("secure /old ", before.ask(get("/old")).body);
  EXPECT_EQ("secure /new ", after.ask(get("/new")).body);
}

TEST_F(TlsTest, ABadReloadLeavesTheOldCertificate) {
  const auto server = start(options(), echo);
  std::ofstream(authority_.leaf.certificate) << "rubbish";
  const auto reloaded = server->reload_tls();
  ASSERT_FALSE(reloaded.has_value());
  EXPECT_EQ("net.tls", reloaded.error().code);
  TlsClient client(server->port(), authority_.ca_certificate, "localhost");
  EXPECT_EQ("secure / ", client.ask(get("/")).body);
}

TEST_F(TlsTest, KeyOfAnotherCertificateIsRefusedAtStart) {
  auto mixed = options();
  mixed.tls_files.private_key = (directory_ / "local_ca.pem").string();
  EXPECT_EQ("net.tls", Server::start(mixed, echo).error().code);
}

TEST_F(TlsTest, PlainHttpIsSentToHttps) {
  const auto server = start(options(), echo);
  Client client(server->port());
  const auto answer = client.ask("GET /m/?a=1 HTTP/1.1\r\nHost: gate.lan:8480\r\n\r\n");
  EXPECT_EQ(301, answer.status);
  EXPECT_EQ("https://gate.lan:8480/m/?a=1", answer.headers.at("location"));
  EXPECT_EQ("", client.rest());
  for (const auto* bad : {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                          "GET http://x/ HTTP/1.1\r\nHost: a\r\n\r\n", "RUBBISH\r\n\r\n"}) {
    Client other(server->port());
    EXPECT_EQ(400, other.ask(bad).status) << bad;
  }
}

TEST_F(TlsTest, StreamAndLiveWorkAlike) {
  std::atomic<int> changes = 0;
  const auto server = start(options(), [&](const api::Request& request) {
    api::Response response;
    if (request.target == "/live") {
      response.live = std::make_shared<api::Live>();
      response.live->poll = [&, seen = 0]() mutable {
        const int now = changes;
        return std::exchange(seen, now) == now ? std::string() : "data: " + std::to_string(now) + "\n\n";
      };
    } else {
      response.stream = std::make_shared<api::Stream>();
      response.stream->next = [left = 3]() mutable {
        return left-- > 0 ? std::string(100'000, 's') : std::string();
      };
    }
    return response;
  });
  TlsClient client(server->port(), authority_.ca_certificate, "localhost");
  EXPECT_EQ(300'000U, client.ask(get("/stream")).body.size());
  EXPECT_EQ(200, client.ask(get("/live"), true).status);
  changes = 7;
  server->wake_live();
  EXPECT_EQ("data: 7\n\n", client.until("\n\n"));
  std::jthread stopping([&] { server->stop(); });
  EXPECT_EQ("", client.rest());
  client.leave();
  stopping.join();
  EXPECT_EQ(0U, server->counters().open);
}

}  // namespace
}  // namespace net::test
