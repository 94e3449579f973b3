#include "core/words.hpp"

#include <array>
#include <boost/json.hpp>
#include <map>

namespace core {

// Generated from i18n/{server,common,desk}.*.json.
std::array<std::string_view, 3> word_files_zh();
std::array<std::string_view, 3> word_files_en();

namespace {

namespace json = boost::json;
using Words = std::map<std::string, std::string, std::less<>>;

// What stands in an earlier file goes before what stands in a later one.
Words read(const std::array<std::string_view, 3>& files) {
  Words words;
  for (const auto file : files) {
    const auto parsed = json::parse(json::string_view(file.data(), file.size()));
    for (const auto& entry : parsed.as_object())
      words.emplace(entry.key(), std::string(entry.value().as_string()));
  }
  return words;
}

const Words& words_in(std::string_view language) {
  static const Words zh = read(word_files_zh()), en = read(word_files_en());
  return language == "en" ? en : zh;
}

const std::string* find(std::string_view language, std::string_view key) {
  const auto& words = words_in(language);
  const auto found = words.find(key);
  return found == words.end() ? nullptr : &found->second;
}

}  // namespace

bool has_words(std::string_view language, std::string_view key) { return find(language, key) != nullptr; }

std::string words(std::string_view language, std::string_view key, const base::ErrorParams& params) {
  const auto* found = find(language, key);
  if (!found) found = find("en", key);
  std::string text(found ? std::string_view(*found) : key);
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
