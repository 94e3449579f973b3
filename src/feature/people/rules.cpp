#include <algorithm>
#include <array>

#include "engine/intake/phone.hpp"
#include "engine/intake/resident_id.hpp"
#include "feature/people/service.hpp"

namespace feature::people {

namespace intake = engine::intake;

namespace {

bool between(std::string_view text, std::size_t min, std::size_t max, std::string_view allowed) {
  return text.size() >= min && text.size() <= max && text.find_first_not_of(allowed) == text.npos;
}

constexpr std::string_view digits = "0123456789", letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           both = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_foreigner_permit(std::string_view n) {
  const bool old_form =
      n.size() == 15 && between(n.substr(0, 3), 3, 3, letters) && between(n.substr(3), 12, 12, digits);
  return old_form || (n.size() == 18 && n.front() == '9' && between(n, 18, 18, both));
}

// The form of a number that is no resident number; empty when it fits.
std::string_view wrong_form(DocumentKind kind, std::string_view n) {
  switch (kind) {
    case DocumentKind::passport:
      return between(n, 5, 17, both) ? "" : "document_form";
    case DocumentKind::mainland_permit:
      return (n.front() == 'H' || n.front() == 'M') && between(n.substr(1), 8, 10, digits) ? ""
                                                                                           : "document_form";
    case DocumentKind::taiwan_permit:
      return between(n, 8, 8, digits) || between(n, 10, 10, digits) ? "" : "document_form";
    case DocumentKind::foreigner_permit:
      return is_foreigner_permit(n) ? "" : "document_form";
    case DocumentKind::resident_id:
    case DocumentKind::other:
      break;
  }
  return "";
}

}  // namespace

DocumentState state_of_document(intake::DocumentState state) {
  switch (state) {
    case intake::DocumentState::ok:
      return DocumentState::ok;
    case intake::DocumentState::damaged:
      return DocumentState::damaged;
    case intake::DocumentState::bad_checksum:
      return DocumentState::bad_checksum;
    case intake::DocumentState::fifteen:
      return DocumentState::fifteen;
    case intake::DocumentState::missing:
      return DocumentState::missing;
    case intake::DocumentState::other:
      break;
  }
  return DocumentState::other;
}

DocumentKind kind_of_document(const intake::Document& document) {
  if (is_foreigner_permit(document.number)) return DocumentKind::foreigner_permit;
  switch (document.kind) {
    case intake::DocumentKind::passport:
      return DocumentKind::passport;
    case intake::DocumentKind::mainland_permit:
      return DocumentKind::mainland_permit;
    case intake::DocumentKind::taiwan_permit:
      return DocumentKind::taiwan_permit;
    case intake::DocumentKind::other:
      return DocumentKind::other;
    case intake::DocumentKind::none:
    case intake::DocumentKind::resident_id:
      break;
  }
  return DocumentKind::resident_id;
}

bool tells_who(DocumentState state) {
  return state != DocumentState::missing && state != DocumentState::damaged;
}

std::optional<std::string> checked_document(DocumentKind kind, const std::string& typed, base::Day today,
                                            const std::string& pointer, base::Problems& problems) {
  const auto document = intake::parse_document(typed, false, today);
  const auto problem = [&](std::string_view code) -> std::optional<std::string> {
    problems.push_back({pointer, std::string(code)});
    return std::nullopt;
  };
  if (document.state == intake::DocumentState::missing) return std::nullopt;
  if (kind != DocumentKind::resident_id) {
    const auto wrong = wrong_form(kind, document.number);
    return wrong.empty() ? std::optional(document.number) : problem(wrong);
  }
  if (document.state == intake::DocumentState::bad_checksum) return problem("id_checksum");
  if (document.state == intake::DocumentState::damaged) return problem("id_damaged");
  return document.number;
}

LivingState living_state(Registered registered, Living living) {
  if (living == Living::here)
    return registered == Registered::here        ? LivingState::consistent
           : registered == Registered::elsewhere ? LivingState::living_only
                                                 : LivingState::unknown;
  if (registered != Registered::here) return LivingState::unknown;
  return living == Living::elsewhere ? LivingState::registered_only
         : living == Living::never   ? LivingState::nominal
                                     : LivingState::unknown;
}

const std::vector<std::string_view>& person_flags() {
  static const std::vector<std::string_view> all{"returnee",   "elder_alone", "disabled",
                                                 "pregnant",   "dialysis",    "chronic_medicine",
                                                 "needs_care", "infant",      "provisional"};
  return all;
}

void check_flags(const std::vector<std::string>& flags, const std::string& pointer,
                 base::Problems& problems) {
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (std::ranges::find(person_flags(), flags[i]) == person_flags().end())
      problems.push_back({pointer + "/" + std::to_string(i), "not_allowed"});
}

bool under_age(const std::optional<base::Day>& birth_day, base::Day today) {
  constexpr int of_age_years = 18;
  if (!birth_day) return false;
  const auto birth = base::parts_of(*birth_day), now = base::parts_of(today);
  const bool before_birthday = std::pair(now.month, now.day) < std::pair(birth.month, birth.day);
  return now.year - birth.year - (before_birthday ? 1 : 0) < of_age_years;
}

PersonDraft draft_of(const NewMember& in, const std::string& pointer, base::Day today,
                     base::Problems& problems) {
  PersonDraft d;
  d.name = in.name;
  d.relation = in.relation;
  d.sex = in.sex.value_or(Sex::unknown);
  d.birth_day = in.birth_day;
  if (in.birth_day && *in.birth_day > today) problems.push_back({pointer + "/birth_day", "in_the_future"});
  if (in.flags) {
    check_flags(*in.flags, pointer + "/flags", problems);
    d.flags = *in.flags;
  }
  if (in.phone) {
    for (const auto& p : intake::parse_phones(*in.phone)) d.phones.push_back(p.number);
    if (d.phones.empty()) problems.push_back({pointer + "/phone", "not_a_phone"});
  }
  if (in.document) {
    const auto kind = in.document_kind.value_or(DocumentKind::resident_id);
    const auto number = checked_document(kind, *in.document, today, pointer + "/document", problems);
    if (!number) return d;
    const auto document = intake::parse_document(*number, false, today);
    d.document = *number;
    d.document_kind = meta::name_of(in.document_kind.value_or(kind_of_document(document)));
    d.document_state = state_of_document(document.state);
    if (!d.birth_day) d.birth_day = document.birth_day;
    if (d.sex == Sex::unknown) d.sex = static_cast<Sex>(document.sex);
  }
  return d;
}

}  // namespace feature::people
