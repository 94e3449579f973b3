#pragma once
// From a request to an answer: log-in, permission, validation, handler, problem+json, ETag, gzip and
// security headers. Pure of sockets; the simulation and the API tests call `handle` directly.
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "api/assets.hpp"
#include "api/context.hpp"
#include "api/router.hpp"

namespace api {

// RFC 9457 with a translatable code instead of English sentences.
struct ProblemItem {
  std::string path, code;
  meta::Json params{};
};
struct ProblemBody {
  std::string type = "about:blank";
  int status = 500;
  std::string code{};
  meta::Json params{};
  std::vector<ProblemItem> problems{};
  std::string request_id{};
};

int status_of(base::ErrorKind kind);
Response problem_response(const base::Error& error, const std::string& request_id);

using Authenticate = std::function<base::Result<Principal>(const Request&, db::Store&, base::Instant now)>;

class Service {
 public:
  Service(db::Store& store, core::Services& services, const base::Clock& clock, Assets assets)
      : store_(store), services_(services), clock_(clock), assets_(std::move(assets)) {}

  Router& router() { return router_; }
  void set_authenticate(Authenticate authenticate) { authenticate_ = std::move(authenticate); }
  // Exact paths outside /api: /healthz, /metrics, /openapi.json, pages.
  void add_page(std::string path, Handler handler) { pages_[std::move(path)] = std::move(handler); }
  void set_on_write(std::function<void()> on_write) { on_write_ = std::move(on_write); }

  Response handle(const Request& request);
  std::uint64_t body_limit(std::string_view method, std::string_view path) const;

 private:
  Response answer_api(const Request& request, const std::string& request_id);
  base::Result<Response> invoke(const Request& request, const Router::Match& match,
                                const std::string& request_id, Response& extra);

  db::Store& store_;
  core::Services& services_;
  const base::Clock& clock_;
  Assets assets_;
  Router router_;
  Authenticate authenticate_;
  std::map<std::string, Handler, std::less<>> pages_;
  std::function<void()> on_write_;
  std::atomic<std::uint64_t> counter_{0};
};

}  // namespace api

template <>
struct meta::Describe<api::ProblemItem> {
  static constexpr std::string_view name = "ProblemItem", table = "";
  static constexpr std::array fields{
      field<&api::ProblemItem::path>("path", {.doc = "JSON pointer into the body, empty for the whole"}),
      field<&api::ProblemItem::code>("code", {.doc = "Translation key under error."}),
      field<&api::ProblemItem::params>("params")};
};
template <>
struct meta::Describe<api::ProblemBody> {
  static constexpr std::string_view name = "Problem", table = "";
  static constexpr std::array fields{
      field<&api::ProblemBody::type>("type"),         field<&api::ProblemBody::status>("status"),
      field<&api::ProblemBody::code>("code"),         field<&api::ProblemBody::params>("params"),
      field<&api::ProblemBody::problems>("problems"), field<&api::ProblemBody::request_id>("request_id")};
};
