#pragma once
// Between Beast's messages and the plain values of api.
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/server.hpp"

namespace net {

namespace beast = boost::beast;
namespace http = boost::beast::http;

// How an answer must be framed for the request it belongs to.
struct Framing {
  unsigned version = 11;
  bool keep = false;  // the connection stays open afterwards
  bool head = false;  // HEAD: everything but the body
  bool chunked = false;
  bool until_close = false;  // no length: the body ends with the connection
};

// The body refers to `response`, which must outlive it. Headers that frame the message (Connection,
// Content-Length, ...) are net's alone, and one with a control character is left out, so that no
// value can split the answer.
using Answer = http::response<http::span_body<const char>>;
Answer make_answer(const api::Response& response, const Framing& framing);

// The whole message as text, closing the connection: for answers given outside a session.
std::string serialize(const api::Response& response);

// A piece as HTTP/1.1 sends it; the empty piece is the end of the body.
std::string chunk_of(std::string_view piece);

using HeadFields = http::request_header<>;
std::string_view view(beast::string_view text);

// How reading a request went: fine, gone (nobody is there to answer), or the status to refuse it with.
inline constexpr int fine = 0;
inline constexpr int gone = -1;
int refusal_of(const boost::system::error_code& error);

bool wants_continue(const HeadFields& head);
bool too_large(const boost::optional<std::uint64_t>& length, std::uint64_t limit);

// `peer` is the socket's; behind a stated proxy X-Forwarded-For and -Proto win.
api::Request make_request(http::request<http::string_body> message, const std::string& peer, bool secure,
                          bool trust_proxy);

// "https://host/target" for a request that came without TLS; empty when its Host or target is unusable.
std::string https_location(const HeadFields& head);

}  // namespace net
