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

// `names`: DNS names and IP addresses of this server; "localhost" and loopback are always added. A
// name that the kept CA does not permit makes a new CA, since constraints cannot grow: list all names at
// the first run.
// Errors: "net.name" (param `name`: neither an address nor a DNS name; wildcards are refused),
// "net.key_directory" (not creatable, readable or writable), "net.authority_damaged" (the kept CA cannot
// be read: restore or remove it by hand), "net.authority" (OpenSSL failed).
base::Result<Authority> ensure_authority(const std::filesystem::path& key_directory,
                                         const std::vector<std::string>& names, base::Instant now);

}  // namespace net
