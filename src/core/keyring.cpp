#include "core/keyring.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "api/url.hpp"

namespace core {
namespace {

constexpr char key_id = 1;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string aad(std::string_view table, std::string_view column, std::int64_t row) {
  return fmt::format("{}.{}#{}", table, column, row);
}

// 32 bytes from a file, made there when absent.
base::Result<std::array<std::uint8_t, 32>> key_file(const std::filesystem::path& path) {
  std::array<std::uint8_t, 32> key{};
  if (!std::filesystem::exists(path)) {
    randombytes_buf(key.data(), key.size());
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    const bool written =
        fd >= 0 && ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!written) return base::fail(base::ErrorKind::internal, "keys.unreadable", {{"path", path.string()}});
    return key;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail(base::ErrorKind::internal, "keys.unreadable", {{"path", path.string()}});
  file.read(reinterpret_cast<char*>(key.data()), static_cast<std::streamsize>(key.size()));
  if (file.gcount() != static_cast<std::streamsize>(key.size()) ||
      file.peek() != std::ifstream::traits_type::eof())
    return base::fail(base::ErrorKind::internal, "keys.damaged", {{"path", path.string()}});
  return key;
}

constexpr int pass_keys_max = 255;  // a key id is one byte
std::filesystem::path pass_key_path(const std::filesystem::path& directory, int kid) {
  return directory / fmt::format("pass-{}.key", kid);
}

// Characters, not bytes: the first `keep` of them.
std::size_t utf8_prefix(std::string_view text, std::size_t keep) {
  std::size_t at = 0;
  for (; at < text.size() && keep > 0; --keep) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

std::size_t utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

std::string mask_middle(std::string_view text, std::size_t head, std::size_t tail) {
  if (text.size() <= head + tail) return std::string(text.size(), '*');
  return std::string(text.substr(0, head)) + std::string(text.size() - head - tail, '*') +
         std::string(text.substr(text.size() - tail));
}

}  // namespace

base::Result<Keyring> Keyring::open(const std::filesystem::path& directory) {
  if (sodium_init() < 0) return base::fail(base::ErrorKind::internal, "keys.unreadable");
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  if (error) return base::fail(base::ErrorKind::internal, "keys.unreadable", {{"path", directory.string()}});
  Keyring ring;
  ring.directory_ = directory;
  for (const auto& [name, slot] : {std::pair{"master.key", &ring.master_},
                                   {"index.key", &ring.index_},
                                   {"day.key", &ring.day_},
                                   {"audit.key", &ring.audit_}}) {
    auto key = key_file(directory / name);
    if (!key) return tl::unexpected(std::move(key).error());
    *slot = *key;
  }
  if (auto read = ring.read_pass_keys(); !read) return tl::unexpected(std::move(read).error());
  return ring;
}

// pass-1.key, pass-2.key ...: the highest signs, all verify.
base::Result<bool> Keyring::read_pass_keys() {
  auto keys = std::make_unique<PassKeys>();
  for (int kid = 1; kid <= pass_keys_max; ++kid) {
    const auto path = pass_key_path(directory_, kid);
    if (kid > 1 && !std::filesystem::exists(path)) break;
    auto seed = key_file(path);
    if (!seed) return tl::unexpected(std::move(seed).error());
    token::SignKey key;
    key.kid = {static_cast<std::uint8_t>(kid)};
    key.seed = *seed;
    keys->verify.push_back(token::verify_key(key));
    keys->sign.push_back(std::move(key));
  }
  const auto* known = passes_->newest.load();
  if (known && known->sign.size() == keys->sign.size()) return false;
  passes_->all.push_back(std::move(keys));
  passes_->newest.store(passes_->all.back().get(), std::memory_order_release);
  return true;
}

base::Result<bool> Keyring::reread_pass_keys() {
  // One look at the directory while nothing has changed.
  if (!std::filesystem::exists(pass_key_path(directory_, static_cast<int>(passes().sign.size()) + 1)))
    return false;
  const std::lock_guard lock(passes_->changing);
  return read_pass_keys();
}

base::Result<int> Keyring::rotate_pass_key() {
  const std::lock_guard lock(passes_->changing);
  if (auto read = read_pass_keys(); !read) return tl::unexpected(std::move(read).error());
  const auto kid = static_cast<int>(passes().sign.size()) + 1;
  if (kid > pass_keys_max) return base::fail(base::ErrorKind::conflict, "keys.used_up");
  if (auto made = key_file(pass_key_path(directory_, kid)); !made)
    return tl::unexpected(std::move(made).error());
  if (auto read = read_pass_keys(); !read) return tl::unexpected(std::move(read).error());
  return kid;
}

std::string Keyring::seal(std::string_view table, std::string_view column, std::int64_t row,
                          std::string_view plain) const {
  std::string out(1 + nonce_size + plain.size() + tag_size, '\0');
  out[0] = key_id;
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  randombytes_buf(at + 1, nonce_size);
  const auto bound = aad(table, column, row);
  crypto_aead_xchacha20poly1305_ietf_encrypt(at + 1 + nonce_size, nullptr, bytes(plain), plain.size(),
                                             bytes(bound), bound.size(), nullptr, at + 1, master_.data());
  return out;
}

std::optional<std::string> Keyring::unseal(std::string_view table, std::string_view column, std::int64_t row,
                                           std::string_view sealed) const {
  if (sealed.size() < 1 + nonce_size + tag_size || sealed[0] != key_id) return std::nullopt;
  const auto body = sealed.substr(1 + nonce_size);
  std::string out(body.size() - tag_size, '\0');
  const auto bound = aad(table, column, row);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(out.data()), nullptr,
                                                 nullptr, bytes(body), body.size(), bytes(bound),
                                                 bound.size(), bytes(sealed.substr(1)), master_.data()) != 0)
    return std::nullopt;
  return out;
}

std::string Keyring::blind(std::string_view purpose, std::string_view value) const {
  std::string digest(16, '\0');
  const auto text = fmt::format("{}:{}", purpose, value);
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(), bytes(text), text.size(),
                     index_.data(), index_.size());
  return digest;
}

std::string Keyring::audit_mac(std::string_view text) const {
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256(reinterpret_cast<unsigned char*>(mac.data()), bytes(text), text.size(),
                         audit_.data());
  return mac;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

std::uint64_t random_number() {
  std::uint64_t n = 0;
  randombytes_buf(&n, sizeof n);
  return n;
}

std::string random_token() { return api::base64url(random_bytes(32)); }

std::string token_digest(std::string_view token) {
  std::string digest(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(), bytes(token),
                     token.size(), nullptr, 0);
  return digest;
}

std::string mask_phone(std::string_view number) {
  return number.size() >= 11 ? mask_middle(number, 3, 4) : mask_middle(number, 0, 4);
}
std::string mask_document(std::string_view number) { return mask_middle(number, 4, 4); }
std::string mask_name(std::string_view name) {
  const auto length = utf8_length(name);
  if (length == 0) return {};
  std::string out(name.substr(0, utf8_prefix(name, 1)));
  for (std::size_t i = 1; i < length && i < 3; ++i) out += '*';
  return length == 1 ? out + "*" : out;
}

}  // namespace core
