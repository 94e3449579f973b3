#pragma once
// A request and its answer as plain values: no sockets, no Beast. `net` fills and sends them,
// tests make them by hand.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace api {

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query as sent
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::string peer{};   // remote address without port; from X-Forwarded-For only behind a stated proxy
  bool secure = false;  // came over TLS, or a stated proxy says so

  // First header of that name, case-insensitive; empty when absent.
  std::string_view header(std::string_view name) const;
};

// A body made bit by bit, for exports and live changes. `next` returns the following piece; empty = end.
// It runs on a worker, or on the stream poller for `live`.
struct Stream {
  std::function<std::string()> next;
};

// Server-Sent Events: net asks `poll` about twice a second and at every wake-up, and sends what it
// returns; it holds no worker. `poll` returns complete "event: ...\ndata: ...\n\n" text or nothing.
struct Live {
  std::function<std::string()> poll;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::shared_ptr<const std::string> shared_body{};  // embedded assets: sent without a copy; wins over body
  std::shared_ptr<Stream> stream{};
  std::shared_ptr<Live> live{};

  void set(std::string name, std::string value);  // replaces
  std::string_view header(std::string_view name) const;
};

using Handler = std::function<Response(const Request&)>;

// Largest body accepted for this method and path, bytes; asked by net once the header is read.
using BodyLimit = std::function<std::uint64_t(std::string_view method, std::string_view path)>;

}  // namespace api
