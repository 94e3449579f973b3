#include "core/resident.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include "api/url.hpp"

namespace core {
namespace {

constexpr std::size_t id_size = 8;

std::string seal_of(const Keyring& keys, std::string_view purpose, std::int64_t record) {
  return keys.blind(fmt::format("resident_link.{}", purpose), std::to_string(record));
}

}  // namespace

std::string resident_link(const Keyring& keys, std::string_view purpose, std::int64_t record) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(record >> shift & 0xFF);
  return api::base64url(bytes + seal_of(keys, purpose, record));
}

std::optional<std::int64_t> open_resident_link(const Keyring& keys, std::string_view purpose,
                                               std::string_view link) {
  const auto bytes = api::from_base64url(link);
  if (!bytes || bytes->size() <= id_size) return std::nullopt;
  std::uint64_t record = 0;
  for (std::size_t i = 0; i < id_size; ++i) record = record << 8 | static_cast<unsigned char>((*bytes)[i]);
  const auto expected = seal_of(keys, purpose, static_cast<std::int64_t>(record));
  const auto seal = std::string_view(*bytes).substr(id_size);
  if (seal.size() != expected.size() || sodium_memcmp(seal.data(), expected.data(), seal.size()) != 0)
    return std::nullopt;
  return static_cast<std::int64_t>(record);
}

bool RateLimit::take(std::string_view key, base::Instant now, int cost) {
  const auto interval = now.ms / interval_ms_;
  const std::lock_guard lock(mutex_);
  auto found = spent_.find(key);
  if (found == spent_.end()) {
    if (spent_.size() >= keys_max_)
      std::erase_if(spent_, [&](const auto& entry) { return entry.second.interval != interval; });
    if (spent_.size() >= keys_max_) return false;
    found = spent_.emplace(std::string(key), Spent{interval, 0}).first;
  }
  auto& spent = found->second;
  if (spent.interval != interval) spent = {interval, 0};
  if (spent.count + cost > limit_) return false;
  spent.count += cost;
  return true;
}

}  // namespace core
