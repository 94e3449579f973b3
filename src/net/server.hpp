#pragma once
// The HTTP server: the only Beast, Asio and coroutines in the program. Handlers are plain blocking
// functions on a bounded worker pool; a session only suspends.
#include <cstdint>
#include <memory>
#include <string>

#include "api/http.hpp"
#include "base/error.hpp"

namespace net {

struct TlsFiles {
  std::string certificate;  // PEM chain
  std::string private_key;  // PEM
};

struct Options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8480;        // 0: any free port, see Server::port()
  bool tls = false;
  TlsFiles tls_files{};
  int workers = 16;
  std::size_t queue_limit = 512;    // requests waiting for a worker; more get 503 with Retry-After
  std::size_t connection_limit = 4096;
  int header_limit_bytes = 16 * 1024;
  int request_timeout_ms = 30'000;  // reading a request, writing an answer, an idle kept-alive connection
  int live_limit = 512;             // Server-Sent Event connections
  bool trust_proxy = false;         // take peer and scheme from X-Forwarded-*
  api::BodyLimit body_limit;        // required
};

class Server {
 public:
  // Errors: "net.address" (cannot bind), "net.tls" (certificate or key unreadable or not a pair),
  // "net.plain_remote" (plain HTTP on an address other than loopback without trust_proxy).
  static base::Result<std::unique_ptr<Server>> start(const Options& options, api::Handler handler);
  virtual ~Server() = default;       // stops
  virtual std::uint16_t port() const = 0;
  virtual void stop() = 0;           // no new requests; running ones finish, at most 10 s; idempotent
  virtual base::Result<void> reload_tls() = 0;  // SIGHUP: new certificate for new connections
  virtual void wake_live() = 0;      // something changed: poll every live connection soon; any thread
  struct Counters {
    std::uint64_t connections = 0, requests = 0, rejected = 0;
    std::size_t open = 0, queued = 0, live = 0;
  };
  virtual Counters counters() const = 0;
};

}  // namespace net
