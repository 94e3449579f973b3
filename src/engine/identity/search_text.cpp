#include "engine/identity/search_text.hpp"

#include <algorithm>

#include "engine/identity/pinyin.hpp"
#include "engine/intake/phone.hpp"
#include "engine/intake/resident_id.hpp"
#include "engine/intake/text.hpp"

namespace engine::identity {
namespace {

constexpr std::size_t term_characters_max = 24;
constexpr std::size_t endings_max = 6;

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == text.npos;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void understand_number(const std::string& code, base::Day today, Sought& sought) {
  const bool digits = all_of(code, "0123456789");
  if (code.size() == 4 && all_of(code.substr(0, 3), "0123456789") && (digits || code.back() == 'X'))
    sought.tail = code;
  const auto document = intake::parse_document(code, false, today);
  using K = intake::DocumentKind;
  const bool resident = document.kind == K::resident_id && code.size() >= 15;
  const bool other = document.kind == K::passport || document.kind == K::mainland_permit ||
                     document.kind == K::taiwan_permit;
  if (resident || other) {
    sought.documents.push_back(document.number);
    if (const auto wide = intake::widen_fifteen(document.number)) sought.documents.push_back(*wide);
  }
  const auto phones = intake::parse_phones(code);
  if (phones.size() == 1 && phones[0].kind != intake::PhoneKind::other && code.size() >= 7)
    sought.phone = phones[0].number;
}

void understand_dwelling(const std::string& code, Sought& sought) {
  const bool digits = all_of(code, "0123456789");
  if (digits && code.size() >= 3 && code.size() <= 5) {
    sought.room = intake::RoomRef{{}, {}, {}, code};
    return;
  }
  if (digits) return;
  sought.room = intake::parse_room(code);
  const auto dashed = all_of(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-#") && code.find('-') != code.npos;
  if (dashed && code.front() >= '0' && code.front() <= '9') sought.label = code;
}

}  // namespace

std::string name_term(std::string_view name) {
  std::u32string out;
  for (char32_t c : intake::decode(intake::to_half_width(name))) {
    if (c == U' ' || c == U'·' || c == U'.') continue;
    if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
    if (out.size() < term_characters_max) out += c;
  }
  return intake::encode(out);
}

std::vector<Term> terms_of(std::string_view name) {
  std::vector<Term> terms;
  const auto whole = name_term(name);
  if (whole.empty()) return terms;
  terms.push_back({TermKind::name, whole});
  const auto characters = intake::decode(whole);
  for (std::size_t from = 1; from < characters.size() && from <= endings_max; ++from)
    terms.push_back({TermKind::part, intake::encode(characters.substr(from))});
  for (const auto& spelling : spellings(name)) {
    terms.push_back({TermKind::pinyin, spelling.full.substr(0, term_characters_max * 2)});
    terms.push_back({TermKind::initials, spelling.initials});
  }
  std::ranges::sort(terms);
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

bool Sought::nothing() const {
  return name.empty() && latin.empty() && label.empty() && !room && !by_number();
}

Sought understand(std::string_view typed, base::Day today) {
  Sought sought;
  const auto code = intake::to_code(typed);
  if (code.empty()) return sought;
  understand_number(code, today, sought);
  if (sought.documents.empty() && sought.phone.empty()) understand_dwelling(code, sought);
  if (all_of(code, "0123456789-")) return sought;
  if (!sought.documents.empty()) return sought;
  sought.name = name_term(typed);
  if (is_ascii(code)) sought.latin = plain_latin(typed);
  return sought;
}

}  // namespace engine::identity
