#include "feature/work_item/message.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <boost/json.hpp>

#include "api/url.hpp"

namespace feature::work_item {
namespace {

using Mac = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

Mac hmac(std::string_view key, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  Mac mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  return mac;
}

std::string base64(const Mac& mac) {
  std::string out(sodium_base64_encoded_len(mac.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), mac.data(), mac.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.find('\0'));
  return out;
}

std::string hex(const Mac& mac) {
  std::string out;
  for (const auto byte : mac) out += fmt::format("{:02x}", byte);
  return out;
}

std::string quoted(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }

Outgoing generic(const std::string& url, const std::string& secret, const Told& told, base::Instant now) {
  Outgoing out{url, {}, {}};
  out.body = fmt::format(R"({{"id":{},"event":{},"kind":{},"place":{},"tier":{},"at_ms":{},"text":{}}})",
                         told.id, quoted(told.verb), quoted(told.kind), quoted(told.place), told.tier, now.ms,
                         quoted(told.text));
  if (secret.empty()) return out;
  const auto at = std::to_string(now.ms);
  out.headers = {{"X-Shouwang-Timestamp", at},
                 {"X-Shouwang-Signature", "sha256=" + hex(hmac(secret, at + "." + out.body))}};
  return out;
}

// The timestamp and the secret are signed with the secret, and go along in the address.
Outgoing dingtalk(const std::string& url, const std::string& secret, const Told& told, base::Instant now) {
  Outgoing out{url, {}, fmt::format(R"({{"msgtype":"text","text":{{"content":{}}}}})", quoted(told.text))};
  if (secret.empty()) return out;
  const auto at = std::to_string(now.ms);
  out.url +=
      fmt::format("&timestamp={}&sign={}", at, api::percent_encode(base64(hmac(secret, at + "\n" + secret))));
  return out;
}

// The same text is the key, and what is signed is empty; seconds, in the body.
Outgoing feishu(const std::string& url, const std::string& secret, const Told& told, base::Instant now) {
  Outgoing out{url, {}, fmt::format(R"("msg_type":"text","content":{{"text":{}}}}})", quoted(told.text))};
  const auto at = std::to_string(now.ms / 1000);
  if (secret.empty())
    out.body = "{" + out.body;
  else
    out.body =
        fmt::format(R"({{"timestamp":"{}","sign":{},)", at, quoted(base64(hmac(at + "\n" + secret, "")))) +
        out.body;
  return out;
}

}  // namespace

Outgoing message_of(Format format, const std::string& url, const std::string& secret, const Told& told,
                    base::Instant now) {
  switch (format) {
    case Format::dingtalk:
      return dingtalk(url, secret, told, now);
    case Format::feishu:
      return feishu(url, secret, told, now);
    case Format::wecom:
      // The key stands in the address; there is no signature.
      return {url, {}, fmt::format(R"({{"msgtype":"text","text":{{"content":{}}}}})", quoted(told.text))};
    case Format::generic:
      break;
  }
  return generic(url, secret, told, now);
}

bool accepted(Format format, std::string_view answer) {
  if (format == Format::generic) return true;
  boost::system::error_code error;
  const auto said = boost::json::parse(boost::json::string_view(answer.data(), answer.size()), error);
  if (error || !said.is_object()) return false;
  for (const auto* name : {"errcode", "code", "StatusCode"})
    if (const auto* code = said.get_object().if_contains(name))
      return code->is_int64() && code->get_int64() == 0;
  return false;
}

base::Result<std::string> checked_host(Format format, std::string_view url) {
  const bool tls = url.starts_with("https://");
  if (!tls && !(format == Format::generic && url.starts_with("http://")))
    return base::fail_field("/url", "not_an_address");
  for (const char c : url)
    if (static_cast<unsigned char>(c) <= ' ' || c == '@' || c == '#')
      return base::fail_field("/url", "not_an_address");
  auto rest = url.substr(tls ? 8 : 7);
  const std::string host(rest.substr(0, rest.find_first_of("/?")));
  if (host.empty() || host.front() == ':') return base::fail_field("/url", "not_an_address");
  const auto is = [&](std::string_view name) { return host == name; };
  const bool own = format == Format::generic || (format == Format::wecom && is("qyapi.weixin.qq.com")) ||
                   (format == Format::dingtalk && is("oapi.dingtalk.com")) ||
                   (format == Format::feishu && (is("open.feishu.cn") || is("open.larksuite.com")));
  if (!own) return base::fail_field("/url", "not_of_this_maker");
  return host;
}

}  // namespace feature::work_item
