#include "net/tls_client.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <utility>

namespace net::test {

struct TlsClient::State {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = nullptr;
  ~State() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

TlsClient::TlsClient(std::uint16_t port, const std::string& ca_pem, const std::string& host,
                     int highest_version)
    : Client(port), state_(std::make_unique<State>()) {
  BIO* text = BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size()));
  X509* root = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(state_->context), root);
  X509_free(root);
  BIO_free(text);
  SSL_CTX_set_verify(state_->context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_security_level(state_->context, 0);
  SSL_CTX_set_max_proto_version(state_->context, highest_version);
  state_->ssl = SSL_new(state_->context);
  constexpr std::array<unsigned char, 12> offered{2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_set_alpn_protos(state_->ssl, offered.data(), offered.size());
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(state_->ssl), host.c_str()) != 1) {
    SSL_set1_host(state_->ssl, host.c_str());
    SSL_set_tlsext_host_name(state_->ssl, host.c_str());
  }
  SSL_set_fd(state_->ssl, socket_);
  connected_ = SSL_connect(state_->ssl) == 1;
}

TlsClient::~TlsClient() { leave(); }

void TlsClient::leave() {
  if (std::exchange(connected_, false)) SSL_shutdown(state_->ssl);
  half_close();
}

int TlsClient::verify_code() const { return static_cast<int>(SSL_get_verify_result(state_->ssl)); }

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(state_->ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsClient::leaf_sha256() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(SSL_get0_peer_certificate(state_->ssl), EVP_sha256(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

bool TlsClient::write(std::string_view text) {
  return SSL_write(state_->ssl, text.data(), static_cast<int>(text.size())) > 0;
}

std::string TlsClient::read_some() {
  std::array<char, 16 * 1024> space{};
  const int size = SSL_read(state_->ssl, space.data(), static_cast<int>(space.size()));
  return size > 0 ? std::string(space.data(), static_cast<std::size_t>(size)) : std::string();
}

}  // namespace net::test
