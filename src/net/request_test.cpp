// Ordinary requests, and those that are refused before a handler sees them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "net/test_client.hpp"

namespace net::test {
namespace {

// Answers with what it was asked.
api::Response echo(const api::Request& request) {
  return text(request.method + " " + request.target + " " + request.body);
}

TEST(Request, ReachesTheHandlerAsSent) {
  api::Request seen;
  const auto server = start(loopback(), [&](const api::Request& request) {
    seen = request;
    return text("ok");
  });
  Client client(server->port());
  const auto answer =
      client.ask("POST /api/a?b=%20 HTTP/1.1\r\nHost: x\r\nX-One: 1\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(200, answer.status);
  EXPECT_EQ("ok", answer.body);
  EXPECT_EQ("text/plain", answer.headers.at("content-type"));
  EXPECT_TRUE(answer.headers.contains("date"));
  EXPECT_EQ("POST", seen.method);
  EXPECT_EQ("/api/a?b=%20", seen.target);
  EXPECT_EQ("abc", seen.body);
  EXPECT_EQ("127.0.0.1", seen.peer);
  EXPECT_FALSE(seen.secure);
  EXPECT_EQ(1, std::count(seen.headers.begin(), seen.headers.end(),
                          std::pair<std::string, std::string>("X-One", "1")));
}

TEST(Request, KeepsTheConnection) {
  const auto server = start(loopback(), echo);
  Client client(server->port());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(fmt::format("GET /{} ", i), client.ask(get(fmt::format("/{}", i))).body);
  }
  EXPECT_EQ(1U, server->counters().connections);
  EXPECT_EQ(5U, server->counters().requests);
}

TEST(Request, PipelinedOnesAreAnsweredInOrder) {
  const auto server = start(loopback(), echo);
  Client client(server->port());
  client.write(get("/a") + post("/b", "body") + get("/c"));
  EXPECT_EQ("GET /a ", client.answer().body);
  EXPECT_EQ("POST /b body", client.answer().body);
  EXPECT_EQ("GET /c ", client.answer().body);
}

TEST(Request, ClosesWhenAskedTo) {
  const auto server = start(loopback(), echo);
  Client client(server->port());
  const auto answer = client.ask(get("/", "Connection: close\r\n"));
  EXPECT_EQ("close", answer.headers.at("connection"));
  EXPECT_EQ("", client.rest());
  Client old(server->port());
  EXPECT_EQ("GET / ", old.ask("GET / HTTP/1.0\r\n\r\n").body);
  EXPECT_EQ("", old.rest());
}

TEST(Request, HeadGetsTheLengthWithoutTheBody) {
  const auto server = start(loopback(), echo);
  Client client(server->port());
  const auto answer = client.ask("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n", true);
  EXPECT_EQ("8", answer.headers.at("content-length"));
  EXPECT_EQ("GET /y ", client.ask(get("/y")).body);
}

TEST(Request, SharedBodyAndBodilessStatus) {
  const auto asset = std::make_shared<const std::string>(300'000, 'a');
  const auto server = start(loopback(), [&](const api::Request& request) {
    api::Response response;
    if (request.target == "/none")
      response.status = 204;
    else
      response.shared_body = asset;
    return response;
  });
  Client client(server->port());
  EXPECT_EQ(*asset, client.ask(get("/asset")).body);
  const auto none = client.ask(get("/none"));
  EXPECT_EQ(204, none.status);
  EXPECT_FALSE(none.headers.contains("content-length"));
  EXPECT_EQ(*asset, client.ask(get("/asset")).body);
}

TEST(Request, ChunkedUpload) {
  const auto server = start(loopback(), echo);
  Client client(server->port());
  client.write("POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.write("4\r\ndefg\r\n0\r\n\r\n");
  EXPECT_EQ("POST /up abcdefg", client.answer().body);
}

TEST(Request, ExpectContinueIsAnsweredBeforeTheBody) {
  const auto server = start(loopback(), echo);
  Client client(server->port());
  const auto go_on =
      client.ask("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(100, go_on.status);
  EXPECT_EQ("POST / ok", client.ask("ok").body);
}

TEST(Request, BodyLimitIsThatOfTheRoute) {
  auto options = loopback();
  options.body_limit = [](std::string_view method, std::string_view path) -> std::uint64_t {
    return method == "POST" && path == "/big" ? 2'000'000 : 10;
  };
  const auto server =
      start(options, [](const api::Request& r) { return text(std::to_string(r.body.size())); });
  Client client(server->port());
  EXPECT_EQ("1500000", client.ask(post("/big?x=1", std::string(1'500'000, 'b'))).body);
  EXPECT_EQ("10", client.ask(post("/small", "0123456789")).body);
  // The client sends everything before it looks; the answer must still be there.
  client.write(post("/small", std::string(1'500'000, 'b')));
  const auto refused = client.answer();
  EXPECT_EQ(413, refused.status);
  EXPECT_EQ("close", refused.headers.at("connection"));
  EXPECT_EQ(R"({"type":"about:blank","status":413,"code":"too_large"})", refused.body);
  EXPECT_EQ("", client.rest());
}

TEST(Request, BodyLimitHoldsForChunks) {
  auto options = loopback();
  options.body_limit = [](std::string_view, std::string_view) -> std::uint64_t { return 10; };
  const auto server = start(options, echo);
  Client client(server->port());
  client.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.write("8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n0\r\n\r\n");
  EXPECT_EQ(413, client.answer().status);
  Client liar(server->port());
  EXPECT_EQ(413, liar.ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999999999\r\n\r\n").status);
}

TEST(Request, OversizeHeader) {
  auto options = loopback();
  options.header_limit_bytes = 2048;
  const auto server = start(options, echo);
  Client client(server->port());
  const auto refused = client.ask(get("/", "X-Long: " + std::string(100'000, 'x') + "\r\n"));
  EXPECT_EQ(431, refused.status);
  EXPECT_EQ("application/problem+json", refused.headers.at("content-type"));
  EXPECT_EQ("", client.rest());
}

TEST(Request, MalformedOnesGetProblemAndClose) {
  std::atomic<int> handled = 0;
  const auto server = start(loopback(), [&](const api::Request& request) {
    ++handled;
    return echo(request);
  });
  for (const auto* bad : {
           "NONSENSE\r\n\r\n",
           "GET / HTTP/9.9\r\n\r\n",
           "GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
           "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
           "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
           "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
           "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       }) {
    Client client(server->port());
    const auto refused = client.ask(bad);
    EXPECT_EQ(400, refused.status) << bad;
    EXPECT_EQ(R"({"type":"about:blank","status":400,"code":"bad_request"})", refused.body);
    EXPECT_EQ("", client.rest()) << bad;
  }
  EXPECT_EQ(0, handled);
}

TEST(Request, AnExceptionIsA500AndTheConnectionGoesOn) {
  const auto server = start(loopback(), [](const api::Request& request) -> api::Response {
    if (request.target == "/number") throw 1;
    if (request.target == "/error") throw std::runtime_error("secret detail");
    return text("fine");
  });
  Client client(server->port());
  for (const auto* target : {"/error", "/number"}) {
    const auto answer = client.ask(get(target));
    EXPECT_EQ(500, answer.status);
    EXPECT_EQ(R"({"type":"about:blank","status":500,"code":"internal"})", answer.body);
  }
  EXPECT_EQ("fine", client.ask(get("/")).body);
}

TEST(Request, AValueCannotSplitTheAnswer) {
  const auto server = start(loopback(), [](const api::Request&) {
    auto response = text("body");
    response.headers.emplace_back("Location", "/x\r\nSet-Cookie: evil=1");
    response.headers.emplace_back("Content-Length", "1");
    response.headers.emplace_back("Set-Cookie", "a=1");
    return response;
  });
  Client client(server->port());
  const auto answer = client.ask(get("/"));
  EXPECT_EQ("body", answer.body);
  EXPECT_FALSE(answer.headers.contains("location"));
  EXPECT_EQ("a=1", answer.headers.at("set-cookie"));
}

TEST(Request, ForwardedHeadersCountOnlyBehindAProxy) {
  const std::string request = get("/", "X-Forwarded-For: 6.6.6.6, 10.0.0.9\r\nX-Forwarded-Proto: https\r\n");
  const auto who = [](const api::Request& r) { return text(r.peer + (r.secure ? " secure" : " plain")); };
  auto options = loopback();
  {
    const auto server = start(options, who);
    EXPECT_EQ("127.0.0.1 plain", Client(server->port()).ask(request).body);
  }
  options.trust_proxy = true;
  const auto server = start(options, who);
  EXPECT_EQ("10.0.0.9 secure", Client(server->port()).ask(request).body);
  const std::string own_line = get("/", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 10.0.0.8\r\n");
  EXPECT_EQ("10.0.0.8 plain", Client(server->port()).ask(own_line).body);
  EXPECT_EQ("127.0.0.1 plain", Client(server->port()).ask(get("/")).body);
}

TEST(Start, RefusesWhatItCannotServe) {
  auto options = loopback();
  options.address = "0.0.0.0";
  EXPECT_EQ("net.plain_remote", Server::start(options, echo).error().code);
  options.address = "not an address";
  EXPECT_EQ("net.address", Server::start(options, echo).error().code);
  options = loopback();
  const auto first = start(options, echo);
  options.port = first->port();
  EXPECT_EQ("net.address", Server::start(options, echo).error().code);
  options = loopback();
  options.tls = true;
  options.tls_files = {"/nonexistent.crt", "/nonexistent.key"};
  EXPECT_EQ("net.tls", Server::start(options, echo).error().code);
  options = loopback();
  options.address = "0.0.0.0";
  options.trust_proxy = true;
  EXPECT_EQ("GET / ", Client(start(options, echo)->port()).ask(get("/")).body);
}

}  // namespace
}  // namespace net::test
