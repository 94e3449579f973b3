#pragma once
// The part of a session that does not depend on the kind of stream: who the peer is, how it is
// stopped, woken and how it waits for a worker. All state belongs to the connection's strand.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "net/host.hpp"

namespace net {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Host& host, asio::any_io_executor strand, std::string peer);
  virtual ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Any thread.
  void stop();   // ends an idle or live connection now, another after its answer (Host::stopping)
  void close();  // now
  void wake();   // a live connection polls soon

 protected:
  virtual beast::tcp_stream& lowest() = 0;

  // Suspends until `work` has run on a worker; false: it was not admitted and has not run.
  asio::awaitable<bool> on_worker(Lane lane, Workers::Job work);
  // Suspends until wake(), stop(), peer_gone() or the end of `limit`.
  asio::awaitable<void> wait_wake(std::chrono::milliseconds limit);
  void peer_gone();

  Host& host_;
  const asio::any_io_executor strand_;
  const std::string peer_;
  bool idle_ = true;   // nothing of a request has been handled: may be closed at once
  bool gone_ = false;  // a live connection's client left

 private:
  void rouse();

  asio::steady_timer timer_;
  bool woken_ = false;
};

// Peer address without port; IPv4 in IPv6 clothes as IPv4. Empty when the peer is gone already.
std::string peer_of(const asio::ip::tcp::socket& socket);

// Takes over an accepted socket whose executor is the connection's own strand.
void start_plain(Host& host, asio::ip::tcp::socket socket);

// Plain HTTP on the TLS port: reads one request and answers where to go instead. What was read before
// is in `buffer`.
asio::awaitable<void> redirect_to_https(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                        std::chrono::milliseconds timeout);

}  // namespace net
