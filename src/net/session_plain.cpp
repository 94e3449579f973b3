// Sessions without TLS: on loopback, or behind a stated proxy.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "net/session.hpp"

namespace net {
namespace {

using Plain = Session<beast::tcp_stream>;

asio::awaitable<void> serve(std::shared_ptr<Plain> session) { co_await session->run(); }

}  // namespace

void start_plain(Host& host, asio::ip::tcp::socket socket) {
  const asio::any_io_executor strand = socket.get_executor();
  std::string peer = peer_of(socket);
  auto session = std::make_shared<Plain>(host, strand, std::move(peer), std::move(socket));
  if (!host.connections.add(session)) return;
  asio::co_spawn(strand, serve(std::move(session)), asio::detached);
}

}  // namespace net
