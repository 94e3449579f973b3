#include "net/test_client.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <thread>
#include <utility>

namespace net::test {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

void parse_head(std::string_view head, Answer& answer) {
  answer.status = std::stoi(std::string(head.substr(9, 3)));
  for (auto line = head.find("\r\n"); line != std::string_view::npos;) {
    const auto next = head.find("\r\n", line + 2);
    const auto field = head.substr(line + 2, next - line - 2);
    const auto colon = field.find(": ");
    if (colon != std::string_view::npos) {
      answer.headers[lower(field.substr(0, colon))] = std::string(field.substr(colon + 2));
    }
    line = next;
  }
}

}  // namespace

Client::Client(std::uint16_t port, int receive_buffer_bytes) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience{20, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (receive_buffer_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(0, ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

bool Client::write(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Client::read_some() {
  std::array<char, 16 * 1024> space{};
  const auto size = ::recv(socket_, space.data(), space.size(), 0);
  return size > 0 ? std::string(space.data(), static_cast<std::size_t>(size)) : std::string();
}

bool Client::fill() {
  const std::string more = read_some();
  seen_ += more;
  return !more.empty();
}

std::string Client::take(std::size_t size) {
  while (seen_.size() < size && fill()) {
  }
  std::string out = seen_.substr(0, size);
  seen_.erase(0, out.size());
  return out;
}

std::string Client::until(std::string_view mark) {
  while (seen_.find(mark) == std::string::npos && fill()) {
  }
  const auto at = seen_.find(mark);
  return take(at == std::string::npos ? seen_.size() : at + mark.size());
}

std::string Client::rest() {
  while (fill()) {
  }
  return std::exchange(seen_, {});
}

std::string Client::chunks() {
  std::string body;
  for (;;) {
    const std::string size_line = until("\r\n");
    if (size_line.empty()) return body + "<cut>";
    const auto size = std::stoul(size_line, nullptr, 16);
    body += take(size);
    until("\r\n");
    if (size == 0) return body;
  }
}

Answer Client::answer(bool head_only) {
  Answer answer;
  const std::string head = until("\r\n\r\n");
  if (head.size() < 12) return answer;
  parse_head(head, answer);
  if (head_only || answer.status == 100 || answer.status == 204 || answer.status == 304) return answer;
  if (answer.headers.contains("content-length")) {
    answer.body = take(std::stoul(answer.headers["content-length"]));
  } else if (answer.headers.contains("transfer-encoding")) {
    answer.body = chunks();
  }
  return answer;
}

Answer Client::ask(std::string_view text, bool head_only) {
  write(text);
  return answer(head_only);
}

void Client::half_close() { ::shutdown(socket_, SHUT_WR); }

void Client::vanish() {
  const linger now{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(socket_, -1));
}

std::string get(std::string_view target, std::string_view more_headers) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: compound\r\n{}\r\n", target, more_headers);
}

std::string post(std::string_view target, std::string_view body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: compound\r\nContent-Length: {}\r\n\r\n{}", target,
                     body.size(), body);
}

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

Options loopback() {
  Options options;
  options.port = 0;
  options.workers = 4;
  return options;
}

std::unique_ptr<Server> start(const Options& options, api::Handler handler) {
  auto server = Server::start(options, std::move(handler));
  EXPECT_TRUE(server.has_value()) << (server ? "" : server.error().code + " " + server.error().cause);
  return server ? std::move(*server) : nullptr;
}

api::Response text(std::string body) {
  api::Response response;
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

}  // namespace net::test
