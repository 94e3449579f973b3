#pragma once
// TLS for the listener. OpenSSL appears in tls.cpp and tls_authority.cpp alone.
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "net/host.hpp"

namespace net {

struct TlsContext;  // certificate, key and settings; connections keep the one they began with

// Errors: "net.tls".
base::Result<std::shared_ptr<TlsContext>> load_tls(const TlsFiles& files);

// Takes over an accepted socket whose executor is the connection's own strand. A client that speaks
// plain HTTP is sent to the https address.
void start_tls(Host& host, boost::asio::ip::tcp::socket socket, const std::shared_ptr<TlsContext>& context);

}  // namespace net
