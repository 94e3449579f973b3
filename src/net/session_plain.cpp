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

asio::awaitable<void> redirect_to_https(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                        std::chrono::milliseconds timeout) {
  Parser parser;
  stream.expires_after(timeout);
  const auto [error, size] = co_await http::async_read_header(stream, buffer, parser, use_tuple);
  if (error && refusal_of(error) == gone) co_return;
  const std::string location = error ? std::string() : https_location(parser.get());
  api::Response response = problem(location.empty() ? 400 : 301, "https_required");
  if (!location.empty()) response.headers.emplace_back("Location", location);
  const std::string text = serialize(response);
  stream.expires_after(timeout);
  const auto bytes = asio::buffer(text);
  co_await asio::async_write(stream, bytes, use_tuple);
}

}  // namespace net
