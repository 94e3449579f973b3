#pragma once
// The HTTP server: the only Beast, Asio and coroutines in the program. Handlers are plain blocking
// functions on a bounded worker pool; a session only suspends.
#include <cstdint>
#include <memory>
#include <string>

#include "api/http.hpp"
#include "base/error.hpp"

// What net answers by itself, as application/problem+json with the code:
//   400 bad_request, 413 too_large, 431 header_too_large   and the connection closes
//   503 busy, with Retry-After: 1    the queue, the memory for bodies or the live connections are full
//   500 internal                     the handler threw
// A `next` or `poll` that throws ends its connection, `next` without the closing chunk. Headers that
// frame the message (Connection, Content-Length, Transfer-Encoding, Date) are net's alone.
namespace net {

// Paths of PEM files; both may name the same file.
struct TlsFiles {
  std::string certificate;  // the leaf, then any intermediates
  std::string private_key;
};

struct Options {
  std::string address = "127.0.0.1";  // a literal IPv4 or IPv6 address; "::" takes both
  std::uint16_t port = 8480;          // 0: any free port, see Server::port()
  bool tls = false;
  TlsFiles tls_files{};
  int workers = 64;
  std::size_t queue_limit = 512;  // requests waiting for a worker; more get 503 with Retry-After
  int queue_wait_ms = 100;        // so do those that would wait longer, by the pace of the last ones
  std::size_t connection_limit = 4096;
  std::size_t body_memory_bytes = 256 * 1024 * 1024;  // of all bodies being received or handled; more get 503
  int header_limit_bytes = 16 * 1024;
  int request_timeout_ms = 30'000;  // reading a request, writing an answer, an idle kept-alive connection
  int stop_patience_ms = 10'000;    // stop() waits so long for running requests, then cuts them off
  int live_limit = 512;             // Server-Sent Event connections; more get 503
  int live_keep_alive_ms = 15'000;  // a comment after so long a silence, so that proxies keep the line
  bool trust_proxy = false;         // take peer and scheme from X-Forwarded-*, last entry
  api::BodyLimit body_limit{};      // runs on an io thread, so must be quick; absent: 1 MiB everywhere
};

class Server {
 public:
  // Errors: "net.address" (cannot bind), "net.tls" (certificate or key unreadable or not a pair),
  // "net.plain_remote" (plain HTTP on an address other than loopback without trust_proxy).
  static base::Result<std::unique_ptr<Server>> start(const Options& options, api::Handler handler);
  virtual ~Server() = default;  // stops, and waits for handlers still running
  virtual std::uint16_t port() const = 0;
  // No new requests, live connections end; running requests finish, those not done after
  // stop_patience_ms are cut off. Idempotent.
  virtual void stop() = 0;
  virtual base::Result<void> reload_tls() = 0;  // SIGHUP: new certificate for new connections
  virtual void wake_live() = 0;  // something changed: poll every live connection soon; any thread
  struct Counters {
    std::uint64_t connections = 0, requests = 0;  // accepted; handled
    std::uint64_t rejected = 0;                   // 503 for want of room, connections turned away
    std::size_t open = 0, queued = 0, live = 0;   // now
  };
  virtual Counters counters() const = 0;
};

}  // namespace net
