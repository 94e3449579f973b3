// The local authority: what a phone that installed it accepts, and what it does not.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "net/tls_authority.hpp"

namespace net::test {
namespace {

using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr base::Instant now{1'780'000'000'000};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

CertificatePtr certificate_in(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  CertificatePtr certificate(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
  BIO_free(bio);
  return certificate;
}

KeyPtr key_in(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  KeyPtr key(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr), EVP_PKEY_free);
  BIO_free(bio);
  return key;
}

// As `openssl verify -purpose sslserver -verify_hostname` does it.
int verify(X509* leaf, X509* authority, const std::string& host, base::Instant at) {
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, authority);
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf, nullptr);
  X509_STORE_CTX_set_default(context, "ssl_server");
  X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
  }
  X509_VERIFY_PARAM_set_time(wanted, at.ms / base::second_ms);
  X509_verify_cert(context);
  const int code = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return code;
}

// What a thief of the authority's key would make.
CertificatePtr forge(X509* model, X509* authority, EVP_PKEY* authority_key, const std::string& names) {
  CertificatePtr forged(X509_dup(model), X509_free);
  X509_EXTENSION_free(
      X509_delete_ext(forged.get(), X509_get_ext_by_NID(forged.get(), NID_subject_alt_name, -1)));
  X509V3_CTX context;
  X509V3_set_ctx(&context, authority, forged.get(), nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, names.c_str());
  X509_add_ext(forged.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(forged.get(), authority_key, EVP_sha256());
  return forged;
}

class AuthorityTest : public testing::Test {
 protected:
  AuthorityTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "shouwang_ca_XXXXXX").string();
    directory_ = std::filesystem::path(mkdtemp(pattern.data())) / "keys";
  }
  ~AuthorityTest() override { std::filesystem::remove_all(directory_.parent_path()); }

  Authority ensure(const std::vector<std::string>& names, base::Instant at = now) {
    auto made = ensure_authority(directory_, names, at);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().code + " " + made.error().cause);
    return made ? *made : Authority{};
  }
  CertificatePtr leaf() const { return certificate_in(read(directory_ / "server.pem")); }

  std::filesystem::path directory_;
};

TEST_F(AuthorityTest, TheLeafProvesEveryListedName) {
  const auto made = ensure({"Gate.Compound.lan", "192.168.1.20", "fd00::20"});
  EXPECT_TRUE(made.created);
  const auto authority = certificate_in(made.ca_certificate);
  const auto certificate = leaf();
  for (const auto* name :
       {"gate.compound.lan", "192.168.1.20", "fd00::20", "localhost", "127.0.0.1", "::1"}) {
    EXPECT_EQ(X509_V_OK, verify(certificate.get(), authority.get(), name, now)) << name;
  }
  EXPECT_EQ(X509_V_ERR_HOSTNAME_MISMATCH, verify(certificate.get(), authority.get(), "other.lan", now));
  EXPECT_EQ(X509_V_ERR_IP_ADDRESS_MISMATCH, verify(certificate.get(), authority.get(), "192.168.1.21", now));
  EXPECT_EQ(X509_V_ERR_CERT_HAS_EXPIRED,
            verify(certificate.get(), authority.get(), "localhost", made.leaf_expires + base::day_ms));
}

TEST_F(AuthorityTest, ItsKeyIsWorthlessForOtherNames) {
  const auto made = ensure({"gate.lan", "192.168.1.20"});
  const auto authority = certificate_in(made.ca_certificate);
  const auto key = key_in(read(directory_ / "local_ca.pem"));
  const auto verdict = [&](const std::string& names, const std::string& host) {
    const auto forged = forge(leaf().get(), authority.get(), key.get(), names);
    return verify(forged.get(), authority.get(), host, now);
  };
  EXPECT_EQ(X509_V_OK, verdict("DNS:gate.lan", "gate.lan"));
  EXPECT_EQ(X509_V_ERR_PERMITTED_VIOLATION, verdict("DNS:bank.example", "bank.example"));
  EXPECT_EQ(X509_V_ERR_PERMITTED_VIOLATION, verdict("DNS:gate.lan,DNS:bank.example", "bank.example"));
  EXPECT_EQ(X509_V_ERR_PERMITTED_VIOLATION, verdict("IP:192.168.1.21", "192.168.1.21"));
}

TEST_F(AuthorityTest, LeafLivesAtMost398Days) {
  const auto made = ensure({});
  const auto certificate = leaf();
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate.get()),
                 X509_get0_notAfter(certificate.get()));
  EXPECT_LE(days, 398);
  EXPECT_GT(made.leaf_expires, now + 390 * base::day_ms);
  EXPECT_EQ(1, EVP_PKEY_is_a(X509_get0_pubkey(certificate.get()), "EC"));
  EXPECT_EQ(256, EVP_PKEY_get_bits(X509_get0_pubkey(certificate.get())));
}

TEST_F(AuthorityTest, KeysAreTheOwnersAlone) {
  ensure({"gate.lan"});
  for (const auto* name : {"local_ca.pem", "server.pem"}) {
    struct stat state {};
    ASSERT_EQ(0, stat((directory_ / name).c_str(), &state));
    EXPECT_EQ(0600U, state.st_mode & 0777U) << name;
  }
  chmod((directory_ / "local_ca.pem").c_str(), 0644);
  ensure({"gate.lan"});
  struct stat state {};
  stat((directory_ / "local_ca.pem").c_str(), &state);
  EXPECT_EQ(0600U, state.st_mode & 0777U);
}

TEST_F(AuthorityTest, KeptUntilThirtyDaysRemain) {
  const auto first = ensure({"gate.lan"});
  const auto first_leaf = read(first.leaf.certificate);
  const auto again = ensure({"gate.lan"}, first.leaf_expires + -30 * base::day_ms);
  EXPECT_FALSE(again.created);
  EXPECT_EQ(first_leaf, read(again.leaf.certificate));
  const auto renewed = ensure({"gate.lan"}, first.leaf_expires + -29 * base::day_ms);
  EXPECT_FALSE(renewed.created);
  EXPECT_EQ(first.ca_sha256, renewed.ca_sha256);
  EXPECT_NE(first_leaf, read(renewed.leaf.certificate));
  EXPECT_GT(renewed.leaf_expires, first.leaf_expires);
}

TEST_F(AuthorityTest, AnAddedNameNeedsANewAuthorityARemovedOneNothing) {
  const auto first = ensure({"gate.lan", "desk.lan"});
  const auto fewer = ensure({"gate.lan"});
  EXPECT_EQ(first.ca_sha256, fewer.ca_sha256);
  const auto more = ensure({"gate.lan", "depot.lan"});
  EXPECT_TRUE(more.created);
  EXPECT_NE(first.ca_sha256, more.ca_sha256);
  EXPECT_EQ(X509_V_OK, verify(leaf().get(), certificate_in(more.ca_certificate).get(), "depot.lan", now));
}

TEST_F(AuthorityTest, ALostLeafIsMadeAgainByTheSameAuthority) {
  const auto first = ensure({"gate.lan"});
  std::ofstream(directory_ / "server.pem") << "rubbish";
  const auto again = ensure({"gate.lan"});
  EXPECT_EQ(first.ca_sha256, again.ca_sha256);
  EXPECT_EQ(X509_V_OK, verify(leaf().get(), certificate_in(again.ca_certificate).get(), "gate.lan", now));
}

TEST_F(AuthorityTest, ADamagedAuthorityIsNeverReplacedSilently) {
  ensure({"gate.lan"});
  std::ofstream(directory_ / "local_ca.pem") << "rubbish";
  EXPECT_EQ("net.authority_damaged", ensure_authority(directory_, {"gate.lan"}, now).error().code);
  EXPECT_EQ("rubbish", read(directory_ / "local_ca.pem"));
}

TEST_F(AuthorityTest, RefusesNamesItCannotCertify) {
  for (const auto* name : {"", "*.lan", "a b", "gate.lan,DNS:bank.example", "-a.lan", "a..b", "a.", "守望"}) {
    const auto refused = ensure_authority(directory_, {name}, now);
    ASSERT_FALSE(refused.has_value()) << name;
    EXPECT_EQ("net.name", refused.error().code);
  }
  EXPECT_EQ("net.key_directory", ensure_authority("/proc/none", {}, now).error().code);
}

TEST_F(AuthorityTest, TheFingerprintIsThatOfTheCertificate) {
  const auto made = ensure({});
  ASSERT_EQ(95U, made.ca_sha256.size());  // 32 bytes, colons between
  unsigned char digest[32];
  X509_digest(certificate_in(made.ca_certificate).get(), EVP_sha256(), digest, nullptr);
  EXPECT_EQ(digest[0], std::stoul(made.ca_sha256.substr(0, 2), nullptr, 16));
  EXPECT_EQ(digest[31], std::stoul(made.ca_sha256.substr(93, 2), nullptr, 16));
}

}  // namespace
}  // namespace net::test
