#pragma once
// How a phone learns to trust this server: the local CA's certificate and what to do with it.
#include <string>

#include "api/service.hpp"

namespace app {

// /ca.crt and /install; without a local CA /install says that nothing is needed.
void add_install_page(api::Service& service, const std::string& ca_certificate, const std::string& ca_sha256);

}  // namespace app
