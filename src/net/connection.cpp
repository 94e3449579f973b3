#include "net/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace net {

Connection::Connection(Host& host, asio::any_io_executor strand, std::string peer)
    : host_(host), strand_(std::move(strand)), peer_(std::move(peer)), timer_(strand_) {}

Connection::~Connection() {
  host_.live.remove(this);
  host_.connections.remove(this);
}

void Connection::stop() {
  asio::post(strand_, [self = shared_from_this()] {
    if (self->idle_) self->lowest().close();
    self->rouse();
  });
}

void Connection::close() {
  asio::post(strand_, [self = shared_from_this()] {
    self->lowest().close();
    self->rouse();
  });
}

void Connection::wake() {
  asio::post(strand_, [self = shared_from_this()] { self->rouse(); });
}

void Connection::rouse() {
  woken_ = true;
  timer_.cancel();
}

void Connection::peer_gone() {
  gone_ = true;
  rouse();
}

// A wake-up that came while nobody waited counts: it may have come after the last poll began.
asio::awaitable<void> Connection::wait_wake(std::chrono::milliseconds limit) {
  if (!woken_) {
    timer_.expires_after(limit);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  woken_ = false;
}

// Lambdas are named before co_await: g++ 12 destroys temporaries of such expressions twice.
asio::awaitable<bool> Connection::on_worker(Lane lane, Workers::Job work) {
  auto start = [this, lane, &work](auto handler) {
    auto held = std::make_shared<decltype(handler)>(std::move(handler));
    auto resume = [held](bool ran) { (*held)(ran); };
    auto job = [executor = strand_, &work, resume] {
      work();
      asio::post(executor, [resume] { resume(true); });
    };
    if (!host_.workers.push(lane, std::move(job))) asio::post(strand_, [resume] { resume(false); });
  };
  const bool ran =
      co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(bool)>(start, asio::use_awaitable);
  co_return ran;
}

std::string peer_of(const asio::ip::tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace net
