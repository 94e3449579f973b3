#include "core/resident.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include "api/url.hpp"
#include "base/text.hpp"
#include "core/words.hpp"

namespace core {
namespace {

constexpr std::size_t id_size = 8;

std::string seal_of(const Keyring& keys, std::string_view purpose, std::int64_t record) {
  return keys.blind(fmt::format("resident_link.{}", purpose), std::to_string(record));
}

std::string bytes_of(std::int64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}
std::int64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < id_size; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<std::int64_t>(number);
}
bool same(std::string_view seal, const std::string& expected) {
  return seal.size() == expected.size() && sodium_memcmp(seal.data(), expected.data(), seal.size()) == 0;
}

std::string seal_of_visit(const Keyring& keys, std::string_view purpose, const ResidentVisit& visit) {
  return keys.blind(fmt::format("resident_visit.{}", purpose),
                    fmt::format("{}:{}", visit.record, visit.until.ms));
}

}  // namespace

std::string resident_link(const Keyring& keys, std::string_view purpose, std::int64_t record) {
  return api::base64url(bytes_of(record) + seal_of(keys, purpose, record));
}

std::optional<std::int64_t> open_resident_link(const Keyring& keys, std::string_view purpose,
                                               std::string_view link) {
  const auto bytes = api::from_base64url(link);
  if (!bytes || bytes->size() <= id_size) return std::nullopt;
  const auto record = number_of(*bytes);
  if (!same(std::string_view(*bytes).substr(id_size), seal_of(keys, purpose, record))) return std::nullopt;
  return record;
}

std::string resident_visit(const Keyring& keys, std::string_view purpose, const ResidentVisit& visit) {
  return api::base64url(bytes_of(visit.record) + bytes_of(visit.until.ms) +
                        seal_of_visit(keys, purpose, visit));
}

std::optional<ResidentVisit> open_resident_visit(const Keyring& keys, std::string_view purpose,
                                                 std::string_view link, base::Instant now) {
  const auto bytes = api::from_base64url(link);
  if (!bytes || bytes->size() <= 2 * id_size) return std::nullopt;
  const std::string_view all(*bytes);
  const ResidentVisit visit{number_of(all), {number_of(all.substr(id_size))}};
  if (!same(all.substr(2 * id_size), seal_of_visit(keys, purpose, visit)) || now >= visit.until)
    return std::nullopt;
  return visit;
}

api::Response resident_page(const ResidentPage& page, std::string_view body) {
  const std::string_view other = page.language == "en" ? "zh-CN" : "en";
  api::Response r;
  r.status = page.status;
  r.set("Content-Type", "text/html; charset=utf-8");
  r.set("X-Robots-Tag", "noindex");
  r.body = fmt::format(
      R"(<!doctype html><html lang="{0}"><meta charset="utf-8"><meta name="viewport" )"
      R"(content="width=device-width,initial-scale=1"><title>{1}</title><style>{2}</style><main>{3})"
      R"(<p class="soft"><a href="{4}{5}" hreflang="{5}" lang="{5}">{6}</a></p></main></html>)",
      page.language, page.title, page.style, body, base::markup_escaped(page.languages), other,
      words(other, "pass_page.this_language"));
  return r;
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
