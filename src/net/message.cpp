#include "net/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/write.hpp>
#include <cctype>
#include <ctime>
#include <sstream>
#include <utility>

namespace net {

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

namespace {

beast::string_view text_of(std::string_view text) { return {text.data(), text.size()}; }

bool is_token(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_plain(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

bool is_framing(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{"connection", "content-length",    "date",
                                                  "keep-alive", "transfer-encoding", "upgrade"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view own) { return beast::iequals(text_of(own), text_of(name)); });
}

bool is_sendable(std::string_view name, std::string_view value) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token) &&
         std::all_of(value.begin(), value.end(), is_plain) && !is_framing(name);
}

// RFC 9110 5.6.7; the C locale's names are English, and the program never sets another.
std::string http_date(std::time_t at) {
  std::tm parts{};
  gmtime_r(&at, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Proxies append, some to the line and some as a line of their own: the last entry of the last line is
// ours, those before it are the client's word.
std::string_view last_entry(const http::fields& fields, beast::string_view name) {
  std::string_view line;
  const auto [first, end] = fields.equal_range(name);
  for (auto field = first; field != end; ++field) line = view(field->value());
  const auto comma = line.rfind(',');
  return trimmed(comma == std::string_view::npos ? line : line.substr(comma + 1));
}

void frame(Answer& answer, const api::Response& response, const Framing& framing) {
  answer.keep_alive(framing.keep);
  if (framing.chunked) {
    answer.chunked(true);
    return;
  }
  const bool bodiless = response.status == 204 || response.status == 304;
  if (framing.until_close || bodiless) return;
  const std::string& body = response.shared_body ? *response.shared_body : response.body;
  answer.content_length(body.size());
  if (!framing.head) answer.body() = {body.data(), body.size()};
}

}  // namespace

Answer make_answer(const api::Response& response, const Framing& framing) {
  Answer answer;
  answer.version(framing.version);
  answer.result(response.status >= 200 && response.status <= 999 ? static_cast<unsigned>(response.status)
                                                                 : 500U);
  answer.set(http::field::date, http_date(std::time(nullptr)));
  for (const auto& [name, value] : response.headers) {
    if (is_sendable(name, value)) answer.insert(text_of(name), text_of(value));
  }
  frame(answer, response, framing);
  return answer;
}

std::string serialize(const api::Response& response) {
  std::ostringstream text;
  text << make_answer(response, Framing());
  return text.str();
}

std::string chunk_of(std::string_view piece) { return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece); }

int refusal_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return gone;
  return error.category() == http::make_error_code(http::error::bad_target).category() ? 400 : gone;
}

bool wants_continue(const HeadFields& head) {
  return head.version() >= 11 && beast::iequals(head[http::field::expect], "100-continue");
}

bool too_large(const boost::optional<std::uint64_t>& length, std::uint64_t limit) {
  return length.has_value() && *length > limit;
}

api::Request make_request(http::request<http::string_body> message, const std::string& peer, bool secure,
                          bool trust_proxy) {
  api::Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.peer = peer;
  request.secure = secure;
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  if (trust_proxy) {
    const auto forwarded = last_entry(message, "X-Forwarded-For");
    if (!forwarded.empty()) request.peer = std::string(forwarded);
    if (last_entry(message, "X-Forwarded-Proto") == "https") request.secure = true;
  }
  request.body = std::move(message.body());
  return request;
}

std::string https_location(const HeadFields& head) {
  const auto host = view(head[http::field::host]);
  const auto target = view(head.target());
  const bool usable = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-.:[]").find(c) != std::string_view::npos;
  });
  if (!usable || target.empty() || target.front() != '/') return {};
  return "https://" + std::string(host) + std::string(target);
}

}  // namespace net
