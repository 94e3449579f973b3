#include "net/tls.hpp"

#include <openssl/ssl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/detect_ssl.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <string_view>

#include "net/session.hpp"

namespace net {

struct TlsContext {
  asio::ssl::context context{asio::ssl::context::tls_server};
};

namespace {

using Secure = Session<beast::ssl_stream<beast::tcp_stream>>;

constexpr std::string_view tls12_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// Only HTTP/1.1 is spoken; a client that offers other protocols alone goes on without the extension.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr std::string_view http11 = "\x08http/1.1";
  const auto* wanted = reinterpret_cast<const unsigned char*>(http11.data());
  unsigned char* match = nullptr;
  const int outcome = SSL_select_next_proto(&match, chosen_size, wanted, static_cast<unsigned>(http11.size()),
                                            offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, tls12_ciphers.data());
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

asio::awaitable<void> serve(std::shared_ptr<Secure> session, std::shared_ptr<TlsContext>,
                            std::chrono::milliseconds timeout) {
  session->lowest().expires_after(timeout);
  const auto [detect_error, is_tls] =
      co_await beast::async_detect_ssl(session->lowest(), session->buffer(), use_tuple);
  if (detect_error) co_return;
  if (!is_tls) {
    co_await redirect_to_https(session->lowest(), session->buffer(), timeout);
    co_await session->linger();
    co_return;
  }
  const auto seen = session->buffer().data();
  const auto [error, used] =
      co_await session->stream().async_handshake(asio::ssl::stream_base::server, seen, use_tuple);
  if (error) co_return;
  session->buffer().consume(used);
  co_await session->run();
}

}  // namespace

base::Result<std::shared_ptr<TlsContext>> load_tls(const TlsFiles& files) {
  auto loaded = std::make_shared<TlsContext>();
  error_code error;
  asio::ssl::context& context = loaded->context;
  configure(context.native_handle());
  context.use_certificate_chain_file(files.certificate, error);
  if (!error) context.use_private_key_file(files.private_key, asio::ssl::context::pem, error);
  if (!error && SSL_CTX_check_private_key(context.native_handle()) != 1) {
    error = asio::error::invalid_argument;
  }
  if (!error) return loaded;
  return base::fail(base::Error{base::ErrorKind::internal, "net.tls", {}, {}, error.message()});
}

void start_tls(Host& host, asio::ip::tcp::socket socket, const std::shared_ptr<TlsContext>& context) {
  const asio::any_io_executor strand = socket.get_executor();
  std::string peer = peer_of(socket);
  auto session = std::make_shared<Secure>(host, strand, std::move(peer), std::move(socket), context->context);
  if (!host.connections.add(session)) return;
  asio::co_spawn(strand, serve(std::move(session), context, host.timeout()), asio::detached);
}

}  // namespace net
