#include "api/service.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <zlib.h>

#include <chrono>
#include <thread>

#include "base/log.hpp"
#include "base/metrics.hpp"

namespace api {
namespace {

constexpr std::size_t gzip_from_bytes = 1024;
constexpr std::string_view form_type = "application/x-www-form-urlencoded";
constexpr std::string_view content_policy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

std::string params_json(const base::ErrorParams& params) {
  std::string out = "{";
  for (const auto& [name, value] : params) {
    if (out.size() > 1) out += ',';
    meta::append_quoted(name, out);
    out += ':';
    meta::append_quoted(value, out);
  }
  return out + "}";
}

std::string etag_of(std::string_view body) {
  unsigned char digest[16];
  crypto_generichash(digest, sizeof digest, reinterpret_cast<const unsigned char*>(body.data()), body.size(),
                     nullptr, 0);
  return '"' + base64url({reinterpret_cast<const char*>(digest), sizeof digest}) + '"';
}

std::string gzip(std::string_view body) {
  z_stream z{};
  // Level 4: on JSON lists half the time of the default for 3 % more bytes. 15 + 16: gzip wrapper.
  if (deflateInit2(&z, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&z, body.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  z.avail_in = static_cast<uInt>(body.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const int done = deflate(&z, Z_FINISH);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return done == Z_STREAM_END ? out : std::string{};
}

bool changes_something(std::string_view method) { return method != "GET" && method != "HEAD"; }

// A page of another site may send simple requests with our cookie; none of these is simple. A form of a page
// without script is, so only an endpoint that says so takes one: its forms carry a seal, and no cookie
// counts.
bool foreign(const Request& request, const Endpoint& endpoint) {
  const auto site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  const auto type = request.header("content-type");
  if (endpoint.consumes == form_type && endpoint.permission == Permission::anybody)
    return !type.starts_with(form_type);
  return !request.body.empty() && !type.starts_with("application/json") &&
         !type.starts_with("application/octet-stream");
}

void finish(const Request& request, Response& r) {
  r.set("X-Content-Type-Options", "nosniff");
  r.set("Referrer-Policy", "no-referrer");
  if (r.header("content-security-policy").empty())
    r.set("Content-Security-Policy", std::string(content_policy));
  r.set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(self)");
  r.set("Cross-Origin-Opener-Policy", "same-origin");
  if (request.secure) r.set("Strict-Transport-Security", "max-age=31536000");
  if (r.header("cache-control").empty()) r.set("Cache-Control", "no-store");

  const bool json = r.header("content-type").starts_with("application/json");
  if (r.status == 200 && json && request.method == "GET" && !r.stream && !r.live) {
    r.set("ETag", etag_of(r.body));
    r.set("Cache-Control", "private, no-cache");
    if (request.header("if-none-match") == r.header("etag")) {
      r.status = 304;
      r.body.clear();
      return;
    }
  }
  if (json && r.body.size() >= gzip_from_bytes && r.header("content-encoding").empty() &&
      request.header("accept-encoding").find("gzip") != std::string_view::npos) {
    if (auto packed = gzip(r.body); !packed.empty()) {
      r.body = std::move(packed);
      r.set("Content-Encoding", "gzip");
      r.set("Vary", "Accept-Encoding");
    }
  }
}

}  // namespace

int status_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::invalid:
      return 422;
    case base::ErrorKind::not_found:
      return 404;
    case base::ErrorKind::conflict:
      return 409;
    case base::ErrorKind::forbidden:
      return 403;
    case base::ErrorKind::unauthenticated:
      return 401;
    case base::ErrorKind::too_large:
      return 413;
    case base::ErrorKind::rate_limited:
      return 429;
    case base::ErrorKind::busy:
      return 503;
    case base::ErrorKind::internal:
      return 500;
  }
  return 500;
}

Response problem_response(const base::Error& error, const std::string& request_id) {
  ProblemBody body{
      .status = status_of(error.kind), .code = error.code, .params = {params_json(error.params)}};
  for (const auto& p : error.problems) body.problems.push_back({p.path, p.code, {params_json(p.params)}});
  body.request_id = request_id;
  Response r = json_response(meta::to_json(body), body.status);
  r.set("Content-Type", "application/problem+json");
  if (body.status == 503) r.set("Retry-After", "1");
  if (body.status == 429) {
    for (const auto& [name, value] : error.params)
      if (name == "seconds") r.set("Retry-After", value);
  }
  return r;
}

std::uint64_t Service::body_limit(std::string_view method, std::string_view path) const {
  const auto match = router_.match(method, path_of(path));
  return match.endpoint ? match.endpoint->body_limit_bytes : 1024 * 1024;
}

namespace {
// What lies outside one's scope takes a little longer to be refused than what does not exist, because there
// is a row to look at. Both answers leave at the next whole millisecond.
void wait_for_even(std::chrono::steady_clock::time_point started) {
  constexpr std::chrono::milliseconds step{1};
  const auto steps = (std::chrono::steady_clock::now() - started) / step + 1;
  std::this_thread::sleep_until(started + steps * step);
}
}  // namespace

Response Service::handle(const Request& request) {
  const auto request_id = fmt::format("{:x}-{:x}", clock_.now().ms, counter_.fetch_add(1) + 1);
  const auto path = path_of(request.target);
  Response r;
  if (const auto page = pages_.find(path); page != pages_.end())
    r = page->second(request);
  else if (path == "/api" || path.starts_with("/api/") || path.starts_with("/r/"))  // r: pages of residents
    r = answer_api(request, request_id);
  else if (request.method == "GET" || request.method == "HEAD")
    r = assets_.serve(request);
  else
    r.status = 405;
  if (r.status == 404 && r.body.empty() && !r.shared_body)
    r = problem_response({base::ErrorKind::not_found, "not_found"}, request_id);
  r.set("X-Request-Id", request_id);
  finish(request, r);
  return r;
}

Response Service::answer_api(const Request& request, const std::string& request_id) {
  const auto started = std::chrono::steady_clock::now();
  const auto match =
      router_.match(request.method == "HEAD" ? "GET" : request.method, path_of(request.target));
  if (!match.endpoint) {
    Response r = problem_response({base::ErrorKind::not_found, "not_found"}, request_id);
    if (!match.allow.empty()) {
      r = problem_response({base::ErrorKind::invalid, "method_not_allowed", {{"allowed", match.allow}}},
                           request_id);
      r.status = 405;
      r.set("Allow", match.allow);
    }
    return r;
  }
  Response extra;
  auto result = invoke(request, match, request_id, extra);
  Response r;
  if (result) {
    r = std::move(*result);
  } else {
    if (result.error().kind == base::ErrorKind::internal)
      base::log::error("request.failed", {{"request_id", request_id},
                                          {"route", match.endpoint->path},
                                          {"code", result.error().code},
                                          {"cause", result.error().cause}});
    r = problem_response(result.error(), request_id);
    if (result.error().kind == base::ErrorKind::not_found) wait_for_even(started);
  }
  for (auto& [name, value] : extra.headers) r.headers.emplace_back(name, value);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  base::metrics::observe_seconds("request_seconds", seconds,
                                 {{"route", match.endpoint->path}, {"method", match.endpoint->method}});
  base::metrics::count("requests", {{"route", match.endpoint->path}, {"status", std::to_string(r.status)}});
  return r;
}

base::Result<Response> Service::invoke(const Request& request, const Router::Match& match,
                                       const std::string& request_id, Response& extra) {
  try {
    const auto now = clock_.now();
    const auto& endpoint = *match.endpoint;
    if (changes_something(request.method) && foreign(request, endpoint))
      return base::fail(base::ErrorKind::forbidden, "foreign_request");
    Principal who;
    if (authenticate_) {
      auto found = authenticate_(request, store_, now);
      if (found)
        who = std::move(*found);
      else if (endpoint.permission != Permission::anybody)
        return tl::unexpected(std::move(found).error());
    }
    if (endpoint.permission != Permission::anybody) {
      if (!who.signed_in()) return base::fail(base::ErrorKind::unauthenticated, "unauthenticated");
      if (endpoint.permission != Permission::signed_in && !who.permissions.has(endpoint.permission))
        return base::fail(base::ErrorKind::forbidden, "forbidden",
                          {{"permission", std::string(meta::name_of(endpoint.permission))}});
      if (endpoint.permission != Permission::signed_in) who.scope = who.scope_of(endpoint.permission);
    }
    if (request.body.size() > endpoint.body_limit_bytes)
      return base::fail(base::ErrorKind::too_large, "too_large");
    Context context(request, who, store_, services_, now, request_id);
    context.path_parameters = match.parameters;
    context.answer = &extra;
    context.on_write = on_write_;
    return endpoint.invoke(context);
  } catch (const std::exception& e) {
    base::Error error{base::ErrorKind::internal, "internal"};
    error.cause = e.what();
    return tl::unexpected(std::move(error));
  }
}

}  // namespace api
