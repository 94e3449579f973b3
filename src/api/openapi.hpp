#pragma once
#include <string>

#include "api/router.hpp"

namespace api {

// The OpenAPI 3.1 document of all endpoints, stable in order, two-space indented.
std::string openapi_document(const Router& router, std::string_view program_version);
// A readable page of the same, without scripts.
std::string api_page(const Router& router);

}  // namespace api
