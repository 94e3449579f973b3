#include "engine/identity/pinyin.hpp"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "engine/intake/text.hpp"

namespace engine::identity {
namespace {

constexpr std::size_t characters_max = 12;  // of a name that are spelt

using Readings = std::vector<std::string>;  // of one character, the likeliest first

bool is_latin_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// ICU's two tables: how a character is read in text, and how as a surname. Making them takes some tenths of
// a second and using one tens of microseconds, so both are made once and each answer is kept.
class Tables {
 public:
  Tables()
      : text_(make("Han-Latin; Latin-ASCII; Lower")), surname_(make("Han-Latin/Names; Latin-ASCII; Lower")) {}

  Readings of(char32_t character) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = known_.find(character); found != known_.end()) return found->second;
    Readings readings;
    for (const auto* table : {text_.get(), surname_.get()}) {
      auto reading = read(*table, std::u32string(1, character));
      std::erase_if(reading, [](char c) { return !is_latin_or_digit(c); });
      if (!reading.empty() && std::ranges::find(readings, reading) == readings.end())
        readings.push_back(std::move(reading));
    }
    return known_.emplace(character, std::move(readings)).first->second;
  }

  // Surnames of two characters have readings of their own: 尉迟, 万俟.
  std::string surname_of(const std::u32string& two) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = pairs_.find(two); found != pairs_.end()) return found->second;
    if (pairs_.size() > pairs_kept) pairs_.clear();
    return pairs_.emplace(two, read(*surname_, two)).first->second;
  }

 private:
  static constexpr std::size_t pairs_kept = 100'000;

  static std::unique_ptr<icu::Transliterator> make(const char* rules) {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(
        icu::Transliterator::createInstance(rules, UTRANS_FORWARD, error));
    if (U_FAILURE(error) || !made) throw std::runtime_error("ICU has no " + std::string(rules));
    return made;
  }
  static std::string read(const icu::Transliterator& table, const std::u32string& text) {
    auto unicode = icu::UnicodeString::fromUTF8(intake::encode(text));
    table.transliterate(unicode);
    std::string out;
    unicode.toUTF8String(out);
    return out;
  }

  std::mutex mutex_{};
  std::unique_ptr<icu::Transliterator> text_, surname_;
  std::unordered_map<char32_t, Readings> known_{};
  std::unordered_map<std::u32string, std::string> pairs_{};
};

Tables& tables() {
  static Tables all;
  return all;
}

void add_reading(Readings& readings, std::string reading) {
  const bool whole = !reading.empty() && std::ranges::all_of(reading, is_latin_or_digit);
  if (whole && std::ranges::find(readings, reading) == readings.end()) readings.push_back(std::move(reading));
}

std::vector<Readings> readings_of(const std::u32string& name) {
  std::vector<Readings> all;
  for (const auto character : name) all.push_back(tables().of(character));
  if (name.size() < 2) return all;
  const auto pair = tables().surname_of(name.substr(0, 2));
  if (const auto blank = pair.find(' '); blank != pair.npos) {
    add_reading(all[0], pair.substr(0, blank));
    add_reading(all[1], pair.substr(blank + 1));
  }
  return all;
}

}  // namespace

std::vector<Spelling> spellings(std::string_view name) {
  auto characters = intake::decode(name);
  std::erase_if(characters, [](char32_t c) { return c == U' ' || c == U'·' || c == U'.'; });
  if (characters.size() > characters_max) characters.resize(characters_max);
  std::vector<Spelling> out{{}};
  bool any = false;
  for (const auto& readings : readings_of(characters)) {
    if (readings.empty()) continue;
    any = true;
    const auto before = out.size();
    // The first reading goes into all; each further one makes a copy, while there is room.
    for (std::size_t i = 1; i < readings.size(); ++i)
      for (std::size_t k = 0; k < before && out.size() < spellings_max; ++k)
        out.push_back({out[k].full + readings[i], out[k].initials + readings[i].front()});
    for (std::size_t k = 0; k < before; ++k) {
      out[k].full += readings[0];
      out[k].initials += readings[0].front();
    }
  }
  if (!any) return {};
  std::vector<Spelling> unique;
  for (auto& spelling : out)
    if (std::ranges::find(unique, spelling) == unique.end()) unique.push_back(std::move(spelling));
  return unique;
}

std::string plain_latin(std::string_view typed) {
  std::string out;
  for (const char32_t c : intake::decode(intake::to_half_width(typed))) {
    const bool u_with_dots = c == U'ü' || c == U'Ü' || c == U'v' || c == U'V';
    if (u_with_dots && (c == U'ü' || c == U'Ü' || out.ends_with('l') || out.ends_with('n')))
      out += 'u';
    else if (c >= U'A' && c <= U'Z')
      out += static_cast<char>(c - U'A' + U'a');
    else if (c < 0x80 && is_latin_or_digit(static_cast<char>(c)))
      out += static_cast<char>(c);
  }
  return out;
}

}  // namespace engine::identity
