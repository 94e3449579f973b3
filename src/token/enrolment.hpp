#pragma once
// The QR code that enrols a phone: where the server is, and a secret that works once. It is not
// signed, because a phone that is not enrolled has no key to check it with; the secret is what the
// server believes, and the server's TLS certificate is what the phone believes.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace token {

struct Enrolment {
  std::vector<std::string> server_urls;  // 1 to 4 https or http addresses, best first, at most 120 bytes each
  std::int64_t enrolment_id = 0;         // 1 .. 2^53-1
  std::array<std::uint8_t, 16> secret{};
  friend bool operator==(const Enrolment&, const Enrolment&) = default;
};

// "SWE1:" and Base45 of a CBOR map. Error: "enrolment_range".
base::Result<std::string> encode_enrolment(const Enrolment& enrolment);
// Errors: "not_an_enrolment", "other_version", "malformed".
base::Result<Enrolment> decode_enrolment(std::string_view text);

}  // namespace token
