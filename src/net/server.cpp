// The listener, the io threads and the order in which everything ends.
#include "net/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "net/connection.hpp"
#include "net/host.hpp"
#include "net/message.hpp"
#include "net/problem.hpp"
#include "net/tls.hpp"

namespace net {
namespace {

using asio::ip::tcp;
constexpr std::chrono::milliseconds wake_gap(100);  // a busy hour must not become one poll per write
constexpr std::chrono::milliseconds accept_pause(100);

base::Error failure(std::string code, std::string cause) {
  return base::Error{base::ErrorKind::internal, std::move(code), {}, {}, std::move(cause)};
}

// Every connection is a descriptor, and the usual soft limit is 1024.
void raise_descriptor_limit(std::size_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, connections + 256);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
}

class HttpServer final : public Server {
 public:
  HttpServer(const Options& options, api::Handler handler, std::shared_ptr<TlsContext> tls)
      : host_(options, std::move(handler)), tls_(std::move(tls)) {}
  ~HttpServer() override;

  base::Result<void> listen(const asio::ip::address& address);
  std::uint16_t port() const override { return port_; }
  void stop() override;
  base::Result<void> reload_tls() override;
  void wake_live() override;
  Counters counters() const override;

 private:
  asio::awaitable<void> accept_all();
  void begin(tcp::socket socket);
  void turn_away(tcp::socket socket);
  void schedule_wake();
  std::shared_ptr<TlsContext> tls() const;

  Host host_;
  asio::io_context io_{2};
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(io_);
  asio::any_io_executor strand_ = asio::make_strand(io_);  // acceptor and wake timer
  tcp::acceptor acceptor_{strand_};
  asio::steady_timer wake_timer_{strand_};
  Clock::time_point last_wake_{};
  std::atomic<bool> wake_pending_{false};
  std::uint16_t port_ = 0;
  mutable std::mutex tls_mutex_;
  std::shared_ptr<TlsContext> tls_;
  std::mutex stop_mutex_;
  bool stopped_ = false;
  std::array<std::jthread, 2> io_threads_;
};

base::Result<void> HttpServer::listen(const asio::ip::address& address) {
  const tcp::endpoint endpoint(address, host_.options.port);
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error) return base::fail(failure("net.address", error.message()));
  asio::co_spawn(strand_, accept_all(), asio::detached);
  for (auto& thread : io_threads_) thread = std::jthread([this] { io_.run(); });
  return {};
}

asio::awaitable<void> HttpServer::accept_all() {
  constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
  asio::steady_timer pause(strand_);
  while (!host_.stopping) {
    const asio::any_io_executor strand = asio::make_strand(io_);
    auto [error, socket] = co_await acceptor_.async_accept(strand, use_tuple);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // out of descriptors: wait until some connections end
      pause.expires_after(accept_pause);
      co_await pause.async_wait(use_tuple);
      continue;
    }
    ++host_.accepted;
    try {
      begin(std::move(socket));
    } catch (const std::exception& failure) {  // no memory for one connection must not end the listener
      base::log::error("net.accept_failed", {{"cause", failure.what()}});
    }
  }
}

void HttpServer::begin(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (host_.connections.size() >= host_.options.connection_limit) {
    turn_away(std::move(socket));
  } else if (const auto context = tls()) {
    start_tls(host_, std::move(socket), context);
  } else {
    start_plain(host_, std::move(socket));
  }
}

// A fresh socket takes this short answer at once; what does not go through is not waited for.
void HttpServer::turn_away(tcp::socket socket) {
  ++host_.rejected;
  if (host_.options.tls) return;
  const std::string answer = serialize(busy());
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(answer), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

std::shared_ptr<TlsContext> HttpServer::tls() const {
  const std::lock_guard lock(tls_mutex_);
  return tls_;
}

base::Result<void> HttpServer::reload_tls() {
  if (!host_.options.tls) return {};
  auto context = load_tls(host_.options.tls_files);
  if (!context) return tl::unexpected(std::move(context.error()));
  const std::lock_guard lock(tls_mutex_);
  tls_ = std::move(*context);
  return {};
}

void HttpServer::wake_live() {
  if (wake_pending_.exchange(true)) return;
  asio::post(strand_, [this] { schedule_wake(); });
}

void HttpServer::schedule_wake() {
  wake_timer_.expires_at(std::max(Clock::now(), last_wake_ + wake_gap));
  wake_timer_.async_wait([this](error_code error) {
    if (error) return;
    last_wake_ = Clock::now();
    wake_pending_ = false;  // before the polls, so that a change after them asks again
    for (const auto& connection : host_.live.all()) connection->wake();
  });
}

Server::Counters HttpServer::counters() const {
  Counters counters;
  counters.connections = host_.accepted;
  counters.requests = host_.requests;
  counters.rejected = host_.rejected;
  counters.open = host_.connections.size();
  counters.queued = host_.workers.queued();
  counters.live = host_.live.size();
  return counters;
}

void HttpServer::stop() {
  const std::lock_guard lock(stop_mutex_);
  if (std::exchange(stopped_, true)) return;
  host_.stopping = true;
  asio::post(strand_, [this] {
    error_code ignored;
    acceptor_.close(ignored);
    wake_timer_.cancel();
  });
  for (const auto& connection : host_.connections.all()) connection->stop();
  const std::chrono::milliseconds patience(host_.options.stop_patience_ms);
  if (host_.connections.wait_empty(patience)) return;
  host_.abandoned = true;
  for (const auto& connection : host_.connections.all()) connection->close();
}

// Workers first: each finished job resumes its session, and a session must end before its io thread.
HttpServer::~HttpServer() {
  stop();
  host_.workers.stop();
  guard_.reset();
  for (auto& thread : io_threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace

base::Result<std::unique_ptr<Server>> Server::start(const Options& options, api::Handler handler) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) return base::fail(failure("net.address", error.message()));
  if (!options.tls && !options.trust_proxy && !address.is_loopback()) {
    return base::fail(failure("net.plain_remote", options.address));
  }
  std::shared_ptr<TlsContext> tls;
  if (options.tls) {
    auto loaded = load_tls(options.tls_files);
    if (!loaded) return tl::unexpected(std::move(loaded.error()));
    tls = std::move(*loaded);
  }
  raise_descriptor_limit(options.connection_limit);
  auto server = std::make_unique<HttpServer>(options, std::move(handler), std::move(tls));
  auto listening = server->listen(address);
  if (!listening) return tl::unexpected(std::move(listening.error()));
  return server;
}

}  // namespace net
