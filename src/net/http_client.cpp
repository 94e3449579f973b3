#include "net/http_client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace net {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t answer_max = 64 * 1024;

struct Target {
  bool tls = false;
  std::string host{}, port{}, path{};
};

Target target_of(std::string_view url) {
  Target t;
  t.tls = url.starts_with("https://");
  url.remove_prefix(t.tls ? 8 : 7);
  const auto slash = std::min(url.find_first_of("/?"), url.size());
  auto authority = url.substr(0, slash);
  t.path = url.substr(slash);
  if (!t.path.starts_with('/')) t.path.insert(0, "/");
  t.port = t.tls ? "443" : "80";
  if (const auto colon = authority.rfind(':');
      colon != authority.npos && authority.find(']', colon) == authority.npos) {
    t.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  t.host = authority;
  return t;
}

// A connection with a deadline for all of it; the socket never blocks.
class Line {
 public:
  Line(const Target& target, Clock::time_point until) : until_(until) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &found) != 0) return;
    for (const auto* at = found; at && !open_; at = at->ai_next) connect_to(*at);
    freeaddrinfo(found);
    if (open_ && target.tls) open_ = secure(target.host);
  }
  ~Line() {
    if (socket_ >= 0) close(socket_);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  bool open() const { return open_; }

  bool write(std::string_view text) {
    while (!text.empty()) {
      const auto size = ssl_ ? SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()))
                             : static_cast<int>(send(socket_, text.data(), text.size(), MSG_NOSIGNAL));
      if (size > 0)
        text.remove_prefix(static_cast<std::size_t>(size));
      else if (!again(size, POLLOUT))
        return false;
    }
    return true;
  }

  // Empty at the end, or when time is up.
  std::string read() {
    std::array<char, 8 * 1024> space{};
    for (;;) {
      const auto size = ssl_ ? SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()))
                             : static_cast<int>(recv(socket_, space.data(), space.size(), 0));
      if (size > 0) return {space.data(), static_cast<std::size_t>(size)};
      if (size == 0 && !ssl_) return {};
      if (!again(size, POLLIN)) return {};
    }
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  bool wait(short events) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now()).count();
    pollfd one{socket_, events, 0};
    return left > 0 && poll(&one, 1, static_cast<int>(left)) > 0;
  }
  bool again(int size, short events) {
    if (!ssl_) return (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) && wait(events);
    const auto error = SSL_get_error(ssl_.get(), size);
    if (error == SSL_ERROR_WANT_READ) return wait(POLLIN);
    return error == SSL_ERROR_WANT_WRITE && wait(POLLOUT);
  }

  void connect_to(const addrinfo& at) {
    if (socket_ >= 0) close(socket_);
    socket_ = socket(at.ai_family, at.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at.ai_protocol);
    if (socket_ < 0) return;
    if (connect(socket_, at.ai_addr, at.ai_addrlen) != 0 && (errno != EINPROGRESS || !wait(POLLOUT))) return;
    int error = 0;
    socklen_t size = sizeof error;
    open_ = getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }

  bool secure(const std::string& host) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!context_ || SSL_CTX_set_default_verify_paths(context_.get()) != 1) return false;
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    ssl_.reset(SSL_new(context_.get()));
    if (!ssl_) return false;
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) != 1) {
      SSL_set1_host(ssl_.get(), host.c_str());
      SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
    }
    SSL_set_fd(ssl_.get(), socket_);
    for (;;) {
      const auto done = SSL_connect(ssl_.get());
      if (done == 1) return true;
      if (!again(done, POLLIN)) return false;
    }
  }

  Clock::time_point until_;
  int socket_ = -1;
  bool open_ = false;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

base::Result<std::string> unreachable() { return base::fail(base::ErrorKind::busy, "webhook.unreachable"); }

}  // namespace

base::Result<std::string> post(const Post& what) {
  const auto target = target_of(what.url);
  Line line(target, Clock::now() + what.limit);
  if (!line.open()) return unreachable();
  auto text = fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
      "{}\r\nConnection: close\r\n",
      target.path, target.host, what.body.size());
  for (const auto& [name, value] : what.headers) text += fmt::format("{}: {}\r\n", name, value);
  if (!line.write(text + "\r\n" + what.body)) return unreachable();
  std::string answer;
  for (auto piece = line.read(); !piece.empty() && answer.size() < answer_max; piece = line.read())
    answer += piece;
  if (!answer.starts_with("HTTP/1.") || answer.size() < 12) return unreachable();
  const auto status = std::atoi(answer.substr(9, 3).c_str());
  if (status < 200 || status > 299)
    return base::fail(base::ErrorKind::conflict, "webhook.refused", {{"status", std::to_string(status)}});
  const auto head = answer.find("\r\n\r\n");
  if (head == answer.npos) return unreachable();
  const bool chunked = answer.substr(0, head).find("chunked") != answer.npos;
  auto body = answer.substr(head + 4);
  // One JSON document: of chunks, what stands between the first brace and the last.
  if (const auto from = body.find('{'), to = body.rfind('}'); chunked && from != body.npos && to != body.npos)
    body = body.substr(from, to - from + 1);
  return body;
}

}  // namespace net
