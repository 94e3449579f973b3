#pragma once
// What a resident opens without an account: a page behind a link that only this installation can make, a few
// times a minute from one address. The link names a record and says nothing about it; nothing is stored for
// it, and it is worth as much as what its page shows at that moment.
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/http.hpp"
#include "base/time.hpp"
#include "core/keyring.hpp"

namespace core {

// 32 characters of base64url. A link of one purpose opens nothing of another; `purpose` is a literal, "pass".
std::string resident_link(const Keyring& keys, std::string_view purpose, std::int64_t record);
// The record; nothing for whatever was not made here.
std::optional<std::int64_t> open_resident_link(const Keyring& keys, std::string_view purpose,
                                               std::string_view link);

// What a household is asked besides its link, so that a lost card alone opens nothing: the last four digits
// of a phone on file, or month and day of the head's birth as four digits.
enum class ResidentFact { phone, birth, either };

// A link of one purpose for a short time: of whoever has shown the fact.
struct ResidentVisit {
  std::int64_t record = 0;
  base::Instant until{};
};
std::string resident_visit(const Keyring& keys, std::string_view purpose, const ResidentVisit& visit);
// Nothing for whatever was not made here, or is over.
std::optional<ResidentVisit> open_resident_visit(const Keyring& keys, std::string_view purpose,
                                                 std::string_view link, base::Instant now);

// A page that needs no script and names nobody to search engines. `languages` is the address of the same page
// in the other language, up to the language's name; `body` is markup.
struct ResidentPage {
  int status = 200;
  std::string_view language{}, title{}, style{}, languages{};
};
api::Response resident_page(const ResidentPage& page, std::string_view body);

// So many an interval for each key. Forgets keys that have been quiet, so it stays small; when there are too
// many, new ones wait. Safe to use from several threads.
class RateLimit {
 public:
  RateLimit(int limit, std::int64_t interval_ms, std::size_t keys_max = 100'000)
      : limit_(limit), interval_ms_(interval_ms), keys_max_(keys_max) {}
  // `cost` of the limit; false when there is not so much left, which costs nothing.
  bool take(std::string_view key, base::Instant now, int cost = 1);

 private:
  struct Spent {
    std::int64_t interval = 0;
    int count = 0;
  };
  const int limit_;
  const std::int64_t interval_ms_;
  const std::size_t keys_max_;
  std::mutex mutex_;
  std::map<std::string, Spent, std::less<>> spent_;
};

}  // namespace core
