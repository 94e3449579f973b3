#pragma once
// The local certificate authority: made once, kept in the key directory (0600), name-constrained to
// this server's names and addresses; leaves live at most 398 days and are renewed at start when fewer
// than 30 days remain or a name was added.
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/server.hpp"

namespace net {

struct Authority {
  TlsFiles leaf;               // for Options::tls_files
  std::string ca_certificate;  // PEM, offered on the install page
  std::string ca_sha256;       // "AB:CD:..." to compare by eye
  base::Instant leaf_expires{};
  bool created = false;  // the CA itself is new: phones must install it (again)
};

// `names`: DNS names and IP addresses of this server; "localhost" and loopback are always added.
base::Result<Authority> ensure_authority(const std::filesystem::path& key_directory,
                                         const std::vector<std::string>& names, base::Instant now);

}  // namespace net
