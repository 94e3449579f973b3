#pragma once
// Where alerts are sent besides the program: group robots and a signed generic address.
#include "feature/work_item/record.hpp"

namespace feature::work_item {

enum class Format { wecom, dingtalk, feishu, generic };
enum class Language { zh_cn, en };

struct Webhook {
  std::int64_t id = 0, place_id = 0;
  std::string place_name{}, name{};
  Format format = Format::generic;
  std::string host{};  // the rest of the address is as good as a key
  bool has_secret = false;
  std::vector<std::string> kinds{};  // none: all
  Language lang = Language::zh_cn;
  std::optional<meta::Instant> sent{};   // the newest that arrived
  std::int64_t waiting = 0;              // not sent yet
  std::optional<std::string> failure{};  // code of the newest, when it did not arrive
};
struct NewWebhook {
  std::int64_t place_id = 0;
  meta::Name name;
  Format format = Format::generic;
  meta::Text<10, 1000> url;
  std::optional<meta::Text<6, 200>> secret{};
  std::vector<meta::Text<1, 40>> kinds{};
  std::optional<Language> lang{};
};

}  // namespace feature::work_item

META_ENUM(feature::work_item::Format, "wecom", "dingtalk", "feishu", "generic")
META_ENUM(feature::work_item::Language, "zh-CN", "en")
META_DESCRIBE(feature::work_item::NewWebhook, "NewWebhook", "", place_id, name, format, url, secret, kinds,
              lang)

namespace meta {
#define F(m) field<&T::m>(#m)
template <>
struct Describe<feature::work_item::Webhook> {
  using T = feature::work_item::Webhook;
  static constexpr std::string_view name = "Webhook", table = "";
  static constexpr std::array fields{
      F(id),      F(place_id),   F(place_name), F(name), F(format),
      F(host),    F(has_secret), F(kinds),      F(lang), field<&T::sent>("sent_ms"),
      F(waiting), F(failure)};
};
#undef F
}  // namespace meta
