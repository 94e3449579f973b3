#include "core/words.hpp"

#include <algorithm>
#include <span>

namespace core {

// Generated from i18n/{server,common,desk}.*.json, sorted by key.
std::span<const WordEntry> server_words_zh();
std::span<const WordEntry> server_words_en();

namespace {

std::span<const WordEntry> table(std::string_view language) {
  return language == "en" ? server_words_en() : server_words_zh();
}

const WordEntry* find(std::span<const WordEntry> words, std::string_view key) {
  const auto at = std::ranges::lower_bound(words, key, {}, &WordEntry::key);
  return at != words.end() && at->key == key ? &*at : nullptr;
}

}  // namespace

bool has_words(std::string_view language, std::string_view key) {
  return find(table(language), key) != nullptr;
}

std::string words(std::string_view language, std::string_view key, const base::ErrorParams& params) {
  const auto* entry = find(table(language), key);
  if (!entry) entry = find(server_words_en(), key);
  std::string text(entry ? entry->text : key);
  for (const auto& [name, value] : params) {
    const auto slot = "{" + name + "}";
    for (auto at = text.find(slot); at != std::string::npos; at = text.find(slot, at + value.size()))
      text.replace(at, slot.size(), value);
  }
  return text;
}

std::string_view language_of(std::string_view chosen, std::string_view accept_language) {
  if (chosen == "en" || chosen == "zh-CN") return chosen == "en" ? "en" : "zh-CN";
  const auto en = accept_language.find("en"), zh = accept_language.find("zh");
  return en != std::string_view::npos && (zh == std::string_view::npos || en < zh) ? "en" : "zh-CN";
}

}  // namespace core
