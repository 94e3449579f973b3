#include "load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <deque>
#include <stdexcept>

namespace bench {
namespace {

using Steady = std::chrono::steady_clock;

double ms_between(Steady::time_point from, Steady::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

double processor_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
         double(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

struct Lane {
  int fd = -1;
  bool busy = false;
  std::int64_t sent = 0;
  Steady::time_point due{}, at{};
  std::string out{}, in{};
};

int connected(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect");
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

// Length of the first whole answer in `text`, 0 while it is not whole.
std::size_t whole(const std::string& text) {
  const auto head = text.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const auto at = text.find("Content-Length: ");
  if (at == std::string::npos || at > head) throw std::runtime_error("an answer without a length");
  std::size_t length = 0;
  std::from_chars(text.data() + at + 16, text.data() + head, length);
  return text.size() >= head + 4 + length ? head + 4 + length : 0;
}

class Driver {
 public:
  explicit Driver(const Load& load) : load_(load), lanes_(static_cast<std::size_t>(load.connections)) {
    poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i].fd = connected(load.port);
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(poll_, EPOLL_CTL_ADD, lanes_[i].fd, &event);
      idle_.push_back(i);
    }
  }
  ~Driver() {
    for (const auto& lane : lanes_) ::close(lane.fd);
    ::close(poll_);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  Measured run() {
    start_ = Steady::now();
    const auto processor = processor_us();
    const auto end =
        start_ + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(load_.seconds));
    for (auto now = start_; now < end || idle_.size() < lanes_.size(); now = Steady::now()) {
      if (now < end) send_due(now);
      receive(now < end ? 1 : 20);
      if (ms_between(end, now) > 20'000) throw std::runtime_error("no answer for 20 s");
    }
    measured_.seconds = load_.seconds;
    if (measured_.ok > 0) measured_.processor_us = (processor_us() - processor) / double(measured_.ok);
    measured_.p50_ms = part(took_, 0.5);
    measured_.p99_ms = part(took_, 0.99);
    measured_.p99_due_ms = load_.offered > 0 ? part(took_due_, 0.99) : 0;
    if (measured_.shed > 0) measured_.retry_after_share = double(told_when_) / double(measured_.shed);
    return measured_;
  }

 private:
  static double part(std::vector<double>& times, double which) {
    if (times.empty()) return 0;
    const auto at = static_cast<std::size_t>(which * double(times.size() - 1));
    std::nth_element(times.begin(), times.begin() + std::ptrdiff_t(at), times.end());
    return times[at];
  }

  void send_due(Steady::time_point now) {
    if (load_.offered <= 0) {
      while (!idle_.empty()) send(now, now);
      return;
    }
    const auto until = static_cast<std::int64_t>(ms_between(start_, now) / 1000 * load_.offered);
    for (; offered_ < until && !idle_.empty(); ++offered_)
      send(start_ + std::chrono::duration_cast<Steady::duration>(
                        std::chrono::duration<double>(double(offered_) / load_.offered)),
           now);
  }

  void send(Steady::time_point due, Steady::time_point now) {
    const auto which = idle_.front();
    idle_.pop_front();
    auto& lane = lanes_[which];
    lane.out = load_.request(static_cast<int>(which), lane.sent++);
    lane.due = due;
    lane.at = now;
    lane.busy = true;
    for (std::size_t done = 0; done < lane.out.size();) {
      const auto n = ::send(lane.fd, lane.out.data() + done, lane.out.size() - done, MSG_NOSIGNAL);
      if (n > 0)
        done += static_cast<std::size_t>(n);
      else if (errno != EAGAIN && errno != EINTR)
        throw std::runtime_error("a connection broke");
    }
  }

  void receive(int wait_ms) {
    epoll_event events[256];
    const int count = ::epoll_wait(poll_, events, 256, wait_ms);
    for (int i = 0; i < count; ++i) read(static_cast<std::size_t>(events[i].data.u64));
  }

  void read(std::size_t which) {
    auto& lane = lanes_[which];
    char buffer[65536];
    const auto n = ::recv(lane.fd, buffer, sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) throw std::runtime_error("a connection broke");
    lane.in.append(buffer, static_cast<std::size_t>(n));
    const auto size = whole(lane.in);
    if (size == 0) return;
    count(lane);
    lane.in.erase(0, size);
    lane.busy = false;
    idle_.push_back(which);
  }

  void count(const Lane& lane) {
    const auto status = lane.in.substr(9, 3);
    const auto now = Steady::now();
    if (status == "200") {
      ++measured_.ok;
      took_.push_back(ms_between(lane.at, now));
      took_due_.push_back(ms_between(lane.due, now));
    } else if (status == "503") {
      ++measured_.shed;
      if (lane.in.find("Retry-After: ") != std::string::npos) ++told_when_;
    } else {
      ++measured_.other;
      if (measured_.other == 1) fmt::print(stderr, "{}\n", lane.in);
    }
  }

  const Load& load_;
  std::vector<Lane> lanes_;
  std::deque<std::size_t> idle_{};
  std::vector<double> took_{}, took_due_{};
  std::int64_t offered_ = 0, told_when_ = 0;
  Steady::time_point start_{};
  Measured measured_{};
  int poll_ = -1;
};

}  // namespace

Measured drive(const Load& load) { return Driver(load).run(); }

std::string post(std::string_view path, std::string_view token, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n"
      "Content-Length: {}\r\n\r\n{}",
      path, token, body.size(), body);
}

std::string get(std::string_view path, std::string_view token) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", path, token);
}

}  // namespace bench
