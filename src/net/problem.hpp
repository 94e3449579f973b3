#pragma once
// The answers net gives by itself, as application/problem+json.
#include <string_view>

#include "api/http.hpp"

namespace net {

api::Response problem(int status, std::string_view code);
api::Response busy();               // 503 with Retry-After: 1
api::Response refusal(int status);  // 400, 413, 431 or 503

}  // namespace net
