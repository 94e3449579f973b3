#pragma once
// One connection's life, for plain and TLS streams alike. Included by the two files that instantiate
// it, since each instantiation costs seconds to compile.
//
// g++ 12 destroys temporaries of a co_await expression twice: no lambda and no braces inside one.
#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "net/connection.hpp"
#include "net/message.hpp"
#include "net/problem.hpp"

namespace net {

inline constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
inline constexpr std::size_t resting_bytes = 4 * 1024;  // what an idle connection keeps
inline constexpr std::size_t body_read_bytes = 64 * 1024;
using Parser = http::request_parser<http::string_body>;

template <class Stream>
class Session final : public Connection {
 public:
  static constexpr bool secure = !std::is_same_v<Stream, beast::tcp_stream>;

  template <class... Args>
  Session(Host& host, asio::any_io_executor strand, std::string peer, Args&&... stream)
      : Connection(host, std::move(strand), std::move(peer)), stream_(std::forward<Args>(stream)...) {}

  Stream& stream() { return stream_; }
  beast::flat_buffer& buffer() { return buffer_; }
  beast::tcp_stream& lowest() override { return beast::get_lowest_layer(stream_); }

  asio::awaitable<void> run();     // requests until the connection ends
  asio::awaitable<void> linger();  // closes so that the client can read what was sent

 private:
  asio::awaitable<bool> exchange();                // one request and its answer; false: the connection ends
  asio::awaitable<int> read_head(Parser& parser);  // fine, gone or the status to refuse with; so the next
  asio::awaitable<int> read_body(Parser& parser, Share& memory);
  asio::awaitable<bool> refuse(int status);
  asio::awaitable<bool> send(const api::Response& response, Framing framing);
  asio::awaitable<bool> send_whole(const api::Response& response, Framing framing);
  asio::awaitable<bool> send_head(const api::Response& response, Framing framing);
  asio::awaitable<bool> send_stream(const api::Response& response, Framing framing);
  asio::awaitable<bool> send_live(const api::Response& response, Framing framing);
  asio::awaitable<void> run_live(api::Live& live);
  asio::awaitable<bool> send_text(const std::string& text);
  asio::awaitable<void> finish();
  void watch_peer();
  std::chrono::milliseconds linger_limit() const {
    return std::min(host_.timeout(), std::chrono::milliseconds(2000));
  }

  Stream stream_;
  beast::flat_buffer buffer_;
  std::array<char, 1> probe_{};
};

template <class Stream>
asio::awaitable<void> Session<Stream>::run() {
  bool more = true;
  while (more) more = co_await exchange();
  co_await finish();
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::exchange() {
  if (host_.stopping) co_return false;
  std::optional<Parser> parser(std::in_place);
  std::optional<Share> memory(std::in_place, host_.body_bytes, host_.options.body_memory_bytes);
  int refusal = co_await read_head(*parser);
  if (refusal == fine) refusal = co_await read_body(*parser, *memory);
  if (refusal != fine) {
    parser.reset();  // whoever is slow to read a refusal holds nobody else's memory
    memory.reset();
    co_return co_await refuse(refusal);
  }

  const Framing framing{parser->get().version(), parser->keep_alive(),
                        parser->get().method() == http::verb::head};
  const auto request = make_request(parser->release(), peer_, secure, host_.options.trust_proxy);
  api::Response response;
  Workers::Job work = [&] { response = host_.handle(request); };
  const bool ran = co_await on_worker(Lane::request, std::move(work));
  if (ran) {
    ++host_.requests;
  } else {
    ++host_.rejected;
    response = busy();
  }
  co_return co_await send(response, framing);
}

// How large the body may be is known only once the header is.
template <class Stream>
asio::awaitable<int> Session<Stream>::read_head(Parser& parser) {
  parser.header_limit(static_cast<std::uint32_t>(host_.options.header_limit_bytes));
  parser.body_limit(boost::none);
  if (buffer_.capacity() > resting_bytes) buffer_.shrink_to_fit();
  buffer_.reserve(resting_bytes);  // Beast reads as much at a time as the buffer can hold
  idle_ = true;
  lowest().expires_after(host_.timeout());
  const auto [error, size] = co_await http::async_read_header(stream_, buffer_, parser, use_tuple);
  if (error) co_return refusal_of(error);
  idle_ = false;

  const HeadFields& head = parser.get();
  const auto limit = host_.body_limit(view(head.method_string()), view(head.target()));
  if (too_large(parser.content_length(), limit)) co_return 413;
  parser.body_limit(limit);
  if (head.count(http::field::transfer_encoding) > 0 && !parser.chunked()) co_return 400;
  if (!wants_continue(head) || parser.is_done()) co_return fine;
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  const bool sent = co_await send_text(go_on);
  co_return sent ? fine : gone;
}

// A slow but steady upload gets time by what it has sent; a dripping one does not.
template <class Stream>
asio::awaitable<int> Session<Stream>::read_body(Parser& parser, Share& memory) {
  constexpr std::size_t slowest_bytes_per_s = 32 * 1024;
  const auto start = Clock::now() + host_.timeout();
  std::size_t received = 0;
  if (!parser.is_done()) buffer_.reserve(body_read_bytes);
  while (!parser.is_done()) {
    lowest().expires_at(start + std::chrono::seconds(received / slowest_bytes_per_s));
    const auto [error, size] = co_await http::async_read_some(stream_, buffer_, parser, use_tuple);
    if (error) co_return refusal_of(error);
    if (!memory.grow(size)) co_return 503;
    received += size;
  }
  co_return fine;
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::refuse(int status) {
  if (status == gone) co_return false;
  if (status == 503) ++host_.rejected;
  const api::Response response = refusal(status);
  const Framing framing;
  co_await send_whole(response, framing);
  co_return false;
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::send(const api::Response& response, Framing framing) {
  framing.keep = framing.keep && !host_.stopping;
  if (response.live) co_return co_await send_live(response, framing);
  if (response.stream) co_return co_await send_stream(response, framing);
  co_return co_await send_whole(response, framing);
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::send_whole(const api::Response& response, Framing framing) {
  const Answer answer = make_answer(response, framing);
  http::response_serializer<Answer::body_type> serializer(answer);
  if (framing.head) serializer.split(true);
  while (framing.head ? !serializer.is_header_done() : !serializer.is_done()) {
    lowest().expires_after(host_.timeout());
    const auto [error, size] = co_await http::async_write_some(stream_, serializer, use_tuple);
    if (error) co_return false;
  }
  co_return framing.keep;
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::send_head(const api::Response& response, Framing framing) {
  const Answer answer = make_answer(response, framing);
  http::response_serializer<Answer::body_type> serializer(answer);
  lowest().expires_after(host_.timeout());
  const auto [error, size] = co_await http::async_write_header(stream_, serializer, use_tuple);
  co_return !error;
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::send_text(const std::string& text) {
  lowest().expires_after(host_.timeout());
  const auto buffer = asio::buffer(text);
  const auto [error, size] = co_await asio::async_write(stream_, buffer, use_tuple);
  co_return !error;
}

// The next piece is asked for only when the last one is with the kernel. A piece that fails ends the
// connection without the closing chunk, so the client knows that the file is cut short.
template <class Stream>
asio::awaitable<bool> Session<Stream>::send_stream(const api::Response& response, Framing framing) {
  framing.chunked = framing.version >= 11;
  framing.until_close = !framing.chunked;
  framing.keep = framing.keep && framing.chunked;
  const bool begun = co_await send_head(response, framing);
  if (!begun || framing.head) co_return begun&& framing.keep;
  std::string piece;
  bool failed = false;
  const Workers::Job work = [&] {
    try {
      piece = response.stream->next();
    } catch (...) {
      failed = true;
    }
  };
  for (;;) {
    const bool ran = co_await on_worker(Lane::piece, work);
    if (!ran || failed || host_.abandoned) co_return false;
    const bool last = piece.empty();
    if (framing.chunked) piece = chunk_of(piece);
    const bool sent = co_await send_text(piece);
    if (!sent || last) co_return sent&& framing.keep;
  }
}

template <class Stream>
asio::awaitable<bool> Session<Stream>::send_live(const api::Response& response, Framing framing) {
  const bool room = framing.head || host_.live.add(shared_from_this());
  if (!room) {
    ++host_.rejected;
    const api::Response refusal = busy();
    co_return co_await send_whole(refusal, framing);
  }
  framing.keep = false;
  framing.until_close = true;
  const bool sent = co_await send_head(response, framing);
  if (sent && !framing.head) co_await run_live(*response.live);
  host_.live.remove(this);
  co_return false;
}

template <class Stream>
asio::awaitable<void> Session<Stream>::run_live(api::Live& live) {
  constexpr std::chrono::milliseconds poll_every(500);
  const std::chrono::milliseconds keep_alive(host_.options.live_keep_alive_ms);
  std::string text;
  bool failed = false;
  const Workers::Job work = [&] {
    try {
      text = live.poll();
    } catch (...) {
      failed = true;
    }
  };
  watch_peer();
  auto last_sent = Clock::now();
  while (!gone_ && !host_.stopping) {
    const bool ran = co_await on_worker(Lane::poll, work);
    if (!ran || failed) break;
    if (text.empty() && Clock::now() - last_sent >= keep_alive) text = ": keep-alive\n\n";
    if (!text.empty()) {
      const bool sent = co_await send_text(text);
      if (!sent) break;
      last_sent = Clock::now();
    }
    if (!gone_ && !host_.stopping) co_await wait_wake(std::min(poll_every, keep_alive));
  }
  while (!gone_) {  // ends the watch, whose buffer is ours; a read just being continued needs a second try
    lowest().cancel();
    co_await wait_wake(poll_every);
  }
}

// A client of a live connection has nothing to say: whatever comes means that it left.
template <class Stream>
void Session<Stream>::watch_peer() {
  lowest().expires_never();
  stream_.async_read_some(asio::buffer(probe_),
                          [this, self = shared_from_this()](error_code, std::size_t) { peer_gone(); });
}

template <class Stream>
asio::awaitable<void> Session<Stream>::finish() {
  if constexpr (secure) {
    lowest().expires_after(linger_limit());
    co_await stream_.async_shutdown(use_tuple);
  }
  co_await linger();
}

// Closing with unread input would reset the connection and take the answer with it, so what still
// comes is read and thrown away, within bounds.
template <class Stream>
asio::awaitable<void> Session<Stream>::linger() {
  constexpr std::size_t most_bytes = 8 * 1024 * 1024;
  const auto until = Clock::now() + linger_limit();
  error_code error;
  lowest().socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  buffer_.clear();
  for (std::size_t dropped = 0; !error && dropped < most_bytes;) {
    lowest().expires_at(until);
    const auto space = buffer_.prepare(16 * 1024);
    const auto [read_error, size] = co_await lowest().async_read_some(space, use_tuple);
    error = read_error;
    dropped += size;
  }
  lowest().close();
}

}  // namespace net
