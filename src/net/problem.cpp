#include "net/problem.hpp"

#include <fmt/format.h>

namespace net {

api::Response problem(int status, std::string_view code) {
  api::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/problem+json");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = fmt::format(R"({{"type":"about:blank","status":{},"code":"{}"}})", status, code);
  return response;
}

api::Response busy() {
  api::Response response = problem(503, "busy");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

api::Response refusal(int status) {
  if (status == 503) return busy();
  if (status == 431) return problem(status, "header_too_large");
  return problem(status, status == 413 ? "too_large" : "bad_request");
}

}  // namespace net
