#include "token/enrolment.hpp"

#include <algorithm>
#include <optional>

#include "token/cbor.hpp"

namespace token {
namespace {

using base::ErrorKind;
using base::fail;

constexpr std::string_view prefix = "SWE1:";
constexpr std::int64_t key_urls = 1, key_id = 2, key_secret = 3;
constexpr std::int64_t id_max = (std::int64_t{1} << 53) - 1;
constexpr std::size_t urls_max = 4, url_size_max = 120;

// A printable ASCII address: what a browser opens, and nothing that could look like another.
bool is_server_url(std::string_view url) {
  const bool scheme = url.starts_with("https://") || url.starts_with("http://");
  return scheme && url.find("//") + 2 < url.size() && url.size() <= url_size_max &&
         std::ranges::all_of(url, [](char c) { return '!' <= c && c <= '~'; });
}

bool in_range(const Enrolment& enrolment) {
  return !enrolment.server_urls.empty() && enrolment.server_urls.size() <= urls_max &&
         std::ranges::all_of(enrolment.server_urls, is_server_url) && enrolment.enrolment_id >= 1 &&
         enrolment.enrolment_id <= id_max;
}

Bytes encode(const Enrolment& enrolment) {
  CborWriter out;
  out.map(3).integer(key_urls).array(enrolment.server_urls.size());
  for (const std::string& url : enrolment.server_urls) out.text(url);
  out.integer(key_id).integer(enrolment.enrolment_id).integer(key_secret).bytes(enrolment.secret);
  return out.data();
}

std::optional<Enrolment> decode(const Bytes& bytes) {
  CborReader in(bytes);
  Enrolment enrolment;
  if (in.map() != 3u || in.integer() != key_urls) return std::nullopt;
  const std::size_t urls = in.array().value_or(0);
  if (urls < 1 || urls > urls_max) return std::nullopt;
  for (std::size_t i = 0; i < urls; ++i) enrolment.server_urls.emplace_back(in.text().value_or(""));
  if (in.integer() != key_id) return std::nullopt;
  enrolment.enrolment_id = in.integer().value_or(0);
  if (in.integer() != key_secret) return std::nullopt;
  const auto secret = in.bytes();
  if (!secret || secret->size() != enrolment.secret.size()) return std::nullopt;
  std::ranges::copy(*secret, enrolment.secret.begin());
  if (!in_range(enrolment) || encode(enrolment) != bytes) return std::nullopt;
  return enrolment;
}

bool is_other_version(std::string_view text) {
  if (!text.starts_with("SWE")) return false;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 4 || colon > 6) return false;
  return std::ranges::all_of(text.substr(3, colon - 3), [](char c) { return '0' <= c && c <= '9'; });
}

}  // namespace

base::Result<std::string> encode_enrolment(const Enrolment& enrolment) {
  if (!in_range(enrolment)) return fail(ErrorKind::invalid, "enrolment_range");
  return std::string(prefix) + base45_encode(encode(enrolment));
}

base::Result<Enrolment> decode_enrolment(std::string_view text) {
  if (!text.starts_with(prefix)) {
    return fail(ErrorKind::invalid, is_other_version(text) ? "other_version" : "not_an_enrolment");
  }
  const auto bytes = base45_decode(text.substr(prefix.size()));
  if (!bytes) return fail(ErrorKind::invalid, "malformed");
  auto enrolment = decode(*bytes);
  if (!enrolment) return fail(ErrorKind::invalid, "malformed");
  return *std::move(enrolment);
}

}  // namespace token
