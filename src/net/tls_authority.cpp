#include "net/tls_authority.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace net {
namespace {

template <auto function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Constraints = std::unique_ptr<NAME_CONSTRAINTS, Free<NAME_CONSTRAINTS_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

// A certificate with its key, kept in one file so that the two can never be of different age.
struct Pair {
  Key key;
  Certificate certificate;
};

constexpr std::int64_t skew_ms = base::hour_ms;  // phones whose clock is a little behind
constexpr std::int64_t authority_life_ms = 3650 * base::day_ms;
constexpr std::int64_t leaf_life_ms = 397 * base::day_ms;  // browsers refuse more than 398 days
constexpr std::int64_t renew_before_ms = 30 * base::day_ms;

struct Name {
  bool is_address = false;
  std::string text;  // lower case; addresses in canonical form
  friend auto operator<=>(const Name&, const Name&) = default;
};

tl::unexpected<base::Error> broken(std::string code, std::string cause) {
  return base::fail(base::Error{base::ErrorKind::internal, std::move(code), {}, {}, std::move(cause)});
}

tl::unexpected<base::Error> openssl_failed() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  return broken("net.authority", text.data());
}

tl::unexpected<base::Error> file_failed(const std::filesystem::path& path) {
  const std::error_code error(errno, std::generic_category());
  return broken("net.key_directory", path.string() + ": " + error.message());
}

// --- names ---

std::optional<std::string> canonical_address(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, text.c_str(), bytes.data()) == 1) {
      return std::string(inet_ntop(family, bytes.data(), out.data(), out.size()));
    }
  }
  return std::nullopt;
}

// Letters, digits and hyphens in labels of 1..63 (RFC 1123); no wildcard, since the authority may
// answer only for this server.
bool is_dns_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  char before = '.';
  for (const char c : text) {
    const bool letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (!letter && c != '-' && c != '.') return false;
    if ((c == '.' || c == '-') && before == '.') return false;
    if (c == '.' && before == '-') return false;
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return false;
    before = c;
  }
  return before != '.' && before != '-';
}

base::Result<std::set<Name>> read_names(const std::vector<std::string>& given) {
  std::set<Name> names{{false, "localhost"}, {true, "127.0.0.1"}, {true, "::1"}};
  for (const auto& text : given) {
    if (auto address = canonical_address(text)) {
      names.insert({true, std::move(*address)});
      continue;
    }
    if (!is_dns_name(text)) return base::fail(base::ErrorKind::invalid, "net.name", {{"name", text}});
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    names.insert({false, std::move(lower)});
  }
  return names;
}

std::string alternative_names(const std::set<Name>& names) {
  std::string out;
  for (const auto& name : names) {
    out += fmt::format("{}{}:{}", out.empty() ? "" : ",", name.is_address ? "IP" : "DNS", name.text);
  }
  return out;
}

std::string permitted_names(const std::set<Name>& names) {
  std::string out = "critical";
  for (const auto& name : names) {
    const bool v6 = name.text.find(':') != std::string::npos;
    const auto* mask = v6 ? "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "/255.255.255.255";
    out += fmt::format(",permitted;{}:{}{}", name.is_address ? "IP" : "DNS", name.text,
                       name.is_address ? mask : "");
  }
  return out;
}

// --- certificates ---

base::Instant expiry(const X509* certificate) {
  std::tm parts{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts);
  return base::Instant{timegm(&parts) * base::second_ms};
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  const Number number(BN_new());
  return number && BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_subject(X509* certificate, const std::string& common_name) {
  const auto add = [&](const char* field, const std::string& value) {
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0) == 1;
  };
  return add("O", "Shouwang") && add("CN", common_name);
}

// A new key with an unsigned certificate: subject, serial, validity.
std::optional<Pair> draft(const std::string& common_name, base::Instant from, base::Instant until) {
  Pair made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = made.certificate.get();
  const bool ok = made.key && certificate != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1 &&
                  set_serial(certificate) && set_subject(certificate, common_name) &&
                  ASN1_TIME_set(X509_getm_notBefore(certificate), from.ms / base::second_ms) != nullptr &&
                  ASN1_TIME_set(X509_getm_notAfter(certificate), until.ms / base::second_ms) != nullptr &&
                  X509_set_pubkey(certificate, made.key.get()) == 1;
  if (!ok) return std::nullopt;
  return made;
}

base::Result<Pair> make_authority(const std::set<Name>& names, base::Instant now) {
  std::array<unsigned char, 4> tag{};  // tells two authorities apart in a phone's list
  if (RAND_bytes(tag.data(), static_cast<int>(tag.size())) != 1) return openssl_failed();
  const auto title = fmt::format("Shouwang {:02X}{:02X}{:02X}{:02X}", tag[0], tag[1], tag[2], tag[3]);
  auto made = draft(title, now + -skew_ms, now + authority_life_ms);
  if (!made) return openssl_failed();
  X509* certificate = made->certificate.get();
  const bool ok =
      X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
      add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
      add_extension(certificate, certificate, NID_name_constraints, permitted_names(names)) &&
      X509_sign(certificate, made->key.get(), EVP_sha256()) > 0;
  if (!ok) return openssl_failed();
  return std::move(*made);
}

base::Result<Pair> make_leaf(const Pair& authority, const std::set<Name>& names, base::Instant now) {
  const base::Instant until = std::min(now + leaf_life_ms, expiry(authority.certificate.get()));
  auto made = draft("Shouwang", now + -skew_ms, until);
  if (!made) return openssl_failed();
  X509* certificate = made->certificate.get();
  X509* issuer = authority.certificate.get();
  const bool ok = X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
                  add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
                  add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
                  add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
                  add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
                  add_extension(certificate, issuer, NID_subject_alt_name, alternative_names(names)) &&
                  X509_sign(certificate, authority.key.get(), EVP_sha256()) > 0;
  if (!ok) return openssl_failed();
  return std::move(*made);
}

bool permits(const Pair& authority, X509* leaf) {
  const Constraints constraints(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(authority.certificate.get(), NID_name_constraints, nullptr, nullptr)));
  X509_check_purpose(leaf, -1, 0);  // a certificate made here has not parsed its own extensions yet
  return constraints && NAME_CONSTRAINTS_check(leaf, constraints.get()) == X509_V_OK;
}

bool covers(X509* leaf, const std::set<Name>& names) {
  return std::all_of(names.begin(), names.end(), [leaf](const Name& name) {
    if (name.is_address) return X509_check_ip_asc(leaf, name.text.c_str(), 0) == 1;
    return X509_check_host(leaf, name.text.c_str(), name.text.size(), 0, nullptr) == 1;
  });
}

bool lasts(const Pair& pair, base::Instant now) {
  return expiry(pair.certificate.get()) - now >= renew_before_ms;
}

bool still_good(const Pair& leaf, const Pair& authority, const std::set<Name>& names, base::Instant now) {
  return lasts(leaf, now) && covers(leaf.certificate.get(), names) &&
         X509_verify(leaf.certificate.get(), authority.key.get()) == 1;
}

std::string fingerprint(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return out;
}

// --- files ---

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string certificate_pem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pair_pem(const Pair& pair) {
  const Bio bio(BIO_new(BIO_s_secmem()));
  PEM_write_bio_PrivateKey(bio.get(), pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get()) + certificate_pem(pair.certificate.get());
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

// Readable by the owner alone from its first byte on; a crash leaves the old file or the new one.
base::Result<void> save(const std::filesystem::path& path, const Pair& pair) {
  const std::filesystem::path fresh = path.string() + ".new";
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return file_failed(fresh);
  const bool written = write_all(file, pair_pem(pair));
  ::close(file);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0) return file_failed(path);
  const int directory = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return file_failed(path);
  const bool kept = ::fsync(directory) == 0;
  ::close(directory);
  if (!kept) return file_failed(path);
  return {};
}

// Empty when there is no such file.
base::Result<std::optional<Pair>> load(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) return file_failed(path);
  const Bio file(BIO_new_file(path.c_str(), "r"));
  if (!file) return file_failed(path);
  Pair pair;
  pair.key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  pair.certificate.reset(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  const bool whole =
      pair.key && pair.certificate && X509_check_private_key(pair.certificate.get(), pair.key.get()) == 1;
  ERR_clear_error();
  if (!whole) return broken("net.authority_damaged", path.string());
  return std::optional<Pair>(std::move(pair));
}

// --- what is kept and what is made anew ---

// A damaged authority is not replaced behind its owner's back: every phone would have to install anew.
base::Result<Pair> authority_for(const std::filesystem::path& path, const std::set<Name>& names,
                                 base::Instant now, bool& created) {
  auto kept = load(path);
  if (!kept) return tl::unexpected(kept.error());
  if (*kept && lasts(**kept, now)) {
    const auto probe = make_leaf(**kept, names, now);
    if (!probe) return tl::unexpected(probe.error());
    if (permits(**kept, probe->certificate.get())) return std::move(**kept);
  }
  auto made = make_authority(names, now);
  if (!made) return made;
  if (const auto saved = save(path, *made); !saved) return tl::unexpected(saved.error());
  created = true;
  return made;
}

base::Result<Pair> leaf_for(const std::filesystem::path& path, const Pair& authority,
                            const std::set<Name>& names, base::Instant now) {
  auto kept = load(path);
  if (kept && *kept && still_good(**kept, authority, names, now)) return std::move(**kept);
  auto made = make_leaf(authority, names, now);
  if (!made) return made;
  if (const auto saved = save(path, *made); !saved) return tl::unexpected(saved.error());
  return made;
}

base::Result<void> ensure_directory(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  if (error) return broken("net.key_directory", path.string() + ": " + error.message());
  return {};
}

}  // namespace

base::Result<Authority> ensure_authority(const std::filesystem::path& key_directory,
                                         const std::vector<std::string>& names, base::Instant now) {
  const auto wanted = read_names(names);
  if (!wanted) return tl::unexpected(wanted.error());
  if (const auto ready = ensure_directory(key_directory); !ready) return tl::unexpected(ready.error());
  Authority out;
  const auto authority = authority_for(key_directory / "local_ca.pem", *wanted, now, out.created);
  if (!authority) return tl::unexpected(authority.error());
  const auto leaf_path = key_directory / "server.pem";
  const auto leaf = leaf_for(leaf_path, *authority, *wanted, now);
  if (!leaf) return tl::unexpected(leaf.error());
  out.leaf = TlsFiles{leaf_path.string(), leaf_path.string()};
  out.ca_certificate = certificate_pem(authority->certificate.get());
  out.ca_sha256 = fingerprint(authority->certificate.get());
  out.leaf_expires = expiry(leaf->certificate.get());
  return out;
}

}  // namespace net
