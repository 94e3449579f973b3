#pragma once
// A message to a group robot, ready to be sent: the formats and signatures of WeCom, DingTalk and Feishu as
// their makers describe them, and a generic one of our own.
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "feature/work_item/webhook_record.hpp"

namespace feature::work_item {

struct Outgoing {
  std::string url{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
};
// What is told: where and what, never of whom (DESIGN.md).
struct Told {
  std::string text{};   // for a robot's group
  std::int64_t id = 0;  // 0: a trial
  std::string verb{}, kind{}, place{};
  int tier = 0;
};
Outgoing message_of(Format format, const std::string& url, const std::string& secret, const Told& told,
                    base::Instant now);
// Robots answer 200 and say inside whether they took it.
bool accepted(Format format, std::string_view answer);

// Scheme, host and path as far as it matters here. Robots are their makers' own, over TLS; generic is
// anywhere. Errors: field "/url" "not_an_address", "not_of_this_maker".
base::Result<std::string> checked_host(Format format, std::string_view url);

}  // namespace feature::work_item
