#include "base/hmac_sha1.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace base {

std::string hmac_sha1(std::string_view key, std::string_view message) {
  std::string mac(20, '\0');
  unsigned size = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(),
           reinterpret_cast<unsigned char*>(mac.data()), &size) == nullptr ||
      size != mac.size())
    throw std::runtime_error("no SHA-1");
  return mac;
}

}  // namespace base
