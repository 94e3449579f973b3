#pragma once
// HMAC with SHA-1 (RFC 2104), 20 bytes: what authenticator apps compute. For nothing else.
#include <string>
#include <string_view>

namespace base {

std::string hmac_sha1(std::string_view key, std::string_view message);

}  // namespace base
