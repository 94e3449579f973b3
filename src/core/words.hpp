#pragma once
// The words the server itself prints: cards, exports, notes in workbooks. From i18n/server.<lang>.json, and
// what the pages call things from common and desk; compiled in; English where a language lacks a key, the key
// itself where both do.
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace core {

std::string words(std::string_view language, std::string_view key, const base::ErrorParams& params = {});
bool has_words(std::string_view language, std::string_view key);
// "zh-CN" or "en": an explicit choice, else the Accept-Language header, else Chinese.
std::string_view language_of(std::string_view chosen, std::string_view accept_language);

}  // namespace core
