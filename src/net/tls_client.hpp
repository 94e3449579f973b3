#pragma once
// The blocking test client over TLS, trusting one authority only.
#include <cstdint>
#include <memory>
#include <string>

#include "net/test_client.hpp"

namespace net::test {

class TlsClient final : public Client {
 public:
  // Handshakes at once; `ca_pem` is the only trusted root, `host` the name or address to be proved.
  // `highest_version`: 0 or an OpenSSL constant such as TLS1_1_VERSION.
  TlsClient(std::uint16_t port, const std::string& ca_pem, const std::string& host, int highest_version = 0);
  ~TlsClient() override;

  bool connected() const { return connected_; }
  int verify_code() const;       // X509_V_OK, ...
  std::string protocol() const;  // chosen by ALPN
  std::string leaf_sha256() const;
  bool write(std::string_view text) override;
  std::string read_some() override;
  void leave();  // says goodbye as TLS wants it

 private:
  struct State;
  std::unique_ptr<State> state_;
  bool connected_ = false;
};

}  // namespace net::test
