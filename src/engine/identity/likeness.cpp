#include "engine/identity/likeness.hpp"

#include <algorithm>

#include "engine/identity/pinyin.hpp"
#include "engine/identity/search_text.hpp"

namespace engine::identity {
namespace {

template <class T>
bool share(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::any_of(a, [&](const T& x) { return std::ranges::find(b, x) != b.end(); });
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// As it is heard where zh and z, or an and ang, sound alike.
std::string heard(std::string sound) {
  replace_all(sound, "zh", "z");
  replace_all(sound, "ch", "c");
  replace_all(sound, "sh", "s");
  replace_all(sound, "ng", "n");
  return sound;
}

constexpr int score_of(Reason reason) {
  switch (reason) {
    case Reason::same_document:
      return 70;
    case Reason::same_phone_and_name:
      return 50;
    case Reason::same_name_and_birth:
      return 50;
    case Reason::same_dwelling_like_name:
      return 30;
  }
  return 0;
}

}  // namespace

bool alike(std::string_view name_a, std::string_view name_b) {
  const auto a = name_term(name_a), b = name_term(name_b);
  if (a.empty() || b.empty()) return false;
  if (a == b) return true;
  const auto sounds_a = spellings(a), sounds_b = spellings(b);
  return std::ranges::any_of(sounds_a, [&](const Spelling& x) {
    return std::ranges::any_of(sounds_b, [&](const Spelling& y) { return heard(x.full) == heard(y.full); });
  });
}

Likeness compare(const Facts& a, const Facts& b) {
  Likeness like;
  const bool both = !a.document.empty() && !b.document.empty();
  const bool same_document = both && a.document == b.document;
  if (both && !same_document && a.document_sound && b.document_sound) return like;
  const bool same_name = !a.name.empty() && name_term(a.name) == name_term(b.name);
  const bool same_birth = a.birth_day && a.birth_day == b.birth_day;
  if (same_document) like.reasons.push_back(Reason::same_document);
  if (same_name && share(a.phones, b.phones)) like.reasons.push_back(Reason::same_phone_and_name);
  if (same_name && same_birth) like.reasons.push_back(Reason::same_name_and_birth);
  const bool births_differ = a.birth_day && b.birth_day && !same_birth;
  const bool sexes_differ = a.sex != 0 && b.sex != 0 && a.sex != b.sex;
  // Sisters are named alike; what is known of them tells them apart.
  if (share(a.dwellings, b.dwellings) && !births_differ && !sexes_differ && alike(a.name, b.name))
    like.reasons.push_back(Reason::same_dwelling_like_name);
  for (const auto reason : like.reasons) like.score += score_of(reason);
  if (like.score > 0 && same_document && !alike(a.name, b.name)) like.score -= 20;
  if (like.score > 0 && (births_differ || sexes_differ)) like.score -= 15;
  like.score = like.reasons.empty() ? 0 : std::clamp(like.score, 5, 100);
  return like;
}

}  // namespace engine::identity
